"""Credits that somebody wants of courses: asked, checked, kept, changed."""

import pytest

from mobility.agreements.models import Direction
from mobility.applications.models import Application
from mobility.applications.services import start_application
from mobility.db import db, transaction
from mobility.offers.models import VacatedSeats

from .. import factories


@pytest.fixture
def courses(app):
    with transaction():
        home, host = factories.institution("susu.ru"), factories.institution("kaznpu.kz")
        condition = factories.condition(home, host, direction=Direction.COURSES)
        call = factories.call(
            direction=Direction.COURSES,
            max_credits=20.0,
            vacated=VacatedSeats.NONE,
            vacated_until=None,
            appeal_days=0,
        )
        offer = factories.offer(call, condition, ects=5.0)
        return start_application(call, factories.student(home)), offer


def stored(application):
    application = db.session.get_one(Application, application.id)
    return application.credits_wanted, application.credits_most, application.draft_credits


def sent(offer, wanted, most):
    return {
        f"choices-{offer.id}": "1",
        "credits_wanted": wanted,
        "credits_most": most,
        "action": "submit",
    }


@pytest.mark.parametrize(
    ("wanted", "most", "field", "told"),
    [
        ("", "15", "credits_wanted", "Say how many credits you want, from 1 to 20."),
        ("21", "21", "credits_wanted", "Say how many credits you want, from 1 to 20."),
        ("15", "", "credits_most", "Say how many credits you take at most"),
        ("15", "10", "credits_most", "Say how many credits you take at most"),
        ("15", "25", "credits_most", "Say how many credits you take at most"),
        ("many", "15", "credits_wanted", "Give a number."),
    ],
)
def test_credits_that_cannot_be_are_refused_at_the_field_and_kept(
    courses, visitor, write, wanted, most, field, told
):
    application, offer = courses
    answer = visitor(application.applicant).post(
        f"/applications/{application.id}/choices", sent(offer, wanted, most)
    )
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert told in answer.text
    assert f'value="{wanted}"' in answer.text or not wanted
    with write():
        assert stored(application)[:2] == (None, None)


def test_credits_are_kept_with_the_submission_and_changed_as_a_draft(courses, visitor, write):
    application, offer = courses
    browser = visitor(application.applicant)
    address = f"/applications/{application.id}/choices"
    assert browser.post(address, sent(offer, "10", "12,5")).status_code == 303
    with write():
        assert stored(application) == (10.0, 12.5, {"wanted": 10.0, "most": 12.5})
        assert not db.session.get_one(Application, application.id).draft_differs
    shown = browser.read(f"/applications/{application.id}")
    assert "You want 10 ECTS credits and take at most 12.5." in shown
    changed = {"choices": [{"offer": offer.id}], "credits": {"wanted": "5", "most": "x"}}
    assert browser.post(address, json=changed).status_code == 200
    with write():
        assert stored(application) == (10.0, 12.5, {"wanted": 5.0, "most": None})
        assert db.session.get_one(Application, application.id).draft_differs


def test_calls_of_one_place_ask_for_no_credits(courses, visitor, write):
    application, offer = courses
    with write():
        call = db.session.get_one(Application, application.id).call
        call.max_credits = None
    browser = visitor(application.applicant)
    address = f"/applications/{application.id}/choices"
    assert "credits_wanted" not in browser.get(address).text
    answer = browser.post(address, {f"choices-{offer.id}": "1", "action": "submit"})
    assert answer.status_code == 303
    with write():
        assert stored(application) == (None, None, None)
