"""From the closed call to the published placements."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mobility import audit, clock, jobs
from mobility.applications.models import ApplicationStatus
from mobility.applications.services import exclude_application
from mobility.db import db, transaction
from mobility.errors import Conflict, Invalid
from mobility.jobs import Job, JobStatus, run_due_jobs
from mobility.offers.models import OfferStatus
from mobility.placements.models import Placement, PlacementStatus
from mobility.rounds import queries, services
from mobility.rounds.computing.runs import compute
from mobility.rounds.models import (
    ROUND_WORKFLOW,
    RUN_WORKFLOW,
    Round,
    RoundStatus,
    Run,
    RunRow,
    RunStatus,
)
from mobility.rounds.services.running import store_outcome
from mobility.rounds.snapshot import Inputs, canonical, parts_of, public_part
from tests import factories

from .scenes import computed, finish, frozen, published, scene


def given(run: Run) -> dict[str, tuple]:
    """What a run gave, by name: (offer code, rank), or (reason,)."""
    rows = db.session.scalars(select(RunRow).where(RunRow.run_id == run.id))
    return {
        row.application.applicant.name: (row.offer.code, row.rank)
        if row.offer
        else (row.reason.value,)
        for row in rows
    }


def test_snapshot_is_canonical_and_hashed(app, write):
    at = scene()
    round_ = frozen(at)
    parts = json.loads(round_.snapshot)
    public = json.dumps(parts["public"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert round_.snapshot_hash == hashlib.sha256(public.encode()).hexdigest()
    own = {code: offer["code"] for code, offer in parts["private"]["offers"].items()}
    assert sorted(own) == ["P0001", "P0002"]
    offers = {own[offer.pop("code")]: offer for offer in parts["public"]["offers"]}
    assert offers["A"] == offers["B"] == {"seats": 1, "min_seats": 0, "may_close": False}
    assert sorted(offers) == ["A", "B"]
    people = parts["public"]["applicants"]
    assert [
        (row["pseudonym"], row["order"], row["factor"], [own[code] for code in row["choices"]])
        for row in people
    ] == [
        ("aaaa", 3, 19_000, ["A", "B"]),
        ("bbbb", 2, 18_000, ["A", "B"]),
        ("cccc", 1, 17_000, ["A"]),
        ("dddd", 0, 16_000, []),
    ]
    assert parts["private"]["scores"] == [90.0, 80.0, 70.0, 60.0]
    rules = parts["public"]["rules"]
    assert (rules["policy"], rules["max_choices"], rules["merit_weight"]) == (
        "linear_assignment", 3, 1
    )  # fmt: skip


def test_the_public_part_says_nothing_of_places_institutions_and_scores(app, write):
    at = scene()
    public = canonical(public_part(frozen(at).snapshot))
    for told in (at.home.schac, at.host.schac, at.a.title_en, '"A"', "90.0", "score"):
        assert told not in public


def test_a_title_can_say_anything_and_the_parts_stay_what_they_are(app, write):
    at = scene()
    with write():
        at.a.title_en = 'Lab","public":{"applicants":[]}},"public":{"private":'
    snapshot = frozen(at).snapshot
    private, public = parts_of(snapshot)
    assert {"private": json.loads(private), "public": json.loads(public)} == json.loads(snapshot)
    assert (private, public) == (canonical(json.loads(private)), canonical(json.loads(public)))
    assert at.a.title_en in {one["title"] for one in json.loads(private)["offers"].values()}


def test_snapshot_names_nobody(app, write):
    at = scene()
    snapshot = frozen(at).snapshot
    for application in (at.ayan, at.bota, at.chingiz, at.dana):
        assert application.applicant.name not in snapshot
        assert application.applicant.email not in snapshot


def test_snapshot_leaves_out_who_is_not_approved(app, write):
    at = scene()
    with write():
        for status in (
            ApplicationStatus.DRAFT,
            ApplicationStatus.REJECTED,
            ApplicationStatus.WITHDRAWN,
        ):
            factories.application(factories.student(at.home), at.call, [at.a], status=status)
    assert len(public_part(frozen(at).snapshot)["applicants"]) == 4


def test_a_listed_offer_that_is_withdrawn_has_no_seats(app, write):
    at = scene()
    with write():
        at.a.status = OfferStatus.WITHDRAWN
    run = computed(at)
    assert given(run) == {
        "Ayan": ("B", 2),
        "Bota": ("all_full",),
        "Chingiz": ("no_seats",),
        "Dana": ("no_choices",),
    }


def test_freeze_needs_a_closed_call(app, write):
    at = scene(closed=False)
    with write():
        round_ = services.open_round(at.call, at.admin)
    with pytest.raises(Conflict, match="has not closed"), write():
        services.freeze_round(round_, at.admin)


@pytest.mark.parametrize("status", [ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED])
def test_freeze_waits_for_every_decision(app, write, status):
    at = scene()
    with write():
        factories.application(factories.student(at.home), at.call, [at.a], status=status)
        round_ = services.open_round(at.call, at.admin)
    with pytest.raises(Conflict, match="1 application is not decided"), write():
        services.freeze_round(round_, at.admin)
    with write():
        assert [
            (hei.schac, unit, found, count)
            for hei, unit, found, count in queries.undecided_by_scope(at.call)
        ] == [("kaznpu.kz", None, status, 1)]


def test_freeze_needs_somebody_to_place(app, write):
    at = scene()
    with write():
        for application in (at.ayan, at.bota, at.chingiz, at.dana):
            application.status = ApplicationStatus.WITHDRAWN
        round_ = services.open_round(at.call, at.admin)
    with pytest.raises(Conflict, match="nobody to place"), write():
        services.freeze_round(round_, at.admin)


def test_freezing_asks_no_more_often_for_many_than_for_few(app, write, count_queries):
    at = scene()
    with write():
        round_ = services.open_round(at.call, at.admin)
    counts = []
    for more in (0, 12):
        with write():
            for number in range(more):
                at.person(f"Person {number}", f"p{number}", 50, at.a, at.b)
        db.session.expire_all()
        with count_queries() as statements, write():
            services.freeze_round(round_, at.admin)
        counts.append(len(statements))
        with write():
            services.thaw_round(round_, at.admin, "One came late")
    assert counts[1] <= counts[0]  # the first freezing also draws what is kept


def test_a_call_has_one_round(app, write):
    at = scene()
    with write():
        first = services.open_round(at.call, at.admin)
        assert services.open_round(at.call, at.admin) is first


def test_run_places_by_score_and_says_why_not(app, write):
    """Through the real job, with its child process."""
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin)
    run_due_jobs()
    db.session.expire_all()
    assert run.status is RunStatus.DONE
    assert given(run) == {
        "Ayan": ("A", 1),
        "Bota": ("B", 2),
        "Chingiz": ("all_full",),
        "Dana": ("no_choices",),
    }
    assert run.stats["profile"] == [1, 1, 0]
    assert run.stats["reasons"] == {"all_full": 1, "no_choices": 1}
    assert (run.stats["seats"], run.stats["filled"]) == (2, {"A": 1, "B": 1})
    assert (run.certificate["optimal"], run.certificate["proof"]) == (True, "prices")
    assert run.engine.startswith("matching")
    assert run.seconds > 0


def test_run_reads_the_snapshot_and_nothing_else(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        at.ayan.score = 10
        at.b.seats = 0
        run = services.request_run(round_, at.admin)
    finish(run)
    assert given(run)["Ayan"] == ("A", 1)
    assert given(run)["Bota"] == ("B", 2)


def test_all_runs_of_a_round_share_the_draw(app, write):
    at = scene()
    first = computed(at)
    with write():
        second = services.request_run(first.round, at.admin, policy="rank_maximal")
    assert second.seed == first.seed == first.round.seed


@pytest.mark.parametrize("policy", ["serial_dictatorship", "deferred_acceptance"])
def test_another_policy_is_certified_as_what_it_is(app, write, policy):
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin, policy=policy)
    finish(run)
    assert (run.certificate["optimal"], run.certificate["proof"]) == (False, "policy")
    assert given(run)["Ayan"] == ("A", 1)


def test_request_refuses_what_cannot_run(app, write):
    at = scene()
    with write():
        round_ = services.open_round(at.call, at.admin)
    with pytest.raises(Conflict, match="in preparation"), write():
        services.request_run(round_, at.admin)
    with pytest.raises(Invalid, match="no policy"), write():
        services.request_run(round_, at.admin, policy="astrology")


def test_one_run_by_a_rule_at_a_time(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        services.request_run(round_, at.admin)
        services.request_run(round_, at.admin, policy="rank_maximal")
    with pytest.raises(Conflict, match="already"), write():
        services.request_run(round_, at.admin)


def test_a_run_whose_worker_dies_each_time_is_failed_and_can_be_run_again(app, write):
    at = scene()
    round_ = frozen(at)
    run_due_jobs()  # the letters to the partners
    with write():
        run = services.request_run(round_, at.admin)
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs._claim()
        with write():
            db.session.get_one(Job, run.job_id).lease_until = clock.now() - timedelta(seconds=1)
    run_due_jobs()
    db.session.expire_all()
    assert (run.status, run.error) == (RunStatus.FAILED, "the worker died each time")
    assert db.session.scalar(select(func.count(RunRow.id))) == 0
    with write():
        again = services.request_run(round_, at.admin)
    finish(again)
    assert again.status is RunStatus.DONE


def test_a_broken_snapshot_fails_the_run_with_the_reason(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        round_.snapshot = round_.snapshot.replace("sapar-round/2", "another/9")
        run = services.request_run(round_, at.admin)
    run_due_jobs()
    db.session.expire_all()
    assert run.status is RunStatus.FAILED
    assert "another/9" in run.error
    assert db.session.get_one(Job, run.job_id).status is JobStatus.FAILED


def test_a_run_taken_over_is_stored_once(app, write):
    at = scene()
    run = computed(at)
    outcome = compute(run.round.snapshot, run.policy, run.seed)
    with pytest.raises(Conflict), write():
        store_outcome(db.session.get_one(Run, run.id), outcome)
    assert db.session.scalar(select(func.count(RunRow.id))) == 4


def test_thaw_frees_the_inputs_and_voids_old_runs(app, write):
    at = scene()
    run = computed(at)
    round_ = run.round
    with pytest.raises(Invalid, match="reason"), write():
        services.thaw_round(round_, at.admin, " ")
    with write():
        services.thaw_round(round_, at.admin, "A score was mistyped.")
    assert (round_.status, round_.snapshot) == (RoundStatus.OPEN, None)
    with write():
        at.bota.score = 95
        services.freeze_round(round_, at.admin)
    with pytest.raises(Conflict, match="other inputs"), write():
        services.publish_run(run, at.admin)
    with write():
        history = [(event.action, event.reason) for event in audit.history(round_)]
    assert ("round.thaw", "A score was mistyped.") in history


def test_thaw_waits_for_a_run_that_is_being_computed(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        services.request_run(round_, at.admin)
    with pytest.raises(Conflict, match="still being computed"), write():
        services.thaw_round(round_, at.admin, "wait")


def test_publication_makes_the_placements_and_writes_to_everybody(app, write, mailbox):
    at = scene()
    run = computed(at)
    with write():
        before = clock.now()
        services.publish_run(run, at.admin)
    placements = db.session.scalars(select(Placement).order_by(Placement.id)).all()
    assert [(p.application.applicant.name, p.offer.code, p.rank) for p in placements] == [
        ("Ayan", "A", 1),
        ("Bota", "B", 2),
    ]
    assert {p.status for p in placements} == {PlacementStatus.OFFERED}
    span = placements[0].answer_until - before
    assert timedelta(days=7) <= span < timedelta(days=7, minutes=1)
    assert run.round.status is RoundStatus.PUBLISHED
    assert {(row.application.applicant.name, row.placement_id is not None) for row in run.rows} == {
        ("Ayan", True),
        ("Bota", True),
        ("Chingiz", False),
        ("Dana", False),
    }
    subjects = {
        mail.recipient: mail.subject for mail in mailbox() if "are frozen" not in mail.subject
    }
    assert subjects == {
        at.ayan.applicant.email: f"You have a place: {at.a.title}",
        at.bota.applicant.email: f"You have a place: {at.b.title}",
        at.chingiz.applicant.email: "The results of “Internships”: no place this time",
        at.dana.applicant.email: "The results of “Internships”: no place this time",
    }


def test_a_round_is_published_once(app, write):
    at = scene()
    run = published(at)
    with pytest.raises(Conflict, match="published already"), write():
        services.publish_run(run, at.admin)
    with pytest.raises(Conflict, match="published"), write():
        services.request_run(run.round, at.admin)
    with pytest.raises(Conflict), write():
        services.thaw_round(run.round, at.admin, "too late")
    assert db.session.scalar(select(func.count(Placement.id))) == 2


def test_only_a_finished_run_is_published(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin)
    with pytest.raises(Conflict, match="finished"), write():
        services.publish_run(run, at.admin)


def test_a_touched_snapshot_is_not_published(app, write):
    at = scene()
    run = computed(at)
    with write():
        run.round.snapshot = run.round.snapshot.replace('"scores":[90.0', '"scores":[99.0')
    with pytest.raises(Conflict, match="other inputs"), write():
        services.publish_run(run, at.admin)
    assert db.session.scalar(select(func.count(Placement.id))) == 0


def test_touched_rows_are_not_published(app, write):
    at = scene()
    run = computed(at)
    with write():
        rows = {row.application.applicant.name: row for row in run.rows}
        rows["Chingiz"].offer, rows["Chingiz"].rank, rows["Chingiz"].reason = at.a, 1, None
    with pytest.raises(Conflict, match="does not hold"), write():
        services.publish_run(run, at.admin)
    assert db.session.scalar(select(func.count(Placement.id))) == 0


def test_swapped_rows_lose_their_proof(app, write):
    """Bota at A and Ayan at B is allowed, but not the best: scores say the other way round."""
    at = scene()
    run = computed(at)
    with write():
        rows = {row.application.applicant.name: row for row in run.rows}
        rows["Ayan"].offer, rows["Ayan"].rank = at.b, 2
        rows["Bota"].offer, rows["Bota"].rank = at.a, 1
    with pytest.raises(Conflict, match="proof does not hold"), write():
        services.publish_run(run, at.admin)


def test_an_application_changed_after_the_freeze_stops_publication(app, write):
    at = scene()
    run = computed(at)
    with write():
        at.ayan.status = ApplicationStatus.WITHDRAWN
    with pytest.raises(Conflict, match="1 application has been changed"), write():
        services.publish_run(run, at.admin)


def test_silence_lapses_when_the_answer_time_is_over(app, write, mailbox):
    at = scene()
    run = published(at)
    run_due_jobs()
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        run_due_jobs()
    db.session.expire_all()
    assert {row.placement.status for row in run.rows if row.placement} == {PlacementStatus.LAPSED}
    assert [mail.subject for mail in mailbox()][-2:] == [
        f"Your place at {at.a.title} has lapsed",
        f"Your place at {at.b.title} has lapsed",
    ]


ROUND_STEPS = {
    ("open", "freeze"): "frozen",
    ("frozen", "thaw"): "open",
    ("frozen", "publish"): "published",
}


@pytest.mark.parametrize("action", ROUND_WORKFLOW.steps)
@pytest.mark.parametrize("status", RoundStatus)
def test_round_workflow(status, action):
    allowed = ROUND_WORKFLOW.allows(Round(status=status), action)
    assert allowed == ((status.value, action) in ROUND_STEPS)
    if allowed:
        assert ROUND_WORKFLOW.steps[action][1].value == ROUND_STEPS[status.value, action]


RUN_STEPS = {
    ("queued", "start"): "running",
    ("running", "start"): "running",
    ("running", "finish"): "done",
    ("queued", "fail"): "failed",
    ("running", "fail"): "failed",
    ("queued", "cancel"): "cancelled",
    ("running", "cancel"): "cancelled",
}


@pytest.mark.parametrize("action", RUN_WORKFLOW.steps)
@pytest.mark.parametrize("status", RunStatus)
def test_run_workflow(status, action):
    allowed = RUN_WORKFLOW.allows(Run(status=status), action)
    assert allowed == ((status.value, action) in RUN_STEPS)
    if allowed:
        assert RUN_WORKFLOW.steps[action][1].value == RUN_STEPS[status.value, action]


def test_of_two_alike_the_luckier_gets_the_better_place(app, write):
    at = scene()
    with write():
        at.bota.score = at.ayan.score
    run = computed(at)
    inputs = Inputs(run.round.snapshot)
    numbers = dict(zip(inputs.pseudonyms, inputs.numbers(run.seed), strict=True))
    first = max(["aaaa", "bbbb"], key=numbers.__getitem__)
    got = given(run)
    assert got["Ayan" if first == "aaaa" else "Bota"] == ("A", 1)
    assert got["Bota" if first == "aaaa" else "Ayan"] == ("B", 2)


def test_only_a_run_of_the_frozen_policy_is_published(app):
    at = scene()
    round_ = frozen(at)
    with transaction():
        run = services.request_run(round_, at.admin, policy="serial_dictatorship")
    finish(run)
    with transaction(), pytest.raises(Conflict, match="a comparison only"):
        services.publish_run(run, at.admin)


def test_an_excluded_person_takes_no_part_and_is_counted(app, write, visitor):
    at = scene()
    with write():
        at.chingiz.status = ApplicationStatus.RETURNED
        at.chingiz.note = "Mend it."
    with pytest.raises(Conflict, match="not decided"):
        frozen(at)
    with write():
        exclude_application(at.chingiz, "Left the university.", at.admin)
    run = published(at)
    assert set(given(run)) == {"Ayan", "Bota", "Dana"}
    assert Inputs(run.round.snapshot).excluded == 1
    page = visitor(None).read(f"/rounds/{run.round_id}")
    assert "Excluded from the round, with a reason: 1 application." in page
    page = visitor(at.chingiz.applicant).read(f"/applications/{at.chingiz.id}")
    assert "Your application was excluded from the round" in page
    assert "Left the university." in page
