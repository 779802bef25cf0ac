"""What every status has: a word for people, and one of five kinds that decide icon and colour."""

import enum
from typing import Any


class Kind(enum.Enum):
    """How a state stands to the reader; the same five everywhere."""

    NEUTRAL = "neutral"
    WAITING = "waiting"
    GOOD = "good"
    NEEDS_YOU = "needs-you"
    STOPPED = "stopped"


class Labelled(enum.Enum):
    """An enum stored by value whose members have a label: `COURSES = "courses", _l("courses")`."""

    label: Any

    def __new__(cls, value: str, label: Any = None) -> "Labelled":
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        return member


class Status(enum.Enum):
    """A status: `OPEN = "open", _l("open"), Kind.GOOD`."""

    label: Any
    kind: str

    def __new__(cls, value: str, label: Any = None, kind: Kind = Kind.NEUTRAL) -> "Status":
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        member.kind = kind.value
        return member
