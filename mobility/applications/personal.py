"""What applications keep of people: choices, words and documents; who checks them.

Scores are not handed out: before publication nobody is told theirs, and afterwards who has the file
of a round could tell a row by them. Nor is the number under which that file names its people.
"""

import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import update

from .. import audit
from ..accounts.models import User
from ..db import after_commit, db
from ..personal import Part, gone, keeps
from . import storage
from .models import Application, Document
from .queries import (
    applications_of,
    documents_of,
    handlings_upon,
    reviews_of,
    saved_views,
    team_applications_of,
)


def _applications(user: User) -> list[dict[str, Any]]:
    return [
        {
            "call": one.call.title,
            "state": one.status.value,
            "applies_as": one.applies_as.value,
            "submitted": one.submitted_at,
            "choices": [
                {"rank": choice.rank, "place": choice.offer.title, "motivation": choice.motivation}
                for choice in one.choices
            ],
            "not_submitted_yet": [choice["motivation"] for choice in one.draft_choices]
            if one.draft_differs
            else [],
            "credits_wanted": one.credits_wanted,
            "credits_most": one.credits_most,
            "partner": one.partner.name if one.partner else None,
            "told": one.note,
            "documents": [
                {
                    "kind": document.kind.value,
                    "version": document.number,
                    "file": _name(document),
                    "uploaded": document.uploaded_at,
                    "state": document.status.value,
                    "reason": document.reason,
                }
                for document in documents_of(one)
            ],
        }
        for one in applications_of(user)
    ] + [
        {"call": one.call.title, "state": one.status.value, "applicant": one.applicant.name}
        for one in team_applications_of(user)
    ]


def _name(document: Document) -> str:
    return f"documents/{document.id}-{document.label}"


def _numbers(user: User) -> list[str]:
    mine = (*applications_of(user), *team_applications_of(user))
    return [application.pseudonym for application in mine]


def _files(user: User) -> Iterator[tuple[str, Path]]:
    for application in applications_of(user):
        for document in documents_of(application):
            yield _name(document), storage.path_of(document.stored_as)


def _erase(user: User) -> None:
    for application in applications_of(user):
        _empty(application)
    for view in saved_views(user):
        db.session.delete(view)
    held: Any = Application.__table__
    db.session.execute(
        update(held).where(held.c.assigned_to_id == user.id).values(assigned_to_id=None)
    )
    db.session.flush()


def _empty(application: Application) -> None:
    application.pseudonym = secrets.token_hex(6)
    application.draft_choices, application.draft_credits = [], application.submitted_credits
    application.note = gone(application.note)
    application.score_comment = ""
    for choice in application.choices:
        choice.motivation = ""
    for review in reviews_of(application):
        review.comment = ""
    for handling in handlings_upon(application):
        db.session.delete(handling)
    for document in documents_of(application):
        audit.forget(document)
        after_commit(partial(storage.discard, document.stored_as))
        db.session.delete(document)
    audit.forget(application)


keeps(
    Part(
        "applications",
        frozenset(
            {
                "application.applicant_id",
                "application.assigned_to_id",
                "application.partner_id",
                "application.scored_by_id",
                "document.reviewed_by_id",
                "handling.actor_id",
                "review.reviewer_id",
                "saved_view.user_id",
            }
        ),
        _applications,
        files=_files,
        withheld=_numbers,
        erase=_erase,
    )
)
