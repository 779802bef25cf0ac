"""An agreement of two partners in force, with its people, for tests of what comes after."""

from dataclasses import dataclass

import pytest

from mobility.accounts.models import User
from mobility.agreements import services
from mobility.agreements.models import Agreement, Direction
from mobility.agreements.queries import this_year
from mobility.db import db

from .. import factories

VALUES = {
    "direction": Direction.INTERNSHIP,
    "mobilities_per_year": 10,
    "eqf_levels": [6, 7],
    "isced_fields": ["06"],
    "language": "ru",
    "cefr": "B1",
}


@dataclass
class Scene:
    """Who stands around an agreement that both approved."""

    agreement: Agreement
    admin: User
    a: User
    b: User

    @property
    def condition(self):
        return self.agreement.conditions[0]

    def values(self, **changes):
        """The terms of a condition from a to b, of this year and three more."""
        year = this_year()
        partners = {"sending": self.agreement.partner_a, "receiving": self.agreement.partner_b}
        return {**VALUES, **partners, "first_year": year, "last_year": year + 3, **changes}

    def conclude(self, draft):
        """Let both partners approve a draft."""
        services.propose_agreement(draft, self.admin)
        services.approve_agreement(draft, self.a)
        services.approve_agreement(draft, self.b)


@pytest.fixture
def made(app, write):
    """The ids of an agreement in force with two conditions, an admin and two coordinators."""
    with write():
        a, b = factories.institution("kaznpu.kz"), factories.institution("susu.ru")
        people = factories.admin(), factories.coordinator(a), factories.coordinator(b)
        agreement = services.create_agreement(
            people[0], partner_a=a, partner_b=b, title_en="Memorandum", text="One\n\nTwo"
        )
        scene = Scene(agreement, *people)
        services.add_condition(agreement, people[0], **scene.values())
        back = scene.values(direction=Direction.COURSES, sending=b, receiving=a)
        services.add_condition(agreement, people[0], **back)
        scene.conclude(agreement)
        ids = [agreement.id, *(person.id for person in people)]
    return ids


@pytest.fixture
def scene(made, write):
    """The same, loaded, inside a transaction."""
    with write():
        yield Scene(
            db.session.get_one(Agreement, made[0]),
            *(db.session.get_one(User, one) for one in made[1:]),
        )
