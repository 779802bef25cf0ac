"""Courses of a call from a file: known codes are changed, new ones drafted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from ...accounts.forms import LANGUAGES_KNOWN
from ...accounts.models import Cefr, User
from ...agreements.models import CooperationCondition
from ...errors import Invalid
from ...i18n import OWN_NAMES
from ...partners.models import OrganisationalUnit
from ...tables.columns import Cells
from ...tables.grid import Table, shown
from ...tables.imports import Entry, Importer, Plan
from ...tables.values import day, decimal_number, whole_number
from ..models import Call, Offer
from ..queries import conditions_for, offers_by_code, opens_under, units_for
from ..services import create_offer, edit_offer, needs_reason, objections_to
from ..timetable import parse_timetable
from .calendars import ENDING, read_calendar
from .columns import COLUMNS, as_texts, written

# What each place needs, with a value to which nobody objects.
_NEEDED: dict[str, Any] = {
    "seats": 1, "language": "en", "starts_on": date.min, "ends_on": date.min, "ects": 1.0,
}  # fmt: skip
TITLES = ("title_en", "title_ru", "title_kk")
_LANGUAGES = {name.casefold(): code for code, name in OWN_NAMES}
_MOST_SEATS = 500


@dataclass(frozen=True)
class Defaults:
    """What holds for a new course whose row does not say it, and the reason of the changes."""

    condition: CooperationCondition | None = None
    seats: int | None = None
    ects: float | None = None
    language: str = ""
    reason: str = ""


def plan_import(
    call: Call, actor: User, name: str, data: bytes, defaults: Defaults | None = None
) -> Plan:
    """Read a table or calendar of courses; what is wrong stands in `plan.table.problems`.

    A row with the code of a place of the call changes it; an empty cell leaves what stands.
    """
    return _Courses(call, actor, defaults or Defaults()).plan(name, data)


def apply_import(plan: Plan, call: Call, actor: User, *, reason: str = "") -> None:
    """Write all of a plan that was confirmed: new places as drafts."""
    for entry in plan.entries:
        offer, values = entry.thing
        if offer is None:
            create_offer(call, actor, **written(values))
        elif entry.changes:
            edit_offer(offer, actor, reason=reason, **written(values))


class _Courses(Importer):
    """Rows to places of one call."""

    columns = COLUMNS

    def __init__(self, call: Call, actor: User, defaults: Defaults) -> None:
        super().__init__()
        self.call, self.actor, self.defaults = call, actor, defaults
        self.conditions = conditions_for(call, actor)
        if defaults.condition is None and len(self.conditions) == 1:
            self.only: CooperationCondition | None = self.conditions[0]
        else:
            self.only = defaults.condition

    def read(self, name: str, data: bytes) -> Table:
        if not name.lower().endswith(ENDING):
            return super().read(name, data)
        chosen = [self.only] if self.only else self.conditions
        return read_calendar(name, data, {one.receiving.timezone for one in chosen})

    def prepare(self, rows: Sequence[Cells]) -> None:
        self.known = offers_by_code(self.call)
        units = units_for(self.actor, self.conditions)
        self.units = {(unit.institution_id, unit.code.casefold()): unit for unit in units}
        senders = [condition.sending.schac for condition in self.conditions]
        self.words: dict[str, CooperationCondition] = {}
        for condition in self.conditions:
            self.words[str(condition.id)] = condition
            if senders.count(condition.sending.schac) == 1:
                self.words[condition.sending.schac] = condition

    def entry(self, cells: Cells) -> Entry | None:
        code = cells["code"]
        if not code:
            self.refuse(cells, "code", _("the code is missing."))
        elif self.once(cells, "code", code) and not self._may_change(cells, self.known.get(code)):
            return None
        offer = self.known.get(code)
        condition = self._condition(cells, offer)
        if condition is None:
            return None
        values = {**self._present(offer), **self._said(cells, condition, offer)}
        values |= {"condition": condition, "code": code}
        self._check(cells, offer, values)
        before = self._texts(self._present(offer)) if offer is not None else None
        title = next((values[name] for name in TITLES if values.get(name)), code)
        entry = Entry(cells.line, code, title, before, self._texts(values), (offer, values))
        self._ask_reason(cells, offer, entry)
        return entry

    def _may_change(self, cells: Cells, offer: Offer | None) -> bool:
        if offer is None or opens_under(self.actor, offer.condition, offer.unit_id):
            return True
        self.refuse(cells, "code", _("Another place of this call has this code."))
        return False

    def _condition(self, cells: Cells, offer: Offer | None) -> CooperationCondition | None:
        """The condition that the row names, else that of the place, else the one chosen above."""
        word = cells.say("condition")
        if word:
            condition = self.words.get(word.lower())
            text = _(
                "“%(text)s” is none of the conditions; known are %(known)s.",
                text=shown(word),
                known=shown(", ".join(self.words)) or "—",
            )
        else:
            condition = offer.condition if offer is not None else self.only
            text = _("which condition of an agreement is meant? Name it or choose it above.")
        if condition is None:
            self.refuse(cells, "condition", text)
        return condition

    def _said(
        self, cells: Cells, condition: CooperationCondition, offer: Offer | None
    ) -> dict[str, Any]:
        """What the row says; for a new place also what is said for all new ones."""
        texts = {name: text for name, text in cells.items() if text}
        said: dict[str, Any] = {}
        if offer is None:
            own = self.defaults
            said = {"seats": own.seats, "ects": own.ects, "language": own.language or None}
            said["unit"] = condition.receiving_unit if "unit" not in texts else None
        for name, text in texts.items():
            if name not in {"code", "condition"}:
                said[name] = self._value(cells, name, text, condition)
        return said

    def _value(self, cells: Cells, name: str, text: str, condition: CooperationCondition) -> Any:
        """What a cell means; None where it means nothing, which is noted."""
        try:
            if name == "unit":
                return self._unit(text, condition)
            return _READ[name](text) if name in _READ else text
        except (ValueError, Invalid) as error:
            self.refuse(cells, name, str(error))
            cells.told.add(name)
            return None

    def _unit(self, code: str, condition: CooperationCondition) -> OrganisationalUnit:
        unit = self.units.get((condition.receiving_id, code.casefold()))
        if unit is None:
            raise ValueError(
                _(
                    "%(institution)s has no unit “%(code)s” whose places you offer.",
                    institution=condition.receiving.name,
                    code=shown(code),
                )
            )
        return unit

    def _present(self, offer: Offer | None) -> dict[str, Any]:
        if offer is None:
            return {"timetable": []}
        return {name: getattr(offer, name) for name in COLUMNS.names}

    def _texts(self, values: dict[str, Any]) -> dict[str, str]:
        condition: CooperationCondition = values["condition"]
        word = condition.sending.schac
        return as_texts(values, word if word in self.words else str(condition.id))

    def _check(self, cells: Cells, offer: Offer | None, values: dict[str, Any]) -> None:
        """Note what every place needs and this one has not, and what its services object to."""
        for name in _NEEDED:
            if values.get(name) is None:
                self.refuse(cells, name, _("%(column)s is missing.", column=name))
        whole = {**values, **{name: _NEEDED[name] for name in _NEEDED if values.get(name) is None}}
        if not values.get("starts_on") or not values.get("ends_on"):
            whole |= {"starts_on": date.min, "ends_on": date.min}
        for objection in objections_to(self.call, self.actor, offer, **written(whole)):
            self.refuse(cells, objection.field or "", objection.message)

    def _ask_reason(self, cells: Cells, offer: Offer | None, entry: Entry) -> None:
        changed = {change.column for change in entry.changes}
        if offer is not None and needs_reason(offer, changed) and not self.defaults.reason:
            text = _(
                "the call has opened, so people have seen this place: give the reason of the"
                " change above."
            )
            self.refuse(cells, "", text)


def _language(text: str) -> str:
    code = _LANGUAGES.get(text.casefold(), text.lower())
    if code not in LANGUAGES_KNOWN:
        known = ", ".join(LANGUAGES_KNOWN)
        told = _("“%(text)s” is no language; known are %(known)s.", text=shown(text), known=known)
        raise ValueError(told)
    return code


def _cefr(text: str) -> Cefr:
    try:
        return Cefr(text.upper())
    except ValueError:
        told = _("“%(text)s” is no level of the CEFR, A1 to C2.", text=shown(text))
        raise ValueError(told) from None


def _seats(text: str) -> int:
    return whole_number(text, 1, _MOST_SEATS)


_READ: dict[str, Any] = {
    "seats": _seats,
    "ects": decimal_number,
    "local_credits": decimal_number,
    "language": _language,
    "cefr": _cefr,
    "starts_on": day,
    "ends_on": day,
    "timetable": parse_timetable,
}
