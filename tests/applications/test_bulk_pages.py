"""What a coordinator decides for many applications at once."""

import re

import pytest
from sqlalchemy import update

from mobility.applications.models import Application, ApplicationStatus
from mobility.applications.services import score_application
from mobility.db import db

from ..clients import words

S = ApplicationStatus


def get(application_id: int) -> Application:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Application, application_id)


def rows_of(page: str) -> list[str]:
    return re.findall(r'name="row" value="([^"]+)"', page)


def test_bulk_previews_who_can_and_who_cannot(carla, scored):
    page = carla.post("/pipeline/bulk", {"action": "approve", "chosen": [a.id for a in scored]})
    assert page.status_code == 200
    assert rows_of(page.text) == [f"{a.id}:1" for a in scored[:2]]
    assert "<h1>Approve 2 applications</h1>" in page.text
    assert "Student 2 submitted It has no score yet; score it first." in words(page.text)
    assert {get(a.id).status for a in scored} == {S.SUBMITTED}


def test_bulk_approves_and_reports_what_changed_meanwhile(scene, carla, scored, write, mailbox):
    page = carla.post("/pipeline/bulk", {"action": "approve", "chosen": [a.id for a in scored]})
    with write():
        score_application(scored[1], 85, scene.colleague)
    done = carla.post("/pipeline/bulk", {"action": "approve", "row": rows_of(page.text)})
    assert done.status_code == 409
    told = words(done.text)
    assert "Done for 1 application. 1 was left as it is:" in told
    assert "Student 1: This application was changed" in told
    assert [get(a.id).status for a in scored] == [S.APPROVED, S.SUBMITTED, S.SUBMITTED]
    again = carla.post("/pipeline/bulk", {"action": "approve", "row": rows_of(done.text)})
    assert again.status_code == 303
    assert get(scored[1].id).status is S.APPROVED
    assert len(mailbox()) == 2


@pytest.mark.parametrize(("action", "status"), [("return", S.RETURNED), ("reject", S.REJECTED)])
def test_bulk_words_go_to_everybody(carla, scored, mailbox, action, status):
    page = carla.post("/pipeline/bulk", {"action": action, "chosen": [a.id for a in scored]})
    assert "(optional)" not in page.text
    rows = rows_of(page.text)
    refused = carla.post("/pipeline/bulk", {"action": action, "row": rows, "text": " "})
    assert refused.status_code == 422
    assert 'id="text-error"' in refused.text
    assert words(refused.text).count("Say it in words; every applicant will read it.") == 2
    sent = carla.post("/pipeline/bulk", {"action": action, "row": rows, "text": "All of you."})
    assert sent.status_code == 303
    assert {(get(a.id).status, get(a.id).note) for a in scored} == {(status, "All of you.")}
    assert len(mailbox()) == 3


def test_bulk_sheet_saves_scores_and_keeps_what_is_wrong(carla, scored):
    page = carla.post("/pipeline/bulk", {"action": "score", "chosen": [a.id for a in scored]})
    first, second, third = scored
    sheet = {
        "action": "score",
        "row": rows_of(page.text),
        f"score-{first.id}-score": "70",
        f"score-{second.id}-score": "181",
        f"score-{second.id}-comment": "Typed",
        f"score-{third.id}-score": "90,25",
    }
    answer = carla.post("/pipeline/bulk", sheet)
    assert answer.status_code == 409
    assert [get(a.id).score for a in scored] == [70, 80, 90.25]
    assert 'value="181"' in answer.text
    assert "Typed</textarea>" in answer.text
    assert "Student 1: A score is a number from 0 to 100." in words(answer.text)


@pytest.mark.parametrize("typed", ["-4", "101", "many", "nan", "sNaN", "1.234"])
def test_bulk_sheet_marks_each_row_that_is_wrong_and_keeps_their_order(carla, scored, write, typed):
    with write():
        for key, one in zip("CAB", scored, strict=True):
            named = update(Application).where(Application.id == one.id)
            db.session.execute(named.values(order_key=key))
    page = carla.post("/pipeline/bulk", {"action": "score", "chosen": [a.id for a in scored]})
    rows = rows_of(page.text)
    assert [int(row.partition(":")[0]) for row in rows] == [scored[n].id for n in (1, 2, 0)]
    sheet = {f"score-{one.id}-score": typed for one in scored}
    answer = carla.post("/pipeline/bulk", {"action": "score", "row": rows, **sheet})
    assert answer.status_code == 409
    assert rows_of(answer.text) == rows
    marked = re.findall(r'value="([^"]*)">\s*<p class="field-error">', answer.text)
    assert marked == [typed] * 3


def test_bulk_takes_all_that_match_and_nothing_out_of_scope(scene, carla, visitor, scored, one):
    page = carla.post("/pipeline/bulk", {"action": "return", "everything": "1", "q": "student"})
    assert len(rows_of(page.text)) == 3
    elsewhere = visitor(scene.other_unit)
    ids = [a.id for a in scored]
    assert elsewhere.post("/pipeline/bulk", {"action": "reject", "chosen": ids}).status_code == 303
    rows = [f"{a.id}:1" for a in scored]
    forced = elsewhere.post("/pipeline/bulk", {"action": "reject", "row": rows, "text": "x"})
    assert forced.status_code == 303
    assert {get(a.id).status for a in scored} == {S.SUBMITTED}


def test_bulk_without_selection_says_so(carla, scored):
    page = carla.post("/pipeline/bulk", {"action": "approve"}, follow_redirects=True)
    assert "Select at least one application first." in words(page.text)
    assert carla.post("/pipeline/bulk", {"action": "burn"}).status_code == 422
