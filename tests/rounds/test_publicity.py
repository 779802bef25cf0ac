"""What everybody may be told: no group of one to four people, and none to be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rounds.figures.publicity import LEAST, merged


@pytest.mark.parametrize(
    ("counts", "groups"),
    [
        ([10, 6, 5, 7], [(1, 1, 10), (2, 2, 6), (3, 3, 5), (4, 4, 7)]),
        ([10, 6, 2, 7], [(1, 1, 10), (2, 3, 8), (4, 4, 7)]),
        ([10, 6, 2, 3], [(1, 1, 10), (2, 2, 6), (3, 4, 5)]),
        ([10, 6, 0, 3], [(1, 1, 10), (2, 4, 9)]),
        ([2, 6, 5, 0], [(1, 2, 8), (3, 3, 5), (4, 4, 0)]),
        ([1, 0, 0, 9], [(1, 4, 10)]),
        ([1, 1, 1, 1], []),
        ([0, 0], []),
    ],
)
def test_neighbours_are_joined_until_no_group_is_small(counts, groups):
    assert merged(counts) == groups


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_joined_groups_cover_everybody_once(counts):
    groups = merged(counts)
    if sum(counts) < LEAST:
        assert groups == []
        return
    assert all(count == 0 or count >= LEAST for _, _, count in groups)
    assert sum(count for _, _, count in groups) == sum(counts)
    covered = [number for first, last, _ in groups for number in range(first, last + 1)]
    assert covered == list(range(1, len(counts) + 1))
