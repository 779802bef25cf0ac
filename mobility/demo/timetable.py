"""When things happen in the demonstration: days counted from the day it is filled."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..agreements.models import academic_year_of

ZONE = ZoneInfo("Asia/Almaty")
SEMESTERS = {
    1: {
        "en": "autumn term {years}",
        "ru": "осенний семестр {years}",
        "kk": "{years} оқу жылының күзгі семестрі",
    },
    2: {
        "en": "spring term {years}",
        "ru": "весенний семестр {years}",
        "kk": "{years} оқу жылының көктемгі семестрі",
    },
}


@dataclass(frozen=True)
class Term:
    """A semester: the first from September to January, the second from February to August."""

    begins: date

    @property
    def semester(self) -> int:
        return 2 if 2 <= self.begins.month <= 8 else 1

    @property
    def years(self) -> str:
        year = academic_year_of(self.begins)
        return f"{year}/{year + 1}"

    @property
    def code(self) -> str:
        """As calls name it: "2026/2027-1"."""
        return f"{self.years}-{self.semester}"

    def following(self) -> "Term":
        """The semester after this one, from its first day."""
        if self.semester == 1:
            return Term(date(academic_year_of(self.begins) + 1, 2, 1))
        return Term(date(academic_year_of(self.begins) + 1, 9, 1))

    def name(self, language: str) -> str:
        return SEMESTERS[self.semester][language].format(years=self.years)


class Timetable:
    """Instants and dates by how many days they lie from the day of filling; past ones are < 0."""

    def __init__(self, filled_at: datetime) -> None:
        self.filled_at = filled_at
        self.today = filled_at.astimezone(ZONE).date()

    def day(self, days: float) -> date:
        return self.today + timedelta(days=int(days))

    def at(self, days: int, hour: float = 10.0) -> datetime:
        """That day at an hour of Almaty; never later than the filling where the day is past."""
        moment = datetime.combine(self.day(days), time(), ZONE) + timedelta(hours=hour)
        return min(moment, self.filled_at) if days <= 0 else moment

    def this_term(self) -> Term:
        """The term in which the first have just arrived."""
        return Term(self.day(-10))

    def next_term(self) -> Term:
        """The term that calls are for now; it leaves time for a round before it begins."""
        following = self.this_term().following()
        return Term(max(following.begins, self.day(45)))

    def academic_year(self) -> int:
        return academic_year_of(self.today)
