"""Who stays at an institution, as rooms to the right know: they may work in its laboratories."""

from collections.abc import Callable
from typing import Any

from ..partners.models import Institution

Source = Callable[[Any, Institution], bool]
_sources: list[Source] = []


def visits(source: Source) -> Source:
    """Register how a room to the right knows that somebody is placed at an institution."""
    _sources.append(source)
    return source


def stays_at(user: Any, institution: Institution) -> bool:
    """Whether somebody has a place at an institution that they accepted."""
    return any(source(user, institution) for source in _sources)
