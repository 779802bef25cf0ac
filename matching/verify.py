"""Is a result allowed, and is it the best? Answered in one pass, trusting no solver."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from matching.bound import Component, exact_dot, exact_sum, lower_bound, totals, unusable_prices
from matching.feasibility import Granted, contradictions, infeasibilities, malformed
from matching.instance import Instance
from matching.lottery import draw_lottery
from matching.result import Certificate, IntArray, Result

PRIORITY_POLICIES: Final = frozenset({"serial_dictatorship", "deferred_acceptance"})
"""They promise that nobody is passed over."""

PROFILE_POLICIES: Final = frozenset({"rank_maximal", "greedy_maximum", "generous_maximum"})
"""They compare how many get each rank."""

NOT_BY_MERIT: Final = frozenset({"min_seats", "credits", "clashes", "quotas"})
"""Where one of them has a say in who gets a seat, nobody can be told to be passed over."""

FOREIGN_LOTTERY: Final = "lottery is not the one of the instance or the seed"


def verify(instance: Instance, result: Result) -> Certificate:
    """Check a result against its instance; shares no code with the policies.

    Feasible: everybody has choices of their own, no more than they want, within their
    credits and without clashes; every offer keeps its seats and its minimum, or is empty
    where it may close; every quota is kept.

    Optimal: let v(e) be the cost of choice e, plus the price of its offer, plus the price
    of each quota times its coefficient. No feasible assignment costs less than
        sum over applicants of the `demand` least among v of their list and any number of stay
        - sum over offers of price * (capacity where it is above 0, minimum where below)
        - sum over quotas of price * (upper bound where it is above 0, lower where below)
    A price below 0 needs a minimum that must be kept, a price of a quota the bound of that
    side. Credits and clashes are left out, which can only lower the bound. This result
    costs exactly that. In integers, without tolerance; a gap smaller than the step between
    possible costs is none. Where placements come first, `stay` exceeds any saving, and the
    same proof covers the number of placements.

    Tie-break: among all optima this one has the least sum of lottery * rank, where each
    wanted seat that is not given counts as rank limit + 1. All optima use only choices that
    are least at the first prices, and fill whatever has one (complementary slackness); on
    those `tie_prices` prove the second sum in the same way, free in sign where an offer must
    be filled. This is one proof over pairs (cost, lottery * rank) compared in order, and it
    is computed so. It is looked at when `tie_prices` are given, and has to close then.

    Profiles: components compared in order, each with a column of `prices`, prove that no
    assignment has a profile that comes before. rank_maximal: component r counts -1 for a
    choice of rank r. greedy_maximum: first -1 for any choice, then the same. generous_maximum:
    first -1 for any choice, then +1 for rank L, then for L - 1, ... Not getting a seat is 0
    throughout. L is as high as there are columns, and no rank may be above it.

    Policies by merit: no place that someone would rather have is free or held by someone
    behind them, by merit for that offer, then lottery.

    O(k + m) and a sort of n for policies by merit; a sort of k where somebody wants more
    than one seat.
    """
    objections = malformed(instance, result)
    if objections:
        return _certificate(objections, feasible=False)
    granted = Granted.of(instance, result.chosen)
    objections = contradictions(result, granted) or infeasibilities(instance, granted)
    if objections:
        return _certificate(objections, feasible=False)
    stay = _stay(instance)
    spent = _spent(instance, granted, stay)
    objections = _wrong_figures(instance, result, granted, spent)
    if result.policy in PRIORITY_POLICIES:
        objections += _passed_over(instance, result, granted)
        return _certificate(objections, proof="policy")
    wrong = _wrong_prices(instance, result)
    if wrong:
        return _without_prices(instance, result, objections, wrong)
    components = _components(instance, result, stay)
    wrong = unusable_prices(instance, components)
    if wrong:
        return _without_prices(instance, result, objections, wrong)
    missing = instance.demand - granted.given
    total = totals(components, granted.at, missing)
    bound = lower_bound(instance, components)
    if result.policy in PROFILE_POLICIES:
        return _by_profile(components, total, bound, objections)
    return _by_cost(instance, result, total, bound, missing, spent, objections)


def _certificate(
    objections: list[str],
    *,
    feasible: bool = True,
    proof: Literal["prices", "policy"] = "prices",
    bound: float | None = None,
    gap: float | None = None,
    tie_break: bool = False,
) -> Certificate:
    """`proof` as far as there are no objections."""
    return Certificate(
        feasible=feasible,
        optimal=proof == "prices" and not objections,
        bound=bound,
        gap=gap,
        proof="none" if objections else proof,
        tie_break=tie_break and not objections,
        reasons=tuple(objections),
    )


def _stay(instance: Instance) -> IntArray:
    """Cost of a wanted seat not given; where placements come first, recomputed from scratch.

    With at most s seats given, one more can raise the cost of the others by no more than
    (s - 1) times the range of costs, and adds no more than the highest.
    """
    if instance.unplaced is not None:
        return instance.stay
    costs, n = instance.costs, instance.applicants
    if not len(costs):
        return np.zeros(n, dtype=np.int64)
    listed = np.bincount(instance.offer, minlength=instance.offers)
    usable = min(
        int(np.minimum(instance.demand, np.diff(instance.indptr)).sum()),
        int(np.minimum(listed, instance.capacity).sum()),
    )
    highest, lowest = int(costs.max()), int(costs.min())
    worth = highest + usable * (highest - lowest) + 1
    return np.full(n, worth, dtype=np.int64)


def _spent(instance: Instance, granted: Granted, stay: IntArray) -> int:
    """What the result has to report as its objective, scaled."""
    cost = exact_sum(instance.costs[granted.at])
    if instance.placements_first:
        return cost
    return cost + exact_dot(stay, instance.demand - granted.given)


def _wrong_figures(instance: Instance, result: Result, granted: Granted, spent: int) -> list[str]:
    wrong = []
    placed = len(granted.at)
    if result.placed != placed:
        wrong.append(f"placed says {result.placed}, but {placed} have a place")
    if result.objective != instance.in_units(spent):
        wrong.append(f"objective says {result.objective}, but it is {instance.in_units(spent)}")
    if result.claim == "optimal" and result.gap != 0:
        wrong.append(f"claims to be optimal, but leaves a gap of {result.gap}")
    if instance.lottery is not None and not _has_lottery(result, instance.lottery):
        wrong.append(FOREIGN_LOTTERY)
    return wrong


def _has_lottery(result: Result, lottery: IntArray) -> bool:
    return result.lottery is not None and np.array_equal(result.lottery, lottery)


def _lottery(instance: Instance, result: Result) -> IntArray:
    if instance.lottery is not None:
        return instance.lottery
    return draw_lottery(instance.applicants, result.seed)


def _wrong_prices(instance: Instance, result: Result) -> list[str]:
    """Objections to the form of prices; their numbers are another matter."""
    if result.prices is None:
        return ["no prices"]
    m, columns = instance.offers, None
    if result.policy in PROFILE_POLICIES:
        if result.prices.ndim != 2:
            return [f"prices are not an array of {m} rows, a column for each component"]
        columns = result.prices.shape[1]
        needed = int(instance.rank.max(initial=0)) + (result.policy != "rank_maximal")
        if columns < needed:
            return [f"prices have {columns} columns, fewer than the {needed} components"]
    wanted = {
        "prices": (result.prices, (m,) if columns is None else (m, columns)),
        "tie_prices": (result.tie_prices, (m,)),
        "quota_prices": (result.quota_prices, (len(instance.quotas),)),
    }
    for name, (array, shape) in wanted.items():
        if array is None:
            continue
        if array.shape != shape or array.dtype.kind not in "iu":
            return [f"{name} are not an array of {' x '.join(map(str, shape))} integers"]
        if array.dtype == np.uint64 and (array > np.iinfo(np.int64).max).any():
            return [f"{name} do not fit into 64 bits"]
    if columns is not None and result.quota_prices is not None and result.quota_prices.any():
        return ["quota_prices have no component to belong to"]
    return []


def _components(instance: Instance, result: Result, stay: IntArray) -> list[Component]:
    """What the policy makes least, in order, each with its prices; then the tie-break."""
    assert result.prices is not None
    none = np.zeros(len(instance.quotas), dtype=np.int64)
    if result.policy in PROFILE_POLICIES:
        # columns side by side in memory, for one is read after the other
        columns = np.ascontiguousarray(result.prices.T, dtype=np.int64)
        components = [
            Component(name, cost, np.zeros_like(stay), prices, none)
            for (name, cost), prices in zip(
                _profile(instance, result.policy, len(columns)), columns, strict=True
            )
        ]
    else:
        of_quotas = none if result.quota_prices is None else result.quota_prices.astype(np.int64)
        prices = result.prices.astype(np.int64)
        components = [Component("cost", lambda at: instance.costs[at], stay, prices, of_quotas)]
    if result.tie_prices is not None:
        lottery = _lottery(instance, result)
        components.append(
            Component(
                "lottery",
                lambda at: lottery[instance.applicant[at]] * instance.rank[at],
                lottery * (instance.limit + 1),
                result.tie_prices.astype(np.int64),
                none,
            )
        )
    return components


def _profile(
    instance: Instance, policy: str, columns: int
) -> list[tuple[str, Callable[[IntArray | slice], IntArray]]]:
    """Names and costs of the components, as many as columns."""

    def counting(rank: int, sign: int) -> Callable[[IntArray | slice], IntArray]:
        return lambda at: np.where(instance.rank[at] == rank, sign, 0)

    def places(at: IntArray | slice) -> IntArray:
        return np.full(len(instance.offer[at]), -1)

    if policy == "rank_maximal":
        return [(f"rank {r}", counting(r, -1)) for r in range(1, columns + 1)]
    if policy == "greedy_maximum":
        ranks = [(f"rank {r}", counting(r, -1)) for r in range(1, columns)]
    else:
        ranks = [(f"rank {r}", counting(r, 1)) for r in range(columns - 1, 0, -1)]
    return [("places", places), *ranks]


def _by_profile(
    components: list[Component], total: list[int], bound: list[int], objections: list[str]
) -> Certificate:
    for component, ours, least in zip(components, total, bound, strict=True):
        if ours != least:
            reasons = [*objections, f"prices leave a gap of {ours - least} in {component.name}"]
            return _certificate(reasons)
    tied = bool(components) and components[-1].name == "lottery"
    return _certificate(objections, gap=0, tie_break=tied)


def _by_cost(
    instance: Instance,
    result: Result,
    total: list[int],
    bound: list[int],
    missing: IntArray,
    spent: int,
    objections: list[str],
) -> Certificate:
    tied = result.tie_prices is not None
    open_by = total[0] - bound[0]
    gap = _rounded(instance, total[0], open_by, missing)
    reasons = list(objections)
    if gap:
        reasons.append(f"prices leave a gap of {instance.in_units(gap)}")
    elif tied and open_by:
        reasons.append("tie prices prove nothing beside prices that close the gap by rounding")
    elif tied and total[1] != bound[1]:
        reasons.append(f"tie prices leave a gap of {total[1] - bound[1]} in lottery x rank")
    certificate = _certificate(
        reasons,
        bound=instance.in_units(spent - gap),
        gap=instance.in_units(gap),
        tie_break=tied,
    )
    by_solver = gap and not objections and _closed_by_solver(instance, result)
    return replace(certificate, proof="solver") if by_solver else certificate


def _rounded(instance: Instance, total: int, gap: int, missing: IntArray) -> int:
    """The gap to the least cost at or above the bound that some assignment may have.

    Costs differ by multiples of what they have in common; of 0 where all are the same.
    Where placements come first, this holds among assignments that give equally many seats,
    and those that give more lie below: the bound has to be above these.
    """
    if gap <= 0:
        return gap
    costs = instance.costs
    if not instance.placements_first:
        step = int(np.gcd(np.gcd.reduce(costs), np.gcd.reduce(instance.stay)))
    elif len(costs):
        step = int(np.gcd.reduce(costs - costs[0]))
        short, worth = int(missing.sum()), int(instance.stay[0])
        given = int(instance.demand.sum()) - short
        if short and total - gap <= (short - 1) * worth + (given + 1) * int(costs.max()):
            step = 1
    else:
        step = 1
    return gap - gap % step if step else 0


def _closed_by_solver(instance: Instance, result: Result) -> bool:
    """Whether the solver says that it closed a gap, where prices alone may have to leave one."""
    may_leave = instance.asks_for & {"credits", "clashes", "quotas"} or instance.may_close.any()
    return bool(may_leave) and result.claim == "optimal"


def _without_prices(
    instance: Instance, result: Result, objections: list[str], wrong: list[str]
) -> Certificate:
    certificate = _certificate([*objections, *wrong])
    by_solver = result.prices is None and not objections and _closed_by_solver(instance, result)
    return replace(certificate, proof="solver") if by_solver else certificate


def _passed_over(instance: Instance, result: Result, granted: Granted) -> list[str]:
    """Objections to a result that is to follow merit: somebody would rather have a seat
    that is free, or held by someone behind them at that offer."""
    undefined = sorted(instance.asks_for & NOT_BY_MERIT)
    if undefined:
        return [f"being passed over is not defined with {undefined[0]}"]
    n, who, offer = instance.applicants, instance.applicant, instance.offer
    merit = np.zeros(n) if instance.merit is None else instance.merit
    if len(merit) == n:
        merit = merit[who]
    elif result.policy == "serial_dictatorship":
        return ["there is no one order of merit, but a merit per choice"]
    lottery = _lottery(instance, result)
    if not _has_lottery(result, lottery):
        return [] if instance.lottery is not None else [FOREIGN_LOTTERY]
    turn = np.empty(n, dtype=np.int64)
    turn[np.argsort(lottery, kind="stable")] = np.arange(n)

    # the last in line at each offer; behind a free seat stands nobody
    lowest = np.full(instance.offers, np.inf)
    np.minimum.at(lowest, offer[granted.at], merit[granted.at])
    last = np.full(instance.offers, -1)
    low = merit[granted.at] == lowest[offer[granted.at]]
    np.maximum.at(last, offer[granted.at][low], turn[granted.who][low])
    free = granted.held < instance.capacity
    lowest[free], last[free] = -np.inf, n

    worst = np.where(granted.given < instance.demand, instance.limit + 1, 0)
    np.maximum.at(worst, granted.who, instance.rank[granted.at])
    rather = instance.rank < worst[who]
    rather[granted.at] = False
    ahead = merit > lowest[offer]
    ahead |= (merit == lowest[offer]) & (turn[who] < last[offer])
    passed = np.flatnonzero(rather & ahead)
    return [f"applicant {who[e]} is passed over at offer {offer[e]}" for e in passed[:1]]
