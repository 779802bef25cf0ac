"""Who may be placed where, and the sentence for each reason against."""

import pytest

from mobility.agreements.models import AgreementStatus, Direction
from mobility.applications.eligibility import needed_languages, obstacles
from mobility.i18n import speaking
from mobility.offers.models import OfferStatus

from .. import factories


def reasons(student, offer) -> dict[str, str]:
    return {obstacle.code: str(obstacle.text) for obstacle in obstacles(student.profile, offer)}


def made(scene, *, offer=None, condition=None, student=None):
    under = factories.condition(scene.home, scene.host, **(condition or {}))
    return (
        factories.student(scene.home, **(student or {})),
        factories.offer(scene.call, under, **(offer or {})),
    )


def test_nothing_stands_against_an_ordinary_student(scene, write):
    with write():
        assert reasons(*made(scene)) == {}


def test_without_a_profile_the_one_reason_is_to_complete_it(scene, write):
    with write():
        _, offer = made(scene)
        [obstacle] = obstacles(None, offer)
    assert obstacle.code == "profile"


@pytest.mark.parametrize(
    ("direction", "who", "reason"),
    [
        (Direction.INTERNSHIP, "teacher", ["level"]),
        (Direction.COURSES, "teacher", ["level"]),
        (Direction.RESEARCH, "teacher", []),
        (Direction.RESEARCH, "student", []),
        (Direction.LABORATORIES, "teacher", []),
        (Direction.PROFESSIONAL_DEVELOPMENT, "teacher", []),
        (Direction.PROFESSIONAL_DEVELOPMENT, "student", ["position"]),
    ],
)
def test_levels_are_asked_of_students_and_positions_of_staff(scene, write, direction, who, reason):
    with write():
        _, offer = made(scene, condition={"direction": direction, "eqf_levels": [6]})
        person = getattr(factories, who)(scene.home)
        assert list(reasons(person, offer)) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"offer": {"status": OfferStatus.WITHDRAWN}}, "closed"),
        ({"condition": {"agreement_status": AgreementStatus.PROPOSED}}, "closed"),
        ({"condition": {"agreement_status": AgreementStatus.TERMINATED}}, "closed"),
        ({"offer": {"eqf_levels": [7, 8]}}, "level"),
        ({"condition": {"eqf_levels": [8]}}, "level"),
        ({"offer": {"isced_fields": ["0421", "02"]}}, "field"),
        ({"condition": {"isced_fields": ["07"]}}, "field"),
        ({"offer": {"language": "ru", "cefr": "B1"}}, "language"),
        ({"offer": {"cefr": "C1"}}, "language"),
        ({"condition": {"language": "kk", "cefr": "A2"}}, "language"),
    ],
)
def test_each_rule_has_its_reason(scene, write, changes, reason):
    from mobility.accounts.models import Cefr

    for part in changes.values():
        if "cefr" in part:
            part["cefr"] = Cefr(part["cefr"])
    with write():
        assert list(reasons(*made(scene, **changes))) == [reason]


@pytest.mark.parametrize("prefix", ["06", "061", "0613"])
def test_a_field_named_broadly_means_everything_below(scene, write, prefix):
    with write():
        assert reasons(*made(scene, offer={"isced_fields": [prefix]})) == {}


def test_students_of_another_institution_are_told_whose_place_it_is(scene, write):
    with write():
        stranger = factories.student(scene.host)
        found = reasons(stranger, scene.offers[0])
    assert found == {"institution": f"For people of {scene.home.name_en} only."}


def test_a_condition_of_one_unit_is_for_its_students(scene, write):
    with write():
        under = factories.condition(scene.home, scene.host, sending_unit_id=scene.faculty.id)
        offer = factories.offer(scene.call, under)
        assert list(reasons(factories.student(scene.home), offer)) == ["unit"]
        own = factories.student(scene.home, profile={"unit_id": scene.faculty.id})
        assert reasons(own, offer) == {}


def test_all_reasons_are_told_at_once(scene, write):
    with write():
        student, offer = made(
            scene, offer={"eqf_levels": [7], "isced_fields": ["02"], "language": "ru"}
        )
        offer.cefr = factories.Cefr.B1
        found = reasons(student, offer)
        with speaking("ru"):
            in_russian = reasons(student, offer)
    assert list(found) == ["level", "field", "language"]
    assert "Russian at B1 or better" in found["language"]
    assert "Русский" in in_russian["language"]


def test_the_higher_of_two_levels_of_a_language_counts(scene, write):
    B1, C1 = factories.Cefr.B1, factories.Cefr.C1
    with write():
        _, offer = made(scene, offer={"cefr": B1}, condition={"language": "en", "cefr": C1})
        assert needed_languages(offer) == {"en": C1}
        _, offer = made(scene, offer={"cefr": C1}, condition={"language": "en", "cefr": B1})
        assert needed_languages(offer) == {"en": C1}
