"""What a file of agreements would draft: checked whole before anything is written."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _

from ... import i18n
from ...accounts.models import Cefr, User
from ...errors import Conflict, Invalid
from ...partners.models import Institution
from ...partners.queries import institutions
from ...tables.grid import Table, shown
from .. import services
from ..contents import Content, Names, heading_of, title_of
from ..models import Agreement, AgreementStatus, CooperationCondition, Direction, digest_of
from ..queries import agreements_of, units_of


@dataclass
class Place:
    """Where something stands in the file; `note` takes a field and what is wrong with it."""

    name: str
    note: Callable[[str, str], None]
    refused: bool = False

    def refuse(self, field: str, text: str) -> None:
        self.refused = True
        self.note(field, text)


@dataclass(frozen=True)
class RawCondition:
    """The terms of a condition as the file says them: codes for what has one."""

    values: dict[str, Any]
    place: Place


@dataclass(frozen=True)
class RawAgreement:
    """The words of an agreement as the file says them."""

    partners: tuple[str, str]
    titles: dict[str, str]
    signed_on: date | None
    text: str
    conditions: Sequence[RawCondition]
    place: Place


@dataclass(frozen=True)
class Draft:
    """An agreement that would be drafted; it is in no session."""

    agreement: Agreement
    conditions: list[dict[str, Any]]
    names: Names
    stands: bool = False

    @property
    def content(self) -> Content:
        return self.agreement.canonical()

    @property
    def title(self) -> str:
        return title_of(self.content)

    @property
    def headings(self) -> list[str]:
        return [heading_of(condition, self.names) for condition in self.content["conditions"]]


@dataclass
class Plan:
    """What an import would do; nothing is done while `table.problems` holds anything."""

    table: Table
    drafts: list[Draft] = field(default_factory=list)

    @property
    def new(self) -> list[Draft]:
        return [draft for draft in self.drafts if not draft.stands]

    @property
    def same(self) -> int:
        return len(self.drafts) - len(self.new)

    @property
    def digest(self) -> str:
        """Changes when the import would do something else than it did when it was shown."""
        return sha256(repr([digest_of(draft.content) for draft in self.new]).encode()).hexdigest()


def apply_plan(plan: Plan, digest: str, *, actor: User) -> list[Agreement]:
    """Draft all of it; raises Conflict where it is not what was shown."""
    if plan.table.problems or plan.digest != digest:
        raise Conflict(_("The agreements have changed since the preview. Look at it again."))
    return [_draft(draft, actor) for draft in plan.new]


def _draft(draft: Draft, actor: User) -> Agreement:
    said = draft.agreement
    made = services.create_agreement(
        actor,
        partner_a=said.partner_a,
        partner_b=said.partner_b,
        signed_on=said.signed_on,
        text=said.text,
        **{f"title_{code}": getattr(said, f"title_{code}") for code in i18n.LANGUAGES},
    )
    if draft.conditions:
        services.add_conditions(made, actor, draft.conditions)
    return made


class Assembler:
    """What a file says, against the institutions and units that the service knows."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        known = institutions()
        self.institutions = {one.schac: one for one in known}
        units = units_of(known)
        self.units = {(unit.institution_id, unit.code): unit for unit in units}
        self.names = Names(known, units)

    def assemble(self, raws: Sequence[RawAgreement]) -> list[Draft]:
        """The drafts of agreements without a problem; what is wrong with the others is noted."""
        found = [(raw, draft) for raw in raws if (draft := self._agreement(raw)) is not None]
        pairs = {
            frozenset((one.agreement.partner_a_id, one.agreement.partner_b_id)) for _r, one in found
        }
        standing = {_comparable(one.canonical()) for one in agreements_of(pairs)}
        first: dict[str, str] = {}
        drafts = []
        for raw, draft in found:
            key = _comparable(draft.content)
            if first.setdefault(key, raw.place.name) != raw.place.name:
                text = _("the same agreement stands in %(place)s.", place=first[key])
                raw.place.refuse("agreement", text)
            drafts.append(replace(draft, stands=key in standing))
        return drafts

    def _agreement(self, raw: RawAgreement) -> Draft | None:
        partners = [self._partner(raw, side) for side in (0, 1)]
        for condition in raw.conditions:
            _check_words(condition)
        try:
            services.check_titles({f"title_{code}": text for code, text in raw.titles.items()})
        except Invalid as error:
            raw.place.refuse(error.field or "", error.message)
        if None in partners:
            return None
        a, b = partners[0], partners[1]
        try:
            services.check_partners(self.actor, a, b)
        except Invalid as error:
            raw.place.refuse(error.field or "", error.message)
            return None
        conditions = [self._condition(one, (a, b)) for one in raw.conditions]
        if raw.place.refused or None in conditions:
            return None
        return self._assembled(raw, (a, b), [one for one in conditions if one is not None])

    def _partner(self, raw: RawAgreement, side: int) -> Any:
        code = raw.partners[side].strip().lower()
        found = self.institutions.get(code)
        if found is None:
            raw.place.refuse(
                ("partner_a", "partner_b")[side],
                _("“%(code)s” is not the code of a partner.", code=shown(code))
                if code
                else _("the code of the partner is missing."),
            )
        return found

    def _condition(
        self, raw: RawCondition, partners: tuple[Institution, Institution]
    ) -> dict[str, Any] | None:
        values = dict(raw.values)
        for side in ("sending", "receiving"):
            self._side(raw, values, side, partners)
        if raw.place.refused:
            return None
        try:
            return services.checked_condition(partners, values)
        except Invalid as error:
            raw.place.refuse(error.field or "", error.message)
            return None

    def _side(
        self,
        raw: RawCondition,
        values: dict[str, Any],
        side: str,
        partners: tuple[Institution, Institution],
    ) -> None:
        code = values[side].strip().lower()
        values[side] = next((one for one in partners if one.schac == code), None)
        if values[side] is None:
            both = ", ".join(one.schac for one in partners)
            text = _(
                "“%(code)s” is neither of the two partners (%(both)s).", code=shown(code), both=both
            )
            raw.place.refuse(side, text)
            return
        unit = values[f"{side}_unit"]
        values[f"{side}_unit"] = self.units.get((values[side].id, unit)) if unit else None
        if unit and values[f"{side}_unit"] is None:
            text = _(
                "“%(code)s” is no faculty or department of %(institution)s.",
                code=shown(unit),
                institution=values[side].name,
            )
            raw.place.refuse(f"{side}_unit", text)

    def _assembled(
        self,
        raw: RawAgreement,
        partners: tuple[Institution, Institution],
        conditions: list[dict[str, Any]],
    ) -> Draft | None:
        a, b = partners
        agreement = Agreement(
            partner_a=a,
            partner_b=b,
            partner_a_id=a.id,
            partner_b_id=b.id,
            status=AgreementStatus.DRAFT,
            signed_on=raw.signed_on,
            text=raw.text,
            **{f"title_{code}": raw.titles.get(code, "") for code in i18n.LANGUAGES},
        )
        seen: dict[str, str] = {}
        for values, said in zip(conditions, raw.conditions, strict=True):
            condition = CooperationCondition(**values)
            key = digest_of(condition.canonical())
            if key in seen:
                said.place.refuse("", _("the same condition stands in %(place)s.", place=seen[key]))
            seen.setdefault(key, said.place.name)
            agreement.conditions.append(condition)
        return None if len(seen) < len(conditions) else Draft(agreement, conditions, self.names)


def _check_words(raw: RawCondition) -> None:
    """What is known or not whoever the partners are."""
    known = {one.value: one for one in Direction}
    if raw.values["direction"] not in known:
        text = _(
            "“%(code)s” is not a direction; known are %(known)s.",
            code=shown(raw.values["direction"]),
            known=", ".join(known),
        )
        raw.place.refuse("direction", text)
    language, cefr = raw.values["language"], raw.values["cefr"]
    spoken = re.fullmatch("[a-z]{2}", language or "") and i18n.language_name(language) != language
    if language and not spoken:
        text = _("“%(code)s” is no code of a language (ISO 639-1).", code=shown(language))
        raw.place.refuse("language", text)
    if cefr and cefr not in {level.value for level in Cefr}:
        raw.place.refuse("cefr", _("“%(text)s” is no level from A1 to C2.", text=shown(cefr)))


def _comparable(content: Content) -> str:
    """Equal for contents that differ in nothing but blanks: files and forms end lines otherwise."""
    conditions = [
        {**one, "other_terms": one["other_terms"].split()} for one in content["conditions"]
    ]
    conditions.sort(key=repr)
    return digest_of({**content, "text": content["text"].split(), "conditions": conditions})
