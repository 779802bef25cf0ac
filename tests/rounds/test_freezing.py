"""The inputs of a round: when they are frozen, what the snapshot says, and how they are freed."""

import hashlib
import json

import pytest

from mobility import audit
from mobility.applications.models import ApplicationStatus
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.rounds import queries, services
from mobility.rounds.models import (
    RoundStatus,
)
from mobility.rounds.snapshot import canonical, parts_of
from tests import factories

from .scenes import computed, frozen, scene
from .snapshots import public_part


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
