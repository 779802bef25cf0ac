"""A hundred broken files for every import: refused with every error, or accepted as they are meant.

An import joins by one line in IMPORTS. SAPAR_EXAMPLES says how many files each of them gets.
"""

import io
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from mobility.accounts import imports as people
from mobility.agreements.models import Direction
from mobility.db import Base, db, transaction
from mobility.offers import imports as courses
from mobility.offers.models import CallStatus
from mobility.partners import imports as partners
from mobility.tables.columns import folded
from mobility.tables.imports import LIMITS

from . import factories
from .broken_files import ACCEPTED, DAMAGES, EITHER, File, Sample, as_csv, files
from .clients import form_on, words
from .examples import examples

# By so much the memory of a process may grow that reads any of the files, one after another.
MOST_MEMORY = 200_000_000


@dataclass(frozen=True)
class Scene:
    """Who imports, at which page, and what else the form says."""

    user: Any
    address: str
    fields: dict[str, Any]


def _for_partners() -> Scene:
    return Scene(factories.admin(), "/partners/import", {})


def _for_people() -> Scene:
    home = factories.institution("kaznpu.kz")
    factories.unit(home, code="imfi")
    factories.grade_scale(home)
    return Scene(factories.coordinator(home), "/people/import", {"institution": home.id})


def _for_courses() -> Scene:
    home, away = factories.institution("kaznpu.kz"), factories.institution("susu.ru")
    factories.unit(home, code="imfi")
    factories.condition(away, home, direction=Direction.COURSES)
    call = factories.call(direction=Direction.COURSES, status=CallStatus.DRAFT)
    return Scene(factories.coordinator(home), f"/calls/{call.id}/offers/import", {})


def _for_agreements() -> Scene:
    for schac in ("kaznpu.kz", "susu.ru", "urfu.ru"):
        factories.institution(schac)
    return Scene(factories.admin(), "/agreements/import", {})


PARTNERS = Sample(
    ("schac", "country", "timezone", "name_ru", "latitude", "longitude", "domains"),
    (
        ("susu.ru", "RU", "Asia/Yekaterinburg", "Южно-Уральский", "55.16", "61.4", ""),
        ("urfu.ru", "RU", "Asia/Yekaterinburg", "Уральский федеральный", "", "", ""),
        ("kaznpu.kz", "KZ", "Asia/Almaty", "Педагогический университет", "43.2", "76.9", ""),
    ),
    line="name_ru",
)
PEOPLE = Sample(
    (
        "email", "name", "unit", "position", "eqf_level", "isced_field", "study_year",
        "grade_average", "credits_earned", "earlier_mobilities", "languages", "language",
    ),
    (
        ("a@kaznpu.kz", "Алия Серикова", "imfi", "", "6", "0613", "3", "3.25", "120", "0",
         "en B2; ru C1", "ru"),
        ("b@stud.kaznpu.kz", "Дмитрий Ковалёв", "", "ассистент", "7", "0511", "1", "4", "4.5", "",
         "kk A2", "kk"),
        ("c@kaznpu.kz", "Мария Светлова", "", "доцент", "", "0114", "", "", "", "2", "", ""),
    ),
    line="name",
)  # fmt: skip
COURSES = Sample(
    ("code", "title_ru", "seats", "language", "cefr", "ects", "starts_on", "ends_on", "unit"),
    (
        ("C1", "Базы данных", "12", "ru", "B1", "5", "2027-02-01", "2027-05-31", "imfi"),
        ("C2", "Сети и протоколы", "5", "kk", "", "4.5", "2027-02-01", "2027-05-31", ""),
        ("C3", "История Казахстана", "30", "en", "C1", "3", "2027-09-13", "2027-12-30", ""),
    ),
    line="title_ru",
    day="starts_on",
)
AGREEMENTS = Sample(
    (
        "agreement", "partner_a", "partner_b", "title_ru", "direction", "sending", "receiving",
        "first_year", "last_year", "mobilities_per_year",
    ),
    (
        ("1", "kaznpu.kz", "susu.ru", "Меморандум", "internship", "kaznpu.kz", "susu.ru",
         "2026", "2030", "10"),
        ("2", "kaznpu.kz", "urfu.ru", "Соглашение о курсах", "courses", "urfu.ru", "kaznpu.kz",
         "2026", "2029", "5"),
        ("3", "susu.ru", "kaznpu.kz", "Лаборатории", "laboratories", "kaznpu.kz", "susu.ru",
         "2027", "2028", "3"),
    ),
    line="title_ru",
)  # fmt: skip
IMPORTS: dict[str, tuple[Sample, Callable[[], Scene]]] = {
    "partners": (PARTNERS, _for_partners),
    "people": (PEOPLE, _for_people),
    "courses": (COURSES, _for_courses),
    "agreements": (AGREEMENTS, _for_agreements),
}


def share_of(name: str) -> tuple[int, int]:
    """How many files an import gets, and from which damage on: all together get every damage."""
    share = -(-len(DAMAGES) // len(IMPORTS)) + 10
    return examples(share, most=4 * len(DAMAGES)), list(IMPORTS).index(name) * share


def counts() -> dict[str, int]:
    """How many rows each table has."""
    with transaction(write=False):
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def send(browser, scene: Scene, file: File):
    """Send a file; encoded here, since the client would leave large ones open."""
    data = {"file": FileStorage(io.BytesIO(file.data), file.name), **scene.fields}
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.post(scene.address, body, content_type=kind)


def told(page: str) -> list[str]:
    return [words(item) for item in re.findall(r"(?s)<li>(.*?)</li>", page.split("<form")[0])]


def wrong_with(file: File, answer, meant: str) -> str | None:
    """What is wrong with the answer to a file; None where it is right."""
    if answer.status_code == 200 and file.told in {ACCEPTED, EITHER}:
        digest = form_on(answer.text)["digest"][0]
        return None if digest == meant else "was taken for something else than was meant"
    if answer.status_code != 422 or file.told == ACCEPTED:
        return f"was answered with {answer.status_code}: {told(answer.text)[-3:]}"
    if not (summary := re.search(r'(?s)<section class="error-summary".*?</section>', answer.text)):
        return "was refused without a reason"
    if file.told not in {EITHER} and file.told not in words(summary[0]):
        return f"was told {words(summary[0])[:300]}"
    return None


@pytest.mark.parametrize("name", IMPORTS)
def test_broken_files_are_refused_or_mean_what_is_meant(name, write, visitor):
    sample, set_up = IMPORTS[name]
    with write():
        scene = set_up()
    browser, before = visitor(scene.user), counts()

    plain = send(browser, scene, as_csv(sample))
    assert plain.status_code == 200, words(plain.text)
    meant = form_on(plain.text)["digest"][0]
    wrong = []
    for file in files(sample, *share_of(name)):
        answer = send(browser, scene, file)
        if objection := wrong_with(file, answer, meant):
            wrong.append(f"{file.what} {objection}")
        elif answer.status_code == 422:
            wrong += [
                f"{file.what} {text}" for text in confirmed_all_the_same(browser, scene, file)
            ]
    assert wrong == [], "\n".join(wrong)
    assert counts() == before


def confirmed_all_the_same(browser, scene: Scene, file: File) -> list[str]:
    """Send what the preview refused straight to the confirmation."""
    if len(file.data) > LIMITS.bytes:
        return []
    carried = {"name": file.name, "content": b64encode(file.data).decode(), "digest": ""}
    answer = browser.post(f"{scene.address}/apply", {**scene.fields, **carried})
    return [] if answer.status_code == 409 else [f"was confirmed with {answer.status_code}"]


@pytest.mark.parametrize("name", IMPORTS)
def test_plain_file_is_written_whole(name, write, visitor):
    sample, set_up = IMPORTS[name]
    with write():
        scene = set_up()
    browser, before = visitor(scene.user), counts()
    page = send(browser, scene, as_csv(sample))
    assert browser.post(f"{scene.address}/apply", form_on(page.text)).status_code == 303
    after = counts()
    table = {
        "partners": "institution",
        "people": "user",
        "courses": "offer",
        "agreements": "agreement",
    }[name]
    assert after[table] - before[table] == len(sample.rows)


def test_reading_takes_a_bounded_memory(tmp_path, root):
    """All files of all imports, read in one child whose memory is looked at."""
    for name, (sample, _set_up) in IMPORTS.items():
        for number, file in enumerate(files(sample, len(DAMAGES))):
            (tmp_path / f"{name}-{number:03d}{file.name[file.name.rfind('.') :]}").write_bytes(
                file.data
            )
    run = subprocess.run(
        [sys.executable, "-m", "tests.reading_child", str(tmp_path)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    read, grown = map(int, run.stdout.split())
    assert read > len(IMPORTS) * (len(DAMAGES) - 5)
    assert grown < MOST_MEMORY, f"memory grew by {grown / 1e6:.0f} MB"


CELLS = """0 1 6 0613 613 en en_B2 RU KZ x@kaznpu.kz enu.kz Asia/Almaty https://x.kz 2027-02-01 imfi
5.5 5,5 -91 181 Mon_10:00-11:00 ' " <b>x</b> %s %(x)s {{7*7}} {x} \\ NULL ² ٣ 1e5 Ǆ ﬁ İ 𝒳 😀 …"""
LONG = ("Ә" * 200, "ж" * 40, "ab" * 127, "𝒳" * 200, "a." * 59 + "kz")


@pytest.mark.parametrize("name", IMPORTS)
def test_any_cells_are_written_whole_or_refused(name, write, visitor):
    """What the preview shows as good is written without a word from the database."""
    sample, set_up = IMPORTS[name]
    with write():
        scene = set_up()
    browser, random, taken = visitor(scene.user), Random(1), 0
    for number in range(examples(20, most=600)):
        rows = [list(row) for row in sample.rows]
        for row in rows:
            row[0] = f"{number}{row[0]}"
            for at in random.sample(range(len(row)), random.choice((0, 0, 1, 1, 2))):
                row[at] = random.choice((*CELLS.split(), *LONG, "")).replace("_", " ")
        before = counts()
        page = send(browser, scene, as_csv(replace(sample, rows=tuple(map(tuple, rows)))))
        carried = {}
        if page.status_code == 422:
            assert told(page.text)
        else:
            assert page.status_code == 200
            if carried := form_on(page.text):
                assert browser.post(f"{scene.address}/apply", carried).status_code == 303
                taken += 1
            else:  # whatever the cells were, they made nothing of it that is new
                assert "stands in the service already" in words(page.text)
        assert (counts() == before) == (not carried)
    assert taken


KNOWN = {
    "partners": partners.COLUMNS,
    "people": people.COLUMNS,
    "courses": courses.COLUMNS,
}


@pytest.mark.parametrize("name", KNOWN)
def test_no_name_means_two_columns(name):
    names = [
        folded(said)
        for column in KNOWN[name].known
        for said in {folded(said): said for said in (column.name, *column.aliases)}.values()
    ]
    assert sorted(names) == sorted(set(names))
