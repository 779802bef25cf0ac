"""Pages of versions: preparing one, reading all of them, two side by side; the end with notice."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.accounts.models import User, UserStatus
from mobility.agreements import services
from mobility.agreements.differences import Change, Side, difference
from mobility.agreements.models import Agreement, AgreementStatus, digest_of
from mobility.agreements.queries import names_in, open_version_of
from mobility.db import db

from .. import factories
from ..clients import form_on, words


@pytest.fixture
def people(made, write):
    """admin, a, b and an outsider by name, and the agreement's address."""
    with write():
        users = {
            name: db.session.get_one(User, id_)
            for name, id_ in zip(("admin", "a", "b"), made[1:], strict=True)
        }
        users["outsider"] = factories.coordinator(factories.institution())
        users["page"] = f"/agreements/{made[0]}"
    return users


def hash_on(page):
    return re.search(r'name="content_hash" value="([0-9a-f]{64})"', page)[1]


def test_a_version_is_prepared_approved_and_takes_the_place(people, visitor, write):
    page, a, b = people["page"], visitor(people["a"]), visitor(people["b"])
    assert "Amend: prepare a new version" in a.read(page)
    answer = a.post(f"{page}/versions/new")
    draft = answer.location
    assert answer.status_code == 303
    assert "This is a new version in preparation." in a.read(draft)
    with write():
        condition = open_version_of(
            db.session.scalars(select(Agreement).order_by(Agreement.id)).first()
        ).conditions[0]
        edit = f"/conditions/{condition.id}/edit"
    form = form_on(a.get(edit).text)
    assert a.post(edit, {**form, "mobilities_per_year": "33"}).status_code == 303
    a.post(f"{draft}/propose")
    a.post(f"{draft}/approve", {"content_hash": hash_on(a.get(draft).text)})
    assert "The new version does not hold yet: the approval of" in a.read(draft)
    for browser in (a, b):
        assert "A new version waits for the approval of" in browser.read(page)
        assert "In force: both partners have approved this content." in browser.read(page)
        assert "Mobilities a year 33" not in browser.read(page)
    assert "approved on one side only" in b.read(draft)
    b.post(f"{draft}/approve", {"content_hash": hash_on(b.get(draft).text)})
    concluded = b.read(page)
    assert "Both partners have approved the new version." in concluded
    assert "does not hold yet" not in concluded
    assert "Mobilities a year 33" in visitor().read(page)
    assert b.get(draft).location == page
    assert "A new version waits" not in a.read(page)


def test_outsiders_see_nothing_of_a_version_in_preparation(people, visitor):
    page = people["page"]
    draft = visitor(people["a"]).post(f"{page}/versions/new").location
    for reader in (None, people["outsider"]):
        browser = visitor(reader)
        assert "new version" not in browser.read(page)
        assert browser.get(draft).status_code == (303 if reader is None else 404)
        assert browser.read("/agreements").count("Memorandum") == 1


def test_a_draft_is_dropped_with_a_reason(people, visitor):
    page, a = people["page"], visitor(people["a"])
    draft = a.post(f"{page}/versions/new").location
    assert a.post(f"{draft}/drop", {"reason": ""}).status_code == 422
    assert a.post(f"{draft}/drop", {"reason": "Not now"}).status_code == 303
    assert "This version was dropped" in a.read(draft)
    assert "Amend: prepare a new version" in a.read(page)


def changed(write, people):
    """A second version in force and a third in preparation."""
    with write():
        agreement = db.session.scalars(select(Agreement).where(Agreement.amends_id.is_(None))).one()
        admin, a, b = (db.session.merge(people[name]) for name in ("admin", "a", "b"))
        for text in ("One\n\nThree", "One\n\nThree\n\nFour"):
            draft = services.open_version(agreement, admin)
            services.edit_agreement(draft, admin, title_en="Memorandum", text=text)
            if text.endswith("Three"):
                services.remove_condition(draft.conditions[1], admin)
                services.propose_agreement(draft, admin)
                services.approve_agreement(draft, a)
                services.approve_agreement(draft, b)


def test_all_versions_are_listed_with_hash_and_approvals(people, visitor, write):
    changed(write, people)
    page, browser = people["page"], visitor(people["b"])
    listed = browser.read(f"{page}/versions")
    with write():
        agreement = db.session.scalars(select(Agreement).where(Agreement.amends_id.is_(None))).one()
        for version in agreement.versions:
            assert version.content_hash in listed
    assert [name in listed for name in ("Version 3", "Version 2", "Version 1")] == [True] * 3
    assert listed.count(people["a"].name) == listed.count(people["b"].name) - 1 == 2
    assert (listed.count("replaced"), listed.count("the present version")) == (1, 1)
    first = browser.read(f"{page}/versions/1")
    assert "Version 2 has taken the place of this one." in first
    assert ("Individual courses: University" in first, "Two" in first) == (True, True)
    assert "This is the present version." in browser.read(f"{page}/versions/2")
    assert browser.get(f"{page}/versions/3").status_code == 404


def test_two_versions_stand_side_by_side_with_changes_in_words(people, visitor, write):
    changed(write, people)
    page, browser = people["page"], visitor(people["a"])
    text = browser.read(f"{page}/compare?before=1&after=2")
    assert "2 things are not the same." in text
    assert "Version 1: Two Version 2: Three" not in text  # a label is not read as content
    assert re.search(r"Two Three changed", text)
    assert re.search(r"Individual courses: .*? → .*? taken out", text)
    latest = browser.read(f"{page}/compare")
    assert "1 thing is not the same." in latest
    assert re.search(r"— Four added", latest)
    assert "Both versions say the same." in browser.read(f"{page}/compare?before=1&after=1")
    assert browser.get(f"{page}/compare?before=1&after=9").status_code == 404


def test_difference_of_a_condition_names_each_field(scene):
    draft = services.open_version(scene.agreement, scene.a)
    draft.conditions[0].mobilities_per_year = 12
    draft.conditions[0].eqf_levels = [7]
    db.session.flush()
    before = Side(scene.agreement.versions[0].content, scene.agreement.versions[0].condition_ids)
    after = Side(draft.canonical(), [one.amends_id for one in draft.in_canonical_order()])
    found = difference(before, after, names_in(before.content))
    assert {pair.change for pair in found.conditions} == {Change.SAME, Change.CHANGED}
    [changed_one] = [pair for pair in found.conditions if pair.change is Change.CHANGED]
    assert {
        str(field.label): (field.before, field.after)
        for field in changed_one.fields
        if field.change is not Change.SAME
    } == {
        "Mobilities a year": ("10", "12"),
        "Levels": ("bachelor (EQF 6), master (EQF 7)", "master (EQF 7)"),
    }
    assert found.count == 1


def test_the_page_shows_who_may_approve_for_each_side(people, visitor, write):
    page = people["page"]
    with write():
        agreement = db.session.scalars(select(Agreement)).one()
        a, b = agreement.partners
        second = factories.coordinator(b, name="Second Colleague")
        factories.coordinator(b, name="Gone Colleague", status=UserStatus.DISABLED)
        factories.coordinator(b, factories.unit(b), name="Faculty Colleague")
        proposed = factories.condition(a, b, agreement_status=AgreementStatus.PROPOSED)
        address = f"/agreements/{proposed.agreement_id}"
    text = visitor(people["a"]).read(address)
    assert people["b"].name in text
    assert "Second Colleague" in text
    assert "Gone Colleague" not in text
    assert "Faculty Colleague" not in text
    assert "Second Colleague" not in visitor(people["a"]).read(page)
    browser = visitor(second)
    assert (
        browser.post(
            f"{address}/approve", {"content_hash": hash_on(browser.get(address).text)}
        ).status_code
        == 303
    )
    assert "Second Colleague" in visitor(people["a"]).read(address)


def test_a_side_on_which_nobody_may_approve_is_told(people, visitor, write):
    with write():
        agreement = db.session.scalars(select(Agreement)).one()
        alone = factories.institution()
        proposed = factories.condition(
            agreement.partner_a, alone, agreement_status=AgreementStatus.PROPOSED
        )
        address = f"/agreements/{proposed.agreement_id}"
    assert "Nobody may do so yet" in visitor(people["a"]).read(address)


def test_one_sided_approval_is_told_in_the_list_in_words(people, visitor, write):
    with write():
        agreement = db.session.scalars(select(Agreement)).one()
        a, b = agreement.partners
        proposed = factories.condition(a, b, agreement_status=AgreementStatus.PROPOSED).agreement
        proposed.title_en = "Half of it"
        services.approve_agreement(
            factories.settle(proposed, AgreementStatus.PROPOSED), db.session.merge(people["a"])
        )
        missing = b.name
    text = visitor(people["a"]).read("/agreements")
    assert f"approved on one side only Not in force: the approval of {missing} is missing." in text
    assert text.count("Not in force") == 1


def test_notice_is_given_by_form_and_told_on_the_pages(people, visitor, write):
    page, browser = people["page"], visitor(people["b"])
    day = clock.now().date() + timedelta(days=10)
    for form, field in (
        ({"reason": "Over", "last_day": ""}, "last_day"),
        ({"reason": "Over", "last_day": "2001-01-01"}, "last_day"),
        ({"reason": " ", "last_day": day.isoformat()}, "reason"),
    ):
        answer = browser.post(f"{page}/notice", form)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    done = browser.post(f"{page}/notice", {"reason": "Over", "last_day": day.isoformat()})
    assert done.status_code == 303
    text = visitor().read(page)
    assert "in force, notice is given ends on" in text
    assert "Reason: Over" not in text
    assert "gave notice to end it (last day:" in browser.read(page)
    assert "ends on" in visitor().read("/agreements")
    with clock.at(clock.now() + timedelta(days=11)):
        assert "Ended on" in browser.read(page)
        assert visitor().get(page).status_code == 303
        assert "Memorandum" not in visitor().read("/agreements")
        assert "Memorandum" in browser.read("/agreements?status=terminated")
        assert "Memorandum" not in browser.read("/agreements?status=approved")
        assert browser.get(f"{page}/notice").status_code == 409


def test_home_shows_a_version_that_waits_for_me(people, visitor, write):
    with write():
        agreement = db.session.scalars(select(Agreement)).one()
        draft = services.open_version(agreement, db.session.merge(people["a"]))
        services.edit_agreement(draft, db.session.merge(people["a"]), title_en="Other title")
        services.propose_agreement(draft, db.session.merge(people["a"]))
    assert "“Other title”" in visitor(people["b"]).read("/")


def test_versions_ask_the_same_number_of_queries_for_one_and_three(
    people, visitor, write, count_queries
):
    page, browser = f"{people['page']}/versions", visitor(people["admin"])
    browser.read(page)
    with count_queries() as one:
        browser.read(page)
    changed(write, people)
    with write():
        agreement = db.session.scalars(select(Agreement).where(Agreement.amends_id.is_(None))).one()
        services.drop_version(open_version_of(agreement), db.session.merge(people["a"]), "No")
    with count_queries() as three:
        browser.read(page)
    assert len(three) == len(one)


def test_a_continuing_condition_says_what_stays(people, visitor, write):
    browser = visitor(people["a"])
    browser.post(f"{people['page']}/versions/new")
    with write():
        agreement = db.session.scalars(select(Agreement).where(Agreement.amends_id.is_(None))).one()
        condition = open_version_of(agreement).conditions[0]
        edit = f"/conditions/{condition.id}/edit"
        other = condition.receiving_id, condition.sending_id
    page = browser.get(edit).text
    assert "its direction and its partners stay" in words(page)
    form = {**form_on(page), "sending": other[0], "receiving": other[1]}
    form = {
        key: value for key, value in form.items() if key not in {"sending_unit", "receiving_unit"}
    }
    answer = browser.post(edit, form)
    assert (answer.status_code, 'id="sending-error"' in answer.text) == (422, True)


def test_a_version_reads_on_after_a_partner_has_another_code(people, visitor, write):
    """What was hashed names codes; one that nobody has any more stands for itself."""
    with write():
        agreement = db.session.scalars(select(Agreement)).one()
        agreement.partner_a.schac = "abaiuniversity.edu.kz"
        kept = agreement.versions[0]
        assert digest_of(kept.content) == kept.content_hash
    browser = visitor(people["a"])
    text = browser.read(f"{people['page']}/versions/1")
    assert "Internship: kaznpu.kz →" in text
    printed = browser.get(f"{people['page']}/memorandum.pdf?version=1")
    assert printed.mimetype == "application/pdf"
