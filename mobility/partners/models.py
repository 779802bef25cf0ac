"""Institutions with their names in three languages, e-mail domains, units and contacts."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base, search_key, sort_key
from ..i18n import localized


class Institution(Base):
    """A higher education institution (HEI), known by its SCHAC code: its domain, in lower case."""

    __tablename__ = "institution"
    __table_args__ = (
        CheckConstraint("schac = lower(schac) AND schac <> ''", name="schac_lower"),
        CheckConstraint("name_en <> '' OR name_ru <> '' OR name_kk <> ''", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    schac: Mapped[str] = mapped_column(String(120), unique=True)
    name_en: Mapped[str] = mapped_column(String(200), default="")
    name_ru: Mapped[str] = mapped_column(String(200), default="")
    name_kk: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(2), index=True)
    city_en: Mapped[str] = mapped_column(String(100), default="")
    city_ru: Mapped[str] = mapped_column(String(100), default="")
    city_kk: Mapped[str] = mapped_column(String(100), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    timezone: Mapped[str] = mapped_column(String(40), default="UTC")
    website: Mapped[str] = mapped_column(String(200), default="")
    search: Mapped[str] = mapped_column(String(800), default="")
    order_key: Mapped[str] = mapped_column(String(800), default="", index=True)
    order_key_en: Mapped[str] = mapped_column(String(800), default="", index=True)
    order_key_kk: Mapped[str] = mapped_column(String(800), default="", index=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it once)

    domains: Mapped[list["EmailDomain"]] = relationship(
        back_populates="institution", cascade="all, delete-orphan", order_by="EmailDomain.domain"
    )
    units: Mapped[list["OrganisationalUnit"]] = relationship(
        back_populates="institution",
        cascade="all, delete-orphan",
        order_by="OrganisationalUnit.code",
    )
    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="institution", cascade="all, delete-orphan", order_by="Contact.id"
    )

    @property
    def name(self) -> str:
        return localized(self, "name")

    @property
    def city(self) -> str:
        return localized(self, "city")


@event.listens_for(Institution, "before_insert")
@event.listens_for(Institution, "before_update")
def _keep_keys(_mapper: Any, _connection: Any, institution: Institution) -> None:
    """Search and order keys follow the names; see db.search_key for why they are stored."""
    words = (
        institution.schac,
        *(getattr(institution, f"name_{language}") for language in ("en", "ru", "kk")),
        *(getattr(institution, f"city_{language}") for language in ("en", "ru", "kk")),
    )
    institution.search = search_key(" ".join(word or "" for word in words))[:800]
    english, russian, kazakh = institution.name_en, institution.name_ru, institution.name_kk
    institution.order_key = sort_key(russian or kazakh or english)[:800]
    institution.order_key_en = sort_key(english or russian or kazakh)[:800]
    institution.order_key_kk = sort_key(kazakh or russian or english)[:800]


class EmailDomain(Base):
    """A domain whose addresses belong to an institution's own people."""

    __tablename__ = "email_domain"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    domain: Mapped[str] = mapped_column(String(120), unique=True)

    institution: Mapped[Institution] = relationship(back_populates="domains")


class OrganisationalUnit(Base):
    """A faculty, institute or department."""

    __tablename__ = "organisational_unit"
    __table_args__ = (UniqueConstraint("institution_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    code: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    name_ru: Mapped[str] = mapped_column(String(200), default="")
    name_kk: Mapped[str] = mapped_column(String(200), default="")

    institution: Mapped[Institution] = relationship(back_populates="units")

    @property
    def name(self) -> str:
        return localized(self, "name")


class Contact(Base):
    """Whom to write to, and for what."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisational_unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40), default="")

    institution: Mapped[Institution] = relationship(back_populates="contacts")
    unit: Mapped[OrganisationalUnit | None] = relationship()
