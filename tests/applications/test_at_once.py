"""Two requests at the same moment, in threads of their own, on the real database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from mobility.applications.models import Application, ApplicationStatus, Choice
from mobility.applications.services import score_application
from mobility.audit import AuditEvent
from mobility.db import db

from .. import factories

S = ApplicationStatus


@pytest.fixture
def together():
    """Do each of the deeds in a thread, all set off at one moment; what each answered."""

    def run(*deeds) -> list[int]:
        barrier = Barrier(len(deeds))

        def start(deed) -> int:
            barrier.wait(timeout=10)
            return deed().status_code

        with ThreadPoolExecutor(len(deeds)) as pool:
            return sorted(pool.map(start, deeds))

    return run


def get(application_id: int) -> Application:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Application, application_id)


def deeds(action: str) -> int:
    return db.session.scalar(
        select(func.count(AuditEvent.id)).where(AuditEvent.action == f"application.{action}")
    )


@pytest.mark.parametrize("attempt", range(3))
def test_two_coordinators_approve_at_once_and_one_is_told(
    scene, visitor, write, together, mailbox, attempt
):
    with write():
        application = factories.application(scene.student, scene.call, scene.offers[:1])
        score_application(application, 70, scene.coordinator)
    form = {"approve-version": str(get(application.id).version)}
    address = f"/pipeline/{application.id}/approve"
    carla, dana = visitor(scene.coordinator), visitor(scene.colleague)
    db.session.rollback()
    answers = together(lambda: carla.post(address, form), lambda: dana.post(address, form))
    assert answers == [303, 409]
    assert get(application.id).status is S.APPROVED
    assert deeds("approve") == 1
    assert len(mailbox()) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_a_double_click_starts_and_submits_once(scene, visitor, together, mailbox, attempt):
    browsers = [visitor(scene.student), visitor(scene.student)]
    address, fields = (
        f"/calls/{scene.call.id}/apply",
        {"action": "submit", f"choices-{scene.offers[0].id}": "1"},
    )
    db.session.rollback()
    start = [lambda b=b: b.post(address) for b in browsers]
    assert together(*start) == [303, 303]
    db.session.rollback()
    assert db.session.scalar(select(func.count(Application.id))) == 1
    db.session.rollback()
    submit = [lambda b=b: b.post("/applications/1/choices", fields) for b in browsers]
    assert together(*submit) == [303, 303]
    assert get(1).status is S.SUBMITTED
    assert db.session.scalar(select(func.count(Choice.id))) == 1
    assert deeds("submit") == 1
    assert len(mailbox()) == 1
