"""What a check says: accepted with sentences, refused with the reason, or unreadable."""

from dataclasses import dataclass, field


class Unreadable(ValueError):
    """This is not the file of a round."""


class Refused(ValueError):
    """The file does not hold; the message says where."""


@dataclass
class Report:
    """What was checked and held, in sentences."""

    digest: str
    said: list[str] = field(default_factory=list)
