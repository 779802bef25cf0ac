"""Who may do what, over every role and status."""

import pytest

from mobility.agreements.models import Direction
from mobility.applications.models import ApplicationStatus
from mobility.applications.permissions import RULES
from mobility.applications.queries import visible_to
from mobility.db import db

from .. import factories

S = ApplicationStatus
REVIEWERS = {"coordinator", "colleague", "unit_coordinator", "admin"}
ROLES = sorted(
    {
        "student",
        "other_student",
        "teacher",
        "other_unit",
        "receiver",
        "other_hei",
        "nobody",
        *REVIEWERS,
    }
)


@pytest.fixture
def cast(scene, write):
    with write():
        people = {
            **vars(scene),
            "teacher": factories.teacher(scene.home),
            "other_hei": factories.coordinator(factories.institution()),
        }
        return {role: people.get(role) for role in ROLES}


def application(scene, status):
    return factories.application(scene.student, scene.call, scene.offers[:1], status=status)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", list(S), ids=lambda s: s.value)
def test_applications_belong_to_their_applicant_and_their_scope(scene, cast, write, role, status):
    user = cast[role]
    with write():
        subject = application(scene, status)
        subject.partner = cast["teacher"]
        db.session.flush()
        partner = role == "teacher"
        reviewed = role in REVIEWERS and status is not S.DRAFT
        own = role == "student"
        assert {name: rule(user, subject) for name, rule in RULES.items() if needs(name)} == {
            "application:view": own or partner or reviewed,
            "application:edit": own,
            "application:partner": partner,
            "application:review": reviewed,
            "application:override": reviewed and role == "admin",
        }
        if user is not None:
            listed = db.session.scalars(visible_to(user)).all()
            assert listed == ([subject] if reviewed else [])


def needs(permission: str) -> bool:
    """Whether a permission is over an application."""
    return permission.startswith("application:") and permission not in {
        "application:apply",
        "application:review-any",
    }


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("role", ROLES)
def test_who_applies_follows_the_direction(cast, write, role, direction):
    sent = {
        Direction.INTERNSHIP: {"student", "other_student"},
        Direction.COURSES: {"student", "other_student"},
        Direction.RESEARCH: {"student", "other_student", "teacher"},
        Direction.PROFESSIONAL_DEVELOPMENT: {"teacher"},
        Direction.LABORATORIES: {"student", "other_student", "teacher"},
    }[direction]
    with write():
        call = factories.call(direction=direction)
        assert RULES["call:apply"](cast[role], call) == (role in sent)


@pytest.mark.parametrize("role", ROLES)
def test_pages_without_subject(cast, role):
    user = cast[role]
    coordinates = REVIEWERS | {"other_unit", "receiver", "other_hei"}
    applicants = {"student", "other_student", "teacher"}
    assert RULES["application:apply"](user, None) == (role in applicants)
    assert RULES["application:review-any"](user, None) == (role in coordinates)


def test_nobody_reviews_an_application_of_their_own(scene, write):
    with write():
        both = factories.student(scene.home)
        both.grants.append(
            factories.RoleGrant(role=factories.Role.COORDINATOR, institution_id=scene.home.id)
        )
        own = factories.application(both, scene.call, scene.offers[:1])
        assert not RULES["application:review"](both, own)
        assert db.session.scalars(visible_to(both)).all() == []
