"""Universities, their units and whom to write to."""

from .. import clock
from ..db import transaction
from ..partners.particulars import Particulars
from ..partners.services import add_contact, add_unit, register_institution
from . import catalogue
from .people import example_domain
from .scene import Scene

PURPOSE = {
    "RU": "Отдел академической мобильности",
    "KZ": "Академиялық ұтқырлық бөлімі",
}


def fill_partners(scene: Scene) -> None:
    """Every university of the list; the core ones with their units."""
    universities = catalogue.universities()
    with clock.at(scene.timetable.at(-900)), transaction():
        for university in universities:
            scene.institutions[university.schac] = register_institution(
                _particulars(university), actor=scene.admin
            )
        for unit in catalogue.units():
            scene.units[unit.institution, unit.code] = add_unit(
                scene.institutions[unit.institution],
                code=unit.code,
                actor=scene.admin,
                **unit.texts,
            )
    scene.say(f"{len(universities)} universities")


def _particulars(university: catalogue.University) -> Particulars:
    """Those who take part own an invented domain too, so that a visitor can register there."""
    invented = (example_domain(university.schac),) if university.is_core else ()
    return Particulars(
        schac=university.schac,
        country=university.country,
        latitude=university.latitude,
        longitude=university.longitude,
        timezone=university.timezone,
        website=university.website,
        domains=university.domains + invented,
        **university.texts,
    )


def fill_contacts(scene: Scene) -> None:
    """The coordinators stand as contacts of their institution or unit."""
    with clock.at(scene.timetable.at(-890)), transaction():
        for (schac, code), user in scene.coordinators.items():
            institution = scene.institutions[schac]
            add_contact(
                institution,
                name=user.name,
                email=user.email,
                purpose=PURPOSE[institution.country],
                unit=scene.units.get((schac, code)),
                actor=scene.admin,
            )
