"""Two admins at one eligibility rule or criteria sheet: the second is told, and loses nothing."""

import pytest
from sqlalchemy import func, select

from mobility import clock
from mobility.db import db
from mobility.offers import services
from mobility.offers.models import Call, CallStatus
from mobility.offers.rules import EligibilityRule, RuleKind

from .. import factories
from ..clients import words

GONE = "This rule is gone: it was removed."
OVERTAKEN = "This was changed after you had opened it."


@pytest.fixture
def admins(app, write, visitor):
    with write():
        people = factories.admin(), factories.admin(email="second@admin.example")
    return [visitor(one) for one in people]


@pytest.fixture
def call(app, write):
    """Announced, and not open yet."""
    with write():
        made = factories.call(status=CallStatus.ANNOUNCED)
        made.opens_at = clock.now() + (made.closes_at - clock.now()) / 2
    return made


@pytest.fixture
def rule(call, write):
    with write():
        return factories.eligibility_rule(db.session.merge(call), RuleKind.EARLIER, most=0)


def version_on(page: str) -> str:
    """What the hidden field of a form holds."""
    return page.partition('name="version"')[2].partition('value="')[2].partition('"')[0]


def standing(rule) -> dict:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(EligibilityRule, rule.id).terms


def softer(most: str, version: str) -> dict:
    return {"most": most, "worth": "hard", "version": version}


def test_the_second_change_of_a_rule_is_a_conflict_that_keeps_what_was_typed(admins, rule):
    first, second = admins
    page = f"/eligibility-rules/{rule.id}/edit"
    opened = [version_on(one.get(page).text) for one in admins]
    assert first.post(page, softer("1", opened[0])).status_code == 303
    late = second.post(page, softer("4", opened[1]))
    assert late.status_code == 409
    assert OVERTAKEN in words(late.text)
    assert "It says now: At most 1 earlier mobility (required)" in words(late.text)
    assert 'value="4"' in late.text
    assert standing(rule) == {"most": 1}
    assert second.post(page, softer("4", version_on(late.text))).status_code == 303
    assert standing(rule) == {"most": 4}


def test_what_was_mistyped_does_not_hide_that_somebody_was_faster(admins, rule):
    first, second = admins
    page = f"/eligibility-rules/{rule.id}/edit"
    opened = version_on(second.get(page).text)
    first.post(page, softer("1", opened))
    mistyped = second.post(page, softer("lots", opened))
    assert (mistyped.status_code, version_on(mistyped.text)) == (422, opened)
    assert second.post(page, softer("4", opened)).status_code == 409


def test_a_rule_that_was_changed_is_not_removed_unread(admins, rule):
    first, second = admins
    page = f"/eligibility-rules/{rule.id}"
    listed = second.get(f"/calls/{rule.call_id}/eligibility").text
    first.post(f"{page}/edit", softer("1", version_on(listed)))
    late = second.post(f"{page}/remove", {"version": version_on(listed)})
    assert late.status_code == 409
    assert "At most 1 earlier mobility" in words(late.text)
    assert second.post(f"{page}/remove", {"version": version_on(late.text)}).status_code == 303
    assert "no rules of its own" in second.read(f"/calls/{rule.call_id}/eligibility")


def test_a_removed_rule_is_told_as_gone_and_what_was_typed_is_kept(admins, rule, visitor):
    first, second = admins
    page = f"/eligibility-rules/{rule.id}"
    opened = version_on(second.get(f"{page}/edit").text)
    assert first.post(f"{page}/remove", {"version": opened}).status_code == 303
    late = second.post(f"{page}/edit", softer("4", opened))
    assert (late.status_code, 'value="4"' in late.text) == (409, True)
    assert GONE in words(late.text)
    assert "It says now" not in words(late.text)
    for answer in (
        second.get(f"{page}/edit"),
        second.get(f"{page}/remove"),
        second.post(f"{page}/remove", {"version": opened}),
    ):
        assert (answer.status_code, GONE in words(answer.text)) == (409, True)
    assert "No earlier mobility" not in visitor(None).read(f"/calls/{rule.call_id}")


def test_a_removed_rule_leaves_its_number_to_nobody(call, rule, write):
    with write():
        admin = factories.admin()
        services.remove_rule(db.session.get_one(EligibilityRule, rule.id), admin)
        of = db.session.get_one(Call, call.id)
        added = services.add_rule(of, RuleKind.EARLIER, {"most": 2}, admin)
        assert added.id > rule.id
        assert of.eligibility_rules == [added]
        assert db.session.scalar(select(func.count(EligibilityRule.id))) == 2


def sheet(version: str, **more: str) -> dict:
    return {
        "criteria-0-name_en": "Motivation",
        "criteria-0-weight": "60",
        "reviews_needed": "1",
        "version": version,
        **more,
    }


@pytest.mark.parametrize(
    ("change", "now"),
    [
        ({}, "Motivation: weight 60"),
        ({"reviews_needed": "2"}, "Two reviewers score each application."),
    ],
)
def test_the_second_sheet_of_criteria_is_a_conflict_that_shows_the_first(admins, call, change, now):
    first, second = admins
    page = f"/calls/{call.id}/criteria"
    opened = [version_on(one.get(page).text) for one in admins]
    assert first.post(page, sheet(opened[0], **change)).status_code == 303
    typed = {"criteria-0-name_en": "Grades"}
    late = second.post(page, sheet(opened[1], **typed))
    assert (late.status_code, 'value="Grades"' in late.text) == (409, True)
    said = words(late.text)
    assert OVERTAKEN in said
    assert now in said.partition("As it stands now:")[2]
    assert "Motivation: weight 60" in second.read(f"/calls/{call.id}")
    assert second.post(page, sheet(version_on(late.text), **typed)).status_code == 303
    assert "Grades: weight 60" in second.read(f"/calls/{call.id}")


def test_a_sheet_sent_again_unchanged_overtakes_nobody(admins, call):
    first, second = admins
    page = f"/calls/{call.id}/criteria"
    first.post(page, sheet(version_on(first.get(page).text)))
    opened = version_on(second.get(page).text)
    assert first.post(page, sheet(opened)).status_code == 303
    assert second.post(page, sheet(opened, **{"criteria-0-weight": "50"})).status_code == 303
