"""What agreements keep of people: who approved them, for which partner."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from ..accounts.models import User
from ..personal import Part, keeps
from .queries import approvals_of_user


def _approvals(user: User) -> list[dict[str, Any]]:
    return [
        {"agreement": one.agreement_id, "for": one.institution.name, "at": one.at}
        for one in approvals_of_user(user)
    ]


def _obstacles(user: User) -> Iterator[str]:
    if approvals_of_user(user):
        yield _(
            "Agreements were approved with this account; who approved them stays on record. "
            "An administrator can switch the account off instead."
        )


keeps(Part("agreements", frozenset({"approval.user_id"}), _approvals, obstacles=_obstacles))
