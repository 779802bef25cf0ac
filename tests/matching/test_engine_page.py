"""The example on docs/engine.md is what the engine says."""

from matching import Instance, solve, verify


def test_three_by_three_example_holds():
    lists, merit = [[0, 1], [0, 2], [0, 1, 2]], [80, 60, 40]
    instance = Instance.from_lists(lists, capacity=[1, 1, 1], merit=merit)
    result = solve(instance, "linear_assignment", seed=2027)
    assert instance.costs.tolist() == [-2700, -2160, -2400, -1920, -2100, -1680, -980]
    assert (result.choice.tolist(), result.objective) == ([0, 3, 5], -6300)
    assert result.prices is not None
    assert result.prices.tolist() == [480, 0, 0]
    assert verify(instance, result).bound == -6300
    wider = Instance.from_lists(lists, capacity=[2, 1, 1], merit=merit)
    assert solve(wider, seed=2027).objective == -6780
