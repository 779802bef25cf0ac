"""Who takes part in a project: its leaders, and whom other rooms know to be placed in it."""

from collections.abc import Callable
from typing import Any

from .models import Project

Source = Callable[[Any, Project], bool]
_sources: list[Source] = []


def membership(source: Source) -> Source:
    """Register how a room to the right knows that somebody takes part in a project."""
    _sources.append(source)
    return source


def takes_part(user: Any, project: Project) -> bool:
    """Whether somebody leads a project, or takes part in it as another room knows."""
    if user is None:
        return False
    leads = any(leader.user_id == user.id for leader in project.leaders)
    return leads or any(source(user, project) for source in _sources)
