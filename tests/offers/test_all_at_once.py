"""All that is wrong with a form is said at once, each at its field."""

import pytest

from mobility.errors import Invalid
from mobility.offers import services

from .. import factories
from .test_offer_pages import CALL, error_at

WRONG_CALL = {
    "closes_at": ("2027-01-01T18:00", "The deadline comes after the opening."),
    "mending_until": ("2026-12-31T18:00", "The last day for mending is not before the deadline."),
    "min_choices": ("7", "The least number of choices lies between 1 and the greatest."),
    "vacated_until": ("", "Say until when declined seats are given."),
}


def test_call_says_all_that_is_wrong_with_it(app, write, visitor):
    with write():
        browser = visitor(factories.admin())
    typed = {field: value for field, (value, _said) in WRONG_CALL.items()}
    answer = browser.post("/calls/new", {**CALL, "vacated": "second_round", **typed})
    assert answer.status_code == 422
    for field, (_value, said) in WRONG_CALL.items():
        assert said in error_at(answer.text, field)


def test_place_says_all_that_is_wrong_with_it(app, write):
    with write():
        held = factories.condition(factories.institution(), factories.institution())
        place = factories.offer(factories.call(), held)
        wrong = {"title_en": "", "seats": 0, "ends_on": place.starts_on.replace(year=2000)}
        with pytest.raises(Invalid) as refused:
            services.create_offer(
                place.call,
                factories.admin(),
                **{name: getattr(place, name) for name in services.OFFER_VALUES} | wrong,
            )
    found = [one.field for one in (refused.value, *refused.value.others)]
    assert found == ["title_en", "seats", "ends_on", "hours_per_week", "code"]


def test_partner_says_all_that_is_wrong_with_it(app, write, visitor):
    with write():
        browser = visitor(factories.admin())
    typed = {"schac": "new.kz", "name_en": "A new one", "country": "KZ", "timezone": "Asia/Almaty"}
    answer = browser.post("/partners/new", {**typed, "website": "x", "latitude": "91"})
    assert answer.status_code == 422
    assert "begins with https://" in error_at(answer.text, "website")
    assert "between −90 and 90" in error_at(answer.text, "latitude")
