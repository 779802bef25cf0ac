"""What rooms to the right know of people: where they stay, and which slots a call gave them."""

from collections.abc import Callable
from typing import Any

from ..partners.models import Institution
from .models import Slot

Source = Callable[[Any, Institution], bool]
Giver = Callable[[Any, Slot], Slot | None]
_sources: list[Source] = []
_givers: list[Giver] = []


def visits(source: Source) -> Source:
    """Register how a room to the right knows that somebody is placed at an institution."""
    _sources.append(source)
    return source


def stays_at(user: Any, institution: Institution) -> bool:
    """Whether somebody has a place at an institution that they accepted."""
    return any(source(user, institution) for source in _sources)


def gives(giver: Giver) -> Giver:
    """Register how a room to the right knows which slot somebody was given at the time of one."""
    _givers.append(giver)
    return giver


def given_at(user: Any, slot: Slot) -> Slot | None:
    """A slot that a call has given to somebody at the time of this one, if there is any."""
    return next((given for giver in _givers if (given := giver(user, slot))), None)
