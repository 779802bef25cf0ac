"""From the rows of two tables to places and requests, with every error of both noted."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask_babel import gettext as _

from ...tables.grid import Row, Table, shown
from . import columns
from .fields import Codes, Fields
from .job import Place, Request

MOST_SEATS = 1_000_000
_WHOLE = re.compile(r"([0-9]+)(?:[.,]0+)?")
_DECIMAL = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")


_SAME_SHAPE = str.maketrans("АВЕКМНОРСТХІЅЈаеорсухіѕј", "ABEKMHOPCTXISJaeopcyxisj")


def places_of(table: Table) -> list[Place]:
    """The places that a table holds; what is wrong is added to its problems."""
    fields = Fields(table, columns.PLACES, (*columns.PLACES, *columns.KNOWN_EXTRAS))
    if not fields.complete:
        return []
    places = []
    first: dict[str, int] = {}
    for row in table.rows:
        code = fields.key(row, "code", first)
        seats = _seats(fields, row)
        texts = (fields.text(row, field) for field in ("institution", "title", "level", "field"))
        institution, title, level, field = texts
        places.append(Place(code, institution, title, seats or 0, level, field))
    _refuse_twins(table, fields.at["code"], first)
    if not table.rows and table.complete:
        table.spoil(_("holds no places, only column names."), table.header.line)
    return places


def _refuse_twins(table: Table, column: int, lines: dict[str, int]) -> None:
    """Codes that nobody can tell apart: a Cyrillic А in one, a Latin A in the other."""
    shapes: dict[str, str] = {}
    for code, line in lines.items():
        twin = shapes.setdefault(code.translate(_SAME_SHAPE), code)
        if twin != code:
            table.refuse(
                _(
                    "“%(code)s” looks like the code in line %(line)d, but one has Cyrillic letters"
                    " where the other has Latin ones.",
                    code=shown(code),
                    line=lines[twin],
                ),
                line,
                column,
            )


def requests_of(table: Table, places: Iterable[str] | None) -> tuple[list[Request], int]:
    """The requests that a table holds, and how many choices it has columns for.

    `places` are the known codes, or None when they could not be read: then no choice is
    called unknown. What is wrong is added to the table's problems.
    """
    fields = Fields(
        table, columns.REQUESTS, (*columns.REQUESTS, *columns.KNOWN_EXTRAS), with_choices=True
    )
    if not fields.complete:
        return [], 0
    known = None if places is None else Codes(places)
    requests = []
    first: dict[str, int] = {}
    for row in table.rows:
        applicant = fields.key(row, "applicant", first)
        merit = _merit(fields, row)
        choices = _choices(fields, row, known)
        requests.append(Request(applicant, merit or Decimal(0), choices))
    return requests, len(fields.choices)


def _seats(fields: Fields, row: Row) -> int | None:
    column = fields.at["seats"]
    text = fields.cell(row, column)
    if fields.spoiled(row, column):
        return None
    whole = _WHOLE.fullmatch(text)
    if not text:
        why = _("the number of seats is missing; write 0 for none.")
    elif whole is None:
        why = _("“%(value)s” is not a whole number of seats, 0 or more.", value=shown(text))
    elif len(whole[1]) > 12 or int(whole[1]) > MOST_SEATS:
        why = _("more than %(most)d seats cannot be meant.", most=MOST_SEATS)
    else:
        return int(whole[1])
    fields.table.refuse(why, row.line, column)
    return None


def _merit(fields: Fields, row: Row) -> Decimal | None:
    column = fields.at["merit"]
    text = fields.cell(row, column)
    if fields.spoiled(row, column):
        return None
    decimal = _DECIMAL.fullmatch(text)
    dialect = fields.table.dialect
    if not text:
        why = _("the merit is missing; write a number from 0 to 100.")
    elif decimal is None:
        why = _("“%(value)s” is not a number from 0 to 100.", value=shown(text))
    elif "," in text and dialect is not None and dialect.delimiter == ",":
        why = _(
            "“%(value)s” has a decimal comma in a file separated by commas; write a point.",
            value=shown(text),
        )
    elif len(decimal[1]) > 12 or Decimal(text.replace(",", ".")) > 100:
        why = _("“%(value)s” is not a number from 0 to 100.", value=shown(text))
    elif len((decimal[2] or "").rstrip("0")) > 2:
        why = _(
            "“%(value)s” has more than two decimals; round it, since rounding can make ties.",
            value=shown(text),
        )
    else:
        return Decimal(text.replace(",", "."))
    fields.table.refuse(why, row.line, column)
    return None


def _choices(fields: Fields, row: Row, known: Codes | None) -> tuple[str, ...]:
    table = fields.table
    cells = [fields.cell(row, column) for column in fields.choices]
    filled = [
        index
        for index, column in enumerate(fields.choices)
        if cells[index] or fields.spoiled(row, column)
    ]
    names = [table.header.cells[column] for column in fields.choices]
    seen: dict[str, int] = {}
    for index, (column, code) in enumerate(zip(fields.choices, cells, strict=True)):
        if not code:
            if filled and index < filled[-1] and index not in filled:
                following = next(later for later in filled if later > index)
                table.refuse(
                    _(
                        "the choice is empty but “%(next)s” is not; move the later ones up.",
                        next=shown(names[following]),
                    ),
                    row.line,
                    column,
                )
            continue
        if known is not None and code not in known:
            meant = known.meant(code)
            table.refuse(
                _("there is no place “%(code)s”.", code=shown(code))
                if meant is None
                else _(
                    "there is no place “%(code)s”; is “%(meant)s” meant?",
                    code=shown(code),
                    meant=shown(meant),
                ),
                row.line,
                column,
            )
        if code in seen:
            table.refuse(
                _(
                    "“%(code)s” is chosen already in “%(other)s”.",
                    code=shown(code),
                    other=shown(names[seen[code]]),
                ),
                row.line,
                column,
            )
        seen.setdefault(code, index)
    return tuple(code for code in cells if code)


def ignored_columns(table: Table, fields: Sequence[str], *, with_choices: bool) -> list[str]:
    """The headers of columns with content that nothing is made of."""
    known = (*fields, *columns.KNOWN_EXTRAS)
    ignored = []
    for column, header in enumerate(table.header.cells):
        if columns.known_field(header, known) is not None:
            continue
        if with_choices and columns.choice_rank(header) is not None:
            continue
        if header or any(column < len(row.cells) and row.cells[column] for row in table.rows):
            ignored.append(header)
    return ignored
