"""Invented people: an admin, coordinators, students with their studies.

Their accounts are opened by the steps behind a mailed link, without the mail: nobody reads it at
`.example`. Everybody has the same password, hashed once.
"""

from datetime import datetime
from typing import TypeVar

from .. import clock
from ..accounts.consents import PERSONAL_DATA
from ..accounts.models import ACCOUNT, Cefr, Role, User, UserStatus
from ..accounts.people import grant_role, make_admin
from ..accounts.registration import keep_consent, new_user
from ..accounts.services import describe_profile, set_password
from ..db import transaction
from ..i18n import speaking
from ..partners.models import Institution
from . import catalogue
from .people import Person
from .scene import Scene, Student
from .timetable import ZONE

T = TypeVar("T")

# Whole institutions, and one unit of each of the two that exchange most.
COORDINATED = (
    ("susu.ru", ""),
    ("kaznpu.kz", ""),
    ("kaznu.kz", ""),
    ("enu.kz", ""),
    ("ksu.kz", ""),
    ("ksu.kst.kz", ""),
    ("nkzu.kz", ""),
    ("susu.ru", "ILIC"),
    ("kaznpu.kz", "IMPI"),
)
# Which language people of a country use the service in, and how often.
LANGUAGES = {"KZ": (("kk", 5), ("ru", 4), ("en", 1)), "RU": (("ru", 8), ("en", 2))}
# Levels that people of a country have in each language; None is not at all.
SKILLS: dict[str, dict[str, tuple[tuple[str | None, int], ...]]] = {
    "KZ": {
        "kk": (("C2", 7), ("C1", 2), ("B2", 1)),
        "ru": (("B1", 1), ("B2", 4), ("C1", 4), ("C2", 1)),
        "en": ((None, 2), ("A2", 2), ("B1", 3), ("B2", 3), ("C1", 1)),
    },
    "RU": {
        "ru": (("C2", 1),),
        "en": ((None, 1), ("A2", 2), ("B1", 3), ("B2", 4), ("C1", 1)),
        "kk": ((None, 9), ("A2", 1), ("B1", 1)),
    },
}


# What teachers are, as their own university would write it.
POSITIONS = {
    "en": ("Senior lecturer", "Associate professor", "Assistant", "Head of department"),
    "ru": ("Старший преподаватель", "Доцент", "Ассистент", "Заведующий кафедрой"),
    "kk": ("Аға оқытушы", "Доцент", "Ассистент", "Кафедра меңгерушісі"),
}


def fill_admin(scene: Scene) -> None:
    with clock.at(scene.timetable.at(-901)), transaction():
        scene.admin = make_admin(
            email="admin@sapar.example",
            name="Sapar admin",
            language="en",
            password_hash=scene.password_hash,
        )
        scene.admin.is_demo, scene.admin.timezone = True, ZONE.key


def fill_coordinators(scene: Scene) -> None:
    """One for each institution that takes part, and two of units."""
    with clock.at(scene.timetable.at(-899)), transaction():
        for schac, code in COORDINATED:
            institution = scene.institutions[schac]
            person = scene.inventor.person(schac, institution.country)
            user = _new_user(person.email, person.name_latin, "en", UserStatus.INVITED, institution)
            unit = scene.units.get((schac, code))
            grant_role(
                user, Role.COORDINATOR, institution=institution, unit=unit, actor=scene.admin
            )
            set_password(user, scene.password_hash, actor=user)
            ACCOUNT.advance(user, "accept-invitation", actor=user)
            scene.coordinators[schac, code] = user
    scene.say(f"{len(COORDINATED)} coordinators")


def invent_students(
    scene: Scene, schac: str, count: int, registered: tuple[datetime, datetime]
) -> list[Student]:
    """Students of an institution, who registered at some time between two instants."""
    return [_student(scene, schac, scene.moment(*registered)) for _ in range(count)]


def fill_fresh_student(scene: Scene, schac: str, registered_at: datetime) -> None:
    """A student who speaks English and Russian, fits many places and has not applied yet."""
    with clock.at(registered_at), transaction():
        scene.fresh = _student(scene, schac, registered_at, language="en").user
        describe_profile(
            scene.fresh,
            unit_id=scene.units[schac, "SEECS"].id,
            eqf_level=6,
            isced_field="0613",
            study_year=3,
            skills={"ru": Cefr.C2, "en": Cefr.B2},
            actor=scene.fresh,
        )


def invent_person(scene: Scene, schac: str, role: Role, registered_at: datetime) -> Student:
    """A student or a teacher of an institution, who registered at an instant."""
    if role is Role.STUDENT:
        return _student(scene, schac, registered_at)
    with clock.at(registered_at):
        user = _registered(scene, schac, Role.STAFF, None)
        unit = _some_unit(scene, schac)
        describe_profile(
            user,
            unit_id=scene.units[schac, unit.code].id,
            isced_field=scene.draw.choice(unit.student_fields),
            position=scene.draw.choice(POSITIONS[user.language]),
            skills=_skills(scene, scene.institutions[schac].country),
            actor=user,
        )
    return Student(user, _strength(scene))


def _strength(scene: Scene) -> float:
    return min(99.0, max(48.0, round(scene.draw.gauss(77, 10) * 2) / 2))


def _some_unit(scene: Scene, schac: str) -> catalogue.Unit:
    return scene.draw.choice([unit for unit in catalogue.units() if unit.institution == schac])


def _registered(scene: Scene, schac: str, role: Role, language: str | None) -> User:
    """Somebody with a role and a confirmed account, and nothing said of themselves yet."""
    institution = scene.institutions[schac]
    person = scene.inventor.person(schac, institution.country)
    language = language or _one_of(scene, LANGUAGES[institution.country])
    name = _name(person, language)
    user = _new_user(person.email, name, language, UserStatus.UNCONFIRMED, institution)
    grant_role(user, role, institution=institution, actor=None)
    with speaking(language):
        keep_consent(user, PERSONAL_DATA)
    set_password(user, scene.password_hash, actor=user)
    ACCOUNT.advance(user, "confirm", actor=user)
    return user


def _student(
    scene: Scene, schac: str, registered_at: datetime, *, language: str | None = None
) -> Student:
    with clock.at(registered_at):
        user = _registered(scene, schac, Role.STUDENT, language)
        invent_studies(scene, user)
    return Student(user, _strength(scene))


def invent_studies(scene: Scene, user: User) -> None:
    """Draw what somebody studies, where and how far they are, and their languages."""
    draw, institution = scene.draw, user.institution
    assert institution is not None
    unit = _some_unit(scene, institution.schac)
    level = 6 if draw.random() < 0.72 else 7
    describe_profile(
        user,
        unit_id=scene.units[institution.schac, unit.code].id,
        eqf_level=level,
        isced_field=draw.choice(unit.student_fields),
        study_year=draw.choice((2, 3, 3, 4)) if level == 6 else draw.choice((1, 2)),
        skills=_skills(scene, institution.country),
        actor=user,
    )


def _name(person: Person, language: str) -> str:
    """As the person would write it: in Latin letters where they use English."""
    return {"en": person.name_latin, "ru": person.name_ru, "kk": person.name_kk}[language]


def _skills(scene: Scene, country: str) -> dict[str, Cefr]:
    drawn = {language: _one_of(scene, levels) for language, levels in SKILLS[country].items()}
    return {language: Cefr(level) for language, level in drawn.items() if level}


def _one_of(scene: Scene, weighted: tuple[tuple[T, int], ...]) -> T:
    values, weights = zip(*weighted, strict=True)
    (drawn,) = scene.draw.choices(values, weights)
    return drawn


def _new_user(
    email: str, name: str, language: str, status: UserStatus, institution: Institution
) -> User:
    return new_user(
        email=email,
        name=name,
        status=status,
        language=language,
        timezone=institution.timezone,
        institution=institution,
        is_demo=True,
    )
