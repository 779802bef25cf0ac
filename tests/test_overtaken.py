"""Who is told that a form was overtaken may compare and send it again, as the page says."""

import pytest

from mobility.agreements.models import AgreementStatus
from mobility.offers.models import CallStatus, OfferStatus

from . import factories
from .clients import form_on


def held(status=AgreementStatus.APPROVED):
    partners = factories.institution(), factories.institution()
    return factories.condition(*partners, agreement_status=status)


def call():
    return f"/calls/{factories.call(status=CallStatus.DRAFT).id}/edit", "title_en"


def place():
    made = factories.offer(
        factories.call(status=CallStatus.DRAFT),
        held(),
        status=OfferStatus.DRAFT,
        hours_per_week=20,
    )
    return f"/offers/{made.id}/edit", "title_en"


def agreement():
    return f"/agreements/{held(AgreementStatus.DRAFT).agreement_id}/edit", "title_en"


def condition():
    return f"/conditions/{held(AgreementStatus.DRAFT).id}/edit", "other_terms"


def project():
    made = factories.project(factories.institution(), factories.institution())
    return f"/projects/{made.id}/edit", "title_en"


def equipment():
    made = factories.equipment(factories.institution())
    return f"/laboratories/{made.id}/edit", "title_en"


@pytest.mark.parametrize("scene", [call, place, agreement, condition, project, equipment])
def test_a_form_that_was_overtaken_can_be_sent_again(app, write, visitor, scene):
    with write():
        page, field = scene()
        first, second = (visitor(factories.admin(email=f"{n}@admin.example")) for n in "ab")
    opened = form_on(second.get(page).text)
    assert first.post(page, {**form_on(first.get(page).text), field: "One"}).status_code == 303
    late = second.post(page, {**opened, field: "Another"})
    assert late.status_code == 409
    again = form_on(late.text)
    assert again[field][0].strip() == "Another"
    assert second.post(page, again).status_code == 303
    assert form_on(first.get(page).text)[field][0].strip() == "Another"
