"""Published optima are reached and certified."""

import os
from pathlib import Path

import pytest

from tests.matching.published_cases import OWN_DATA, Case, OutOfScope, cases, main, shortcoming

FOLDERS = [OWN_DATA] + [Path(d) for d in [os.environ.get("MOBILITY_SHARED_DATA")] if d]
FOUND = [case for folder in FOLDERS for case in cases(folder)]
OURS = [case for case in FOUND if isinstance(case, Case)]


@pytest.mark.parametrize("case", OURS, ids=[case.name for case in OURS])
def test_published_optimum_is_reached(case: Case):
    assert shortcoming(case) is None


def test_out_of_scope_cases_are_those_we_know():
    outside = {case.name for case in FOUND if isinstance(case, OutOfScope)}
    assert outside == {"ortools-sample-task-sizes"}


def test_table_counts_every_case(capsys):
    assert main(OWN_DATA) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [row for row in rows if not row[0].startswith("out")] == [
        ["assign100.txt.gz", "1", "0", "0"],
        ["lap_cases.json", "32", "0", "0"],
        ["lap_seeded_recipes.json", "2", "0", "0"],
        ["cardinality_cases.json", "3", "0", "0"],
        ["gap_sample.json", "0", "0", "1"],
    ]
