"""People of an institution from a table: new ones are invited, known ones are described anew."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from ..i18n import LANGUAGES, OWN_NAMES
from ..isced import DETAILED
from ..partners.models import Institution, OrganisationalUnit
from ..partners.queries import closest_domain, domains_held
from ..tables.columns import Cells, Column, Columns, Kind
from ..tables.grid import shown
from ..tables.imports import Entry, Importer, Plan
from ..tables.values import number_between, whole_number
from .forms import LANGUAGES_KNOWN
from .models import EQF_LEVELS, Cefr, Role, User, UserStatus
from .particulars import COLUMNS_OF_PROFILE, Particulars, particulars_of, write_particulars
from .people import BELONG, grant_role, invite
from .queries import grade_scale_of, users_by_email
from .registration import is_address
from .services import change_account

COLUMNS = Columns(
    (
        Column(
            "email",
            ("e-mail address", "mail", "почта", "электронная почта", "электрондық пошта", "пошта"),
            longest=254,
        ),
        Column("name", ("full name", "ФИО", "имя", "аты-жөні", "аты")),
        Column(
            "unit",
            ("unit code", "faculty", "факультет", "код подразделения", "бөлімше", "бөлімше коды"),
            longest=40,
        ),
        Column("position", ("job title", "post", "должность", "лауазым", "лауазымы")),
        Column("eqf_level", ("EQF", "level", "уровень", "уровень EQF", "деңгейі", "EQF деңгейі")),
        Column("isced_field", ("ISCED-F", "field", "направление", "код ISCED-F", "бағыты")),
        Column("study_year", ("year", "year of study", "курс", "год обучения", "курсы")),
        Column(
            "grade_average",
            ("grade", "average grade", "GPA", "средний балл", "орташа балл", "орташа баға"),
            Kind.NUMBER,
            30,
        ),
        Column(
            "credits_earned",
            ("credits", "ECTS credits", "кредиты", "кредиты ECTS", "кредиттер", "ECTS кредиттері"),
            Kind.NUMBER,
            30,
        ),
        Column(
            "earlier_mobilities",
            (
                "mobilities",
                "прежние мобильности",
                "мобильности",
                "бұрынғы ұтқырлықтар",
                "ұтқырлықтар",
            ),
            Kind.NUMBER,
            30,
        ),
        Column("languages", ("skills", "языки", "тілдер", "тілдері"), Kind.LIST, 400),
        Column(
            "language",
            ("interface language", "язык", "язык интерфейса", "тіл", "интерфейс тілі"),
        ),
    ),
    required=("email", "name"),
)
_STUDIES, _WORK = ("eqf_level", "isced_field", "study_year"), ("position", "isced_field")
_OF_STUDENTS = frozenset({"eqf_level", "study_year", "grade_average", "credits_earned"})
_MOST_SKILLS = 12
_LANGUAGE_NAMES = {name.casefold(): code for code, name in OWN_NAMES}


def plan_import(institution: Institution, name: str, data: bytes) -> Plan:
    """Read a CSV or XLSX file of people; what is wrong stands in `plan.table.problems`.

    A position makes a teacher or staff, a level a student, both make both; without either whoever
    is new is a student. A row with the address of such a person changes what the file says of
    them; an empty cell leaves what stands.
    """
    return _People(institution).plan(name, data)


def apply_import(plan: Plan, *, actor: User) -> None:
    """Write all of a plan that was confirmed; whoever is new gets an invitation."""
    for entry in plan.entries:
        if entry.before is None or entry.changes:
            _write(entry.thing, {change.column for change in entry.changes}, actor)


@dataclass(frozen=True)
class Person:
    """A row: the person it is of, where there is an account, and what it says of them.

    `roles` are those to apply with that they hold or get.
    """

    user: User | None
    institution: Institution
    email: str
    name: str
    language: str
    roles: frozenset[Role]
    particulars: Particulars | None

    @property
    def part(self) -> str:
        """The roles in the reader's language."""
        return "; ".join(str(role.label) for role in _in_order(self.roles))

    @property
    def texts(self) -> dict[str, str]:
        particulars = self.particulars or Particulars()
        said = {"name": self.name, "language": self.language, "roles": self.part}
        return {**said, **particulars.texts}


def _in_order(roles: Collection[Role]) -> list[Role]:
    return [role for role in Role if role in roles]


def _write(person: Person, changed: set[str], actor: User) -> None:
    user, particulars = person.user, person.particulars
    roles = _in_order(person.roles)
    if user is None:
        user = invite(
            email=person.email,
            name=person.name,
            language=person.language,
            role=roles[0],
            also=roles[1:],
            institution=person.institution,
            actor=actor,
        )
        changed = set(COLUMNS_OF_PROFILE)
    elif changed & {"name", "language"}:
        change_account(
            user, name=person.name, language=person.language, timezone=user.timezone, actor=actor
        )
    for role in roles:
        if not user.has_role(role):
            grant_role(user, role, institution=person.institution, actor=actor)
    if particulars is not None and changed & COLUMNS_OF_PROFILE:
        write_particulars(user, particulars, actor=actor)


class _People(Importer):
    """Rows to students, teachers and staff of one institution."""

    columns = COLUMNS

    def __init__(self, institution: Institution) -> None:
        super().__init__()
        self.institution = institution

    def prepare(self, rows: Sequence[Cells]) -> None:
        self.known = users_by_email([row["email"] for row in rows])
        self.domains = domains_held()
        self.units = {unit.code: unit for unit in self.institution.units}
        self.scale = grade_scale_of(self.institution.id)

    def entry(self, cells: Cells) -> Entry | None:
        email = cells["email"].lower()
        user = self.known.get(email) if self._admits(cells, email) else None
        present = _present(user, self.institution) if user is not None else None
        row = present or Person(None, self.institution, email, "", LANGUAGES[1], frozenset(), None)
        roles = _roles(cells, row.roles)
        person = replace(
            row,
            name=cells["name"] or row.name,
            language=self._language(cells) or row.language,
            roles=roles,
            particulars=self._particulars(cells, row.particulars, roles),
        )
        if not cells["name"]:
            self.refuse(cells, "name", _("the name is missing."))
        before = None if present is None else present.texts
        return Entry(cells.line, email, person.name, before, person.texts, person, person.part)

    def _admits(self, cells: Cells, email: str) -> bool:
        """Whether the address may be one of this institution's people; noted where it may not."""
        if not email:
            self.refuse(cells, "email", _("the address is missing."))
        elif not is_address(email):
            text = _("“%(text)s” is not an e-mail address.", text=shown(email))
            self.refuse(cells, "email", text)
        elif self.once(cells, "email", email):
            objection = self._foreign(email) or self._taken(self.known.get(email))
            if objection:
                self.refuse(cells, "email", objection)
            return not objection
        return False

    def _foreign(self, email: str) -> str | None:
        """The rule of registration: at a domain of the institution, where it has any."""
        own = sorted(
            name for name, schac in self.domains.items() if schac == self.institution.schac
        )
        closest = closest_domain(email, self.domains)
        if (not own and closest is None) or closest in own:
            return None
        return _(
            "%(domain)s is no domain of %(institution)s; its addresses end in %(own)s.",
            domain=shown(email.rpartition("@")[2]),
            institution=self.institution.name,
            own=", ".join(own) or "—",
        )

    def _taken(self, user: User | None) -> str | None:
        """Why this account is none that the institution's coordinator describes."""
        if user is None:
            return None
        if user.institution_id != self.institution.id:
            return _("this address has an account that is not of this institution.")
        if not user.is_applicant:
            return _(
                "this address has the account of somebody who is neither student nor teacher or"
                " staff; an administrator can make them one."
            )
        if user.status is UserStatus.DISABLED:
            return _("this account is switched off; an administrator can switch it on again.")
        return None

    def _language(self, cells: Cells) -> str:
        text = cells.say("language").casefold()
        language = _LANGUAGE_NAMES.get(text, text)
        if text and language not in LANGUAGES:
            self.refuse(cells, "language", _("the pages speak en, ru and kk: write one of these."))
            return ""
        return language

    def _particulars(
        self, cells: Cells, present: Particulars | None, roles: Collection[Role]
    ) -> Particulars | None:
        said = _said(cells)
        if not said:
            return present
        levels = min(EQF_LEVELS), max(EQF_LEVELS)
        read = {
            "unit": self._unit(cells),
            "position": cells.say("position") or None,
            "eqf_level": self._number(cells, "eqf_level", whole_number, *levels),
            "isced_field": self._field(cells),
            "study_year": self._number(cells, "study_year", whole_number, 1, 8),
            "grade_average": self._grade(cells),
            "credits_earned": self._number(cells, "credits_earned", number_between, 0, 1000),
            "earlier_mobilities": self._number(cells, "earlier_mobilities", whole_number, 0, 20),
            "languages": self._languages(cells) or None,
        }
        new = {name: value for name, value in read.items() if value is not None}
        particulars = replace(present or Particulars(), **new)
        self._refuse_halves(cells, particulars, Role.STUDENT in roles)
        return particulars

    def _refuse_halves(self, cells: Cells, particulars: Particulars, studies: bool) -> None:
        """Studies or work are described whole: the latter where there is a position alone."""
        said = _said(cells)
        position = particulars.position or "position" in said
        whole: tuple[str, ...]
        if said & _OF_STUDENTS or particulars.eqf_level or (studies and not position):
            whole, text = _STUDIES, _("level, field and year of study are given together.")
        else:
            whole, text = _WORK, _("position and field are given together.")
        missing = [name for name in whole if not getattr(particulars, name) and name not in said]
        for name in [name for name in missing if name in cells] or missing[:1]:
            self.refuse(cells, name, text)

    def _unit(self, cells: Cells) -> OrganisationalUnit | None:
        code = cells.say("unit")
        alike = [known for known in self.units if known.casefold() == code.casefold()]
        unit = self.units.get(alike[0] if len(alike) == 1 else code)
        if code and unit is None:
            text = _(
                "%(institution)s has no unit “%(code)s”; known are %(known)s.",
                institution=self.institution.name,
                code=shown(code),
                known=shown(", ".join(self.units)) or "—",
            )
            self.refuse(cells, "unit", text)
        return unit

    def _number(
        self, cells: Cells, column: str, read: Callable[..., Any], least: float, most: float
    ) -> Any:
        """What `read` makes of the cell; None where it is empty, or wrong and noted."""
        text = cells.say(column)
        if not text:
            return None
        try:
            return read(text, least, most)
        except ValueError as error:
            self.refuse(cells, column, str(error))
            return None

    def _grade(self, cells: Cells) -> float | None:
        """A grade on the institution's own scale."""
        if self.scale is not None:
            ends = sorted((self.scale.best, self.scale.passing))
            return self._number(cells, "grade_average", number_between, *ends)
        if cells.say("grade_average"):
            text = _(
                "%(institution)s has not entered its grade scale yet; leave this empty.",
                institution=self.institution.name,
            )
            self.refuse(cells, "grade_average", text)
        return None

    def _field(self, cells: Cells) -> str | None:
        """A detailed field; spreadsheets take the zero in front of a number away."""
        text = cells.say("isced_field")
        if not text:
            return None
        code = text.zfill(4)
        if code in DETAILED:
            return code
        told = _(
            "“%(text)s” is not a detailed field of ISCED-F 2013, four digits such as 0613.",
            text=shown(text),
        )
        self.refuse(cells, "isced_field", told)
        return None

    def _languages(self, cells: Cells) -> tuple[tuple[str, Cefr], ...]:
        """ "en B2; ru C1" → languages with levels, by language."""
        skills: dict[str, Cefr] = {}
        levels = {level.value: level for level in Cefr}
        parts = [part for part in re.split(r"[;,\n]", cells.say("languages")) if part.strip()]
        for part in parts:
            language, _blank, level = " ".join(part.split()).partition(" ")
            language, cefr = language.lower(), levels.get(level.upper())
            if language not in LANGUAGES_KNOWN or cefr is None:
                told = _(
                    "“%(text)s” is not a language with its level, such as “en B2; ru C1”.",
                    text=shown(part.strip()),
                )
                self.refuse(cells, "languages", told)
            elif language in skills:
                told = _("the language “%(code)s” stands twice.", code=language)
                self.refuse(cells, "languages", told)
            else:
                skills[language] = cefr
        if len(skills) > _MOST_SKILLS:
            told = _("more than %(most)d languages.", most=_MOST_SKILLS)
            self.refuse(cells, "languages", told)
        return tuple(sorted(skills.items()))


def _said(cells: Cells) -> set[str]:
    """What the row says of studies or work, rightly or not."""
    return {name for name in COLUMNS_OF_PROFILE if cells.say(name) or name in cells.told}


def _roles(cells: Cells, held: Collection[Role]) -> frozenset[Role]:
    """The roles held and those that what the row says makes; whoever has none is a student."""
    said = _said(cells)
    given = {Role.STAFF} if "position" in said else set()
    if said & _OF_STUDENTS:
        given.add(Role.STUDENT)
    return frozenset({*held, *given}) or frozenset({Role.STUDENT})


def _present(user: User, institution: Institution) -> Person:
    particulars = None if user.profile is None else particulars_of(user.profile)
    roles = frozenset(role for role in BELONG if user.has_role(role))
    return Person(user, institution, user.email, user.name, user.language, roles, particulars)
