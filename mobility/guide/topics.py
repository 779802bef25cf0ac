"""Whom the guide speaks to, and about what: each direction, and joint projects beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from ..accounts.models import Role
from ..agreements.models import Direction
from ..status import Labelled


class Reader(Labelled):
    """Whom a page is for."""

    APPLICANT = "applicant", _l("For whoever applies")
    SENDING = "sending", _l("For coordinators of the sending university")
    RECEIVING = "receiving", _l("For coordinators of the receiving university")
    ADMIN = "admin", _l("For administrators")


@dataclass(frozen=True)
class Topic:
    """What a page is about. `template`: the words that it alone has."""

    code: str
    title: Any
    sends: frozenset[Role]

    @property
    def template(self) -> str:
        return f"guide/of/{self.code.replace('-', '_')}.html"

    @property
    def is_direction(self) -> bool:
        return self is not PROJECTS

    @property
    def sends_students(self) -> bool:
        return Role.STUDENT in self.sends

    @property
    def sends_staff(self) -> bool:
        return Role.STAFF in self.sends


def topic_of(direction: Direction) -> Topic:
    """The topic of a direction."""
    return TOPICS[direction.value.replace("_", "-")]


PROJECTS = Topic("projects", _l("joint projects"), frozenset({Role.STUDENT, Role.STAFF}))
TOPICS = {
    topic.code: topic
    for topic in (
        *(Topic(one.value.replace("_", "-"), one.label, one.sends) for one in Direction),
        PROJECTS,
    )
}
"""Every topic by its code in addresses."""

PARTS: dict[Reader, dict[str, Any]] = {
    Reader.APPLICANT: {
        "before": _l("Before you begin"),
        "choosing": _l("Choose and apply"),
        "checking": _l("While it is checked"),
        "result": _l("Your result and your answer"),
        "stay": _l("Before and during the stay"),
    },
    Reader.SENDING: {
        "before": _l("Before the call"),
        "checking": _l("Check the applications"),
        "round": _l("While the round is decided"),
        "stay": _l("After the result"),
    },
    Reader.RECEIVING: {
        "before": _l("Before the call"),
        "places": _l("Offer places"),
        "round": _l("While the round is decided"),
        "stay": _l("After the result"),
    },
    Reader.ADMIN: {
        "before": _l("Before the call"),
        "calling": _l("Draft and announce the call"),
        "round": _l("Decide the round"),
        "stay": _l("After the result"),
    },
}
"""The steps that each reader takes in a call, in order: macro of the reader's template, title."""

BOOKING = {
    Reader.APPLICANT: _l("Book a slot directly"),
    Reader.SENDING: _l("Direct bookings"),
    Reader.RECEIVING: _l("Share equipment"),
    Reader.ADMIN: _l("Direct bookings"),
}
IN_PROJECTS = {"projects": _l("Step by step")}


def parts(reader: Reader, topic: Topic) -> dict[str, Any]:
    """The parts of a page with their titles, in order."""
    if not topic.is_direction:
        return IN_PROJECTS
    if topic is topic_of(Direction.LABORATORIES):
        return {**PARTS[reader], "booking": BOOKING[reader]}
    return PARTS[reader]


def readers_first(user: Any) -> Sequence[Reader]:
    """All readers, the ones that somebody is before the others."""
    own = readers_of(user)
    return [*own, *(reader for reader in Reader if reader not in own)]


def readers_of(user: Any) -> list[Reader]:
    """Which readers somebody is, by their roles; who is not signed in is none yet."""
    if not getattr(user, "is_authenticated", False):
        return []
    found = []
    if user.is_applicant:
        found.append(Reader.APPLICANT)
    if user.is_coordinator:
        found += [Reader.SENDING, Reader.RECEIVING]
    if user.is_admin:
        found.append(Reader.ADMIN)
    return found
