"""The memorandum as a PDF: literal words in three languages, and never a wrong impression."""

import io
import re
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from mobility import clock
from mobility.accounts.models import User
from mobility.agreements import services
from mobility.agreements.models import Agreement, AgreementStatus
from mobility.agreements.queries import open_version_of
from mobility.db import db

from .. import factories

KAZAKH = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"
HOSTILE = '#panic("x") *x* _y_ $z$ `raw` <label> @ref [a] {b} \\ // --- = #sys.inputs'
MARKS = {
    "en": "approved on one side only – not in force",
    "ru": "одобрено только одной стороной – не действует",
    "kk": "тек бір тарап мақұлдаған – күшінде емес",
}


@pytest.fixture
def browser(made, write, visitor):
    with write():
        reader = db.session.get_one(User, made[2])
    return visitor(reader)


def read(browser, address):
    """The words of each page of a PDF, blanks folded."""
    answer = browser.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text[:300]
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def first_agreement():
    return db.session.scalars(select(Agreement).order_by(Agreement.id)).first()


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_words_come_out_literally_in_each_language(made, browser, write, language):
    with write():
        agreement = first_agreement()
        for code in ("en", "ru", "kk"):
            setattr(agreement, f"title_{code}", f"{code} {KAZAKH}")
        agreement.text = f"{HOSTILE}\n\n{KAZAKH}"
        agreement.conditions[0].other_terms = HOSTILE
        agreement.partner_a.name_en = agreement.partner_a.name_ru = "*Bold* #1 university"
        factories.settle(agreement, AgreementStatus.APPROVED)
        digest = agreement.content_hash
        names = [user.name for user in db.session.scalars(select(User)) if user.whole_institutions]
    [*pages] = read(browser, f"/agreements/{made[0]}/memorandum.pdf?language={language}")
    text = " ".join(pages)
    assert f"{language} {KAZAKH}" in text
    assert text.count(HOSTILE) == 2
    assert text.count(KAZAKH) >= 2
    assert digest in text.replace(" ", "")
    assert any(name in text for name in names)
    assert ("*Bold* #1 university" in text) is (language != "kk")
    assert not any(mark in text for mark in MARKS.values())


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_one_sided_approval_is_marked_on_every_page(made, browser, write, language):
    with write():
        a, b = first_agreement().partners
        agreement = factories.condition(a, b, agreement_status=AgreementStatus.PROPOSED).agreement
        agreement.text = "\n".join(f"Paragraph {number} of the text." for number in range(200))
        factories.settle(agreement, AgreementStatus.PROPOSED)
        services.approve_agreement(agreement, db.session.get_one(User, made[2]))
        address = f"/agreements/{agreement.id}/memorandum.pdf?language={language}"
    pages = read(browser, address)
    assert len(pages) > 2
    assert all(page.count(MARKS[language]) >= 2 for page in pages)


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        (AgreementStatus.DRAFT, "draft – not in force"),
        (AgreementStatus.PROPOSED, "not approved yet – not in force"),
        (AgreementStatus.TERMINATED, "terminated – not in force"),
        (AgreementStatus.DROPPED, "dropped – not in force"),
        (AgreementStatus.APPROVED, None),
    ],
)
def test_whatever_is_not_in_force_says_so(made, browser, write, status, mark):
    with write():
        a, b = first_agreement().partners
        agreement = factories.condition(a, b, agreement_status=status).agreement
        address = f"/agreements/{agreement.id}/memorandum.pdf"
    [page] = read(browser, address)
    found = re.search(r"[\w ]+ – not in force", page)
    assert (found and found[0].strip().endswith(mark)) if mark else found is None


def test_after_the_last_day_of_a_notice_it_is_marked(made, browser, write):
    with write():
        services.give_notice(
            first_agreement(), db.session.get_one(User, made[1]), "Over", clock.now().date()
        )
    address = f"/agreements/{made[0]}/memorandum.pdf"
    assert "not in force" not in read(browser, address)[0]
    with clock.at(clock.now() + timedelta(days=1)):
        assert "terminated – not in force" in read(browser, address)[0]


def test_each_version_is_printed_as_it_was(made, browser, write):
    with write():
        agreement, admin = first_agreement(), db.session.get_one(User, made[1])
        draft = services.open_version(agreement, admin)
        services.edit_agreement(draft, admin, title_en="Second title", signed_on=date(2030, 1, 2))
        services.propose_agreement(draft, admin)
        for one in made[2:]:
            services.approve_agreement(draft, db.session.get_one(User, one))
        services.open_version(agreement, admin)
        third = open_version_of(agreement).id
    address = f"/agreements/{made[0]}/memorandum.pdf"
    first = " ".join(read(browser, f"{address}?version=1"))
    second = " ".join(read(browser, f"{address}?version=2"))
    draft_of_third = " ".join(read(browser, f"/agreements/{third}/memorandum.pdf"))
    assert "replaced by version 2 – not in force" in first
    assert "Memorandum" in first
    assert ("not in force" in second, "Second title" in second) == (False, True)
    assert "2 January 2030" in second
    assert "draft – not in force" in draft_of_third
    assert "Version 3" in draft_of_third
    assert browser.get(f"{address}?version=3").status_code == 404
    assert browser.get(f"{address}?language=de").status_code == 404


def test_the_same_content_makes_the_same_file(made, browser):
    address = f"/agreements/{made[0]}/memorandum.pdf"
    assert browser.get(address).data == browser.get(address).data
