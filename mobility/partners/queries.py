"""Reads of institutions."""

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select

from ..db import db, search_key
from .models import Institution

PAGE_SIZE = 25


def get_institution(institution_id: int) -> Institution | None:
    return db.session.get(Institution, institution_id)


def find_institution(schac: str) -> Institution | None:
    """The institution with this SCHAC code."""
    return db.session.scalar(select(Institution).where(Institution.schac == schac.strip().lower()))


def institutions() -> list[Institution]:
    """All of them, in the order of the alphabet."""
    return list(db.session.scalars(select(Institution).order_by(Institution.order_key)))


def partners_found(words: str = "", country: str = "", page: int = 1) -> Pagination:
    """Institutions whose names, cities or codes hold every one of `words`."""
    found = select(Institution).order_by(Institution.order_key, Institution.id)
    for word in search_key(words).split():
        found = found.where(Institution.search.contains(word, autoescape=True))
    if country:
        found = found.where(Institution.country == country)
    return db.paginate(found, page=page, per_page=PAGE_SIZE, error_out=False)


def countries() -> list[str]:
    """The codes of the countries that institutions lie in."""
    return list(
        db.session.scalars(select(Institution.country).distinct().order_by(Institution.country))
    )
