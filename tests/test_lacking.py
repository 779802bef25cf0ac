"""What is missing before a deed stands on its page, with the way there; a press leads back."""

import re

import pytest

from mobility.agreements import services as agreements
from mobility.agreements.models import AgreementStatus
from mobility.offers.models import CallStatus, OfferStatus
from mobility.projects.models import ProjectStatus

from . import factories
from .clients import words


def call():
    made = factories.call(status=CallStatus.DRAFT, rules_en="", rules_ru="", rules_kk="")
    return (
        f"/calls/{made.id}",
        "announce",
        f"/calls/{made.id}/edit#rules_en",
        "Write the rules in at least one language: people must know them beforehand.",
    )


def place():
    held = factories.condition(factories.institution(), factories.institution())
    made = factories.offer(factories.call(status=CallStatus.DRAFT), held, status=OfferStatus.DRAFT)
    factories.settle(held.agreement, AgreementStatus.TERMINATED)
    return (
        f"/offers/{made.id}",
        "open",
        f"/offers/{made.id}/edit#condition",
        "The agreement behind this condition was terminated.",
    )


def version():
    held = factories.condition(factories.institution(), factories.institution()).agreement
    made = agreements.open_version(held, factories.admin())
    return (
        f"/agreements/{made.id}",
        "propose",
        f"/agreements/{made.id}/edit",
        "This version says what the one in force says. Change something, then propose it.",
    )


def project():
    a, b = factories.institution(name_en="One"), factories.institution(name_en="Another")
    made = factories.project(a, b, status=ProjectStatus.DRAFT)
    made.leaders.remove(made.leaders[1])
    return (
        f"/projects/{made.id}",
        "open",
        f"/projects/{made.id}/edit#leader_b",
        "A project has a leader at both partners. Name one of Another.",
    )


@pytest.mark.parametrize("scene", [call, place, version, project])
def test_what_is_missing_stands_on_the_page_and_a_press_comes_back_to_it(
    app, write, visitor, scene
):
    with write():
        page, deed, mended_at, sentence = scene()
        browser = visitor(factories.admin(email="who@presses.example"))
    shown = browser.get(page).text
    assert re.findall(rf'<li><a href="{mended_at}">(.*?)</a>', shown) == [sentence]
    assert f'action="{page}/{deed}"' not in shown
    referrer = {"Referer": f"http://localhost{page}"}
    answer = browser.post(f"{page}/{deed}", headers=referrer)
    assert (answer.status_code, answer.location) == (303, f"http://localhost{page}")
    assert words(browser.get(page).text).count(sentence) == 2
