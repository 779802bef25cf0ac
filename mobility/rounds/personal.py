"""What rounds keep of people: results and appeals; and what has to end before somebody leaves.

The files of published rounds stay as they are: they name nobody, and the number that tied one
of their rows to a person is given up (see applications).
"""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from .. import audit
from ..accounts.models import User
from ..applications.models import Application
from ..applications.queries import applications_of, team_applications_of
from ..db import db
from ..i18n import moment_text
from ..offers.models import Call, CallStatus
from ..personal import GONE, Part, gone, keeps
from . import queries
from .models import RoundStatus
from .queries.inputs import IN_ROUND, UNDECIDED


def _rounds(user: User) -> dict[str, Any]:
    """What published rounds gave, and what was appealed."""
    results = [
        {
            "call": row.application.call.title,
            "published": row.run.round.published_at,
            "places": [
                {"place": one.offer.title, "rank": one.rank}
                for one in queries.courses_of(row)
                if one.offer is not None
            ],
            "reason": row.reason.value if row.reason else None,
        }
        for row in queries.results_of(user)
    ]
    return {"results": results, "appeals": _appeals(user)}


def _appeals(user: User) -> list[dict[str, Any]]:
    return [
        {
            "call": application.call.title,
            "place": one.offer.title,
            "reason": one.reason,
            "state": one.status.value,
            "answer": one.answer,
            "at": one.created_at,
        }
        for application in applications_of(user)
        for one in queries.appeals_of(application)
    ]


def _obstacles(user: User) -> Iterator[str]:
    for application in (*applications_of(user), *team_applications_of(user)):
        if said := _in_the_way(application):
            yield said


def _in_the_way(application: Application) -> str:
    call = application.call
    if application.status not in {*IN_ROUND, *UNDECIDED} or call.status is not CallStatus.ANNOUNCED:
        return ""
    round_ = queries.round_of(call)
    if round_ is None or round_.status is not RoundStatus.PUBLISHED:
        return _(
            "An application takes part in “%(call)s”. Withdraw it, or wait until the results are "
            "published.",
            call=call.title,
        )
    if any(appeal.is_undecided for appeal in queries.appeals_of(application)):
        return _("An appeal in “%(call)s” is not decided yet. Withdraw it first.", call=call.title)
    if application.status in IN_ROUND and call.gives_vacated_seats:
        return _seats_are_given(call)
    return ""


def _seats_are_given(call: Call) -> str:
    if call.vacated_until is None:
        return _(
            "Declined seats of “%(call)s” are still given; everybody in the round takes part.",
            call=call.title,
        )
    return _(
        "Declined seats of “%(call)s” are given until %(moment)s; everybody in the round takes "
        "part.",
        call=call.title,
        moment=moment_text(call.vacated_until),
    )


def _erase(user: User) -> None:
    for round_ in queries.published_rounds_with(user):
        round_.file = queries.text_of_file(round_)
        second = queries.published_second_round(round_)
        if second is not None:
            second.file = queries.text_of_second_file(second)
    for application in applications_of(user):
        for appeal in queries.appeals_of(application):
            appeal.reason = GONE
            appeal.answer, appeal.comment = gone(appeal.answer), gone(appeal.comment)
            audit.forget(appeal)
    for audited in queries.audited_by(user):
        db.session.delete(audited)
    db.session.flush()


keeps(
    Part(
        "rounds",
        frozenset(
            {
                "override_consent.user_id",
                "planned_publication.planned_by_id",
                "round.frozen_by_id",
                "round_auditor.user_id",
                "rule_override.asked_by_id",
                "run.requested_by_id",
                "second_round.requested_by_id",
                "seed_commitment.committed_by_id",
            }
        ),
        _rounds,
        obstacles=_obstacles,
        erase=_erase,
    )
)
