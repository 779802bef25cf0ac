"""A call from one institution to another with three open places, and the people around it."""

from types import SimpleNamespace

import pytest

from mobility.db import db, transaction

from .. import factories


@pytest.fixture
def scene(app):
    """Committed: home, host, two faculties, a call, three offers, a student and reviewers."""
    with transaction():
        home, host = factories.institution("home.example"), factories.institution("host.example")
        faculty, other_faculty = factories.unit(home), factories.unit(home)
        condition = factories.condition(home, host)
        call = factories.call()
        made = SimpleNamespace(
            home=home,
            host=host,
            faculty=faculty,
            condition=condition,
            call=call,
            offers=[
                factories.offer(call, condition, title_en=t) for t in ("Cedar", "Aspen", "Birch")
            ],
            student=factories.student(home, profile={"unit_id": faculty.id}, name="Алия Сәрсен"),
            other_student=factories.student(home, name="Boris"),
            coordinator=factories.coordinator(home, name="Carla"),
            colleague=factories.coordinator(home, name="Dana"),
            unit_coordinator=factories.coordinator(home, faculty),
            other_unit=factories.coordinator(home, other_faculty),
            receiver=factories.coordinator(host),
            admin=factories.admin(),
        )
        db.session.flush()
    with transaction(write=False):
        db.session.refresh(made.call)
    return made


@pytest.fixture
def wish():
    """Choices in the form of a draft, from offers."""

    def choices(*offers, motivation="Because I want to."):
        return [{"offer": offer.id, "motivation": motivation} for offer in offers]

    return choices
