"""Joint research: seats for students and for teachers, and teams placed together or not at all."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mobility import clock
from mobility.agreements.models import Direction
from mobility.applications.models import ApplicationStatus
from mobility.db import db, transaction
from mobility.jobs import Job, JobStatus, run_due_jobs
from mobility.offers.models import VacatedSeats
from mobility.placements import services as placements
from mobility.placements.models import Placement
from mobility.placements.queries import live_under
from mobility.rounds import queries, services
from mobility.rounds.checking import Refused, check_file
from mobility.rounds.computing.runs import compute
from mobility.rounds.files import enveloped, file_of
from mobility.rounds.snapshot import Inputs, canonical

from .. import factories
from ..examples import examples
from .scenes import explained, finish
from .snapshots import snapshot


class Research:
    """SUSU sends to Abai KazNPU; `seats` by code: of each place for students and for teachers."""

    def __init__(self, *, mobilities: int = 10, **seats: tuple[int, int]) -> None:
        self.admin = factories.admin()
        self.home = factories.institution("susu.ru")
        self.host = factories.institution("kaznpu.kz")
        self.condition = factories.condition(
            self.home, self.host, direction=Direction.RESEARCH, mobilities_per_year=mobilities
        )
        self.call = factories.call(
            closes_at=clock.now() - timedelta(days=1),
            direction=Direction.RESEARCH,
            teams=True,
            vacated=VacatedSeats.NONE,
            vacated_until=None,
            appeal_days=0,
        )
        self.offers = {
            code: factories.offer(
                self.call, self.condition, code=code, seats=students, staff_seats=teachers
            )
            for code, (students, teachers) in seats.items()
        }

    def person(self, name: str, kind: str, score: float, codes: str):
        """An approved application of a student, a teacher, or a team of a student with one."""
        staff = kind == "teacher"
        make = factories.teacher if staff else factories.student
        return factories.application(
            make(self.home, name=name),
            self.call,
            [self.offers[code] for code in codes],
            status=ApplicationStatus.APPROVED,
            pseudonym=name.lower(),
            score=score,
            applies_as="staff" if staff else "student",
            partner=factories.teacher(self.home) if kind == "team" else None,
            partner_agreed_at=clock.now() if kind == "team" else None,
        )


def research(*people, **values) -> Research:
    with transaction():
        made = Research(**values)
        made.people = [made.person(*one) for one in people]
    return made


def computed(at: Research):
    with transaction():
        round_ = services.open_round(at.call, at.admin)
        services.freeze_round(round_, at.admin)
        run = services.request_run(round_, at.admin)
    finish(run)
    return run


def published(at: Research):
    run = computed(at)
    with transaction():
        services.publish_run(run, at.admin)
    return run


def given_to(at: Research) -> dict[str, str | None]:
    with transaction(write=False):
        rows = {
            placement.application_id: placement.offer.code
            for placement in db.session.scalars(select(Placement))
        }
        return {one.pseudonym: rows.get(one.id) for one in at.people}


def test_team_takes_a_seat_of_each_kind(app):
    at = research(
        ("Alma", "team", 50, "A"),
        ("Bek", "student", 40, "A"),
        ("Vika", "teacher", 40, "A"),
        ("Gani", "student", 30, "A"),
        A=(2, 2),
    )
    run = published(at)
    assert given_to(at) == {"alma": "A", "bek": "A", "vika": "A", "gani": None}
    with transaction(write=False):
        assert run.stats["filled"] == {"A": 4}
        assert run.stats["reasons"] == {"all_full": 1}


def test_team_is_refused_together_where_one_seat_is_missing(app):
    """A student's seat is free at both places, a teacher's at none: the team gets neither."""
    at = research(("Alma", "team", 99, "AB"), ("Vika", "teacher", 1, "A"), A=(3, 1), B=(3, 0))
    published(at)
    assert given_to(at) == {"alma": None, "vika": "A"} or given_to(at) == {
        "alma": "A",
        "vika": None,
    }
    with transaction(write=False):
        [placement] = db.session.scalars(select(Placement))
        assert placement.offer.code == "A"


def test_more_people_alone_come_before_one_team_and_the_reason_says_so(app, visitor):
    """Greedy picking by score would seat the team and send two people home."""
    at = research(
        ("Alma", "team", 99, "A"),
        ("Bek", "student", 10, "A"),
        ("Vika", "teacher", 10, "A"),
        A=(1, 1),
    )
    run = published(at)
    assert given_to(at) == {"alma": None, "bek": "A", "vika": "A"}
    explained(run)
    page = visitor(at.people[0].applicant).read(f"/applications/{at.people[0].id}")
    assert "With you here, 1 person fewer could have been placed in all" in page
    assert "The seats for students there stood in the way." in page


def test_annual_quota_counts_a_team_as_two(app):
    at = research(("Alma", "team", 90, "A"), ("Bek", "team", 80, "A"), A=(2, 2), mobilities=3)
    run = published(at)
    assert given_to(at) == {"alma": "A", "bek": None}
    with transaction(write=False):
        assert live_under([at.condition.id], at.call.academic_year) == {at.condition.id: 2}
        assert run.stats["placed"] == 1


def test_both_of_a_team_are_told_and_see_the_result(app, mailbox, visitor):
    at = research(("Alma", "team", 50, "A"), A=(1, 1))
    published(at)
    with transaction(write=False):
        both = at.people[0].people
        told = [mail.recipient for mail in mailbox() if mail.subject.startswith("You have a place")]
        assert sorted(told) == sorted(person.email for person in both)
        partner = both[1]
    page = visitor(partner).read(f"/applications/{at.people[0].id}")
    assert "Placed, choice 1 of the list" in page
    assert visitor(partner).get("/placements").status_code == 200


def test_declined_seat_stays_empty_and_no_job_fails(app):
    """A student's seat and a teacher's stand at one place: no count of them is one person over."""
    at = research(
        ("Bek", "student", 40, "AB"),
        ("Vika", "teacher", 40, "A"),
        ("Gani", "student", 30, "AB"),
        A=(1, 1),
        B=(1, 0),
    )
    published(at)
    with transaction():
        given_up = db.session.scalar(
            select(Placement).where(Placement.application_id == at.people[2].id)
        )
        placements.decline_place(given_up, at.people[2].applicant)
    run_due_jobs()
    assert given_to(at) == {"bek": "A", "vika": "A", "gani": "B"}
    with transaction(write=False):
        names = dict(db.session.execute(select(Job.name, Job.status)).all())
        assert names["rounds.give-vacated"] is JobStatus.DONE


def test_file_of_teams_is_checked_and_a_forged_team_is_refused(app):
    at = research(("Alma", "team", 90, "A"), ("Bek", "student", 80, "A"), A=(1, 1))
    run = published(at)
    with transaction(write=False):
        text = file_of(run.round, run, queries.seeds(at.call))
        assert check_file(text.encode()).digest == run.round.file_digest
        forged = json.loads(text)["body"]
        forged["result"]["ranks"] = [1, 1]
        with pytest.raises(Refused, match="Not feasible"):
            check_file(enveloped(canonical(forged)).encode())


@st.composite
def rounds(draw):
    """A snapshot of places with two kinds of seats, and of students, teachers and teams."""
    codes = [f"K{at}" for at in range(draw(st.integers(1, 3)))]
    pools = {code: (draw(st.integers(0, 2)), draw(st.integers(0, 2))) for code in codes}
    people = {
        f"p{who}": (
            draw(st.integers(0, 100)),
            draw(st.lists(st.sampled_from(codes), unique=True)),
            [],
        )
        for who in range(draw(st.integers(1, 5)))
    }
    quotas = [
        {"group": f"Q{code}{kind}", "offers": [code], "weights": [1], "lower": None,
         "upper": pools[code][kind], "counts": [1 - kind, kind]}
        for code in codes for kind in (0, 1)
    ]  # fmt: skip
    if draw(st.booleans()):
        quotas.append(
            {"group": "Q", "offers": codes, "weights": [1] * len(codes), "lower": None,
             "upper": draw(st.integers(0, 5))}
        )  # fmt: skip
    form = json.loads(
        snapshot(
            limit=len(codes),
            weight=1,
            seats={code: sum(pools[code]) for code in codes},
            people=people,
            quotas=quotas,
        )
    )
    for row in form["public"]["applicants"]:
        row["takes"] = draw(st.sampled_from([[1, 0], [0, 1], [1, 1]]))
    return canonical(form)


def allowed(inputs: Inputs, ranks: list[int]) -> bool:
    """Whether every pool and quota is kept, counted one by one."""
    for quota in inputs.quotas:
        counts = quota.get("counts", [1, 1])
        used = sum(
            counts[0] * takes[0] + counts[1] * takes[1]
            for takes, row, rank in zip(inputs.takes, inputs.rows, ranks, strict=True)
            if rank and row[rank - 1] in quota["offers"]
        )
        if used > quota["upper"]:
            return False
    return True


def all_results(inputs: Inputs):
    """Every way to give places, allowed or not."""
    ways = [[]]
    for row in inputs.rows:
        ways = [[*way, rank] for way in ways for rank in range(len(row) + 1)]
    return ways


@settings(max_examples=examples(60), deadline=None)
@given(rounds())
def test_result_is_as_good_as_any(text):
    inputs = Inputs(text)
    outcome = compute(text, "linear_assignment", "1")

    def value(ranks):
        unplaced = (inputs.limit + 1) ** 2
        cost = sum(
            factor * (rank * rank - unplaced)
            for factor, rank in zip(inputs.factors, ranks, strict=True)
            if rank
        )
        return -sum(rank > 0 for rank in ranks), cost

    best = min(value(ranks) for ranks in all_results(inputs) if allowed(inputs, ranks))
    ranks = [row["rank"] or 0 for row in outcome["rows"]]
    assert allowed(inputs, ranks)
    assert value(ranks) == best
