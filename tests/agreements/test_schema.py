"""The check against the schema of agreements: each rule and its path, and what fits is let in."""

import copy

import pytest

from mobility.agreements.exchange.schema import schema, violations

CONDITION = {
    "direction": "courses",
    "sending": "susu.ru",
    "receiving": "kaznpu.kz",
    "first_year": 2026,
    "last_year": 2030,
    "mobilities_per_year": 5,
}
AGREEMENT = {"partners": ["kaznpu.kz", "susu.ru"], "titles": {"en": "T"}, "conditions": [CONDITION]}
WHOLE = {"format": "sapar-agreements", "version": 1, "agreements": [AGREEMENT]}


def changed(path, value):
    """A document that fits, but for one place."""
    document = copy.deepcopy(WHOLE)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


def in_agreement(*path):
    return ("agreements", 0, *path)


def in_condition(*path):
    return in_agreement("conditions", 0, *path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("agreements",), []),
        (in_agreement("signed_on"), None),
        (in_agreement("signed_on"), "2026-11-08"),
        (in_agreement("titles"), {}),
        (in_agreement("titles", "kk"), "Ә" * 200),
        (in_agreement("text"), "Two\r\nlines\tand a tab"),
        (in_agreement("conditions"), []),
        (in_condition("sending_unit"), None),
        (in_condition("months_per_year"), 0),
        (in_condition("eqf_levels"), [5, 6, 7, 8]),
        (in_condition("cefr"), None),
        (in_condition("first_year"), 2100),
        (in_condition("first_year"), 2026.0),
        (("version",), 1.0),
    ],
)
def test_what_fits_is_not_refused(path, value):
    assert violations(changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("agreements",), [AGREEMENT] * 2001, "agreements: may hold at most 2000 items."),
        (in_agreement("titles", "en"), "T" * 201, "may have at most 200 characters."),
        (in_agreement("titles", "en"), "T\nT", "has not the form that is asked for."),
        (in_agreement("titles", "en"), None, "has to be of type string."),
        (in_agreement("partners", 0), "", "agreements[0].partners[0]: may not be empty."),
        (in_agreement("text"), "x" * 50_001, "may have at most 50000 characters."),
        (in_agreement("content_hash"), "AB", "has not the form that is asked for."),
        (in_agreement("conditions"), [CONDITION] * 501, "may hold at most 500 items."),
        (in_condition("eqf_levels"), [6, 6], "eqf_levels: holds the same item twice."),
        (in_condition("eqf_levels"), [9], "eqf_levels[0]: has to lie between 5 and 8."),
        (in_condition("eqf_levels"), [6.5], "eqf_levels[0]: has to be of type integer."),
        (in_condition("months_per_year"), -1, "has to lie between 0 and 10000."),
        (in_condition("months_per_year"), "3", "has to be of type integer / null."),
        (in_condition("blended"), 1, "blended: has to be of type boolean."),
        (in_condition("language"), "rus", "has not the form that is asked for."),
        (in_condition("version"), 1, "conditions[0]: “version” is not known here."),
        (("version",), True, "version: has to be 1."),
        (("version",), 1.5, "version: has to be 1."),
        (in_condition("first_year"), float("inf"), "first_year: has to be of type integer."),
    ],
)
def test_what_does_not_fit_is_told_with_its_path(path, value, told):
    [(place, text)] = violations(changed(path, value))
    assert told in f"{place}: {text}"


@pytest.mark.parametrize("name", schema()["$defs"]["condition"]["required"])
def test_each_needed_term_is_asked_for(name):
    condition = {key: value for key, value in CONDITION.items() if key != name}
    assert violations(changed(in_agreement("conditions"), [condition])) == [
        ("agreements[0].conditions[0]", f"“{name}” is missing.")
    ]


def test_everything_wrong_is_told_at_once():
    document = changed(in_condition("first_year"), 1)
    document["agreements"][0]["titles"] = 5
    document["extra"] = document["format"] = 1
    assert [path for path, _text in violations(document)] == [
        "format",
        "agreements[0].titles",
        "agreements[0].conditions[0].first_year",
        "",
    ]
