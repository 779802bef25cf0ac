"""What was decided or given on is undone by who did it, within a day, if nothing followed."""

import re
from datetime import timedelta

import pytest

from mobility import audit, clock
from mobility.applications import services
from mobility.applications.models import Application, ApplicationStatus
from mobility.db import db

from .. import factories
from ..clients import words
from .test_bulk_pages import rows_of
from .test_pipeline_pages import get

S = ApplicationStatus


def batch_on(page: str) -> str:
    return re.search(r'name="batch" value="(\w+)"', page)[1]


@pytest.fixture
def decided(scene, write):
    """`decided(action)` is an application that Carla has just decided, and the batch."""

    def decide(action: str, by=None) -> tuple[Application, str]:
        by, batch = by or scene.coordinator, services.new_batch()
        with write():
            made = factories.application(
                factories.student(scene.home), scene.call, scene.offers[:1], score=70
            )
            if action == "approve":
                services.approve_application(made, by, batch=batch)
            elif action == "return":
                services.return_application(made, "Sign it.", by, batch=batch)
            elif action == "reject":
                services.reject_application(made, "Too late.", by, batch=batch)
            else:
                services.assign_application(made, scene.colleague, by, batch=batch)
        return made, batch

    return decide


@pytest.mark.parametrize(
    ("action", "wrote"),
    [
        ("approve", "was approved. That was a mistake"),
        ("return", "was returned to you. That was a mistake"),
        ("reject", "was not approved. That was a mistake"),
    ],
)
def test_a_decision_is_undone_with_a_letter_that_corrects(carla, decided, mailbox, action, wrote):
    made, batch = decided(action)
    assert "Undo" in carla.read(f"/pipeline/{made.id}/review")
    answer = carla.post("/pipeline/undo", {"batch": batch, "application": made.id})
    assert (answer.status_code, answer.location) == (303, f"/pipeline/{made.id}/review")
    now = get(made.id)
    assert (now.status, now.note) == (S.SUBMITTED, "")
    correction = mailbox()[-1]
    assert correction.subject == "Correction: your application in “Internships”"
    assert wrote in " ".join(correction.text.split())
    assert "“submitted”" in correction.text
    event = audit.history(now)[-1]
    assert (event.action, event.details) == ("application.undo", {"undone": action})
    assert "undone; the present state is “submitted”" in carla.read("/pipeline")
    again = carla.post("/pipeline/undo", {"batch": batch})
    assert again.status_code == 409
    assert "This is undone already." in words(again.text)


def test_a_rejection_of_what_was_returned_goes_back_to_that(scene, carla, write, mailbox):
    with write():
        made = factories.application(
            scene.student, scene.call, scene.offers[:1], status=S.RETURNED, note="Sign it."
        )
    carla.post(f"/pipeline/{made.id}/reject", {"reject-text": "No."})
    batch = batch_on(carla.get("/pipeline").text)
    assert carla.post("/pipeline/undo", {"batch": batch}).status_code == 303
    now = get(made.id)
    assert (now.status, now.note) == (S.RETURNED, "Sign it.")
    assert "Mend it and submit it again." in mailbox()[-1].text


def test_what_was_given_on_goes_back_and_the_colleague_is_told(scene, carla, scored, mailbox):
    page = carla.post("/pipeline/bulk", {"action": "assign", "chosen": [a.id for a in scored]})
    form = {"action": "assign", "row": rows_of(page.text), "colleague": scene.colleague.id}
    carla.post("/pipeline/bulk", form)
    batch = batch_on(carla.get("/pipeline").text)
    assert carla.post("/pipeline/undo", {"batch": batch}).location == "/pipeline"
    assert {get(a.id).assigned_to_id for a in scored} == {None}
    assert "Undone for 3 applications." in carla.read("/pipeline")
    assert [(mail.recipient, mail.subject) for mail in mailbox()] == [
        (scene.colleague.email, "3 applications are given to you"),
        (scene.colleague.email, "Correction: 3 applications are no longer given to you"),
    ]


def test_many_are_undone_but_for_what_changed_since(scene, carla, scored, write, mailbox):
    ids = [a.id for a in scored]
    page = carla.post("/pipeline/bulk", {"action": "reject", "chosen": ids, "status": "submitted"})
    form = {"action": "reject", "row": rows_of(page.text), "text": "No.", "status": "submitted"}
    done = carla.post("/pipeline/bulk", form)
    page = carla.get(done.location).text
    batch = batch_on(page)
    assert 'name="status" value="submitted"' in page.split('class="undo"')[1].split("</form>")[0]
    with write():
        changed = db.session.get_one(Application, ids[1])
        services.reopen_application(changed, "Look again", scene.colleague)
    answer = carla.post("/pipeline/undo", {"batch": batch, "status": "submitted"})
    assert answer.status_code == 409
    told = words(answer.text)
    assert "Undone for 2 applications. 1 was left as it is:" in told
    assert "Student 1 : Something else happened to it since." in told.replace("1:", "1 :")
    assert "The present state is “submitted”." in told
    assert [len(audit.history(get(one))) for one in ids] == [2, 2, 2]
    assert {get(one).status for one in ids} == {S.SUBMITTED}
    assert [mail.subject.partition(":")[0] for mail in mailbox()] == [
        *["Not approved"] * 3, "Checked again", "Correction", "Correction",
    ]  # fmt: skip


@pytest.mark.parametrize("action", ["approve", "return", "reject", "assign"])
def test_nobody_else_undoes_it(scene, visitor, decided, action):
    made, batch = decided(action)
    status = get(made.id).status
    for person in (scene.colleague, scene.admin, scene.receiver, scene.other_unit):
        other = visitor(person)
        assert other.post("/pipeline/undo", {"batch": batch}).status_code == 404
    assert "Undo" not in visitor(scene.colleague).read(f"/pipeline/{made.id}/review")
    assert get(made.id).status is status


def test_after_a_day_or_once_frozen_it_stands(scene, carla, decided, write):
    late, batch = decided("approve")
    frozen, frozen_batch = decided("approve")
    with clock.at(clock.now() + timedelta(hours=24)):
        assert "Undo" not in carla.read(f"/pipeline/{late.id}/review").replace("Undone", "")
        answer = carla.post("/pipeline/undo", {"batch": batch})
        assert answer.status_code == 409
        assert "More than a day has passed." in words(answer.text)
    with write():
        db.session.get_one(Application, frozen.id).locked_at = clock.now()
    answer = carla.post("/pipeline/undo", {"batch": frozen_batch})
    assert "The round has frozen the applications" in words(answer.text)
    assert {get(one.id).status for one in (late, frozen)} == {S.APPROVED}


def test_who_no_longer_coordinates_undoes_nothing(scene, carla, decided, write):
    made, batch = decided("approve")
    with write():
        for grant in list(db.session.get_one(factories.User, scene.coordinator.id).grants):
            db.session.delete(grant)
    assert carla.post("/pipeline/undo", {"batch": batch}).status_code == 403
    assert get(made.id).status is S.APPROVED


def test_the_message_escapes_names(scene, carla, write):
    with write():
        person = factories.student(scene.home, name="<b>Bobby</b>")
        made = factories.application(person, scene.call, scene.offers[:1], score=70)
    carla.post(f"/pipeline/{made.id}/approve", {"approve-version": "1"})
    page = carla.get("/pipeline").text
    assert "&lt;b&gt;Bobby&lt;/b&gt;: approved." in page
    assert "<b>Bobby" not in page
