"""Invents people: names in three spellings and addresses that can never receive mail.

Nobody here exists. Every address ends in `.example`, which RFC 2606 keeps for that purpose.
"""

import csv
import random
from dataclasses import dataclass
from functools import cache

from .catalogue import DATA

# How often somebody bears a name of the other tradition of the two countries.
TRADITIONS = {"KZ": ("kazakh", "russian"), "RU": ("russian", "kazakh")}
OTHER_TRADITION = 0.12


@dataclass(frozen=True)
class Person:
    """An invented person; names are "first last" in Latin, Russian and Kazakh spelling."""

    gender: str
    name_latin: str
    name_ru: str
    name_kk: str
    email: str


@dataclass(frozen=True)
class _Name:
    kk: str
    ru: str
    latin: str


@cache
def _names() -> dict[tuple[str, str, str], list[_Name]]:
    names: dict[tuple[str, str, str], list[_Name]] = {}
    with (DATA / "names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["tradition"], row["part"], row["gender"])
            names.setdefault(key, []).append(_Name(row["kk"], row["ru"], row["latin"]))
    return names


def example_domain(schac: str) -> str:
    """The invented mail domain of an institution: kaznpu.kz → kaznpu.example."""
    return schac.rpartition(".")[0].replace(".", "-") + ".example"


class Inventor:
    """Draws people one after another; the same seed draws the same people, none of them twice."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._names: set[str] = set()
        self._emails: set[str] = set()

    def person(self, schac: str, country: str) -> Person:
        """A person of the institution, with a name usual in the country (RU or KZ)."""
        gender, first, last = self._unused_name(country)
        return Person(
            gender=gender,
            name_latin=f"{first.latin} {last.latin}",
            name_ru=f"{first.ru} {last.ru}",
            name_kk=f"{first.kk} {last.kk}",
            email=self._unused_email(first, last, example_domain(schac)),
        )

    def _unused_name(self, country: str) -> tuple[str, _Name, _Name]:
        usual, other = TRADITIONS[country]
        while True:
            tradition = other if self._random.random() < OTHER_TRADITION else usual
            gender = self._random.choice("fm")
            first = self._random.choice(_names()[tradition, "first", gender])
            last = self._random.choice(_names()[tradition, "last", gender])
            name = f"{first.latin} {last.latin}"
            if name not in self._names:
                self._names.add(name)
                return gender, first, last

    def _unused_email(self, first: _Name, last: _Name, domain: str) -> str:
        local = f"{first.latin[0]}.{last.latin}".lower()
        email, number = f"{local}@{domain}", 1
        while email in self._emails:
            number += 1
            email = f"{local}{number}@{domain}"
        self._emails.add(email)
        return email
