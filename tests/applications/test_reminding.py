"""Reminders by hand: who gets which words, who is left out and why, once a day."""

import re
from datetime import timedelta

import pytest

from mobility import audit, clock
from mobility.accounts.models import UserStatus
from mobility.applications import services
from mobility.applications.models import Application, ApplicationStatus
from mobility.db import db
from mobility.errors import Conflict

from .. import factories
from ..clients import words
from .test_pipeline_pages import get

S = ApplicationStatus


@pytest.fixture
def late(scene, write):
    """A draft in an open call, one in Russian, and a returned application."""
    with write():
        people = [
            factories.student(scene.home, name=name, language=language)
            for name, language in (("Ann", "en"), ("Bella", "ru"), ("Cyrus", "en"), ("Dora", "en"))
        ]
        statuses = (S.DRAFT, S.DRAFT, S.RETURNED, S.DRAFT)
        made = [
            factories.application(person, scene.call, scene.offers[:1], status=status)
            for person, status in zip(people, statuses, strict=True)
        ]
        made[2].note = "Sign it."
    return made


def boxes(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'name="chosen" value="(\d+)" checked', page)]


def test_preview_says_who_gets_which_words_and_who_is_left_out(scene, carla, late, many, write):
    with write():
        subject = db.session.get_one(Application, late[3].id)
        subject.applicant.status = UserStatus.DISABLED
        closed = factories.call(
            title_en="Past",
            opens_at=clock.now() - timedelta(days=9),
            closes_at=clock.now() - timedelta(days=3),
            mending_until=clock.now() - timedelta(days=1),
        )
        factories.application(
            factories.student(scene.home, name="Ended"), closed, scene.offers[:1], status=S.RETURNED
        )
        factories.application(
            factories.student(scene.home, name="Never"), closed, scene.offers[:1], status=S.DRAFT
        )
    page = carla.get("/pipeline/remind").text
    told = words(page)
    assert "2 people get these words (English)" in told  # Ann, and the draft of `many`
    assert "Not submitted yet: your application in “Internships”" in told
    assert "was returned to you with this note: Sign it." in told
    assert "Координатор напоминает: вы начали заявку" in told
    assert "Dora draft The account of this person is switched off." in told
    assert "Ended returned for mending The time for mending ended on" in told
    assert "Never" not in told
    assert set(boxes(page)) == {late[0].id, late[1].id, late[2].id, many[S.DRAFT].id,
                                many[S.RETURNED].id}  # fmt: skip


def test_reminders_go_out_once_a_day_and_are_on_record(scene, carla, late, mailbox):
    ids = [one.id for one in late[:3]]
    version = get(ids[2]).version
    assert carla.post("/pipeline/remind", {"chosen": ids}).status_code == 303
    assert [(mail.recipient, mail.subject) for mail in mailbox()] == [
        (late[0].applicant.email, "Not submitted yet: your application in “Internships”"),
        (late[1].applicant.email, "Ещё не подана: ваша заявка в конкурсе «Internships»"),
        (late[2].applicant.email, "Please mend your application in “Internships”"),
    ]
    again = carla.post("/pipeline/remind", {"chosen": ids})
    assert again.status_code == 409
    assert words(again.text).count("once a day is enough") == 6  # what was skipped, and left out
    assert len(mailbox()) == 3
    [event] = audit.history(get(late[0].id))
    assert (event.action, event.actor_id) == ("application.remind", scene.coordinator.id)
    assert get(late[2].id).version == version  # who has it open is not disturbed
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert carla.post("/pipeline/remind", {"chosen": ids}).status_code == 303
    assert len(mailbox()) == 6


def test_a_reminder_looks_again_at_how_things_stand(scene, late, many, write):
    with write():
        for status in set(S) - {S.DRAFT, S.RETURNED}:
            with pytest.raises(Conflict, match=str(status.label)):
                services.remind_application(many[status], scene.coordinator)
        late[2].locked_at = clock.now()
        db.session.flush()
        with pytest.raises(Conflict, match="frozen"):
            services.remind_application(late[2], scene.coordinator)
    with clock.at(scene.call.closes_at + timedelta(hours=1)), write():
        begun = db.session.get_one(Application, late[0].id)
        assert services.why_not_reminded(begun) == "The call is not open."


def test_nobody_is_reminded_out_of_scope_or_by_their_name(scene, carla, visitor, late, mailbox):
    elsewhere = visitor(scene.other_unit)
    ids = [one.id for one in late]
    assert boxes(elsewhere.get("/pipeline/remind").text) == []
    assert elsewhere.post("/pipeline/remind", {"chosen": ids}).status_code == 422
    assert boxes(carla.get("/pipeline/remind?q=Ann").text) == []
    assert boxes(carla.get("/pipeline/remind?q=Cyrus").text) == [late[2].id]
    assert boxes(carla.get("/pipeline/remind?direction=courses").text) == []
    assert carla.post("/pipeline/remind", {"chosen": ["x", "9" * 12]}).status_code == 422
    assert mailbox() == []


def test_query_count_does_not_grow(scene, carla, write, count_queries):
    def visit() -> int:
        with count_queries() as statements:
            assert carla.get("/pipeline/remind").status_code == 200
        return len(statements)

    def add():
        with write():
            for status in (S.DRAFT, S.RETURNED):
                factories.application(
                    factories.student(scene.home), scene.call, scene.offers[:1], status=status
                )

    add()
    before = visit()
    add()
    add()
    assert visit() == before
