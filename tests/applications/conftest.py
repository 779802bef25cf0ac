"""A call from one institution to another with three open places, and the people around it."""

from types import SimpleNamespace

import pytest

from mobility.applications.models import ApplicationStatus
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


@pytest.fixture
def carla(scene, visitor):
    return visitor(scene.coordinator)


@pytest.fixture
def one(scene, write):
    """A submitted application that wants Cedar first, then Aspen."""
    with write():
        return factories.application(scene.student, scene.call, scene.offers[:2])


@pytest.fixture
def many(scene, write):
    """One application in each status, by status."""
    with write():
        return {
            status: factories.application(
                factories.student(scene.home, name=f"Person {status.value}"),
                scene.call,
                scene.offers[:1],
                status=status,
            )
            for status in ApplicationStatus
        }


@pytest.fixture
def scored(scene, write):
    """Two scored and one unscored submission."""
    with write():
        made = [
            factories.application(
                factories.student(scene.home, name=f"Student {n}"),
                scene.call,
                scene.offers[:1],
                score=score,
            )
            for n, score in enumerate((70, 80, None))
        ]
    return made
