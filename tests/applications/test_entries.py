"""What a round reads of approved applications, for many people at once."""

import pytest

from mobility.applications.eligibility import obstacles
from mobility.applications.entries import entries_of
from mobility.applications.models import Application, ApplicationStatus
from mobility.db import db
from mobility.offers.models import OfferStatus

from .. import factories


@pytest.fixture
def enter(scene, write):
    """Approve an application of a new student; gives what the round reads of everybody."""

    def entered(offers, *, home=None, **values):
        with write():
            student = factories.student(home or scene.home, **values)
            made = factories.application(
                student, scene.call, offers, status=ApplicationStatus.APPROVED
            )
            return made.id

    return entered


def _entries(scene):
    offers = [db.session.merge(offer) for offer in scene.offers]
    return {entry.application_id: entry for entry in entries_of(scene.call, offers)}


def test_choices_stand_best_first(scene, enter, write):
    cedar, aspen, birch = scene.offers
    who = enter([birch, cedar, aspen])
    with write():
        assert _entries(scene)[who].choices == [birch.id, cedar.id, aspen.id]
        assert _entries(scene)[who].closed == []


def test_nobody_listed_anything(scene, enter, write):
    who = enter([])
    with write():
        assert _entries(scene)[who].choices == []


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"skills": {"en": "B1"}}, {"language": "en", "cefr": "B2"}),
        ({"skills": {}}, {"language": "en", "cefr": "B2"}),
        ({"profile": {"eqf_level": 7}}, {"eqf_levels": [6]}),
        ({"profile": {"isced_field": "0611"}}, {"isced_fields": ["0541"]}),
        ({"elsewhere": True}, {}),
    ],
)
def test_each_is_judged_by_their_own_profile(scene, enter, write, values, rule):
    """Those who differ in one thing that a rule asks are told apart from those who pass."""
    passes = {
        "skills": {"en": "C1"},
        "profile": {"eqf_level": 6, "isced_field": "0541"},
    }
    home = scene.host if "elsewhere" in values else scene.home
    differs = {name: value for name, value in values.items() if name != "elsewhere"}
    with write():
        asked = factories.offer(scene.call, scene.condition, **rule)
        scene.offers.append(asked)
    good, again = enter([asked], **passes), enter([asked], **passes)
    bad = enter([asked], home=home, **{**passes, **differs})
    with write():
        found = _entries(scene)
        assert [found[who].closed for who in (good, again, bad)] == [[], [], [asked.id]]
        assert found[good].profile is found[again].profile
        assert obstacles(found[bad].profile, asked)


def test_a_place_that_is_not_open_is_not_closed_to_somebody(scene, enter, write):
    who = enter(scene.offers[:1], profile={"eqf_level": 8})
    with write():
        scene.offers[0].status = OfferStatus.WITHDRAWN
    with write():
        assert _entries(scene)[who].closed == []


def test_without_a_profile_every_open_choice_is_closed(scene, enter, write):
    who = enter(scene.offers)
    with write():
        db.session.get_one(Application, who).applicant.profile = None
    with write():
        assert _entries(scene)[who].closed == [offer.id for offer in scene.offers]
