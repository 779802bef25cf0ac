"""Chances before the deadline: what is simulated, when it is renewed, where it is shown or not."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from mobility import clock, jobs
from mobility.applications.models import ApplicationStatus
from mobility.db import db
from mobility.jobs import Job, JobStatus, run_due_jobs
from mobility.rounds import chances, queries
from mobility.rounds.chances import Band, Chance
from mobility.rounds.computing.chances import DRAWS, GRID, simulate
from mobility.rounds.models import Chances
from mobility.rounds.services import estimating
from tests import factories


@pytest.mark.parametrize(
    ("got", "band"),
    [
        (200, Band.LIKELY),
        (160, Band.LIKELY),
        (159, Band.POSSIBLE),
        (40, Band.POSSIBLE),
        (39, Band.UNLIKELY),
        (0, Band.UNLIKELY),
    ],
)
def test_three_bands(got, band):
    assert Chance(got, 200).band is band


@pytest.mark.parametrize("policy", sorted(chances.BY_MERIT))
def test_a_place_takes_whom_its_order_puts_first(policy):
    # thirty people of scores 50..79 want the one place of ten seats; another has seats for all
    lists, scores = [[0, 1] for _ in range(30)], [50.0 + n for n in range(30)]
    told = simulate(policy, 2, [10, 40], lists, scores, 30, 1, end=50)
    assert told["draws"] == 50
    contested, free = told["got"]
    assert free == [50] * len(GRID)
    assert contested == sorted(contested)  # a higher score never harms
    by_score = dict(zip(GRID, contested, strict=True))
    assert by_score[50] == 0
    assert by_score[80] == 50
    assert 0 < by_score[70] < 50


def test_without_scores_the_lottery_alone_decides():
    told = simulate("serial_dictatorship", 1, [10], [[0]] * 29, None, 29, 1, end=400)
    (row,) = told["got"]
    assert len(set(row)) == 1
    # ten of thirty places in the order, the newcomer's among them
    assert row[0] / 400 == pytest.approx(1 / 3, abs=0.07)


class OpenCall:
    """A call that is open, by deferred acceptance, with people who all want A and then B."""

    def __init__(self, people: int = 24, **values) -> None:
        self.home, self.host = factories.institution(), factories.institution()
        self.condition = factories.condition(self.home, self.host)
        self.call = factories.call(
            **{
                "policy": "deferred_acceptance",
                "keeps_annual_quotas": False,
                "shows_chances": True,
                **values,
            }
        )
        self.a = factories.offer(self.call, self.condition, code="A", seats=2)
        self.b = factories.offer(self.call, self.condition, code="B", seats=50)
        for number in range(people):
            self.apply(score=None if number % 2 else 60 + number)
        self.student = factories.student(self.home)
        self.draft = factories.application(
            self.student, self.call, [self.a], status=ApplicationStatus.DRAFT
        )

    def apply(self, **values):
        return factories.application(
            factories.student(self.home),
            self.call,
            [self.a, self.b],
            status=ApplicationStatus.SUBMITTED,
            **values,
        )


@pytest.fixture
def open_call(app, write):
    with write():
        return OpenCall()


def parts_of(begun) -> list[tuple[int, dict]]:
    """Every part of an estimate, computed in this process."""
    return [
        (begin, simulate(*estimating.arguments(begun.asked, begun.call_id), begin, begin + 50))
        for begin in range(0, DRAWS, estimating.SLICE)
    ]


def estimate(write, at: OpenCall) -> Chances | None:
    """What the jobs do, in this process."""
    with write():
        begun = estimating.begin_estimate(at.call)
        for begin, told in parts_of(begun) if begun else ():
            estimating.bring_part(begun.id, begin, told)
    return queries.chances_of(at.call.id)


def test_the_ranking_page_shows_bands_with_the_draws_behind_them(open_call, write, visitor):
    kept = estimate(write, open_call)
    assert (kept.draws, kept.people, kept.earlier) == (DRAWS, 24, False)
    page = visitor(open_call.student).read(f"/applications/{open_call.draft.id}/choices")
    assert "likely takes you in 200 of 200 simulated rounds" in page
    assert page.count("of 200 simulated rounds") == 3  # at both places, and in the note
    assert "The lists of 24 people were drawn at random" in page
    assert "You have no score yet, so the middle one counts" in page


def test_nobodys_name_or_list_is_kept(open_call, write):
    kept = estimate(write, open_call)
    assert sorted(kept.got) == sorted([str(open_call.a.id), str(open_call.b.id)])
    assert all(len(row) == len(GRID) for row in kept.got.values())


def test_parts_in_any_order_make_the_same_whole(open_call, write):
    with write():
        begun = estimating.begin_estimate(open_call.call)
        whole = simulate(*estimating.arguments(begun.asked, begun.call_id))
        parts = parts_of(begun)
        assert [told["draws"] for _begin, told in parts] == [50, 50, 50, 50]
        for begin, told in (*reversed(parts[1:]), parts[1]):  # one of them by a worker that died
            estimating.bring_part(begun.id, begin, told)
        assert queries.chances_of(open_call.call.id) is None  # nothing is shown before it is whole
        estimating.bring_part(begun.id, *parts[0])
    kept = queries.chances_of(open_call.call.id)
    assert list(kept.got.values()) == whole["got"]
    assert queries.estimate_of(open_call.call.id) is None


def test_a_part_that_is_given_up_leaves_the_last_estimate(open_call, write, monkeypatch):
    before = estimate(write, open_call).got
    monkeypatch.setattr(jobs.JobRun, "compute", broken)
    with clock.at(clock.now() + 2 * estimating.EVERY):
        with write():
            begun = estimating.begin_estimate(open_call.call)
        assert begun is not None
        run_due_jobs()
    db.session.expire_all()
    assert queries.estimate_of(open_call.call.id) is None
    assert queries.chances_of(open_call.call.id).got == before


def broken(*_arguments, **_options):
    raise RuntimeError("no memory")


def test_a_new_estimate_leaves_what_is_late_of_the_last(open_call, write):
    with write():
        old = estimating.begin_estimate(open_call.call)
        parts, old_id = parts_of(old), old.id
        new = estimating.begin_estimate(open_call.call)
        assert new.id != old_id
        for begin, told in parts:
            estimating.bring_part(old_id, begin, told)
    assert queries.chances_of(open_call.call.id) is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (
            {"policy": "linear_assignment"},
            "Chances are not shown under the rule of this call, because it would reward acting on",
        ),
        ({"policy": "rank_maximal"}, "because it would reward acting on them"),
        ({"shows_chances": False}, "The rules of this call do not show chances"),
    ],
)
def test_where_none_are_shown_the_reason_is_said(app, write, visitor, values, reason):
    with write():
        at = OpenCall(**values)
    estimate(write, at) if at.call.policy == "deferred_acceptance" else None
    page = visitor(at.student).read(f"/applications/{at.draft.id}/choices")
    assert reason in page
    assert "simulated rounds" not in page
    assert queries.calls_to_estimate(chances.BY_MERIT, clock.now()) == []


def test_with_few_people_nothing_is_estimated(app, write, visitor):
    with write():
        at = OpenCall(people=19)
    assert estimate(write, at) is None
    page = visitor(at.student).read(f"/applications/{at.draft.id}/choices")
    assert "Chances stand here once enough people have applied" in page
    with write():
        at.apply()
    assert estimate(write, at).people == 20


def test_few_people_are_helped_out_by_the_last_round_of_the_direction(app, write):
    from .scenes import published, scene

    before = scene()
    with write():
        for number in range(20):
            before.person(f"P{number}", f"p{number:02}", 50 + number, before.b, before.a)
    published(before)
    with write():
        at = OpenCall(people=3, max_choices=1)  # their lists are longer than this
    kept = estimate(write, at)
    assert kept.earlier
    assert kept.people == 24  # Dana, who listed nothing, too


def test_the_job_estimates_open_calls_and_at_most_hourly(open_call, write):
    moment = clock.now()
    with clock.at(moment):
        with write():
            jobs.enqueue(estimating.renew_chances)
        run_due_jobs()
    db.session.expire_all()
    kept = queries.chances_of(open_call.call.id)
    assert (kept.computed_at, kept.draws) == (moment, DRAWS)
    for minutes, due in ((59, []), (61, [open_call.call.id])):
        with clock.at(moment + timedelta(minutes=minutes)):
            before = clock.now() - estimating.EVERY
            assert queries.calls_to_estimate(chances.BY_MERIT, before) == due


def test_work_done_again_and_again_waits_once(app, write):
    moment = clock.now()
    waiting = select(Job).where(Job.name == "rounds.chances")
    with clock.at(moment):
        jobs.plan_recurring()
        jobs.plan_recurring()
        assert db.session.scalar(select(func.count()).select_from(waiting.subquery())) == 1
        db.session.rollback()
        run_due_jobs()
        jobs.plan_recurring()
    db.session.expire_all()
    first, second = db.session.scalars(waiting.order_by(Job.id)).all()
    assert (first.status, second.status) == (JobStatus.DONE, JobStatus.QUEUED)
    assert second.due_at == moment + estimating.EVERY


def test_a_score_is_read_at_the_step_below_it():
    kept = SimpleNamespace(got={"7": list(range(21))}, draws=200, middle_score=72.5)
    offer = SimpleNamespace(id=7)
    assert chances.chance_at(kept, offer, 79.99).got == 15
    assert chances.chance_at(kept, offer, 100.0).got == 20
    assert chances.chance_at(kept, offer, None).got == 0
    assert chances.chance_at(kept, SimpleNamespace(id=8), 50.0) is None
    assert chances.score_for(SimpleNamespace(score=None), kept) == 72.5
    without_rules = SimpleNamespace(eligibility_rules=[])
    scored = SimpleNamespace(score=90.0, people=[], call=without_rules)
    assert chances.score_for(scored, kept) == 90.0
