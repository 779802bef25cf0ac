"""Writes of institutions, their e-mail domains, units and contacts."""

from typing import Any

from flask_babel import gettext as _

from .. import audit
from ..db import db
from ..errors import Invalid, refuse_all
from .models import Contact, EmailDomain, Institution, OrganisationalUnit
from .particulars import TEXTS, Particulars
from .queries import find_institution, institution_of_domain


def clashes(particulars: Particulars, own: Institution | None = None) -> list[Invalid]:
    """Where the code or a domain belongs to another institution already."""
    found = []
    holder = find_institution(particulars.schac)
    if holder is not None and holder is not own:
        found.append(
            Invalid(
                _("%(name)s has the code %(code)s already.", name=holder.name, code=holder.schac),
                "schac",
            )
        )
    for domain in particulars.domains:
        other = institution_of_domain(domain)
        if other is not None and other is not own and other is not holder:
            found.append(
                Invalid(
                    _("%(domain)s belongs to %(name)s already.", domain=domain, name=other.name),
                    "domains",
                )
            )
    return found


def register_institution(particulars: Particulars, *, actor: Any) -> Institution:
    """Enter a new institution. Raises the first of its objections or clashes."""
    _admit(particulars, None)
    institution = Institution(schac=particulars.schac, country=particulars.country)
    db.session.add(institution)
    _fill(institution, particulars)
    audit.record("institution.register", institution, actor=actor, schac=institution.schac)
    return institution


def change_institution(institution: Institution, particulars: Particulars, *, actor: Any) -> None:
    """Replace an institution's particulars; domains named no more are given free."""
    _admit(particulars, institution)
    before = {name: getattr(institution, name) for name in TEXTS}
    _fill(institution, particulars)
    changed = [name for name in TEXTS if getattr(institution, name) != before[name]]
    audit.record("institution.change", institution, actor=actor, changed=changed)


def _admit(particulars: Particulars, own: Institution | None) -> None:
    refuse_all([*particulars.objections(), *clashes(particulars, own)])


def _fill(institution: Institution, particulars: Particulars) -> None:
    for name in TEXTS:
        setattr(institution, name, getattr(particulars, name))
    known = {domain.domain: domain for domain in institution.domains}
    for name in known.keys() - set(particulars.domains):
        institution.domains.remove(known[name])
    for name in particulars.domains:
        if name not in known:
            institution.domains.append(EmailDomain(domain=name))
    db.session.flush()


def add_unit(
    institution: Institution,
    *,
    code: str,
    actor: Any,
    name_en: str = "",
    name_ru: str = "",
    name_kk: str = "",
) -> OrganisationalUnit:
    """Enter a faculty or department; its code is its own within the institution."""
    names = {"name_en": name_en, "name_ru": name_ru, "name_kk": name_kk}
    _admit_unit(institution, None, code, names)
    unit = OrganisationalUnit(institution=institution, code=code, **names)
    db.session.add(unit)
    audit.record("unit.add", unit, actor=actor, code=code)
    return unit


def change_unit(
    unit: OrganisationalUnit,
    *,
    code: str,
    actor: Any,
    name_en: str = "",
    name_ru: str = "",
    name_kk: str = "",
) -> None:
    """Set a unit's code and names; raises Invalid for a code taken or no name at all."""
    names = {"name_en": name_en, "name_ru": name_ru, "name_kk": name_kk}
    _admit_unit(unit.institution, unit, code, names)
    unit.code = code
    for name, text in names.items():
        setattr(unit, name, text)
    audit.record("unit.change", unit, actor=actor, code=code)


def _admit_unit(
    institution: Institution, own: OrganisationalUnit | None, code: str, names: dict[str, str]
) -> None:
    for other in institution.units:
        if other is not own and other.code == code:
            raise Invalid(_("%(name)s has this code already.", name=other.name), "code")
    if not any(names.values()):
        raise Invalid(_("Give the name in at least one language."), "name_en")


def add_contact(
    institution: Institution,
    *,
    name: str,
    email: str,
    actor: Any,
    purpose: str = "",
    phone: str = "",
    unit: OrganisationalUnit | None = None,
) -> Contact:
    """Enter somebody to write to."""
    contact = Contact(
        institution=institution, name=name, email=email, purpose=purpose, phone=phone, unit=unit
    )
    db.session.add(contact)
    audit.record("contact.add", contact, actor=actor)
    return contact


def change_contact(
    contact: Contact,
    *,
    name: str,
    email: str,
    actor: Any,
    purpose: str = "",
    phone: str = "",
    unit: OrganisationalUnit | None = None,
) -> None:
    contact.name, contact.email, contact.purpose = name, email, purpose
    contact.phone, contact.unit = phone, unit
    audit.record("contact.change", contact, actor=actor)


def remove_contact(contact: Contact, *, actor: Any) -> None:
    """Take a contact out; the record keeps that there was one, not who."""
    audit.record("contact.remove", contact, actor=actor)
    db.session.delete(contact)
    db.session.flush()
