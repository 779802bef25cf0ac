"""A student and a teacher find together: asked, agreed, sent, left."""

from datetime import timedelta

import pytest

from mobility import clock
from mobility.agreements.models import Direction
from mobility.applications.models import Application, ApplicationStatus
from mobility.applications.services import (
    ChoicesRefused,
    agree_as_partner,
    ask_partner,
    part_from_team,
    start_application,
    submit_application,
    withdraw_application,
)
from mobility.db import db, transaction
from mobility.errors import Conflict, Invalid
from mobility.offers.models import VacatedSeats

from .. import factories


class Pair:
    """A student of SUSU, a teacher, and a call of joint research with two places."""

    def __init__(self):
        self.home, host = factories.institution("susu.ru"), factories.institution("kaznpu.kz")
        self.condition = factories.condition(self.home, host, direction=Direction.RESEARCH)
        self.call = factories.call(
            direction=Direction.RESEARCH,
            teams=True,
            vacated=VacatedSeats.NONE,
            vacated_until=None,
            appeal_days=0,
        )
        self.offers = [
            factories.offer(self.call, self.condition, staff_seats=1),
            factories.offer(self.call, self.condition, staff_seats=1, language="ru", cefr="B1"),
        ]
        self.student = factories.student(self.home, name="Alma", skills={"en": "B2", "ru": "C1"})
        self.teacher = factories.teacher(self.home, name="Viktor")


@pytest.fixture
def pair(app):
    with transaction():
        made = Pair()
        made.application = start_application(made.call, made.student)
    return made


def wish(*offers):
    return [{"offer": offer.id, "motivation": ""} for offer in offers]


def test_team_is_asked_agrees_and_is_sent(pair, write, mailbox):
    with write():
        ask_partner(pair.application, pair.teacher.email, pair.student)
    with write(), pytest.raises(Conflict, match="Viktor has not agreed yet"):
        submit_application(pair.application, wish(pair.offers[0]), pair.student)
    with write():
        agree_as_partner(pair.application, pair.teacher)
        submit_application(pair.application, wish(pair.offers[0]), pair.student)
    told = [(mail.recipient, mail.subject) for mail in mailbox()]
    assert told == [
        (pair.teacher.email, "Alma asks you to apply as a team"),
        (pair.student.email, "Your team in “Internships”"),
        (pair.student.email, "Received: your application in “Internships”"),
    ]


def test_both_have_to_be_eligible_and_the_reason_has_a_name(pair, write):
    with write():
        ask_partner(pair.application, pair.teacher.email, pair.student)
        agree_as_partner(pair.application, pair.teacher)
    with write(), pytest.raises(ChoicesRefused) as refused:
        submit_application(pair.application, wish(*pair.offers), pair.student)
    assert refused.value.rows == {
        pair.offers[1].id: ["Viktor: Russian at B1 or better; your profile does not name it."]
    }


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("nobody@susu.ru", "Nobody else at your university has this address."),
        ("stranger", "Nobody else at your university has this address."),
        ("self", "Nobody else at your university has this address."),
        ("student", "is not registered as teacher or staff"),
        ("without profile", "has no profile yet"),
        ("busy", "takes part in this call already"),
    ],
)
def test_whoever_cannot_be_the_partner_is_refused_at_the_field(pair, write, who, told):
    with write():
        people = {
            "stranger": factories.teacher(factories.institution()),
            "self": pair.student,
            "student": factories.student(pair.home),
            "without profile": factories.teacher(pair.home),
            "busy": factories.teacher(pair.home),
        }
        people["without profile"].profile = None
        factories.application(people["busy"], pair.call, pair.offers[:1], applies_as="staff")
        email = people[who].email if who in people else who
        with pytest.raises(Invalid, match=told) as refused:
            ask_partner(pair.application, email, pair.student)
    assert refused.value.field == "email"


def test_either_takes_the_team_apart_until_it_is_sent(pair, write, mailbox):
    with write():
        ask_partner(pair.application, pair.teacher.email, pair.student)
        part_from_team(pair.application, pair.teacher)
        assert pair.application.partner is None
        ask_partner(pair.application, pair.teacher.email, pair.student)
        agree_as_partner(pair.application, pair.teacher)
        submit_application(pair.application, wish(pair.offers[0]), pair.student)
    with write(), pytest.raises(Conflict, match="Withdraw it first"):
        part_from_team(pair.application, pair.teacher)
    with write():
        withdraw_application(pair.application, pair.student)
        part_from_team(pair.application, pair.student)
    with write():
        assert db.session.get_one(Application, pair.application.id).partner_id is None
    assert mailbox()[-1].recipient == pair.teacher.email


def test_nobody_takes_part_twice(pair, write):
    with write():
        ask_partner(pair.application, pair.teacher.email, pair.student)
        agree_as_partner(pair.application, pair.teacher)
        own = start_application(pair.call, pair.teacher)
    with write(), pytest.raises(Conflict, match="in the team of somebody else"):
        submit_application(own, wish(pair.offers[0]), pair.teacher)
    with write():
        other = start_application(pair.call, factories.student(pair.home))
        with pytest.raises(Invalid, match="Viktor takes part in this call already"):
            ask_partner(other, pair.teacher.email, other.applicant)


def test_calls_without_teams_and_closed_calls_take_none(pair, write):
    with write():
        pair.call.teams = False
    with write(), pytest.raises(Conflict, match="takes no teams"):
        ask_partner(pair.application, pair.teacher.email, pair.student)
    with write():
        pair.call.teams, pair.call.closes_at = True, clock.now() - timedelta(hours=1)
    with write(), pytest.raises(Conflict, match="not open"):
        ask_partner(pair.application, pair.teacher.email, pair.student)


def test_pages_lead_both_through(pair, visitor, write):
    student, teacher = visitor(pair.student), visitor(pair.teacher)
    address = f"/applications/{pair.application.id}"
    assert "Apply as a team" in student.read(address)
    refused = student.post(f"{address}/team", {"email": "nobody@susu.ru"})
    assert refused.status_code == 422
    assert "Nobody else at your university" in refused.text
    assert student.post(f"{address}/team", {"email": pair.teacher.email}).status_code == 303
    assert "You asked Viktor, who has not answered yet." in student.read(address)
    assert "Alma asks you to apply as a team" in teacher.read("/")
    assert "Agree" in teacher.read(address)
    assert teacher.post(f"{address}/partner/agree").status_code == 303
    assert "In the team of somebody else" in teacher.read("/applications")
    assert "You apply together with Viktor." in student.read(address)
    assert student.post(f"{address}/team/leave").status_code == 303
    assert teacher.get(address).status_code == 404
    with write():
        assert pair.application.status is ApplicationStatus.DRAFT
