"""Reports say what stands in the database, as far as the reader may see, on pages and in files."""

import csv
import io
from datetime import timedelta

import pytest

from mobility import clock
from mobility.agreements.queries import this_year
from mobility.applications.models import ApplicationStatus
from mobility.db import transaction
from mobility.i18n import speaking
from mobility.placements.services import accept_place, cancel_placement, place
from mobility.reports.reports import REPORTS, balance, conditions, demand, people
from mobility.tables import table_of
from tests import factories


class Exchange:
    """KazNPU sends two to SUSU, who sends one back; KazNU sends one to SUSU."""

    def __init__(self) -> None:
        self.admin = factories.admin()
        self.kaznpu = factories.institution("kaznpu.kz", name_en="KazNPU", country="KZ")
        self.susu = factories.institution("susu.ru", name_en="SUSU", country="RU")
        self.kaznu = factories.institution("kaznu.kz", name_en="KazNU", country="KZ")
        self.call = factories.call(term=f"{this_year()}/{this_year() + 1}-1", title_en="=Spring")
        self.there = factories.condition(self.kaznpu, self.susu, mobilities_per_year=5)
        self.back = factories.condition(self.susu, self.kaznpu, mobilities_per_year=1)
        self.third = factories.condition(self.kaznu, self.susu)
        self.placed = [
            self.gives(condition) for condition in (self.there, self.there, self.back, self.third)
        ]

    def gives(self, condition):
        """A person who holds a place under the condition, and accepts it."""
        offer = factories.offer(self.call, condition, seats=3)
        student = factories.student(condition.sending)
        application = factories.application(
            student, self.call, [offer], status=ApplicationStatus.APPROVED
        )
        made = place(application, offer, 1, clock.now() + timedelta(days=7), self.admin)
        accept_place(made, student)
        return made


@pytest.fixture
def at(app):
    with transaction():
        return Exchange()


def test_the_balance_has_both_ways_of_each_pair(at):
    report = balance(at.admin, this_year())
    assert report.rows == [
        ["KazNPU", "SUSU", "internship", 2, 1, 1],
        ["KazNU", "SUSU", "internship", 1, 0, 1],
    ]
    assert dict(report.bars)["SUSU → KazNPU"] == 1


def test_only_what_lives_counts_and_only_in_its_year(at):
    with transaction():
        cancel_placement(at.placed[0], at.admin, "Ill.")
    assert balance(at.admin, this_year()).rows[0][3:] == [1, 1, 0]
    assert balance(at.admin, this_year() - 1).rows == []


def test_demand_sets_seats_beside_those_who_applied(at):
    with transaction():
        for status in (ApplicationStatus.SUBMITTED, ApplicationStatus.DRAFT):
            factories.application(factories.student(at.kaznpu), at.call, status=status)
    [row] = demand(at.admin, this_year()).rows
    assert row == ["=Spring", "internship", 4, 12, 5, 4, 4, 0.42]


def test_conditions_tell_what_is_allowed_used_and_free(at):
    rows = {tuple(row[2:4]): row[4:] for row in conditions(at.admin, this_year()).rows}
    assert rows["KazNPU", "SUSU"] == [5, 2, 3]
    assert rows["SUSU", "KazNPU"] == [1, 1, 0]


def test_people_are_counted_by_field_level_and_country(at):
    rows = people(at.admin, this_year()).rows
    assert sum(count for kind, _group, count in rows if kind == "Field of study") == 4
    assert ["Receiving country", "Russia", 3] in rows
    with speaking("ru"):
        assert ["Страна приёма", "Казахстан", 1] in people(at.admin, this_year()).rows


def test_a_coordinator_reads_what_concerns_their_hei(at, visitor):
    with transaction():
        reader = factories.coordinator(at.kaznu)
    assert [row[:2] for row in balance(reader, this_year()).rows] == [["KazNU", "SUSU"]]
    assert len(conditions(reader, this_year()).rows) == 1
    assert sum(row[2] for row in people(reader, this_year()).rows) == 3  # one, in three groups
    page = visitor(reader).read("/reports")
    assert "Balance of exchange" in page
    assert "KazNPU" not in page


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_each_report_stands_on_a_page_and_in_both_files(at, visitor, name, language):
    reader = visitor(at.admin)
    reader.post("/language", {"language": language})
    query = f"report={name}&year={this_year()}"
    page = reader.read(f"/reports?{query}")
    text = reader.get(f"/reports/file?{query}&as=csv").get_data().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter="," if language == "en" else ";"))
    data = reader.get(f"/reports/file?{query}&as=xlsx").get_data()
    book = table_of("report.xlsx", data)
    assert book.problems == []
    assert len(lines) == 1 + len(book.rows) > 1
    assert list(book.header.cells) == lines[0]
    assert all(heading in page for heading in lines[0])


def test_a_formula_in_a_title_is_only_words(at, visitor):
    text = visitor(at.admin).get("/reports/file?report=demand&as=csv").text
    assert "'=Spring" in text


@pytest.mark.parametrize("query", ["report=x", "year=1999", "report=balance&year=99999"])
def test_what_there_is_not_is_not_found(at, visitor, query):
    assert visitor(at.admin).get(f"/reports?{query}").status_code == 404


def test_an_unknown_format_is_not_found(at, visitor):
    assert visitor(at.admin).get("/reports/file?as=pdf").status_code == 404


def test_an_empty_year_says_so(at, visitor):
    assert "Nothing to report in this year" in visitor(at.admin).read("/reports?year=2031")


def test_reports_do_not_ask_more_with_more_rows(at, count_queries):
    def asked() -> list[int]:
        told = []
        for _title, make in REPORTS.values():
            with transaction(write=False), count_queries() as statements:
                make(at.admin, this_year())
            told.append(len(statements))
        return told

    before = asked()
    with transaction():
        for _ in range(5):
            at.gives(factories.condition(factories.institution(), at.susu))
    assert asked() == before
