"""Numbers and days as people type them into tables. Each raises ValueError with what is wrong."""

import re
from contextlib import suppress
from datetime import date

from flask_babel import format_decimal
from flask_babel import gettext as _

from .grid import shown

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?: ?г\.?)?")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def whole_number(text: str, least: int, most: int) -> int:
    """ "3" → 3; a spreadsheet's "3.0" too."""
    plain = re.fullmatch(r"([0-9]{1,9})(?:[.,]0+)?", text)
    if plain is None or not least <= int(plain[1]) <= most:
        raise ValueError(
            _(
                "“%(text)s” is not a whole number from %(least)d to %(most)d.",
                text=shown(text),
                least=least,
                most=most,
            )
        )
    return int(plain[1])


def decimal_number(text: str) -> float:
    """ "2.5" and "2,5" → 2.5."""
    if re.fullmatch(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?", text) is None:
        raise ValueError(_("“%(text)s” is not a number, such as 5 or 2.5.", text=shown(text)))
    return float(text.replace(",", "."))


def number_between(text: str, least: float, most: float) -> float:
    """ "2,5" → 2.5, where it lies between the two or is one of them."""
    with suppress(ValueError):
        if least <= (number := decimal_number(text)) <= most:
            return number
    raise ValueError(
        _(
            "“%(text)s” is not a number from %(least)s to %(most)s.",
            text=shown(text),
            least=format_decimal(least),
            most=format_decimal(most),
        )
    )


def day(text: str) -> date:
    """ "2027-02-01" and "01.02.2027" → the first of February, "13/02/2027" → the thirteenth.

    Where both numbers before the year could be a month, a slash does not tell which is.
    """
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTTED.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _SLASHED.fullmatch(text):
            return _slashed(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise ValueError(
        _("“%(text)s” is not a day, such as 2027-02-01 or 01.02.2027.", text=shown(text))
    )


def _slashed(first: int, second: int, year: int) -> date:
    if first == second or second > 12:
        return date(year, first, second)
    if first > 12:
        return date(year, second, first)
    raise ValueError("a day and a month that could be either")
