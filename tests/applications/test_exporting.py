"""The list as a workbook: what the filters show, harmless, on record, in bounded memory."""

import io
import tempfile
import tracemalloc
import zipfile

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from mobility.applications import services
from mobility.applications.models import ApplicationStatus
from mobility.audit import AuditEvent
from mobility.db import db
from mobility.offers.rules import RuleKind
from mobility.tables.workbooks import write_workbook

from .. import factories

S = ApplicationStatus


def rows(answer) -> list[list]:
    assert answer.status_code == 200
    data = answer.get_data()
    answer.close()  # the file that was served is open until then
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_the_file_holds_what_the_filters_show(scene, carla, many, write):
    with write():
        services.assign_application(many[S.APPROVED], scene.colleague, scene.coordinator)
    head, *found = rows(carla.get("/pipeline/file"))
    assert head == [
        "Applicant", "E-mail address", "State", "Direction", "Call", "Institution",
        "Unit", "Choices", "Score", "What a round does to the score", "Submitted", "Given to",
    ]  # fmt: skip
    assert [row[2] for row in found] == [
        "approved", "excluded from the round", "placed before the round", "rejected",
        "returned for mending", "submitted", "withdrawn",
    ]  # fmt: skip
    [_head, row] = rows(carla.get("/pipeline/file?status=approved&direction=internship"))
    assert row[:1] + row[2:10] + row[11:] == [
        "Person approved", "approved", "internship", "Internships", scene.home.name, "", 1, 80, "",
        "Dana",
    ]  # fmt: skip
    assert len(rows(carla.get("/pipeline/file?q=nobody-such"))) == 1


def test_the_export_is_on_record(scene, carla, many):
    rows(carla.get("/pipeline/file?status=approved"))
    db.session.rollback()
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "application.export")
    ).one()
    assert (event.actor_id, event.details) == (
        scene.coordinator.id,
        {"rows": 1, "filters": {"status": "approved"}},
    )


def test_the_file_keeps_to_the_scope(scene, visitor, one, many):
    assert [row[0] for row in rows(visitor(scene.unit_coordinator).get("/pipeline/file"))] == [
        "Applicant",
        "Алия Сәрсен",
    ]
    for person in (scene.other_unit, scene.receiver):
        assert len(rows(visitor(person).get("/pipeline/file"))) == 1
    assert len(rows(visitor(scene.admin).get("/pipeline/file"))) == 9


def test_formulas_stay_text(scene, carla, write):
    name = '=HYPERLINK("https://evil.example","x")'
    with write():
        factories.application(
            factories.student(scene.home, name=name), scene.call, scene.offers[:1]
        )
    answer = carla.get("/pipeline/file")
    assert rows(answer)[1][0] == name
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.partition("<sheetData>")[0]


@pytest.mark.parametrize(
    ("reviewers", "points", "said"),
    [
        (1, None, ""),
        (1, 5, "points by the rules of the call are added"),
        (2, None, "evened out between strict and generous reviewers"),
        (
            2,
            5,
            "evened out between strict and generous reviewers;"
            " points by the rules of the call are added",
        ),
    ],
)
def test_list_and_file_say_where_a_round_counts_another_score(
    scene, carla, many, write, reviewers, points, said
):
    with write():
        call = db.session.merge(scene.call)
        call.reviews_needed = reviewers
        factories.eligibility_rule(call, RuleKind.EARLIER, points=points, most=0)
        other = factories.call(title_en="Another call")
        factories.application(scene.other_student, other, scene.offers[:1])
    page = carla.read("/pipeline")
    told = "Scores stand here as reviewers gave them. A round counts them otherwise in:"
    assert (f"{told} Internships: {said} Select" in page) is bool(said)
    assert (told in page) is bool(said)
    assert told not in carla.read(f"/pipeline?call={other.id}")
    _head, *found = rows(carla.get("/pipeline/file"))
    assert {(row[4], row[9]) for row in found} == {("Internships", said), ("Another call", "")}


def test_query_count_does_not_grow_with_rows(scene, carla, write, count_queries):
    def visit() -> int:
        with count_queries() as statements:
            assert len(rows(carla.get("/pipeline/file"))) > 1
        return len(statements)

    def add():
        with write():
            unit = factories.unit(scene.home)
            student = factories.student(scene.home, profile={"unit_id": unit.id})
            made = factories.application(student, factories.call(), scene.offers)
            made.assigned_to_id = scene.coordinator.id

    add()
    before = visit()
    add()
    add()
    assert visit() == before


def test_a_long_list_takes_no_more_memory():
    def peak(count: int) -> int:
        with tempfile.TemporaryFile() as out:
            tracemalloc.start()
            try:
                made = ([f"Name {n}", "x" * 200, n] for n in range(count))
                assert write_workbook(out, ["a", "b", "c"], made) == count
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert peak(6000) < 1.5 * peak(1000)
