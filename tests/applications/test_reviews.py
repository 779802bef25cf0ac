"""Scores by criteria and by two reviewers: neither sees the other's until both are in."""

from datetime import timedelta

import pytest

from mobility import clock
from mobility.applications import services
from mobility.applications.models import Application, ApplicationStatus, Review
from mobility.applications.queries import reviews_for
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.offers.models import Call, CallStatus
from mobility.offers.queries import rule_changes
from mobility.rounds.words import rules as words

from .. import factories

HOUR = timedelta(hours=1)
MOTIVATION = {"name_en": "Motivation", "name_ru": "Мотивация", "name_kk": "Уәж", "weight": 60}
GRADES = {"name_en": "Grades", "name_ru": "", "name_kk": "", "weight": 20}


@pytest.fixture
def scoring(scene, write):
    """Sets by what the call is scored; gives the ids of the criteria."""

    def set_(criteria=(MOTIVATION, GRADES), reviews=1):
        with write():
            call = db.session.get_one(Call, scene.call.id)
            services.set_criteria(
                call, criteria, scene.admin, reviews_needed=reviews, reason="Agreed."
            )
            return [one.id for one in call.criteria]

    return set_


def current(one) -> Application:
    return db.session.get_one(Application, one.id)


def sheet(ids, *marks):
    return dict(zip(ids, marks, strict=True))


# --- Setting it -----------------------------------------------------------------------------------


@pytest.fixture
def draft(app, write):
    with write():
        yield factories.call(status=CallStatus.DRAFT), factories.admin()


def test_criteria_are_set_freely_before_the_opening(draft):
    call, admin = draft
    services.set_criteria(call, [MOTIVATION, GRADES], admin, reviews_needed=2)
    assert [one.plain for one in call.criteria] == [MOTIVATION, GRADES]
    assert call.reviews_needed == 2
    services.set_criteria(call, [], admin)
    assert (call.criteria, call.reviews_needed, call.has_sheets) == ([], 1, False)
    assert rule_changes(call) == []


@pytest.mark.parametrize(
    ("criteria", "reviews", "field"),
    [
        ([{**GRADES, "name_en": " "}], 1, "criteria"),
        ([{**GRADES, "weight": None}], 1, "criteria"),
        ([{**GRADES, "weight": 101}], 1, "criteria"),
        ([GRADES] * 11, 1, None),
        ([GRADES], 3, "reviews_needed"),
    ],
)
def test_criteria_that_cannot_stand_are_refused(draft, criteria, reviews, field):
    call, admin = draft
    with pytest.raises(Invalid) as refused:
        services.set_criteria(call, criteria, admin, reviews_needed=reviews)
    assert refused.value.field == field
    assert (call.criteria, call.reviews_needed) == ([], 1)


def test_once_open_a_change_needs_a_reason_and_is_shown_to_all(scene, scoring, write):
    with write(), pytest.raises(Invalid) as refused:
        services.set_criteria(db.session.get_one(Call, scene.call.id), [GRADES], scene.admin)
    assert refused.value.field == "reason"
    scoring(reviews=2)
    with write():
        (change,) = rule_changes(scene.call)
        assert [(one.name, one.before, one.after) for one in words.changed(change)] == [
            ("Criteria of the score", "—", "Motivation (60); Grades (20)"),
            ("Reviewers of each application", "1", "2"),
        ]


def test_what_people_were_scored_by_stands(scene, scored, write):
    with write(), pytest.raises(Conflict, match="Somebody has scored"):
        services.set_criteria(
            db.session.get_one(Call, scene.call.id), [GRADES], scene.admin, reason="Late."
        )


def test_the_first_of_two_reviews_fixes_it_too(scene, scoring, one, write):
    ids = scoring(reviews=2)
    with write():
        services.review_application(current(one), scene.coordinator, marks=sheet(ids, 1, 2))
        with pytest.raises(Conflict, match="Somebody has scored"):
            services.set_criteria(current(one).call, [], scene.admin, reason="Late.")


def test_once_closed_it_stands(scene, write):
    with write(), clock.at(scene.call.closes_at + HOUR):
        call = db.session.get_one(Call, scene.call.id)
        with pytest.raises(Conflict, match="has closed"):
            services.set_criteria(call, [GRADES], scene.admin, reason="Late.")


# --- One reviewer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "score"), [((80, 40), 70), ((0, 100), 25), ((100, 100), 100), ((33.33, 50), 37.5)]
)
def test_the_score_is_the_mean_by_weight(scene, scoring, one, write, marks, score):
    ids = scoring()
    with write():
        services.review_application(
            current(one), scene.coordinator, marks=sheet(ids, *marks), comment=" Good. "
        )
        now = current(one)
        assert (now.score, now.score_comment, now.scored_by_id) == (
            score,
            "Good.",
            scene.coordinator.id,
        )


def test_a_colleague_changes_the_one_sheet_in_turn(scene, scoring, one, write):
    ids = scoring()
    with write():
        first = services.review_application(
            current(one), scene.coordinator, marks=sheet(ids, 80, 40)
        )
        again = services.review_application(current(one), scene.colleague, marks=sheet(ids, 40, 40))
        assert first is again
        assert (current(one).score, again.reviewer_id) == (40, scene.colleague.id)


@pytest.mark.parametrize(
    ("marks", "message"),
    [
        ({}, "Give a mark for “Motivation”."),
        ({0: 50}, "Give a mark for “Grades”."),
        ({0: 50, 1: 101}, "a number from 0 to 100"),
        ({0: 50, 1: 0.125}, "at most two decimals"),
    ],
)
def test_each_criterion_wants_its_mark(scene, scoring, one, write, marks, message):
    ids = scoring()
    with write():
        with pytest.raises(Invalid, match=message) as refused:
            services.review_application(
                current(one),
                scene.coordinator,
                marks={ids[at]: mark for at, mark in marks.items()},
            )
        assert refused.value.field in {f"mark_{known}" for known in ids}
        assert current(one).score is None


def test_after_the_deadline_a_changed_review_needs_a_reason(scene, scoring, one, write):
    ids = scoring()
    with write(), clock.at(scene.call.closes_at + HOUR):
        services.review_application(current(one), scene.coordinator, marks=sheet(ids, 80, 40))
        with pytest.raises(Invalid) as refused:
            services.review_application(current(one), scene.coordinator, marks=sheet(ids, 81, 40))
        assert refused.value.field == "reason"
        services.review_application(
            current(one), scene.coordinator, marks=sheet(ids, 81, 40), reason="A slip."
        )


def test_one_typed_score_is_no_way_around_the_sheets(scene, scoring, one, write):
    scoring()
    with write(), pytest.raises(Conflict, match="scored by criteria"):
        services.score_application(current(one), 90, scene.coordinator)


# --- Two reviewers --------------------------------------------------------------------------------


def test_two_reviews_make_a_score_and_show_their_spread(scene, scoring, one, write):
    ids = scoring(reviews=2)
    with write():
        services.review_application(current(one), scene.coordinator, marks=sheet(ids, 80, 40))
        assert current(one).score is None
        with pytest.raises(Conflict, match="not all are in"):
            services.approve_application(current(one), scene.coordinator)
        mine = reviews_for(current(one), scene.coordinator)
        theirs = reviews_for(current(one), scene.colleague)
        assert (mine.seen, mine.own.score, mine.last_one, mine.spread) == ([], 70, False, None)
        assert (theirs.seen, theirs.own, theirs.last_one) == ([], None, True)
        services.review_application(current(one), scene.colleague, marks=sheet(ids, 91, 91))
        assert current(one).score == 80.5
        both = reviews_for(current(one), scene.colleague)
        assert ([review.score for review in both.seen], both.spread) == ([70, 91], 21)
        services.approve_application(current(one), scene.coordinator)
        assert current(one).status is ApplicationStatus.APPROVED


def test_without_criteria_two_scores_are_typed(scene, scoring, one, write):
    scoring((), reviews=2)
    with write():
        services.review_application(current(one), scene.coordinator, score=80)
        services.review_application(current(one), scene.colleague, score="71.5")
        assert current(one).score == 75.75


def test_the_same_person_reviews_once(scene, scoring, one, write):
    scoring((), reviews=2)
    with write():
        services.review_application(current(one), scene.coordinator, score=80)
        services.review_application(current(one), scene.coordinator, score=90)
        assert [review.score for review in db.session.query(Review)] == [90]
        assert current(one).score is None


def test_a_third_reviewer_is_not_asked(scene, scoring, one, write):
    scoring((), reviews=2)
    with write():
        services.review_application(current(one), scene.coordinator, score=80)
        services.review_application(current(one), scene.colleague, score=70)
        with pytest.raises(Conflict, match="2 reviews are in"):
            services.review_application(current(one), scene.admin, score=10)
        services.review_application(current(one), scene.colleague, score=90)
        assert current(one).score == 85


def test_the_second_is_not_refused_because_the_first_came_meanwhile(scene, scoring, one, write):
    scoring((), reviews=2)
    with write():
        seen = current(one).version
    with write():
        services.review_application(current(one), scene.coordinator, score=80, version=seen)
    with write():
        services.review_application(current(one), scene.colleague, score=70, version=seen)
        assert current(one).score == 75


@pytest.mark.parametrize("status", ApplicationStatus)
def test_a_review_is_given_where_a_score_is(scene, scoring, many, write, status):
    with write():
        call = db.session.get_one(Call, scene.call.id)
        call.reviews_needed = 2
        takes = status in {ApplicationStatus.SUBMITTED, ApplicationStatus.APPROVED}
        if takes:
            services.review_application(current(many[status]), scene.coordinator, score=80)
        else:
            with pytest.raises(Conflict):
                services.review_application(current(many[status]), scene.coordinator, score=80)
        assert db.session.query(Review).count() == takes


# --- Pages ----------------------------------------------------------------------------------------


def posted(visitor, who, one, fields, **more):
    page = f"/pipeline/{one.id}/score"
    return visitor(who).post(
        page, {f"score-{name}": value for name, value in fields.items()} | more
    )


def test_reviewers_work_apart_until_both_are_in(scene, scoring, one, write, visitor):
    ids = scoring(reviews=2)
    first = {f"mark_{ids[0]}": "83.5", f"mark_{ids[1]}": "43.5", "comment": "Reads well."}
    assert posted(visitor, scene.coordinator, one, first).status_code == 303
    page = f"/pipeline/{one.id}/review"
    own, other = visitor(scene.coordinator).get(page).text, visitor(scene.colleague).get(page).text
    assert 'value="83.5"' in own
    assert "1 of 2 reviews are in." in other
    # with a point in them: whole numbers stand in names that tests count up
    for secret in ("83.5", "73.5", "Reads well."):
        assert secret not in other.partition("<main")[2].replace(str(one.pseudonym), "")
    assert "Save the score and approve" in other
    assert "Save the score and approve" not in own
    second = {f"mark_{ids[0]}": "90", f"mark_{ids[1]}": "90"}
    sent = posted(visitor, scene.colleague, one, second, then="approve")
    assert sent.status_code == 303
    read = visitor(scene.coordinator).read(page)
    for said in ("Carla: 73.5", "Dana: 90", "Motivation: 83.5", "Reads well.", "lie 16.5 apart"):
        assert said in read
    with write():
        now = current(one)
        assert (now.score, now.status) == (81.75, ApplicationStatus.APPROVED)


def test_a_sheet_that_is_not_filled_is_kept_with_its_errors(scene, scoring, one, visitor):
    ids = scoring()
    refused = posted(visitor, scene.coordinator, one, {f"mark_{ids[0]}": "lots"})
    assert refused.status_code == 422
    assert "“lots” is not a number." in refused.text
    assert 'value="lots"' in refused.text


def test_sheets_are_not_filled_in_bulk(scene, scoring, one, visitor):
    scoring()
    page = visitor(scene.coordinator).post("/pipeline/bulk", {"action": "score", "chosen": one.id})
    assert "This call is scored by criteria or by two people" in page.text


def test_an_admin_sets_criteria_and_everybody_reads_them(scene, visitor):
    browser = visitor(scene.admin)
    page = f"/calls/{scene.call.id}/criteria"
    sent = {
        "criteria-0-name_en": "Motivation",
        "criteria-0-weight": "60",
        "criteria-1-name_en": "Grades",
        "criteria-1-weight": "40",
        "reviews_needed": "2",
    }
    refused = browser.post(page, sent)
    assert refused.status_code == 422
    assert "Give a reason" in refused.text
    unweighted = browser.post(page, {**sent, "criteria-1-weight": "", "reason": "Agreed."})
    assert "A weight is a whole number from 1 to 100." in unweighted.text
    assert browser.post(page, {**sent, "reason": "Agreed."}).status_code == 303
    said = visitor(None).read(f"/calls/{scene.call.id}")
    assert "Motivation: weight 60 Grades: weight 40" in said
    assert "The mean counts, evened out between strict and generous reviewers" in said


def test_the_review_page_asks_as_many_queries_whatever_the_criteria(
    scene, scoring, one, visitor, count_queries
):
    page, browser = f"/pipeline/{one.id}/review", visitor(scene.coordinator)
    scoring((GRADES,))
    browser.read(page)
    with count_queries() as few:
        browser.read(page)
    scoring((GRADES, MOTIVATION, {**GRADES, "name_en": "Interview"}))
    with count_queries() as many:
        browser.read(page)
    assert len(many) == len(few)
