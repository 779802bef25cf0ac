"""What can be wrong with a matching problem."""


class MatchingError(Exception):
    """Root of what this package raises on purpose."""


class InvalidInstance(MatchingError, ValueError):
    """An argument that makes an instance, or names who or what of it, is wrong.

    Names the argument, the index and the reason.
    """

    def __init__(self, argument: str, reason: str, index: int | None = None) -> None:
        self.argument = argument
        self.index = index
        self.reason = reason
        where = argument if index is None else f"{argument}[{index}]"
        super().__init__(f"{where}: {reason}")


class UnsupportedConstraint(MatchingError):
    """The policy cannot honour something that the instance asks for."""

    def __init__(self, policy: str, constraint: str) -> None:
        self.policy = policy
        self.constraint = constraint
        super().__init__(f"policy {policy} cannot honour {constraint}")


class NotCertified(MatchingError):
    """A fault of this package: what a policy found does not hold, so it is not returned."""

    def __init__(self, policy: str, reasons: tuple[str, ...]) -> None:
        self.policy = policy
        self.reasons = reasons
        super().__init__(f"policy {policy} found what does not hold: {'; '.join(reasons)}")


class Infeasible(MatchingError):
    """No assignment keeps these minimums and quotas together.

    `offers`: whose minimums; `quotas`: which of `Instance.quotas`. Leave out any of them and
    the others can be kept. `smallest`: no conflict has fewer.
    """

    def __init__(self, offers: tuple[int, ...], quotas: tuple[int, ...], smallest: bool) -> None:
        self.offers = offers
        self.quotas = quotas
        self.smallest = smallest
        parts = []
        for one, several, which in (
            ("minimum of offer", "minimums of offers", offers),
            ("quota", "quotas", quotas),
        ):
            if which:
                name = one if len(which) == 1 else several
                parts.append(f"{name} {', '.join(map(str, which))}")
        together = " together" if len(offers) + len(quotas) > 1 else ""
        super().__init__(f"no assignment can keep {' and '.join(parts)}{together}")
