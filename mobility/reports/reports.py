"""The reports themselves: a title, columns, rows of words and numbers, and bars to compare."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func

from .. import isced
from ..accounts.models import EQF_LEVELS, Profile, User
from ..i18n import current_language
from ..partners.models import Institution
from ..placements.queries import live_under
from ..rounds.queries import institutions
from ..tables.grid import Cell
from . import queries


@dataclass
class Report:
    """A table; `numbers` are the columns of figures. `bars`: (label, count) of the plot."""

    title: str
    says: str
    columns: list[str]
    numbers: set[int]
    rows: list[list[Cell]]
    bars: list[tuple[str, int]] = field(default_factory=list)


def balance(user: User, year: int) -> Report:
    """For each pair of HEIs and direction: people one way, the other way, and the difference."""
    counted: Counter[tuple[int, int, Any]] = Counter()
    for sending, receiving, direction, people in queries.flows(user, year):
        counted[sending, receiving, direction] += people
    heis = institutions({hei for one, other, _kind in counted for hei in (one, other)})
    pairs = {
        (*sorted((one, other), key=lambda hei: heis[hei].schac), direction)
        for one, other, direction in counted
    }
    rows: list[list[Cell]] = []
    bars: Counter[str] = Counter()
    for one, other, direction in sorted(
        pairs, key=lambda row: (heis[row[0]].schac, heis[row[1]].schac, row[2].value)
    ):
        there, back = counted[one, other, direction], counted[other, one, direction]
        names = heis[one].name, heis[other].name
        rows.append([*names, str(direction.label), there, back, there - back])
        bars[f"{names[0]} → {names[1]}"] += there
        bars[f"{names[1]} → {names[0]}"] += back
    return Report(
        title=_("Balance of exchange"),
        says=_(
            "People who hold a place in the academic year, one way and the other, by pair of "
            "universities and direction."
        ),
        columns=[
            _("University"),
            _("Partner"),
            _("Direction"),
            _("go to the partner"),
            _("come from the partner"),
            _("Difference"),
        ],
        numbers={3, 4, 5},
        rows=rows,
        bars=list(bars.items()),
    )


def demand(user: User, year: int) -> Report:
    """For each call: seats, who applied, who takes part, who holds a place."""
    found = queries.calls(user, year)
    ids = [call.id for call in found]
    seats, applied, placed = queries.seats_of(ids), queries.applied_to(ids), queries.placed_in(ids)
    rows: list[list[Cell]] = []
    for call in found:
        places, open_seats = seats.get(call.id, (0, 0))
        handed_in, taking = applied.get(call.id, (0, 0))
        rows.append(
            [
                call.title,
                str(call.direction.label),
                places,
                open_seats,
                handed_in,
                taking,
                placed.get(call.id, 0),
                round(handed_in / open_seats, 2) if open_seats else None,
            ]
        )
    bars = []
    for call in found:
        bars.append((_("%(call)s: seats", call=call.title), seats.get(call.id, (0, 0))[1]))
        bars.append((_("%(call)s: applied", call=call.title), applied.get(call.id, (0, 0))[0]))
    return Report(
        title=_("Demand and seats"),
        says=_("What the calls of the academic year offered, and how many wanted it."),
        columns=[
            _("Call"),
            _("Direction"),
            _("Places"),
            _("Seats"),
            _("Applied"),
            _("Approved"),
            _("Hold a place"),
            _("Applied per seat"),
        ],
        numbers={2, 3, 4, 5, 6, 7},
        rows=rows,
        bars=bars,
    )


def conditions(user: User, year: int) -> Report:
    """For each condition in force: what it allows a year, what is used, what is free."""
    found = queries.conditions(user, year)
    used = live_under([one.id for one in found], year)
    rows: list[list[Cell]] = [
        [
            one.agreement.title,
            str(one.direction.label),
            one.sending.name,
            one.receiving.name,
            one.mobilities_per_year,
            used[one.id],
            max(0, one.mobilities_per_year - used[one.id]),
        ]
        for one in found
    ]
    return Report(
        title=_("Use of the agreements"),
        says=_("Mobilities that each condition in force allows in the academic year, and uses."),
        columns=[
            _("Agreement"),
            _("Direction"),
            _("Sending"),
            _("Receiving"),
            _("Allowed a year"),
            _("Used"),
            _("Free"),
        ],
        numbers={4, 5, 6},
        rows=rows,
        bars=[
            (f"{one.sending.name} → {one.receiving.name}, {one.direction.label}", used[one.id])
            for one in found
        ],
    )


def people(user: User, year: int) -> Report:
    """Who goes: by broad field of study, level of study and receiving country."""
    counted = [
        (_("Field of study"), _fields(user, year)),
        (_("Level of study"), _levels(user, year)),
        (_("Receiving country"), _countries(user, year)),
    ]
    rows: list[list[Cell]] = [
        [str(kind), label, count] for kind, found in counted for label, count in found
    ]
    return Report(
        title=_("Who goes where"),
        says=_("People who hold a place in the academic year, by field, level and country."),
        columns=[_("By"), _("Group"), _("People")],
        numbers={2},
        rows=rows,
        bars=[(label, count) for _kind, found in counted for label, count in found],
    )


def _fields(user: User, year: int) -> list[tuple[str, int]]:
    broad = func.substr(Profile.isced_field, 1, 2)
    found = queries.people(user, year, broad)
    return [
        (f"{code} {isced.label(code)}" if code in isced.FIELDS else _("not given"), count)
        for code, count in sorted(found.items(), key=lambda row: row[0] or "")
    ]


def _levels(user: User, year: int) -> list[tuple[str, int]]:
    found = queries.people(user, year, Profile.eqf_level)
    return [
        (str(EQF_LEVELS.get(level, _("not given"))), count)
        for level, count in sorted(found.items(), key=lambda row: row[0] or 0)
    ]


def _countries(user: User, year: int) -> list[tuple[str, int]]:
    names = Locale(current_language()).territories
    found = queries.people(user, year, Institution.country)
    return sorted((names.get(code, code), count) for code, count in found.items())


REPORTS: dict[str, tuple[Any, Callable[[User, int], Report]]] = {
    "balance": (_l("Balance of exchange"), balance),
    "demand": (_l("Demand and seats"), demand),
    "conditions": (_l("Use of the agreements"), conditions),
    "people": (_l("Who goes where"), people),
}
"""By the name in the address."""
