"""What joint projects keep of people: who leads them."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from ..accounts.models import User
from ..db import db
from ..personal import Part, keeps
from .models import ProjectStatus
from .queries import leaderships_of


def _leads(user: User) -> list[dict[str, Any]]:
    return [
        {"project": one.project.title, "at": one.institution.name} for one in leaderships_of(user)
    ]


def _obstacles(user: User) -> Iterator[str]:
    for one in leaderships_of(user):
        if one.project.status is ProjectStatus.OPEN:
            yield _(
                "This account leads the project “%(project)s”. Its coordinators have to name "
                "another leader first.",
                project=one.project.title,
            )


def _erase(user: User) -> None:
    for one in leaderships_of(user):
        db.session.delete(one)
    db.session.flush()


keeps(
    Part(
        "projects",
        frozenset({"project_leader.user_id"}),
        _leads,
        obstacles=_obstacles,
        erase=_erase,
    )
)
