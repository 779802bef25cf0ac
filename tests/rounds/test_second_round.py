"""A second round: the locked stay, upgraders never lose, who declined is out."""

import json
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from mobility import audit, clock
from mobility.db import db
from mobility.errors import Conflict
from mobility.jobs import run_due_jobs
from mobility.offers.models import VacatedSeats
from mobility.placements import services as placements
from mobility.placements.models import Origin, Placement, PlacementStatus
from mobility.rounds import queries, services
from mobility.rounds.computing.runs import NotFeasible, compute
from mobility.rounds.computing.second_rounds import check_rows, compute_second
from mobility.rounds.models import SecondRound, SecondRoundStatus, SecondRow
from mobility.rounds.sequel.standing import FORMAT, Standing
from mobility.rounds.snapshot import Inputs
from tests.examples import examples

from .scenes import answered, placement_of, published, scene, second_computed


def holds(application) -> tuple:
    """What somebody holds now: (offer, rank, status, origin), or nothing."""
    placement = db.session.scalar(
        select(Placement).where(Placement.application_id == application.id)
    )
    if placement is None:
        return ()
    return placement.offer.code, placement.rank, placement.answer, placement.origin


def vacated(at) -> SecondRound:
    """Ayan declined A; Bota, at her second choice B, accepted and would move up."""
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    return second_computed(at)


def test_an_upgrade_moves_up_and_what_it_leaves_is_given_in_the_same_solve(app, write):
    at = scene()
    with write():
        at.chingiz.score = 0  # so that moving Bota up, and Erlan to B, is better than Chingiz to A
        erlan = at.person("Erlan", "eeee", 10, at.b)
    found = vacated(at)
    assert found.status is SecondRoundStatus.DONE
    assert found.stats == {
        "vacated": 1, "took_part": 4, "placed": 1, "moved": 1, "kept": 0, "locked": 0, "left": 1,
        "given": {"A": 1, "B": 1}, "free": {},
        "profile": [2, 0, 0],
    }  # fmt: skip
    assert (found.certificate["optimal"], found.certificate["proof"]) == (True, "prices")
    assert holds(at.bota)[0] == "B"  # nothing moves before the publication
    with write():
        services.publish_second_round(found, at.admin)
    accepted, offered = PlacementStatus.ACCEPTED, PlacementStatus.OFFERED
    assert holds(at.bota) == ("A", 1, accepted, Origin.ROUND)
    assert holds(erlan) == ("B", 1, offered, Origin.SECOND_ROUND)
    assert holds(at.ayan) == ("A", 1, PlacementStatus.DECLINED, Origin.ROUND)
    assert holds(at.chingiz) == ()


def test_everybody_in_it_is_written_to_at_one_instant(app, write, mailbox):
    at = scene()
    with write():
        at.chingiz.score = 0  # so that moving Bota up, and Erlan to B, is better than Chingiz to A
        erlan = at.person("Erlan", "eeee", 10, at.b)
    found = vacated(at)
    before = len(mailbox())
    with write():
        services.publish_second_round(found, at.admin)
    assert {mail.recipient: mail.subject for mail in mailbox()[before:]} == {
        at.bota.applicant.email: f"You have been moved up: {at.a.title}",
        erlan.applicant.email: f"You have a place after all: {at.b.title}",
        at.chingiz.applicant.email: "The second round: no place this time",
        at.dana.applicant.email: "The second round: no place this time",
    }


def test_who_is_given_a_place_has_a_time_of_their_own_to_answer(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    found = second_computed(at)
    with clock.at(clock.now() + timedelta(days=3)), write():
        services.publish_second_round(found, at.admin)
    placement = placement_of(at.chingiz)
    assert placement.offer == at.a
    assert placement.answer_until - clock.now() > timedelta(days=9)


def test_the_locked_never_move(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    found = second_computed(at)
    assert found.stats["locked"] == 1
    with write():
        services.publish_second_round(found, at.admin)
    assert holds(at.bota)[:2] == ("B", 2)
    assert holds(at.chingiz)[:2] == ("A", 1)


def test_it_runs_in_the_background_on_the_frozen_snapshot(app, write):
    """Through the real job, with its child process; what changed since has no say."""
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    with write():
        at.bota.score = 100  # the snapshot says 80
        asked = services.request_second_round(queries.round_of(at.call), at.admin)
    run_due_jobs()
    db.session.expire_all()
    assert asked.status is SecondRoundStatus.DONE
    rows = db.session.scalars(select(SecondRow).order_by(SecondRow.id)).all()
    assert [(row.application.applicant.name, row.held_rank, row.rank) for row in rows] == [
        ("Bota", 2, 2),
        ("Chingiz", None, 1),
        ("Dana", None, None),
    ]


def test_it_waits_for_every_answer(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline")
    round_ = queries.round_of(at.call)
    with pytest.raises(Conflict, match="still have time to answer"), write():
        services.request_second_round(round_, at.admin)
    late = placement_of(at.bota).answer_until
    with clock.at(late), write():
        services.request_second_round(round_, at.admin)  # silence has declined


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"vacated": VacatedSeats.WAITING_ORDER}, "name no second round"),
        ({"vacated": VacatedSeats.NONE, "vacated_until": None}, "name no second round"),
        ({"vacated_until": clock.now() - timedelta(hours=1)}, "time for giving"),
    ],
)
def test_the_rules_of_the_call_decide_whether_there_is_one(app, write, rules, why):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    with write():
        for name, value in rules.items():
            setattr(at.call, name, value)
    with pytest.raises(Conflict, match=why), write():
        services.request_second_round(queries.round_of(at.call), at.admin)


def test_one_at_a_time_and_one_in_all(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    with write():
        services.request_second_round(queries.round_of(at.call), at.admin)
    with pytest.raises(Conflict, match="being computed already"), write():
        services.request_second_round(queries.round_of(at.call), at.admin)
    run_due_jobs()
    db.session.expire_all()
    found = db.session.scalars(select(SecondRound)).one()
    with write():
        services.publish_second_round(found, at.admin)
    with pytest.raises(Conflict), write():
        services.publish_second_round(found, at.admin)
    with pytest.raises(Conflict, match="only the waiting order"), write():
        services.request_second_round(queries.round_of(at.call), at.admin)


def test_what_changed_in_between_is_never_published_over(app, write):
    at = scene()
    found = vacated(at)
    with write():
        placements.keep_place(placement_of(at.bota), at.bota.applicant)
    with pytest.raises(Conflict, match="Compute it again"), write():
        services.publish_second_round(found, at.admin)
    assert holds(at.bota)[:2] == ("B", 2)
    again = second_computed(at)
    with write():
        services.publish_second_round(again, at.admin)
    assert holds(at.chingiz)[:2] == ("A", 1)


def test_another_call_of_the_year_does_not_undo_it_but_bounds_it(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    found = second_computed(at)
    with write():
        at.condition.mobilities_per_year = 1  # as if others had been placed meanwhile
    with pytest.raises(Conflict, match="agreements or the balance"), write():
        services.publish_second_round(found, at.admin)
    with write():
        at.condition.mobilities_per_year = 2
        services.publish_second_round(found, at.admin)
    assert holds(at.chingiz)[:2] == ("A", 1)


def test_a_stored_result_that_was_tampered_with_is_refused(app, write):
    at = scene()
    found = vacated(at)
    with write():
        row = db.session.scalars(
            select(SecondRow).where(SecondRow.application_id == at.bota.id)
        ).one()
        row.offer, row.rank = at.a, 1  # Chingiz gets it too
    with pytest.raises(Conflict, match="more people than seats"), write():
        services.publish_second_round(found, at.admin)
    assert db.session.scalar(select(func.count(Placement.id))) == 2


def test_the_yearly_number_of_the_agreement_bounds_it(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    with write():
        at.condition.mobilities_per_year = 1
    assert second_computed(at).stats["placed"] == 0


def test_a_place_that_closed_keeps_who_holds_it_and_gives_nothing(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    with write():
        for offer in (at.a, at.b):
            offer.status = type(offer.status).WITHDRAWN
    found = second_computed(at)
    assert (found.stats["kept"], found.stats["moved"], found.stats["placed"]) == (1, 0, 0)


def test_somebody_whom_the_coordinator_called_off_is_out(app, write):
    at = scene()
    published(at)
    answered(at, ayan="accept", bota="upgrade")
    with write():
        placements.cancel_placement(placement_of(at.ayan), at.sender, "Ill.")
    found = second_computed(at)
    assert (found.stats["left"], found.stats["placed"]) == (1, 1)


def test_the_standing_is_canonical_and_names_nobody(app, write):
    at = scene()
    found = vacated(at)
    form = json.loads(found.standing)
    assert form["people"] == [
        {"group": "left", "pseudonym": "aaaa", "rank": 1},
        {"group": "upgrade", "pseudonym": "bbbb", "rank": 2},
    ]
    assert form["offers"] == [{"code": "P0001", "seats": 1}, {"code": "P0002", "seats": 1}]
    assert [quota["upper"] for quota in form["quotas"]] == [at.condition.mobilities_per_year]
    assert at.ayan.applicant.name not in found.standing


def test_the_record_says_who_published_it(app, write):
    at = scene()
    found = vacated(at)
    with write():
        services.publish_second_round(found, at.admin)
        deeds = [(event.action, event.actor_id) for event in audit.history(found)]
    assert deeds[-1] == ("second_round.publish", at.admin.id)


# --- For all rounds -------------------------------------------------------------------------------


def public(policy, limit, weight, *, offers, applicants) -> str:
    """The public part of a snapshot: (code, seats); (name, level, choices, closed)."""
    return json.dumps(
        {
            "format": "sapar-round/2",
            "engine": "test",
            "rules": {"policy": policy, "max_choices": limit, "merit_weight": weight},
            "commitments": [],
            "overrides": {"excluded": 0, "pre_placed": []},
            "offers": [
                {"code": code, "seats": seats, "min_seats": 0, "may_close": False}
                for code, seats in offers
            ],
            "quotas": [],
            "applicants": [
                {
                    "pseudonym": name,
                    "order": level,
                    "factor": 10_000 + weight * level * 2500,
                    "choices": choices,
                    "closed": closed,
                }
                for name, level, choices, closed in applicants
            ],
        }
    )


@st.composite
def rounds(draw):
    """A snapshot of a few people and places, the policy, and what everybody answers."""
    places = draw(st.integers(1, 5))
    codes = [f"P{number}" for number in range(places)]
    people = draw(st.integers(1, 9))
    policy = draw(
        st.sampled_from(["linear_assignment", "deferred_acceptance", "serial_dictatorship"])
    )
    weight = draw(st.integers(0, 2))
    levels = draw(st.lists(st.integers(0, 4), min_size=people, max_size=people))
    snapshot = public(
        policy,
        places,
        weight,
        offers=[(code, draw(st.integers(0, 3))) for code in codes],
        applicants=[
            (f"p{number}", level, draw(st.lists(st.sampled_from(codes), unique=True)), [])
            for number, level in enumerate(levels)
        ],
    )
    answers = draw(
        st.lists(st.sampled_from(["locked", "left", "upgrade"]), min_size=people, max_size=people)
    )
    extra = draw(st.lists(st.integers(0, 1), min_size=places, max_size=places))
    most = draw(st.none() | st.integers(0, 2)) if policy == "linear_assignment" else None
    return snapshot, policy, answers, extra, most


@settings(max_examples=examples(60, most=1000), deadline=None)
@drawn(rounds())
def test_nobody_locked_moves_and_no_upgrade_loses(case):
    snapshot, policy, answers, extra, most = case
    first = compute(snapshot, policy, "7")
    held = [row["rank"] for row in first["rows"]]
    groups = [
        answer if rank is not None else None for answer, rank in zip(answers, held, strict=True)
    ]
    form = json.loads(snapshot)
    live = sum(group in {"locked", "upgrade"} for group in groups)
    standing = {
        "format": FORMAT,
        "snapshot": "",
        "offers": [
            {"code": offer["code"], "seats": offer["seats"] + more}
            for offer, more in zip(form["offers"], extra, strict=True)
        ],
        "quotas": []
        if most is None
        else [
            {
                "offers": [offer["code"] for offer in form["offers"]],
                "weights": [1] * len(form["offers"]),
                "lower": None,
                "upper": live + most,
            }
        ],
        "people": [
            {"pseudonym": row["pseudonym"], "group": group, "rank": row["rank"]}
            for row, group in zip(first["rows"], groups, strict=True)
            if group
        ],
    }
    outcome = compute_second(snapshot, json.dumps(standing), policy, "7")
    rows = {row["pseudonym"]: row for row in outcome["rows"]}
    for row, group in zip(first["rows"], groups, strict=True):
        found = rows.get(row["pseudonym"])
        if group in {"locked", "left"}:
            assert found is None
        elif group == "upgrade":
            assert found["rank"] <= row["rank"] == found["held_rank"]
        elif found["rank"] is not None:
            assert found["held_rank"] is None
    taken = np.unique([row["code"] for row in outcome["rows"] if row["code"]], return_counts=True)
    seats = {offer["code"]: offer["seats"] for offer in standing["offers"]}
    assert all(count <= seats[code] for code, count in zip(*taken, strict=True))
    if most is not None:
        assert outcome["stats"]["placed"] <= most
    assert outcome["certificate"]["proof"] in {"prices", "policy", "solver"}


def test_the_plain_check_finds_each_broken_promise():
    snapshot = public(
        "linear_assignment",
        2,
        1,
        offers=[("A", 1), ("B", 1)],
        applicants=[
            ("a", 0, ["A", "B"], []),
            ("b", 0, ["A", "B"], ["A"]),
            ("c", 0, ["B"], []),
        ],
    )
    standing = json.dumps(
        {
            "format": FORMAT, "snapshot": "",
            "offers": [{"code": "A", "seats": 1}, {"code": "B", "seats": 1}],
            "quotas": [
                {"offers": ["A", "B"], "weights": [1, 1], "lower": None, "upper": 2}
            ],
            "people": [
                {"pseudonym": "b", "group": "upgrade", "rank": 2},
                {"pseudonym": "c", "group": "left", "rank": 1},
            ],
        }
    )  # fmt: skip
    stands = Standing(Inputs(snapshot), standing)

    def row(pseudonym, held, code, rank):
        return {"pseudonym": pseudonym, "held_rank": held, "code": code, "rank": rank}

    check_rows(stands, [row("a", None, "A", 1), row("b", 2, "B", 2)])
    for wrong, why in (
        ([row("c", None, "B", 1)], "is in the result"),
        ([row("b", 2, None, None)], "would lose"),
        ([row("b", None, "B", 2)], "holds another place"),
        ([row("b", 2, "A", 1)], "cannot get"),
        ([row("a", None, "B", 1)], "cannot get"),
        ([row("a", None, "B", 2), row("b", 2, "B", 2)], "more people than seats"),
    ):
        with pytest.raises(NotFeasible, match=why):
            check_rows(stands, wrong)


def test_what_a_quota_leaves_is_that_of_now_also_where_the_round_was_read_before():
    snapshot = public(
        "linear_assignment", 1, 1, offers=[("A", 3)], applicants=[("a", 0, ["A"], [])]
    )
    inputs = Inputs(snapshot)
    of_a = {"offers": [0], "weights": [1], "lower": None, "upper": 1}
    inputs.quotas = [of_a]
    assert inputs.capacity == [1]
    standing = json.dumps(
        {
            "format": FORMAT, "snapshot": "",
            "offers": [{"code": "A", "seats": 3}],
            "quotas": [{**of_a, "offers": ["A"], "upper": 2}],
            "people": [],
        }
    )  # fmt: skip
    assert Standing(inputs, standing).now.capacity == [2]
