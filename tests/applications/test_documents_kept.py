"""When documents may be handed in, what an error elsewhere never loses, and the submission."""

import threading
from datetime import timedelta
from io import BytesIO

import pytest

from mobility import clock
from mobility.applications import handing, services, storage
from mobility.applications.models import (
    Application,
    ApplicationStatus,
    DocumentKind,
    DocumentStatus,
)
from mobility.db import after_rollback, db, transaction
from mobility.errors import Conflict

from .. import factories
from ..clients import words
from . import files
from .test_documents import address, begun, rows, sent, student

__all__ = ["address", "begun", "student"]
S, K = ApplicationStatus, DocumentKind


def hand_in(application, actor, data=files.PDF):
    class Upload(BytesIO):
        filename = "a.pdf"

    return handing.hand_in(application, {K.TRANSCRIPT: Upload(data)}, actor)


OPEN = {S.DRAFT, S.SUBMITTED, S.RETURNED, S.WITHDRAWN}


@pytest.mark.parametrize("status", list(S), ids=lambda s: s.value)
@pytest.mark.parametrize("when", ["open", "mending", "over"])
def test_documents_are_taken_while_something_can_be_changed(scene, write, status, when):
    with write():
        factories.asked(scene.call)
        application = factories.application(
            scene.student, scene.call, scene.offers[:1], status=status
        )
        moment = {
            "open": clock.now(),
            "mending": scene.call.closes_at,
            "over": scene.call.mending_until,
        }[when]
    with clock.at(moment):
        outcome = hand_in(application, scene.student)
    taken = status in OPEN if when == "open" else when == "mending" and status is S.RETURNED
    assert (outcome.kept == [K.TRANSCRIPT], bool(outcome.in_the_way)) == (taken, not taken)
    assert len(rows()) == taken


def test_frozen_applications_take_nothing(scene, begun, write, student, address):
    with write():
        begun.locked_at = clock.now()
    response = student.post(address, sent(transcript=files.PDF))
    assert response.status_code == 409
    assert "frozen" in response.text
    assert rows() == []


def test_after_the_deadline_the_page_shows_but_takes_nothing(scene, begun, student, address):
    with clock.at(scene.call.closes_at):
        page = student.get(address)
    assert page.status_code == 200
    assert 'type="file"' not in page.text
    assert "The call closed on" in page.text


def test_approved_applications_keep_the_documents_they_were_approved_with(
    scene, student, write, visitor
):
    with write():
        factories.asked(scene.call)
        approved = factories.application(
            scene.student, scene.call, scene.offers[:1], status=S.APPROVED
        )
    response = student.post(f"/applications/{approved.id}/documents", sent(transcript=files.PDF))
    assert response.status_code == 409
    assert "is approved with these documents" in words(response.text)


# --- What is never lost, and what never stays -----------------------------------------------------


def test_no_transaction_is_held_while_a_file_is_read(scene, begun, student, address, monkeypatch):
    seen = []
    look = handing.content_of

    def watched(data, name):
        seen.append((db.session().in_transaction(), db.engine.pool.checkedout()))
        return look(data, name)

    monkeypatch.setattr("mobility.applications.handing.content_of", watched)
    db.session.rollback()
    assert student.post(address, sent(transcript=files.PDF, cv=files.PDF)).status_code == 303
    assert seen == [(False, 0), (False, 0)]


def test_a_failing_transaction_takes_its_file_along_and_no_other(
    scene, begun, student, address, monkeypatch
):
    keep = services.keep_document

    def fails_for_cv(application, kind, *rest, **values):
        kept = keep(application, kind, *rest, **values)
        if kind is K.CV:
            raise ZeroDivisionError
        return kept

    monkeypatch.setattr("mobility.applications.services.keep_document", fails_for_cv)
    before = set(storage.names())
    with pytest.raises(ZeroDivisionError):
        student.post(address, sent(transcript=files.PDF, cv=files.pdf(b"cv")))
    [document] = rows()
    assert document.kind is K.TRANSCRIPT
    assert set(storage.names()) - before == {document.stored_as}


def test_after_rollback_runs_only_for_failures_and_last_first(app):
    done = []
    with transaction():
        after_rollback(lambda: done.append("never"))
    with pytest.raises(Conflict), transaction():
        after_rollback(lambda: done.append("first"))
        after_rollback(lambda: done.append("last"))
        raise Conflict("")
    assert done == ["last", "first"]
    with pytest.raises(Conflict), transaction():
        raise Conflict("")
    assert done == ["last", "first"]


def test_a_savepoint_that_fails_undoes_no_file(app):
    done = []
    with transaction():
        after_rollback(lambda: done.append("undone"))
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            _ = 1 / 0
    assert done == []


def test_concurrent_replacing_loses_neither(scene, begun, visitor, address):
    browsers = [visitor(scene.student) for _ in range(3)]
    db.session.rollback()
    barrier, answers = threading.Barrier(len(browsers)), []

    def upload(number, browser):
        barrier.wait(timeout=10)
        response = browser.post(address, sent(transcript=files.pdf(b"%d" % number)))
        answers.append(response.status_code)

    threads = [threading.Thread(target=upload, args=pair) for pair in enumerate(browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 3
    documents = rows()
    assert [(d.number, d.is_current) for d in documents] == [(1, False), (2, False), (3, True)]
    stored = {storage.path_of(d.stored_as).read_bytes() for d in documents}
    assert stored == {files.pdf(b"%d" % number) for number in range(3)}


# --- Submission -----------------------------------------------------------------------------------


def ranking(begun):
    return {"action": "submit", f"choices-{begun.draft_choices[0]['offer']}": "1"}


def test_submission_without_required_documents_says_which_and_keeps_the_draft(
    begun, student, address
):
    fields = ranking(begun)
    response = student.post(f"/applications/{begun.id}/choices", fields)
    assert response.status_code == 422
    said = (
        "This call requires documents that are lacking: transcript of records (not uploaded); "
        "language certificate (not uploaded)."
    )
    assert f'href="#documents">Documents: {said}' in response.text
    assert words(response.text).count(said) == 2
    student.post(address, sent(transcript=files.PDF, language=files.PDF))
    response = student.post(f"/applications/{begun.id}/choices", fields)
    assert "language certificate (without its language and level)" in words(response.text)
    student.post(address, sent(certified_language="en", certified_level="B2"))
    response = student.post(f"/applications/{begun.id}/choices", fields)
    assert (response.status_code, response.location) == (303, f"/applications/{begun.id}")
    assert "waits for its check" in student.read(f"/applications/{begun.id}")


def test_a_rejected_document_does_not_keep_from_changing_choices(scene, begun, write, wish):
    with write():
        factories.document(begun, status=DocumentStatus.REJECTED)
        factories.document(begun, K.LANGUAGE)
    with write():
        services.submit_application(begun, wish(scene.offers[0]), scene.student)
    assert db.session.get_one(Application, begun.id).status is S.SUBMITTED


def test_the_first_page_says_what_a_submission_lacks(scene, student, write, count_queries):
    def visit() -> int:
        with count_queries() as statements:
            assert student.get("/").status_code == 200
        return len(statements)

    def add():
        call = factories.call()
        factories.asked(call)
        return factories.application(scene.student, call, scene.offers[:1])

    with write():
        one = add()
    before = visit()
    page = student.read("/")
    assert "Complete your documents in “Internships”" in page
    assert "transcript of records (not uploaded)" in page
    assert f'href="/applications/{one.id}/documents"' in student.get("/").text
    with write():
        add()
        add()
    assert visit() == before


def test_documents_are_replaced_while_returned_after_the_deadline(scene, write, student):
    with write():
        factories.asked(scene.call)
        returned = factories.application(
            scene.student, scene.call, scene.offers[:1], status=S.RETURNED
        )
        factories.document(returned, status=DocumentStatus.REJECTED)
        later = scene.call.closes_at + timedelta(hours=1)
    address = f"/applications/{returned.id}/documents"
    with clock.at(later):
        assert "To be mended" in student.read(address)
        assert student.post(address, sent(transcript=files.pdf(b"2"))).status_code == 303
        fields = {"action": "submit", f"choices-{scene.offers[0].id}": "1"}
        assert student.post(f"/applications/{returned.id}/choices", fields).status_code == 303
    assert [document.number for document in rows()] == [1, 2]
    assert db.session.get_one(Application, returned.id).status is S.SUBMITTED


def test_leaving_the_ranking_page_for_the_documents_saves_the_draft(scene, begun, student):
    a, b, c = scene.offers
    fields = {f"choices-{c.id}": "1", f"motivation-{c.id}": "Because.", "action": "documents"}
    response = student.post(f"/applications/{begun.id}/choices", fields)
    assert response.location == f"/applications/{begun.id}/documents"
    db.session.rollback()
    assert db.session.get_one(Application, begun.id).draft_choices == [
        {"offer": c.id, "motivation": "Because."}
    ]
    doubled = {f"choices-{a.id}": "1", f"choices-{b.id}": "1", "action": "documents"}
    response = student.post(f"/applications/{begun.id}/choices", doubled)
    assert response.location == f"/applications/{begun.id}/documents"
    db.session.expire_all()
    kept = db.session.get_one(Application, begun.id).draft_choices
    assert [wish["offer"] for wish in kept] == [a.id, b.id]
