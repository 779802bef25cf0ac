"""What the filling has made so far and draws from: people, places and one random generator."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ..accounts.models import User
from ..agreements.models import CooperationCondition
from ..applications.models import Application
from ..laboratories.models import Equipment
from ..offers.models import Call
from ..partners.models import Institution, OrganisationalUnit
from ..projects.models import Project
from .people import Inventor
from .timetable import Timetable

SEED = 2017  # the year of the forum; the same people are drawn each time


@dataclass(frozen=True)
class Student:
    """An account and how strong its person is: about the score that a reviewer gives."""

    user: User
    strength: float


@dataclass(frozen=True)
class Applied:
    """An application, whose it is, and the fate that its plan gave it."""

    application: Application
    student: Student
    fate: str


@dataclass
class Scene:
    """Everybody and everything by the names that the data files use."""

    timetable: Timetable
    password_hash: str
    say: Callable[[str], object]
    draw: random.Random = field(default_factory=lambda: random.Random(SEED))
    inventor: Inventor = field(default_factory=lambda: Inventor(SEED))
    institutions: dict[str, Institution] = field(default_factory=dict)
    units: dict[tuple[str, str], OrganisationalUnit] = field(default_factory=dict)
    # (SCHAC code, unit code or "" for the whole institution) → who coordinates it
    coordinators: dict[tuple[str, str], User] = field(default_factory=dict)
    conditions: dict[tuple[str, str], CooperationCondition] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    applied: dict[str, list[Applied]] = field(default_factory=dict)  # by call
    projects: dict[str, Project] = field(default_factory=dict)
    equipment: dict[str, Equipment] = field(default_factory=dict)
    fresh: User | None = None  # a student who has not applied yet
    _admin: User | None = None

    @property
    def admin(self) -> User:
        assert self._admin is not None
        return self._admin

    @admin.setter
    def admin(self, user: User) -> None:
        self._admin = user

    def coordinator_of(self, institution_id: int, unit_id: int | None) -> User:
        """Who answers there: the coordinator of the unit where it has one."""
        answering = [
            user for user in self.coordinators.values() if user.coordinates(institution_id, unit_id)
        ]
        return min(answering, key=lambda user: user.coordinates(institution_id))

    def moment(self, first: datetime, last: datetime) -> datetime:
        """Some instant between two others."""
        return first + (last - first) * self.draw.random()

    def some(self, fates: Iterable[tuple[str, int]]) -> list[str]:
        """Each fate as often as its number says, shuffled."""
        drawn = [fate for fate, count in fates for _ in range(count)]
        self.draw.shuffle(drawn)
        return drawn
