"""Whose application waits for them: begun in an open call, or returned and not mended."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ... import clock
from ...accounts.models import User
from ...db import db, search_key
from ...offers.models import Call, CallStatus
from ..models import Application, ApplicationStatus
from .pipeline import Filters, in_scope, narrowing


def waiting_for_applicants(
    user: User, filters: Filters, *, limit: int, ids: list[int] | None = None
) -> list[Application]:
    """Drafts of open calls, and what was returned, in the scope; who was not reminded comes first.

    The filters' status does not count, and with words to search for drafts are left out: whether
    one person has a draft is not to be found by name.
    """
    now = clock.now()
    returned = and_(
        Application.status == ApplicationStatus.RETURNED, Call.status == CallStatus.ANNOUNCED
    )
    begun = and_(
        Application.status == ApplicationStatus.DRAFT,
        Call.status == CallStatus.ANNOUNCED,
        Call.opens_at <= now,
        Call.closes_at > now,
    )
    found = (
        select(Application)
        .join(Application.call)
        .options(
            joinedload(Application.applicant),
            joinedload(Application.call),
            selectinload(Application.choices),
        )
        .where(in_scope(user), *narrowing(user, filters))
        .where(returned if filters.q else or_(begun, returned))
        .order_by(
            Application.reminded_at.is_not(None),
            Application.reminded_at,
            Application.order_key,
            Application.id,
        )
        .limit(limit)
    )
    for word in search_key(filters.q).split():
        found = found.where(Application.search.contains(word, autoescape=True))
    if ids is not None:
        found = found.where(Application.id.in_(ids))
    return list(db.session.scalars(found))
