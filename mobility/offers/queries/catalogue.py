"""The public catalogue of places, searched and narrowed."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    or_,
    select,
)

from ... import clock
from ...agreements.models import CooperationCondition, Direction
from ...db import db, search_key
from ...partners.models import Institution
from ..models import Call, Offer
from .calls import is_announced, is_open_at
from .offers import PER_PAGE, is_in_force, offers_joined


@dataclass(frozen=True)
class Filters:
    """What a reader asked of the catalogue; empty means any."""

    q: str = ""
    direction: Direction | None = None
    language: str = ""
    level: int | None = None
    field: str = ""
    institution: int | None = None
    call: int | None = None
    open_only: bool = False

    @property
    def active(self) -> bool:
        return any(getattr(self, part.name) for part in fields(self))


def _listed(moment: datetime) -> ColumnElement[bool]:
    """What the catalogue holds: places in force of calls that are open or still to come."""
    return and_(is_announced(), moment < Call.closes_at, is_in_force())


def catalogue_query(filters: Filters) -> Select[Offer]:
    moment = clock.now()
    chosen = offers_joined().where(_listed(moment))
    if filters.open_only:
        chosen = chosen.where(is_open_at(moment))
    if filters.direction is not None:
        chosen = chosen.where(Call.direction == filters.direction)
    if filters.language:
        chosen = chosen.where(Offer.language == filters.language)
    if filters.institution is not None:
        chosen = chosen.where(CooperationCondition.receiving_id == filters.institution)
    if filters.call is not None:
        chosen = chosen.where(Offer.call_id == filters.call)
    if filters.level is not None:
        levels = _effective(Offer.eqf_levels, CooperationCondition.eqf_levels)
        chosen = chosen.where(or_(levels == "[]", levels.contains(str(filters.level))))
    if filters.field:
        chosen = chosen.where(_admits_field(filters.field))
    for word in search_key(filters.q).split():
        chosen = chosen.where(
            or_(
                Offer.search.contains(word, autoescape=True),
                Institution.search.contains(word, autoescape=True),
            )
        )
    return chosen


def _effective(own: Any, wider: Any) -> ColumnElement[str]:
    """The JSON text of an offer's own list, or of its condition's where it has none."""
    own_text, wider_text = cast(own, Text), cast(wider, Text)
    return case((own_text == "[]", wider_text), else_=own_text)


def _admits_field(code: str) -> ColumnElement[bool]:
    """Admits something of the field `code`: names it, a part of it, or a broader field."""
    codes = _effective(Offer.isced_fields, CooperationCondition.isced_fields)
    broader = [codes.contains(f'"{code[:length]}"') for length in range(2, len(code))]
    return or_(codes == "[]", codes.contains(f'"{code}', autoescape=True), *broader)


def catalogue(filters: Filters, page: int = 1) -> Pagination:
    """A page of the public catalogue: calls that close first in front, then by code."""
    chosen = catalogue_query(filters).order_by(Call.closes_at, Call.id, Offer.code)
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


def catalogue_choices() -> tuple[list[Institution], list[str]]:
    """The institutions and languages that the catalogue holds, for its filters."""
    listed = offers_joined().where(_listed(clock.now())).order_by(None)
    institutions = db.session.scalars(
        select(Institution)
        .where(Institution.id.in_(listed.with_only_columns(CooperationCondition.receiving_id)))
        .order_by(Institution.order_key)
    ).all()
    languages = db.session.scalars(listed.with_only_columns(Offer.language).distinct()).all()
    return list(institutions), list(languages)
