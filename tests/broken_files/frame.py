"""What every damage is made of.

A damage takes a whole table and makes a file of it. Either the file means just what the table
means, or it has to be refused with a sentence that holds `told`.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

import xlsxwriter

from ..archives import workbook

ACCEPTED, EITHER = "accepted", "either"


@dataclass(frozen=True)
class Sample:
    """A table that an import takes whole. Its words are Russian, so that Windows-1251 holds them.

    `line`: a column of one line that every row fills; `day`: one of days in ISO form, if any.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: str
    day: str = ""

    def column(self, name: str) -> int:
        return self.header.index(name)

    def put(self, row: int, name: str, cell: str) -> "Sample":
        rows = [list(one) for one in self.rows]
        rows[row][self.column(name)] = cell
        return replace(self, rows=tuple(map(tuple, rows)))


@dataclass(frozen=True)
class File:
    """What is sent. `told`: what it is refused with, in part; ACCEPTED; or EITHER of both."""

    name: str
    data: bytes
    told: str = ACCEPTED
    what: str = ""


Damage = Callable[[Random, Sample], File | None]
DAMAGES: dict[str, Damage] = {}


def damage(work: Damage) -> Damage:
    DAMAGES[work.__name__.replace("_", " ")] = work
    return work


def files(sample: Sample, number: int, first: int = 0) -> Iterator[File]:
    """`number` files, every damage in its turn from the `first` on; always the same ones."""
    names = sorted(DAMAGES)
    for turn in range(first, first + number):
        random = Random(turn)
        name = names[turn % len(names)]
        made = DAMAGES[name](random, sample)
        if made is not None:
            yield replace(made, what=f"{name} ({turn})")


def text(sample: Sample, **dialect) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, **dialect)
    writer.writerows([sample.header, *sample.rows])
    return out.getvalue()


def as_csv(sample: Sample, told: str = ACCEPTED, **dialect) -> File:
    return File("file.csv", text(sample, **dialect).encode(), told)


def as_xlsx(sample: Sample, told: str = ACCEPTED) -> File:
    return File("file.xlsx", workbook([sample.header, *sample.rows]), told)


def either_form(random: Random, sample: Sample, told: str) -> File:
    return random.choice((as_csv, as_xlsx))(sample, told)


def any_row(random: Random, sample: Sample) -> int:
    return random.randrange(len(sample.rows))


def typed(sample: Sample, *, dates: bool = False) -> bytes:
    """A workbook as people make one: numbers are numbers, and days days where asked for."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page, form = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
    page.write_row(0, 0, sample.header)
    for line, row in enumerate(sample.rows, start=1):
        for at, cell in enumerate(row):
            if dates and sample.header[at] == sample.day:
                page.write_datetime(line, at, date.fromisoformat(cell), form)
            elif cell.replace(".", "", 1).isdigit() and not cell.startswith("0"):
                page.write_number(line, at, float(cell))
            else:
                page.write_string(line, at, cell)
    book.close()
    return out.getvalue()
