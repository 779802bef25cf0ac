"""Reviewers who are strict and reviewers who are generous are evened out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from mobility.applications import services
from mobility.applications.entries import entries_of
from mobility.applications.evening import PENALTY, corrections, corrections_of, evened
from mobility.applications.models import Application, ApplicationStatus
from mobility.applications.queries import offers_to_rank
from mobility.db import db
from mobility.offers.models import Call

from .. import factories
from ..examples import examples

A, B, C = 1, 2, 3


def test_same_two_reviewers_of_everybody_change_nothing():
    assert corrections([(1, A, 90), (1, B, 50), (2, A, 80), (2, B, 60)]) == {1: 0, 2: 0}


def test_who_met_the_strict_reviewer_is_lifted_by_half_of_what_is_known():
    """B gives 20 less than A and than C each time: the means of 1 and 2 suffer from it."""
    known = [(1, A, 90), (1, B, 70), (2, C, 90), (2, B, 70), (3, A, 80), (3, C, 80)]
    # by symmetry a = c = -b/2 and b = -8: 0.5 (b - a) + 0.5 (b - c) + b = -20
    assert corrections(known) == {1: 2, 2: 2, 3: -4}
    many = corrections(
        (100 * at + application, reviewer, score)
        for at in range(200)
        for application, reviewer, score in known
    )
    assert many[1] == pytest.approx(10 / 3, abs=0.05)
    assert many[3] == pytest.approx(-20 / 3, abs=0.05)


def test_single_reviews_have_no_correction_and_say_nothing():
    known = [(1, A, 90), (1, B, 70), (2, A, 80), (2, C, 80)]
    assert corrections([*known, (9, C, 3)]) == corrections(known)
    assert corrections([(9, C, 3)]) == {}


@st.composite
def reviews(draw):
    return [
        (application, reviewer, draw(st.integers(0, 100)))
        for application in range(draw(st.integers(1, 6)))
        for reviewer in draw(st.permutations(range(4)))[:2]
    ]


@settings(max_examples=examples(25), deadline=None)
@given(reviews())
def test_leanings_explain_the_reviews_best(rows):
    """As a minimiser finds worths and leanings together, that knows of no differences."""
    applications = len({row[0] for row in rows})

    def loss(x):
        worth, leaning = x[:applications], x[applications:]
        missed = sum((score - worth[a] - leaning[r]) ** 2 for a, r, score in rows)
        return missed + PENALTY * (leaning**2).sum()

    best = minimize(loss, [50.0] * applications + [0.0] * 4, method="BFGS").x
    for application, correction in corrections(rows).items():
        mean = sum(score for a, _, score in rows if a == application) / 2
        assert mean + correction == pytest.approx(best[application], abs=0.02)


def test_score_stays_between_its_ends():
    assert (evened(99, 4), evened(1, -4), evened(70, 1.25)) == (100, 0, 71.25)


def test_round_counts_evened_scores_and_the_review_says_so(scene, visitor, write):
    third = None
    with write():
        call = db.session.get_one(Call, scene.call.id)
        services.set_criteria(call, [], scene.admin, reviews_needed=2, reason="Agreed.")
        third = factories.coordinator(scene.home, name="Ernar")
        made = [
            factories.application(
                factories.student(scene.home),
                call,
                scene.offers,
                status=ApplicationStatus.SUBMITTED,
                pseudonym=name,
            )
            for name in "xyz"
        ]
        scores = (scene.coordinator, 90, scene.colleague, 70), (third, 90, scene.colleague, 70), (
            scene.coordinator, 80, third, 80,
        )  # fmt: skip
        for application, (first, one, second, two) in zip(made, scores, strict=True):
            services.review_application(application, first, score=one)
            services.review_application(application, second, score=two)
            services.approve_application(application, first)
    with write():
        call = db.session.get_one(Call, scene.call.id)
        entries = entries_of(call, offers_to_rank(call))
        assert [(one.pseudonym, one.score) for one in entries] == [("x", 82), ("y", 82), ("z", 76)]
        assert [db.session.get_one(Application, one.id).score for one in made] == [80, 80, 80]
        call.reviews_needed = 1
        assert corrections_of(call) == {}
        call.reviews_needed = 2
    page = visitor(scene.coordinator).read(f"/pipeline/{made[2].id}/review")
    assert "Evened out between strict and generous reviewers: -4" in page.replace("−", "-")
    assert "Together, as the round counts it: 76" in page
