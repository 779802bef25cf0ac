"""Published values are reached and certified."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from matching import POLICIES, Instance
from tests.matching.published.case import Case, OutOfScope, from_lists, shortcoming, trimmed
from tests.matching.published_cases import OWN_DATA, READERS, cases, main

FOLDERS = [OWN_DATA] + [Path(d) for d in [os.environ.get("MOBILITY_SHARED_DATA")] if d]
FOUND = [case for folder in FOLDERS for case in cases(folder)]


def beyond_its_policy(case: Case) -> bool:
    """Whether the case asks for a constraint that its policy says it cannot honour."""
    return not Instance(**case.arguments).asks_for <= POLICIES[case.policy].handles


ASKED = [case for case in FOUND if isinstance(case, Case)]
OURS = [case for case in ASKED if not beyond_its_policy(case)]

# two want the first offer, which has one seat; the second prefers it to the third
TINY = Case(
    file="tiny",
    name="tiny",
    arguments={**from_lists([[0], [0, 1]], [1, 1]), "cost": [1, 1, 3]},
    size=2,
    total=4,
    profile=[1, 1, 0],
    granted=[frozenset({0}), frozenset({1})],
)


@pytest.mark.parametrize("case", OURS, ids=[case.name for case in OURS])
def test_published_value_is_reached(case: Case):
    assert shortcoming(case) is None


def test_every_source_is_read():
    assert {path.name for path in OWN_DATA.iterdir() if path.is_dir()} == set(READERS)


def test_out_of_scope_reasons_are_those_we_know():
    assert {case.reason for case in FOUND if isinstance(case, OutOfScope)} == {
        "a task takes several sizes of seat",
        "stability with lecturers who rank students over all their projects",
        "immediate acceptance (Boston) is not one of the policies",
        "the list of all stable marriages, from which regret-equal ones are picked",
        "distance of lecturers' loads from their targets",
        "bids as a third objective after seats and order (lexicographic)",
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"size": 1}, "2 seats instead of 1"),
        ({"fewer_than": 2}, "2 seats, which cannot be"),
        ({"total": 5}, "cost 4 instead of 5"),
        ({"profile": [2]}, "profile [1, 1] instead of [2]"),
        ({"granted": [frozenset({1}), frozenset({0})]}, "gave"),
        ({"arguments": {**TINY.arguments, "cost": [1]}}, "refused: cost"),
    ],
)
def test_a_wrong_answer_is_told(wrong: dict, said: str):
    assert shortcoming(TINY) is None
    assert (shortcoming(replace(TINY, **wrong)) or "").startswith(said)


def test_zeros_at_the_end_of_a_profile_do_not_count():
    assert trimmed([2, 0, 1, 0, 0]) == [2, 0, 1]
    assert trimmed([0, 0]) == []


def test_table_counts_every_case(capsys):
    # what a policy cannot honour yet counts as failed, and as nothing else
    own = [case for case in cases(OWN_DATA) if isinstance(case, Case)]
    beyond = Counter(case.file for case in own if beyond_its_policy(case))
    assert main(OWN_DATA) == int(beyond.total() > 0)
    lines = capsys.readouterr().out.splitlines()[1:]
    rows = {
        line.split()[0]: line.split()[1:]
        for line in lines
        if not line.startswith(("out of", "failed"))
    }
    assert {file: int(row[1]) for file, row in rows.items() if int(row[1])} == (
        {**beyond, "total": beyond.total()} if beyond else {}
    )
    assert {
        file: [str(int(passed) + int(failed)), "0", outside]
        for file, (passed, failed, outside) in rows.items()
    } == {
        "assign100.txt.gz": ["1", "0", "0"],
        "lap_cases.json": ["32", "0", "0"],
        "lap_seeded_recipes.json": ["2", "0", "0"],
        "cardinality_cases.json": ["3", "0", "0"],
        "gap_sample.json": ["0", "0", "1"],
        "two_sided_cases.json": ["18", "0", "2"],
        "sm_enumerated_regret_equal_sm.json": ["20", "0", "10"],
        "project_day.json": ["5", "0", "0"],
        "00009-00000001.soc": ["12", "0", "0"],
        "00038-00000001.soi": ["6", "0", "0"],
        "00038-00000007.soi": ["6", "0", "0"],
        "00039-00000001.cat": ["6", "0", "0"],
        "cases.json": ["105", "0", "12"],
        "students.jsonl": ["3", "0", "0"],
        "ariel_5783_input.json": ["5", "0", "0"],
        "distilled_cases.json": ["7", "0", "3"],
        "total": ["231", "0", "28"],
    }


def test_a_folder_without_cases_is_no_success(tmp_path, capsys):
    assert main(tmp_path) == 1
