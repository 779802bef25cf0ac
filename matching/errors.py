"""What can be wrong with a matching problem."""


class MatchingError(Exception):
    """Root of what this package raises on purpose."""


class InvalidInstance(MatchingError, ValueError):
    """An argument of `Instance` is wrong; names the argument, the index and the reason."""

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
