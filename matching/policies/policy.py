"""What a policy says about itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from matching.instance import Instance
from matching.result import UNMATCHED, IntArray, Result


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A rule that turns ranked lists into places.

    `solve(instance, lottery, seed)` gets the lottery that breaks ties. `stable`: nobody
    passed over for a less deserving one. `strategy_proof`: no list serves better than the true
    one, as long as the limit does not cut it short. `lucky`: of two alike, who gets the
    better place, the one with the lower or the higher lottery number. `handles`: what an
    instance may ask for (`Instance.asks_for`) beyond lists, seats and merit.
    """

    name: str
    title: str
    solve: Callable[[Instance, IntArray, int], Result]
    stable: bool
    strategy_proof: bool
    lucky: Literal["lower", "higher"]
    handles: frozenset[str] = frozenset()


def make_result(
    policy: str,
    instance: Instance,
    choice: IntArray,
    lottery: IntArray,
    seed: int,
    prices: IntArray | None = None,
) -> Result:
    """A frozen result with its figures counted from the choices."""
    placed = choice != UNMATCHED
    # Python integers: a sum over many large costs may leave 64 bits
    total = sum(instance.costs[choice[placed]].tolist())
    if not instance.placements_first:
        total += sum(instance.stay[~placed].tolist())
    for array in (choice, lottery, prices):
        if array is not None:
            array.setflags(write=False)
    return Result(
        policy=policy,
        seed=seed,
        choice=choice,
        lottery=lottery,
        objective=instance.in_units(total),
        placed=int(placed.sum()),
        prices=prices,
    )
