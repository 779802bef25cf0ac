"""Reads of institutions."""

from collections.abc import Container

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from ..db import db, search_key
from ..i18n import current_language
from .models import Contact, EmailDomain, Institution, OrganisationalUnit

PAGE_SIZE = 25


def in_order() -> InstrumentedAttribute[str]:
    """The column that sorts institutions by the names a reader sees."""
    keys = {"en": Institution.order_key_en, "kk": Institution.order_key_kk}
    return keys.get(current_language(), Institution.order_key)


def get_institution(institution_id: int) -> Institution | None:
    return db.session.get(Institution, institution_id)


def find_institution(schac: str) -> Institution | None:
    """The institution with this SCHAC code."""
    return db.session.scalar(select(Institution).where(Institution.schac == schac.strip().lower()))


def institutions() -> list[Institution]:
    """All of them, in the order of the alphabet."""
    return list(db.session.scalars(select(Institution).order_by(in_order())))


def institutions_with_domains() -> list[Institution]:
    """All of them with their e-mail domains: two queries."""
    return list(db.session.scalars(select(Institution).options(selectinload(Institution.domains))))


def partners_found(words: str = "", country: str = "", page: int = 1) -> Pagination:
    """Institutions whose names, cities or codes hold every one of `words`."""
    found = select(Institution).order_by(in_order(), Institution.id)
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


def institution_of_domain(domain: str) -> Institution | None:
    """The institution whose own people have addresses at exactly this domain."""
    return db.session.scalar(
        select(Institution).join(EmailDomain).where(EmailDomain.domain == domain.lower())
    )


def institution_of_address(email: str) -> Institution | None:
    """The institution to which an address belongs: at one of its domains or a subdomain of one."""
    candidates = EmailDomain.domain.in_(domains_of(email))
    held = {one.domain: one for one in db.session.scalars(select(EmailDomain).where(candidates))}
    closest = closest_domain(email, held)
    return None if closest is None else held[closest].institution


def domains_of(email: str) -> list[str]:
    """The domain of an address and those above it, the closest first."""
    labels = email.strip().lower().rpartition("@")[2].split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def closest_domain(email: str, held: Container[str]) -> str | None:
    """The domain among those held to which an address belongs, if it belongs to any."""
    return next((domain for domain in domains_of(email) if domain in held), None)


def get_unit(unit_id: int) -> OrganisationalUnit | None:
    return db.session.get(OrganisationalUnit, unit_id)


def get_contact(contact_id: int) -> Contact | None:
    return db.session.get(Contact, contact_id)


def domains_held() -> dict[str, str]:
    """{e-mail domain: SCHAC code of the institution it belongs to}."""
    pairs = db.session.execute(select(EmailDomain.domain, Institution.schac).join(Institution))
    return {row.domain: row.schac for row in pairs}
