"""Each way to solve a round: what it imports, what it is given ready-made, what is timed."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from time import perf_counter
from typing import Any, Final

import numpy as np

from benchmarks.rounds_grid import Arrays
from benchmarks.shapes import CHOICES

Figures = dict[str, Any]


@dataclass(frozen=True)
class Solver:
    """imports: counted as cold. prepare: not timed. run: timed.

    read: from an answer and the arrays to the total cost, `stay` for each unplaced included, and
    figures of the solver's own; not timed.
    """

    imports: tuple[str, ...]
    prepare: Callable[[Arrays], Any]
    run: Callable[[Any], Any]
    read: Callable[[Any, Arrays], tuple[int, Figures]]


def ours(arguments: dict[str, Any]) -> tuple[Any, Any, float]:
    """Building the instance, validation included, and solving it."""
    matching = import_module("matching")
    begun = perf_counter()
    instance = matching.Instance(**arguments)
    built = perf_counter() - begun
    return instance, matching.solve(instance, seed=0), built


def _certified(answer: tuple[Any, Any, float], arrays: Arrays) -> tuple[int, Figures]:
    instance, result, built = answer
    begun = perf_counter()
    certificate = import_module("matching").verify(instance, result)
    verified = perf_counter() - begun
    unplaced = instance.applicants - result.placed
    total = int(result.objective) + int(arrays["stay"][0]) * unplaced
    return total, {"build": built, "verify": verified, "proof": certificate.proof}


def _arguments(arrays: Arrays) -> dict[str, Any]:
    """4**rank is the one cost that is not worked out from rank and merit."""
    names = ["indptr", "offer", "capacity", *(["merit"] if "merit" in arrays else [])]
    arguments = {name: arrays[name] for name in names}
    if arrays["cost"][0] > 0:
        arguments["cost"] = arrays["cost"]
    return arguments


def _with_lottery(arrays: Arrays) -> dict[str, Any]:
    return {**_arguments(arrays), "lottery": arrays["lottery"]}


def _flow(arrays: Arrays) -> dict[str, Any]:
    """Nodes: applicants, then offers, then one for staying unplaced."""
    n, m = len(arrays["indptr"]) - 1, len(arrays["capacity"])
    who = np.arange(n, dtype=np.int32)
    return {
        "tail": np.repeat(who, CHOICES),
        "head": (n + arrays["offer"]).astype(np.int32),
        "one": np.ones(n * CHOICES, dtype=np.int64),
        "cost": arrays["cost"].astype(np.int64),
        "who": who,
        "offers": np.arange(n, n + m, dtype=np.int32),
        "outside": np.full(max(n, m), n + m, dtype=np.int32),
        "capacity": arrays["capacity"].astype(np.int64),
        "stays": np.full(n, arrays["stay"][0], dtype=np.int64),
        "free": np.zeros(m, dtype=np.int64),
        "stay": int(arrays["stay"][0]),
    }


def ortools(flow: dict[str, Any]) -> int:
    """The largest flow of least cost over the choices alone: its faster form here."""
    solver = import_module("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
    n = len(flow["who"])
    solver.add_arcs_with_capacity_and_unit_cost(
        flow["tail"], flow["head"], flow["one"], flow["cost"]
    )
    solver.set_nodes_supplies(flow["who"], flow["one"][:n])
    solver.set_nodes_supplies(flow["offers"], -flow["capacity"])
    status = solver.solve_max_flow_with_min_cost()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"OR-Tools says {status}")
    return solver.optimal_cost() + flow["stay"] * (n - solver.maximum_flow())


def ortools_with_stays(flow: dict[str, Any]) -> int:
    """The same with an arc for staying unplaced, so that everybody flows."""
    solver = import_module("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
    n, m = len(flow["who"]), len(flow["offers"])
    add = solver.add_arcs_with_capacity_and_unit_cost
    add(flow["tail"], flow["head"], flow["one"], flow["cost"])
    add(flow["who"], flow["outside"][:n], flow["one"][:n], flow["stays"])
    add(flow["offers"], flow["outside"][:m], flow["capacity"], flow["free"])
    solver.set_nodes_supplies(flow["who"], flow["one"][:n])
    solver.set_node_supply(n + m, -n)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"OR-Tools says {status}")
    return solver.optimal_cost()


def seats_expanded(arrays: Arrays) -> int:
    """scipy's sparse assignment over single seats and one private stay an applicant."""
    sparse = import_module("scipy.sparse")
    matching = import_module("scipy.sparse.csgraph").min_weight_full_bipartite_matching
    n, capacity = len(arrays["indptr"]) - 1, arrays["capacity"]
    copies = capacity[arrays["offer"]]
    first_seat = np.concatenate([[0], np.cumsum(capacity)])
    within = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    seat = np.repeat(first_seat[arrays["offer"]], copies) + within
    who = np.repeat(np.repeat(np.arange(n), CHOICES), copies)
    rows = np.concatenate([who, np.arange(n)])
    columns = np.concatenate([seat, first_seat[-1] + np.arange(n)])
    cost = np.concatenate([np.repeat(arrays["cost"], copies), np.repeat(arrays["stay"], n)])
    lowest = int(cost.min())
    # a zero would be no edge
    weights = (cost - lowest + 1).astype(np.float64)
    graph = sparse.csr_array((weights, (rows, columns)), shape=(n, int(first_seat[-1]) + n))
    taken_rows, taken = matching(graph)
    return int(graph[taken_rows, taken].sum()) + n * (lowest - 1)


def highs(arrays: Arrays) -> int:
    """The linear programme, whose corners are whole.

    Staying is a column of its own: a saving for each placement instead took HiGHS fifty times
    as long at 10,000 applicants, and its interior point four times.
    """
    sparse = import_module("scipy.sparse")
    linprog = import_module("scipy.optimize").linprog
    n, m, k = len(arrays["indptr"]) - 1, len(arrays["capacity"]), len(arrays["offer"])
    who = np.concatenate([np.repeat(np.arange(n), CHOICES), np.arange(n)])
    cost = np.concatenate([arrays["cost"], np.repeat(arrays["stay"], n)])
    answer = linprog(
        cost.astype(np.float64),
        A_eq=sparse.csr_array((np.ones(k + n), (who, np.arange(k + n))), shape=(n, k + n)),
        b_eq=np.ones(n),
        A_ub=sparse.csr_array((np.ones(k), (arrays["offer"], np.arange(k))), shape=(m, k + n)),
        b_ub=arrays["capacity"],
        method="highs-ds",
    )
    if answer.status:
        raise RuntimeError(f"HiGHS says {answer.message}")
    return int((cost * np.rint(answer.x).astype(np.int64)).sum())


def networkx(arrays: Arrays) -> int:
    """max_flow_min_cost from one source over applicants and offers to one sink."""
    nx = import_module("networkx")
    n = len(arrays["indptr"]) - 1
    graph = nx.DiGraph()
    graph.add_edges_from((-1, i, {"capacity": 1}) for i in range(n))
    choices = zip(
        np.repeat(np.arange(n), CHOICES).tolist(),
        (n + arrays["offer"]).tolist(),
        arrays["cost"].tolist(),
        strict=True,
    )
    graph.add_edges_from((i, j, {"capacity": 1, "weight": cost}) for i, j, cost in choices)
    seats = enumerate(arrays["capacity"].tolist(), n)
    graph.add_edges_from((j, -2, {"capacity": count}) for j, count in seats)
    flow = nx.max_flow_min_cost(graph, -1, -2)
    placed = sum(flow[-1].values())
    return nx.cost_of_flow(graph, flow) + int(arrays["stay"][0]) * (n - placed)


def deferred_acceptance(arguments: dict[str, Any]) -> tuple[Any, Any]:
    """Ours by merit."""
    matching = import_module("matching")
    instance = matching.Instance(**arguments)
    return instance, matching.solve(instance, "deferred_acceptance", seed=0)


def _granted(answer: tuple[Any, Any], arrays: Arrays) -> tuple[int, Figures]:
    instance, result = answer
    placed = np.flatnonzero(result.choice >= 0)
    certificate = import_module("matching").verify(instance, result)
    found = _fingerprint(placed, instance.offer[result.choice[placed]])
    return found, {"proof": certificate.proof}


def hospital_resident(dictionaries: tuple[dict, dict, dict]) -> Any:
    """The PyPI package `matching`, which goes by the name of ours."""
    game = import_module("matching.games").HospitalResident
    sys.setrecursionlimit(1_000_000)  # it copies deep lists of lists
    return game.create_from_dictionaries(*dictionaries).solve(optimal="resident")


def _members(solution: Any, arrays: Arrays) -> tuple[int, Figures]:
    pairs = [(r.name, h.name) for h, members in solution.items() for r in members]
    who, offer = np.array(pairs, dtype=np.int64).T
    return _fingerprint(who, offer), {}


def _fingerprint(who: np.ndarray, offer: np.ndarray) -> int:
    """One number that says who got what, to compare by."""
    return int(((who + 1) * (offer + 1) % 1_000_003).sum())


def _dictionaries(arrays: Arrays) -> tuple[dict, dict, dict]:
    """Lists of both sides by name; every offer orders applicants by merit, then lottery."""
    lists = arrays["offer"].reshape(-1, CHOICES)
    turn = np.lexsort((arrays["lottery"], -arrays["merit"])).tolist()
    residents = {i: lists[i].tolist() for i in range(len(lists))}
    wanted: dict[int, list[int]] = {}
    for i in turn:
        for j in residents[i]:
            wanted.setdefault(j, []).append(i)
    return residents, wanted, {j: int(arrays["capacity"][j]) for j in wanted}


def _as_they_are(arrays: Arrays) -> Arrays:
    return arrays


def _total(answer: int, arrays: Arrays) -> tuple[int, Figures]:
    return answer, {}


FLOW: Final = "ortools.graph.python.min_cost_flow"

SOLVERS: Final = {
    "ours": Solver(("matching",), _arguments, ours, _certified),
    "lottery": Solver(("matching",), _with_lottery, ours, _certified),
    "ortools": Solver((FLOW,), _flow, ortools, _total),
    "ortools-stays": Solver((FLOW,), _flow, ortools_with_stays, _total),
    "scipy": Solver(("scipy.sparse.csgraph",), _as_they_are, seats_expanded, _total),
    "highs": Solver(("scipy.optimize",), _as_they_are, highs, _total),
    "networkx": Solver(("networkx",), _as_they_are, networkx, _total),
    "deferred": Solver(("matching",), _with_lottery, deferred_acceptance, _granted),
    "matching": Solver(("matching.games",), _dictionaries, hospital_resident, _members),
}
