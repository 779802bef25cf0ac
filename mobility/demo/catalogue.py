"""Reads the data files of the demonstration; PROVENANCE.md beside them says what is real."""

import csv
import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "ru", "kk")


@dataclass(frozen=True)
class University:
    """One real institution; `texts` holds name_* and city_*, empty where no source gives them.

    `domains` begins with the SCHAC code; what follows are other and former domains.
    """

    schac: str
    domains: tuple[str, ...]
    texts: dict[str, str]
    country: str
    latitude: float | None
    longitude: float | None
    timezone: str
    website: str
    is_core: bool


@dataclass(frozen=True)
class Unit:
    """An organisational unit; `student_fields` are the detailed ISCED-F fields studied there."""

    institution: str
    code: str
    texts: dict[str, str]
    student_fields: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """An example of an offer: an internship place (hours_per_week) or a course (ects)."""

    code: str
    unit: str
    texts: dict[str, str]
    seats: int
    language: str
    cefr: str
    eqf_levels: tuple[int, ...]
    isced_fields: tuple[str, ...]
    start_week: int
    weeks: int
    hours_per_week: int | None
    ects: int | None
    course_code: str

    def dates(self, term_begins: date) -> tuple[date, date]:
        """First Monday and last Friday, counted from the first Monday of the term."""
        monday = term_begins + timedelta(days=-term_begins.weekday() % 7)
        starts_on = monday + timedelta(weeks=self.start_week)
        return starts_on, starts_on + timedelta(weeks=self.weeks, days=-3)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _texts(row: dict[str, str], *nouns: str) -> dict[str, str]:
    return {f"{noun}_{lang}": row[f"{noun}_{lang}"] for noun in nouns for lang in LANGUAGES}


def _degrees(text: str) -> float | None:
    return float(text) if text else None


def universities() -> list[University]:
    """The partners of the demonstration (`is_core`) and the wider list of both countries."""
    return [
        University(
            schac=row["schac"],
            domains=tuple(row["domains"].split()),
            texts=_texts(row, "name", "city"),
            country=row["country"],
            latitude=_degrees(row["latitude"]),
            longitude=_degrees(row["longitude"]),
            timezone=row["timezone"],
            website=row["website"],
            is_core=row["core"] == "yes",
        )
        for row in _rows("institutions.csv")
    ]


@cache
def units() -> list[Unit]:
    """Organisational units of the core universities."""
    return [
        Unit(
            institution=row["institution"],
            code=row["code"],
            texts=_texts(row, "name"),
            student_fields=tuple(row["student_fields"].split()),
        )
        for row in _rows("units.csv")
    ]


def internships() -> list[Place]:
    """Example internship places at SUSU."""
    return [_place(row) for row in _rows("internships.csv")]


def courses() -> list[Place]:
    """Example courses at Abai KazNPU."""
    return [_place(row) for row in _rows("courses.csv")]


def _place(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"],
        unit=row["unit"],
        texts=_texts(row, "title", "description"),
        seats=int(row["seats"]),
        language=row["language"],
        cefr=row["cefr"],
        eqf_levels=tuple(int(level) for level in row["eqf_levels"].split()),
        isced_fields=tuple(row["isced_fields"].split()),
        start_week=int(row["start_week"]),
        weeks=int(row["weeks"]),
        hours_per_week=int(row["hours_per_week"]) if "hours_per_week" in row else None,
        ects=int(row["ects"]) if "ects" in row else None,
        course_code=row.get("course_code", ""),
    )


@cache
def remarks() -> dict[str, list[dict[str, str]]]:
    """Kind of remark → variants, each in three languages; motivations name a {title}."""
    kinds: dict[str, list[dict[str, str]]] = json.loads(
        (DATA / "remarks.json").read_text(encoding="utf-8")
    )
    return kinds


def remark(kind: str, variant: int, language: str, **values: str) -> str:
    """The remark in one language; variants are taken in a circle."""
    variants = remarks()[kind]
    return variants[variant % len(variants)][language].format(**values)


def agreements() -> list[dict[str, Any]]:
    """Invented agreements: partners, words, conditions, and on which day each step was taken."""
    return _list("agreements")


def calls() -> list[dict[str, Any]]:
    """Invented calls: words, rules, days and which places are offered under which agreement."""
    return _list("calls")


def directions() -> dict[str, list[dict[str, Any]]]:
    """Invented calls of the other directions with their places, projects and equipment."""
    content: dict[str, list[dict[str, Any]]] = json.loads(
        (DATA / "directions.json").read_text(encoding="utf-8")
    )
    return content


def _list(name: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return content
