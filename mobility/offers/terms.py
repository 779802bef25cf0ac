"""Academic terms as they are written: "2026/2027-1" is the first semester of 2026/2027."""

import re
from datetime import date

from flask_babel import gettext as _

TERM = re.compile(r"(\d{4})/(\d{4})-([12])")


def year_of(term: str) -> int | None:
    """The year in which the academic year of `term` begins; None if it is not a term."""
    match = TERM.fullmatch(term)
    if match is None or int(match[2]) != int(match[1]) + 1:
        return None
    return int(match[1])


def begins_on(term: str) -> date:
    """The day on which a term begins: the first semester in September, the second in February."""
    year = int(term[:4])
    return date(year, 9, 1) if term.endswith("-1") else date(year + 1, 2, 1)


def years_text(year: int) -> str:
    """The academic year that begins in `year`: "2026/2027"."""
    return f"{year}/{year + 1}"


def term_text(term: str) -> str:
    """A term in words: "first semester of 2026/2027"."""
    years, _dash, half = term.partition("-")
    if half == "1":
        return _("first semester of %(years)s", years=years)
    return _("second semester of %(years)s", years=years)
