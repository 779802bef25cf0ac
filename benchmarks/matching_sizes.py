"""Time to build, solve and verify rounds of several sizes.

`python -m benchmarks.matching_sizes` prints one line a size: applicants × 5 choices, seats for
90 % of them, offers of Zipf 0.7 popularity, merit uniform over 0..100 with two decimals.
Median of three, after a first solve that loads scipy.
"""

from statistics import median
from time import perf_counter

import numpy as np

from matching import Instance, solve, verify

CHOICES = 5
SIZES = ((450, 91), (1_000, 100), (3_000, 300), (3_000, 10), (10_000, 500))


def requests(applicants: int, offers: int, seed: int) -> dict[str, np.ndarray]:
    """Lists drawn without repetition in proportion to popularity (Gumbel top-k)."""
    random = np.random.default_rng(seed)
    popularity = -0.7 * np.log(np.arange(1, offers + 1))
    keys = popularity + random.gumbel(size=(applicants, offers))
    return {
        "indptr": np.arange(0, applicants * CHOICES + 1, CHOICES),
        "offer": np.argsort(-keys, axis=1)[:, :CHOICES].ravel(),
        "capacity": np.full(offers, round(0.9 * applicants / offers)),
        "merit": random.integers(0, 10_001, applicants) / 100,
    }


def main() -> None:
    solve(Instance.from_lists([[0]], [1]), seed=0)
    print(f"{'applicants':>10}{'offers':>8}{'build':>9}{'solve':>9}{'verify':>9}  seconds; proof")
    for applicants, offers in SIZES:
        arrays = requests(applicants, offers, seed=1)
        times = []
        for seed in range(3):
            begun = perf_counter()
            instance = Instance(**arrays)
            built = perf_counter()
            result = solve(instance, seed=seed)
            solved = perf_counter()
            certificate = verify(instance, result)
            times.append((built - begun, solved - built, perf_counter() - solved))
        build, solving, verifying = (median(column) for column in zip(*times, strict=True))
        print(
            f"{applicants:10,}{offers:8}{build:9.4f}{solving:9.3f}{verifying:9.4f}"
            f"  {certificate.proof}"
        )


if __name__ == "__main__":
    main()
