"""Pages of agreements: who sees what, both approvals side by side, forms that lose nothing."""

import re
from types import SimpleNamespace

import pytest

from mobility.access import can
from mobility.accounts.forms import LANGUAGES_KNOWN
from mobility.agreements import services
from mobility.agreements.forms import language_choices
from mobility.agreements.models import (
    OF_VERSIONS,
    Agreement,
    AgreementStatus,
    Direction,
)
from mobility.db import db
from mobility.i18n import speaking

from .. import factories

SECRET = "What only the partners read"


@pytest.fixture
def people(app, write):
    """One person of each role around an agreement of a and b, by name."""
    with write():
        a, b, c = factories.institution(), factories.institution(), factories.institution()
        made = {
            "anonymous": None,
            "student": factories.student(a),
            "coordinator of a": factories.coordinator(a),
            "coordinator of b": factories.coordinator(b),
            "unit coordinator of a": factories.coordinator(a, factories.unit(a)),
            "coordinator of c": factories.coordinator(c),
            "admin": factories.admin(),
        }
        made["agreement"] = factories.condition(
            a, b, agreement_status=AgreementStatus.DRAFT, other_terms=SECRET
        ).agreement
        made["agreement"].title_en = "Memorandum of a and b"
    return made


PARTNERS = {"coordinator of a", "coordinator of b"}
INSIDE = {*PARTNERS, "unit coordinator of a", "admin"}
ALL = {*INSIDE, "anonymous", "student", "coordinator of c"}
ALLOWED = {
    "agreement:list": ALL,
    "agreement:view": INSIDE,
    "agreement:read-in-full": INSIDE,
    "agreement:create": {*PARTNERS, "coordinator of c", "admin"},
    "agreement:edit": {*PARTNERS, "admin"},
    "agreement:propose": {*PARTNERS, "admin"},
    "agreement:withdraw": {*PARTNERS, "admin"},
    "agreement:approve": PARTNERS,
    "agreement:amend": {*PARTNERS, "admin"},
    "agreement:drop": {*PARTNERS, "admin"},
    "agreement:terminate": {*PARTNERS, "admin"},
    "agreement:withdraw-notice": {*PARTNERS, "admin"},
    "agreement:export": {*INSIDE, "coordinator of c"},
    "agreement:import": {*PARTNERS, "coordinator of c", "admin"},
    "agreement-version:view": INSIDE,
    "condition:view": INSIDE,
    "condition:edit": {*PARTNERS, "admin"},
}


@pytest.mark.parametrize("permission", ALLOWED)
def test_permission_over_every_role(people, write, permission):
    with write():
        agreement = db.session.merge(people["agreement"], load=True)
        subject = {
            "condition": agreement.conditions[0],
            "agreement-version": SimpleNamespace(agreement=agreement),
        }.get(permission.partition(":")[0], agreement)
        allowed = {
            role
            for role in ALL
            if can(people[role] and db.session.merge(people[role]), permission, subject)
        }
    assert allowed == ALLOWED[permission]


def test_every_permission_of_the_room_is_in_the_table():
    from mobility.agreements.permissions import RULES

    assert RULES.keys() == ALLOWED.keys()


@pytest.mark.parametrize("status", [one for one in AgreementStatus if one not in OF_VERSIONS])
def test_outsiders_see_only_what_both_approved(people, write, visitor, status):
    with write():
        agreement = db.session.merge(people["agreement"])
        agreement.text = SECRET
        factories.settle(agreement, status)
        number = agreement.id
    public = status is AgreementStatus.APPROVED
    for role in ("anonymous", "student", "coordinator of c"):
        browser = visitor(people[role])
        answer = browser.get(f"/agreements/{number}")
        expected = 200 if public else (303 if role == "anonymous" else 404)
        assert answer.status_code == expected
        assert SECRET not in answer.text
        assert "History" not in answer.text
        assert ("Memorandum of a and b" in browser.read("/agreements")) is public
    for role in INSIDE:
        page = visitor(people[role]).read(f"/agreements/{number}")
        assert page.count(SECRET) == 2
        assert "Memorandum of a and b" in visitor(people[role]).read("/agreements")


def test_one_sided_approval_looks_unlike_an_agreement_in_force(people, write, visitor):
    browsers = {side: visitor(people[f"coordinator of {side}"]) for side in "ab"}
    number = people["agreement"].id
    names = [hei.name for hei in people["agreement"].partners]
    page = f"/agreements/{number}"
    assert browsers["a"].post(f"{page}/propose").status_code == 303
    assert "neither partner has approved it yet" in browsers["b"].read(page)
    read = hash_on(browsers["a"].get(page).text)
    browsers["a"].post(f"{page}/approve", {"content_hash": read})
    for browser in browsers.values():
        text = browser.read(page)
        assert f"Not in force: the approval of {names[1]} is missing." in text
        assert "approved on one side only" in text
        assert text.count("approval missing") == 1
        assert "In force: both partners" not in text
    assert "Approve the agreement" not in browsers["a"].read(page)
    assert f"Approve it for {names[1]}" in browsers["b"].read(page)
    browsers["b"].post(f"{page}/approve", {"content_hash": read})
    text = visitor().read(page)
    assert "In force: both partners have approved this content." in text
    assert "approval missing" not in text
    browsers["b"].post("/language", {"language": "ru"})
    assert "одобрена" not in browsers["b"].read(page)  # of an application, not an agreement


def hash_on(page):
    return re.search(r'name="content_hash" value="([0-9a-f]{64})"', page)[1]


def test_approving_a_page_read_before_a_change_answers_409(people, write, visitor):
    page = f"/agreements/{people['agreement'].id}"
    a, b = (visitor(people[f"coordinator of {side}"]) for side in "ab")
    a.post(f"{page}/propose")
    read = hash_on(b.get(page).text)
    a.post(f"{page}/edit", {"title_en": "Other title"})
    a.post(f"{page}/propose")
    answer = b.post(f"{page}/approve", {"content_hash": read})
    assert answer.status_code == 409
    assert "has changed since you opened it" in answer.text
    assert b.post(f"{page}/approve", {}).status_code == 409
    with write():
        assert db.session.get_one(Agreement, people["agreement"].id).approvals == []


def test_admin_cannot_approve_for_a_partner(people, visitor):
    page = f"/agreements/{people['agreement'].id}"
    admin = visitor(people["admin"])
    admin.post(f"{page}/propose")
    assert admin.post(f"{page}/approve", {"content_hash": "x"}).status_code == 403


def test_agreement_is_drafted_by_form(people, write, visitor):
    a, b = people["agreement"].partners
    form = {
        "partner_a": a.id,
        "partner_b": b.id,
        "title_ru": "Меморандум",
        "signed_on": "2026-11-08",
    }
    answer = visitor(people["admin"]).post("/agreements/new", form)
    assert answer.status_code == 303
    page = visitor(people["admin"]).read(answer.location)
    assert "Меморандум" in page
    assert "Add a condition" in page


def test_bad_agreement_keeps_what_was_typed(people, visitor):
    a, _b = people["agreement"].partners
    browser = visitor(people["admin"])
    for form, field, message in (
        ({"partner_a": a.id, "partner_b": a.id, "title_en": "T"}, "partner_b", "two different"),
        ({"partner_a": a.id, "title_en": "T"}, "partner_b", "Choose the second partner."),
        ({"partner_a": "x", "partner_b": a.id, "title_en": "T"}, "partner_a", "could not coerce"),
        ({"signed_on": "soon", "title_en": "T"}, "signed_on", "Not a valid date"),
    ):
        answer = browser.post("/agreements/new", {**form, "text": "Typed for an hour"})
        assert answer.status_code == 422
        assert error_at(answer.text, field, message)
        assert "Typed for an hour" in answer.text


def error_at(page, field, message):
    found = re.search(rf'id="{field}-error">(.*?)</p>', page, re.S)
    return found is not None and message in found[1]


CONDITION = {
    "direction": "courses",
    "first_year": "2026",
    "last_year": "2028",
    "mobilities_per_year": "12",
    "eqf_levels": ["6", "7"],
    "isced_fields": ["061", "0613", "011"],
    "language": "ru",
    "cefr": "B1",
    "other_terms": "Typed terms",
}


def test_condition_is_added_changed_and_removed(people, write, visitor):
    agreement = people["agreement"]
    a, b = agreement.partners
    browser = visitor(people["coordinator of b"])
    form = {**CONDITION, "sending": b.id, "receiving": a.id}
    assert browser.post(f"/agreements/{agreement.id}/conditions/new", form).status_code == 303
    with write():
        stored = db.session.get_one(Agreement, agreement.id).conditions[1]
        assert (stored.direction, stored.sending_id) == (Direction.COURSES, b.id)
        assert (stored.eqf_levels, stored.isced_fields) == ([6, 7], ["011", "061"])
        assert stored.agreement.status is AgreementStatus.DRAFT
        number = stored.id
    page = browser.read(f"/agreements/{agreement.id}")
    assert "2026/2027–2028/2029" in page
    assert "bachelor (EQF 6), master (EQF 7)" in page
    assert "Russian B1" in page
    shown = browser.get(f"/conditions/{number}/edit").text
    assert re.search(r'value="061" checked', shown)
    version = re.search(r'name="version"[^>]*value="(\d+)"', shown)[1]
    form = {**form, "version": version, "mobilities_per_year": "13"}
    assert browser.post(f"/conditions/{number}/edit", form).status_code == 303
    late = browser.post(f"/conditions/{number}/edit", {**form, "mobilities_per_year": "14"})
    assert late.status_code == 409
    assert "This agreement was changed" in late.text
    assert 'value="14"' in late.text
    assert browser.post(f"/conditions/{number}/remove").status_code == 303
    assert "individual courses" not in browser.read(f"/agreements/{agreement.id}").lower()


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"direction": ""}, "direction", "Choose what people go for."),
        ({"direction": "tourism"}, "direction", ""),
        ({"receiving": "sending"}, "receiving", "The receiving partner is the other one."),
        ({"last_year": "2025"}, "last_year", "not before the first"),
        ({"mobilities_per_year": "many"}, "mobilities_per_year", "Not a valid integer"),
        ({"mobilities_per_year": "-1"}, "mobilities_per_year", "from 0 to 10,000"),
        ({"mobilities_per_year": ""}, "mobilities_per_year", "Give the number"),
        ({"isced_fields": ["0699"]}, "isced_fields", "0699"),
        ({"eqf_levels": ["4"]}, "eqf_levels", "4"),
        ({"cefr": ""}, "cefr", "or neither"),
        ({"sending_unit": "999999"}, "sending_unit", ""),
    ],
)
def test_bad_condition_stands_at_its_field_and_nothing_is_lost(
    people, write, visitor, values, field, message
):
    agreement = people["agreement"]
    a, b = agreement.partners
    form = {**CONDITION, "sending": a.id, "receiving": b.id, **values}
    if form["receiving"] == "sending":
        form["receiving"] = a.id
    answer = visitor(people["admin"]).post(f"/agreements/{agreement.id}/conditions/new", form)
    assert answer.status_code == 422
    assert error_at(answer.text, field, message)
    assert "Typed terms" in answer.text
    with write():
        assert len(db.session.get_one(Agreement, agreement.id).conditions) == 1


def test_termination_asks_for_a_reason_and_names_the_agreement(people, write, visitor):
    with write():
        factories.settle(db.session.merge(people["agreement"]), AgreementStatus.APPROVED)
    page = f"/agreements/{people['agreement'].id}"
    browser = visitor(people["admin"])
    assert "Terminate “Memorandum of a and b”" in browser.read(f"{page}/terminate")
    answer = browser.post(f"{page}/terminate", {"reason": " "})
    assert (answer.status_code, error_at(answer.text, "reason", "Give a reason")) == (422, True)
    assert browser.post(f"{page}/terminate", {"reason": "It ended"}).status_code == 303
    text = browser.read(page)
    assert "Terminated. Nothing can be offered" in text
    assert "Reason: It ended" in text
    again = browser.post(f"{page}/terminate", {"reason": "It ended"})
    assert again.status_code == 409


def test_taking_back_keeps_the_record(people, visitor):
    page = f"/agreements/{people['agreement'].id}"
    browser = visitor(people["coordinator of a"])
    browser.post(f"{page}/propose")
    browser.post(f"{page}/withdraw", {"reason": "A typing error"})
    text = browser.read(page)
    assert "Reason: A typing error" in text
    assert "draft" in text


def test_list_searches_partners_and_states(people, write, visitor):
    with write():
        c, d = factories.institution(name_kk="Қорқыт Ата"), factories.institution()
        factories.agreement(c, d, title_en="Other")
    browser = visitor(people["admin"])
    assert "Memorandum of a and b" not in browser.read("/agreements?q=қорқыт")
    assert "Other" in browser.read("/agreements?q=ҚОРҚЫТ+ата&status=approved")
    assert "No agreement matches" in browser.read("/agreements?q=қорқыт&status=draft")
    assert "Other" in browser.read("/agreements?status=nonsense&page=x")


def test_home_shows_agreements_that_wait_for_me(people, write, visitor):
    with write():
        agreement = db.session.merge(people["agreement"])
        services.propose_agreement(agreement, db.session.merge(people["admin"]))
    for role, told in (("coordinator of a", True), ("coordinator of c", False), ("student", False)):
        page = visitor(people[role]).read("/")
        assert ("An agreement waits for your approval" in page) is told


@pytest.mark.parametrize("address", ["/agreements", "/agreements?q=univ"])
def test_list_asks_the_same_number_of_queries_for_one_row_and_three(
    people, write, visitor, count_queries, address
):
    with write():
        factories.settle(db.session.merge(people["agreement"]), AgreementStatus.APPROVED)
    browser = visitor(people["coordinator of a"])
    browser.read(address)
    with count_queries() as one:
        browser.read(address)
    with write():
        for _number in range(2):
            factories.condition(factories.institution(), factories.institution())
    with count_queries() as three:
        browser.read(address)
    assert len(three) == len(one)


def test_no_form_is_shown_for_an_agreement_that_both_approved(people, write, visitor):
    with write():
        agreement = factories.settle(
            db.session.merge(people["agreement"]), AgreementStatus.APPROVED
        )
        addresses = [
            f"/agreements/{agreement.id}/edit",
            f"/agreements/{agreement.id}/conditions/new",
            f"/conditions/{agreement.conditions[0].id}/edit",
        ]
    for address in addresses:
        answer = visitor(people["admin"]).get(address)
        assert (answer.status_code, "its words are fixed" in answer.text) == (409, True)


def test_languages_stand_in_the_order_of_the_alphabet(app):
    with speaking("kk"):
        names = [name for _code, name in language_choices()][3:]
        assert names.index("қытай тілі") < names.index("француз тілі")
        assert [code for code, _name in language_choices()][:3] == list(LANGUAGES_KNOWN[:3])
