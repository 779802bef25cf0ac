"""Rounds that give several courses to one person: credits, timetables, and quotas of people."""

import json
import subprocess
import sys
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.agreements.models import Direction
from mobility.applications.models import ApplicationStatus
from mobility.db import db, transaction
from mobility.mail import Mail
from mobility.offers.models import VacatedSeats
from mobility.placements.models import Placement, PlacementStatus
from mobility.placements.queries import live_under, placements_of
from mobility.placements.services import (
    accept_all,
    decline_place,
    lapse_unanswered,
    remind_unanswered,
)
from mobility.rounds import queries, services
from mobility.rounds.checking import Refused, check_file
from mobility.rounds.files import enveloped, file_of
from mobility.rounds.snapshot import canonical
from mobility.rounds.words.courses import course_reasons

from .. import factories
from .scenes import finish

WEEK = {
    "A": [{"day": 1, "from": "10:00", "to": "11:30"}],
    "B": [{"day": 1, "from": "11:00", "to": "12:30"}],  # meets with A
    "C": [{"day": 2, "from": "10:00", "to": "11:30"}],
    "D": [{"day": 3, "from": "10:00", "to": "11:30"}],
    "E": [],
}


class Courses:
    """SUSU sends to Abai KazNPU: five courses of five credits, where A and B meet at one time."""

    def __init__(self, *, mobilities: int = 10, seats: int = 1) -> None:
        self.admin = factories.admin()
        self.home = factories.institution("susu.ru")
        self.host = factories.institution("kaznpu.kz")
        self.sender = factories.coordinator(self.home)
        self.condition = factories.condition(
            self.home, self.host, direction=Direction.COURSES, mobilities_per_year=mobilities
        )
        self.call = factories.call(
            closes_at=clock.now() - timedelta(days=1),
            direction=Direction.COURSES,
            max_choices=5,
            max_credits=20.0,
            vacated=VacatedSeats.NONE,
            vacated_until=None,
            appeal_days=0,
        )
        self.offers = {
            code: factories.offer(
                self.call,
                self.condition,
                code=code,
                title_en=f"Course {code}",
                seats=seats,
                ects=5.0,
                timetable=week,
            )
            for code, week in WEEK.items()
        }

    def person(self, name: str, score: float, codes: str, wanted: float, most: float):
        return factories.application(
            factories.student(self.home, name=name),
            self.call,
            [self.offers[code] for code in codes],
            status=ApplicationStatus.APPROVED,
            pseudonym=name.lower(),
            score=score,
            credits_wanted=wanted,
            credits_most=most,
        )


def courses(*people, **values) -> Courses:
    with transaction():
        made = Courses(**values)
        made.people = [made.person(*one) for one in people]
    return made


def published(at: Courses):
    with transaction():
        round_ = services.open_round(at.call, at.admin)
        services.freeze_round(round_, at.admin)
        run = services.request_run(round_, at.admin)
    finish(run)
    with transaction():
        services.publish_run(run, at.admin)
    return run


def codes_of(application) -> list[str]:
    rows = db.session.scalars(
        select(Placement).where(Placement.application_id == application.id).order_by(Placement.part)
    )
    return [placement.offer.code for placement in rows]


def test_a_student_gets_three_of_five_wished_without_clash_within_credits(app):
    at = courses(("Alma", 80, "ABCDE", 15, 15))
    run = published(at)
    with transaction(write=False):
        assert codes_of(at.people[0]) == ["A", "C", "D"]
        assert run.stats["placed"] == 1
        assert run.stats["profile"] == [1, 0, 1, 1, 0]
        assert run.certificate["feasible"]


def test_nobody_passes_the_credits_they_take_at_most(app):
    at = courses(("Alma", 80, "ACDE", 12, 14))
    published(at)
    with transaction(write=False):
        assert codes_of(at.people[0]) == ["A", "C"]


def test_credits_that_are_reached_bring_no_more(app):
    at = courses(("Alma", 80, "ACDE", 6, 20))
    published(at)
    with transaction(write=False):
        assert codes_of(at.people[0]) == ["A", "C"]


def test_the_sum_of_wishes_decides_not_who_picks_first(app):
    """Greedy picking by score would give Alma A and C and leave Bek with nothing he ranked."""
    at = courses(("Alma", 90, "AC", 5, 5), ("Bek", 50, "A", 5, 5), ("Vika", 60, "C", 5, 5))
    run = published(at)
    with transaction(write=False):
        given = {one.pseudonym: codes_of(one) for one in at.people}
        assert given == {"alma": ["A"], "bek": [], "vika": ["C"]}
        assert run.stats["reasons"] == {"all_full": 1}


def test_annual_quota_counts_people_and_not_courses(app):
    """Two mobilities a year: greedy picking, course by course, would let three people go."""
    at = courses(
        ("Alma", 90, "ACD", 15, 15),
        ("Bek", 80, "CDE", 15, 15),
        ("Vika", 70, "BE", 10, 10),
        mobilities=2,
        seats=3,
    )
    run = published(at)
    with transaction(write=False):
        given = {one.pseudonym: codes_of(one) for one in at.people}
        assert given == {"alma": ["A", "C", "D"], "bek": ["C", "D", "E"], "vika": []}
        year = at.call.academic_year
        assert live_under([at.condition.id], year) == {at.condition.id: 2}
        assert run.stats["placed"] == 2


def test_balance_counts_people_and_not_courses(app):
    """A tolerance of one: greedy picking, course by course, would send two people."""
    with transaction():
        made = Courses(seats=3)
        made.call.balance_tolerance = 1
        made.people = [made.person("Alma", 80, "ACD", 15, 15), made.person("Bek", 90, "C", 5, 5)]
    run = published(made)
    with transaction(write=False):
        given = {one.pseudonym: codes_of(one) for one in made.people}
        assert given == {"alma": ["A", "C", "D"], "bek": []}
        assert run.stats["balance_cost"] == 1
        assert run.stats["reasons"] == {"outweighed": 1}


def test_each_gets_one_letter_and_answers_each_course_or_all(app, mailbox):
    at = courses(("Alma", 80, "ACD", 15, 15), ("Bek", 70, "A", 5, 5))
    published(at)
    told = {mail.recipient: mail for mail in mailbox()}
    with transaction(write=False):
        alma, bek = (one.applicant.email for one in at.people)
        assert "You have 3 courses" in told[alma].subject
        assert "Course C" in told[alma].text
        assert "no place this time" in told[bek].subject
        assert db.session.query(Mail).filter_by(recipient=alma).count() == 1
    with transaction():
        assert accept_all(at.people[0], at.people[0].applicant) == 3
        assert accept_all(at.people[0], at.people[0].applicant) == 0
    with transaction(write=False):
        statuses = set(db.session.scalars(select(Placement.status)))
        assert statuses == {PlacementStatus.ACCEPTED}


def test_silence_for_several_courses_is_told_in_one_letter(app, mailbox):
    at = courses(("Alma", 80, "ACD", 15, 15), ("Bek", 70, "E", 5, 5))
    published(at)
    until = db.session.scalars(select(Placement.answer_until)).first()
    with transaction(write=False):
        alma, bek = (one.applicant.email for one in at.people)
    with transaction():
        decline_place(placements_of(at.people[0].applicant)[0], at.people[0].applicant)  # A
    sent = len(mailbox())
    for moment, act in ((until - timedelta(hours=1), remind_unanswered), (until, lapse_unanswered)):
        with clock.at(moment), transaction():
            act()
    told = mailbox()[sent:]
    assert [(mail.recipient, mail.subject) for mail in told] == [
        (alma, "Your answer is due: courses of “Internships”"),
        (bek, "Your answer is due: Course E"),
        (alma, "Your courses of “Internships” have lapsed"),
        (bek, "Your place at Course E has lapsed"),
    ]
    for mail in (told[0], told[2]):
        assert "2. Course C\n3. Course D" in mail.text
        assert "Course A" not in mail.text
        assert f"/applications/{at.people[0].id}" in mail.text


def test_each_choice_says_what_kept_it(app):
    at = courses(("Alma", 80, "ABCDE", 15, 15), ("Bek", 70, "AE", 5, 5))
    run = published(at)
    with transaction(write=False):
        row = queries.row_of(at.people[0])
        given = queries.courses_of(row)
        told = course_reasons(run, given, at.people[0].choices, 15)
        assert [reason.text for reason in told] == [
            "This course is yours.",
            "It meets at the same time as “Course A”, which you got.",
            "This course is yours.",
            "This course is yours.",
            "Its 1 seat went to somebody else.",
        ]


def test_page_shows_the_courses_the_week_and_accepts_all(app, visitor):
    at = courses(("Alma", 80, "ACD", 15, 15))
    published(at)
    browser = visitor(at.people[0].applicant)
    courses_held = [placement.offer.title for placement in placements_of(at.people[0].applicant)]
    assert len(courses_held) == 3
    _, _, results = browser.get("/").text.partition("my-results-title")
    assert all(title in results.partition("</section>")[0] for title in courses_held)
    page = browser.read(f"/applications/{at.people[0].id}")
    assert "3 courses of 3 listed, 15 ECTS credits" in page
    assert "Your week" in page
    answer = browser.post(f"/applications/{at.people[0].id}/accept-all")
    assert answer.status_code == 303
    assert "3 courses accepted." in browser.read(answer.location)


def test_file_is_checked_and_a_changed_course_is_refused(app, tmp_path, root):
    at = courses(("Alma", 80, "ABCDE", 15, 15), ("Bek", 70, "AE", 5, 5), mobilities=1)
    run = published(at)
    with transaction(write=False):
        text = file_of(run.round, run, queries.seeds(at.call))
        assert json.loads(text)["body"]["result"]["ranks"] == [[1, 3, 4], []]
        assert check_file(text.encode()).digest == run.round.file_digest
        path = tmp_path / "round.json"
        path.write_text(text)
        script = [sys.executable, "docs/check_round.py", str(path)]
        said = subprocess.run(script, cwd=root, capture_output=True, text=True, check=True).stdout
        assert f"objective: {json.loads(text)['body']['result']['objective']} " in said
        forged = json.loads(text)["body"]
        forged["result"]["ranks"] = [[1, 2, 4], []]
        with pytest.raises(Refused, match="Not feasible"):
            check_file(enveloped(canonical(forged)).encode())


def test_dates_of_courses_decide_whether_they_clash(app):
    with transaction():
        at = Courses()
        at.offers["B"].starts_on, at.offers["B"].ends_on = date(2040, 1, 1), date(2040, 5, 1)
        at.people = [at.person("Alma", 80, "AB", 10, 10)]
    published(at)
    with transaction(write=False):
        assert codes_of(at.people[0]) == ["A", "B"]
