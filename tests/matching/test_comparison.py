"""Results of one instance side by side."""

from typing import Any

import numpy as np
from hypothesis import given, settings

from matching import (
    POLICIES,
    UNMATCHED,
    Instance,
    blocking_choices,
    compare,
    rank_profile,
    solve,
)
from tests.examples import examples
from tests.matching.strategies import build, tables


@given(tables(applicants=8, offers=4, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_every_figure_is_counted_from_the_results(table: dict[str, Any]):
    instance = build(table)
    results = [solve(instance, policy, seed=7) for policy in POLICIES]
    table_ = compare(results, instance)
    assert table_.policies == tuple(POLICIES)
    for row, result in enumerate(results):
        got = result.choice[result.choice != UNMATCHED]
        assert table_.placed[row] == result.placed
        assert table_.unplaced[row] == instance.applicants - result.placed
        assert table_.profile[row].tolist() == rank_profile(instance, result).tolist()
        mean = np.mean(instance.rank[got]) if len(got) else np.nan
        assert np.isclose(table_.mean_rank[row], mean, equal_nan=True)
        envious = set(instance.applicant[blocking_choices(instance, result)].tolist())
        assert table_.envious[row] == len(envious)
        for column, other in enumerate(results):
            assert table_.changed[row, column] == (result.choice != other.choice).sum()


def test_no_results_and_no_applicants_have_empty_tables():
    instance = Instance.from_lists([], [1])
    assert compare([], instance).changed.shape == (0, 0)
    table = compare([solve(instance, seed=0)], instance)
    assert (table.placed.tolist(), table.profile.shape) == ([0], (1, 0))
    assert np.isnan(table.mean_rank).tolist() == [True]
