"""Instances survive npz and JSON to the bit, and what was never written is refused by name."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from matching import Instance, InvalidInstance, Quota
from tests.examples import examples
from tests.matching.strategies import CONSTRAINTS, build, tables

EVERYTHING = tables(ties=True, scored=True, constraints=CONSTRAINTS)
LISTS = {"indptr": [0, 2, 3], "offer": [0, 1, 1], "capacity": [1, 2]}


def same(one: Any, other: Any) -> bool:
    """Equal fields, with equal dtypes and bits."""
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and one.tobytes() == other.tobytes())
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Instance | Quota):
        names = type(one).__dataclass_fields__
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    return type(one) is type(other) and bool(one == other)


@given(EVERYTHING)
@settings(deadline=None, max_examples=examples(200))
def test_json_brings_everything_back(table: dict[str, Any]):
    instance = build(table)
    text = instance.to_json()
    assert same(instance, Instance.from_json(text))
    assert Instance.from_json(text).to_json() == text
    assert " " not in text.replace('"format":"matching instance 1"', "")
    assert list(json.loads(text)) == sorted(json.loads(text))


@given(EVERYTHING)
@settings(
    deadline=None,
    max_examples=examples(200, most=1000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_npz_brings_everything_back(tmp_path: Path, table: dict[str, Any]):
    instance = build(table)
    instance.to_npz(tmp_path / "round")
    assert same(instance, Instance.from_npz(tmp_path / "round"))


def test_floats_and_large_integers_keep_every_bit(tmp_path: Path):
    floats = Instance(**LISTS, cost=[0.1, -0.0, 1e16], unplaced=[5e-324, 1 / 3])
    large = Instance(**LISTS, cost=[2**56, 2**56 - 1, -1], unplaced=[2**53 + 1, 0])
    for instance in (floats, large):
        assert same(instance, Instance.from_json(instance.to_json()))
        instance.to_npz(tmp_path / "a.npz")
        assert same(instance, Instance.from_npz(tmp_path / "a.npz"))


def test_json_is_canonical():
    quota = Quota([2, 0], [1, -1], upper=3)
    instance = Instance(**LISTS, cost=[2**55, 0, 1], merit=[7, 0.5], quotas=[quota])
    assert instance.to_json() == (
        '{"capacity":[1,2],"cost":["36028797018963968","0","1"],"format":"matching instance 1",'
        '"indptr":[0,2,3],"limit":"2","merit":[7.0,0.5],"offer":[0,1,1],'
        '"quotas":[{"choices":[2,0],"coefficients":["1","-1"],"upper":"3"}],"weight":"1"}'
    )


def test_what_follows_from_the_rest_is_not_written():
    written = json.loads(Instance(**LISTS).to_json())
    assert sorted(written) == ["capacity", "format", "indptr", "limit", "offer", "weight"]
    spelled_out = Instance(
        **LISTS, rank=[1, 2, 1], demand=[1, 1], min_seats=[0, 0], may_close=[False, False]
    )
    assert json.loads(spelled_out.to_json()) == written


def test_field_takes_any_layout_of_json():
    text = json.dumps(json.loads(Instance(**LISTS).to_json()), indent=2)
    assert same(Instance.from_json(text), Instance(**LISTS))


CHANGED = [
    ({"colour": [1]}, "colour: is not a field of an instance"),
    ({"costs": ["1", "2", "3"]}, "costs: is not a field of an instance"),
    ({"format": "matching instance 2"}, "format: is 'matching instance 2', but only"),
    ({"offer": "0,1,1"}, "offer: is not a list"),
    ({"offer": [0, 1.0, 1]}, r"offer\[1\]: 1.0 is not written as a count"),
    ({"offer": [0, True, 1]}, r"offer\[1\]: true is not written as a count"),
    ({"offer": [0, None, 1]}, r"offer\[1\]: null is not written as a count"),
    ({"offer": [0, 1, 9]}, r"offer\[2\]: 9 is not one of 0..1"),
    ({"capacity": [1, -2]}, r"capacity\[1\]: -2 seats are fewer than none"),
    ({"capacity": [1, 2**53]}, rf"capacity\[1\]: {2**53} is too large to be exact"),
    ({"cost": ["1", 2.0, "3"]}, r'cost\[0\]: "1" is not written as a float'),
    ({"cost": [1, 2, 3]}, r"cost\[0\]: 1 is not written as a float"),
    ({"cost": ["1", "2", "03"]}, r'cost\[2\]: "03" is not an integer written as a string'),
    ({"merit": [1, 2]}, r"merit\[0\]: 1 is not written as a float"),
    ({"lottery": [1, 2]}, r"lottery\[0\]: 1 is not an integer written as a string"),
    ({"lottery": ["1", str(2**70)]}, "lottery"),
    ({"limit": 2}, "limit: 2 is not an integer written as a string"),
    ({"weight": "1.5"}, 'weight: "1.5" is not an integer written as a string'),
    ({"may_close": [0, 1]}, r"may_close\[0\]: 0 is not written as a boolean"),
    ({"clashes": [[0, 1], 3]}, "clashes: is not a list"),
    ({"clashes": [[0, 1, 1]]}, r"clashes: has shape \(1, 3\) instead of \(c, 2\)"),
    ({"quotas": {}}, "quotas: is not a list"),
    ({"quotas": [{"choices": [0]}]}, r"quotas\[0\]: is not an object of choices, coefficients"),
    ({"quotas": [{"choices": [0], "coefficients": ["1"], "upper": 3}]}, r"quotas\[0\]: 3 is not"),
]


@pytest.mark.parametrize(("change", "message"), CHANGED)
def test_changed_field_is_refused_by_name(change: dict[str, Any], message: str):
    form = {**json.loads(Instance(**LISTS).to_json()), **change}
    with pytest.raises(InvalidInstance, match=f"^{message}"):
        Instance.from_json(json.dumps(form))


@pytest.mark.parametrize("name", ["format", "indptr", "offer", "capacity"])
def test_missing_field_is_refused_by_name(name: str):
    form = json.loads(Instance(**LISTS).to_json())
    del form[name]
    with pytest.raises(InvalidInstance, match=f"^{name}: is missing$"):
        Instance.from_json(json.dumps(form))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "json: cannot be read"),
        ("[]", "json: is not an object of named fields"),
        ('{"offer":[],"offer":[]}', "offer: is given twice"),
        ('{"merit":[NaN]}', "json: NaN is not a finite number"),
        ("[" * 100_000, "json: cannot be read"),
    ],
)
def test_text_that_is_no_instance_is_refused(text: str, message: str):
    with pytest.raises(InvalidInstance, match=f"^{message}"):
        Instance.from_json(text)


def packed(**changes: Any) -> io.BytesIO:
    arrays = {
        "format": np.array("matching instance 1"),
        "limit": np.array(2),
        **{name: np.array(values) for name, values in LISTS.items()},
    }
    file = io.BytesIO()
    given = {name: value for name, value in {**arrays, **changes}.items() if value is not None}
    np.savez(file, **given)
    return file


QUOTA = {
    "quota_indptr": [0, 1],
    "quota_choices": [0],
    "quota_coefficients": [1],
    "quota_lower": [0],
    "quota_upper": [1],
    "quota_has_lower": [False],
    "quota_has_upper": [True],
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": [1]}, "colour: is not a field of an instance"),
        ({"offer": None}, "offer: is missing"),
        ({"format": "x"}, "format: is 'x'"),
        ({"limit": [2]}, "limit: is not an integer"),
        ({"limit": 2.5}, "limit: is not an integer"),
        ({"offer": [0.0, 1.0, 1.0]}, "offer: has dtype float64 instead of integers"),
        ({"offer": np.array([{}, 1, 1], dtype=object)}, "npz: cannot be read"),
        ({"quota_lower": [1]}, "quota_choices: is missing"),
        ({**QUOTA, "quota_indptr": [1, 1]}, "quota_indptr: does not rise from 0"),
        ({**QUOTA, "quota_choices": [0, 1]}, "quota_choices: has a length that fits no"),
        ({**QUOTA, "quota_has_upper": [1]}, "quota_has_upper: is not a row of booleans"),
        ({**QUOTA, "quota_choices": [9]}, r"quotas\[0\]: choice 9 is not one of 0..2"),
    ],
)
def test_changed_array_is_refused_by_name(tmp_path: Path, changes: dict[str, Any], message: str):
    file = tmp_path / "a.npz"
    file.write_bytes(packed(**changes).getvalue())
    with pytest.raises(InvalidInstance, match=f"^{message}"):
        Instance.from_npz(file)


def test_file_that_is_no_archive_is_refused(tmp_path: Path):
    file = tmp_path / "a.npz"
    for content in (b"", b"PK\x03\x04 and then nothing", b"words"):
        file.write_bytes(content)
        with pytest.raises(InvalidInstance, match=r"^npz: cannot be read"):
            Instance.from_npz(file)
    np.save(tmp_path / "one.npy", np.arange(3))
    with pytest.raises(InvalidInstance, match=r"^npz: cannot be read"):
        Instance.from_npz(tmp_path / "one.npy")
