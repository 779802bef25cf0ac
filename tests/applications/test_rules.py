"""What a call's own rules mean: who is barred and why, who gets points, what rounds freeze."""

import pytest

from mobility import clock
from mobility.accounts.models import Cefr, LanguageSkill
from mobility.agreements.models import Direction
from mobility.applications import services
from mobility.applications.eligibility import obstacles
from mobility.applications.entries import entries_of, points_in
from mobility.applications.models import Application, ApplicationStatus
from mobility.applications.rules import points_of, with_points
from mobility.applications.trying import tried
from mobility.db import db
from mobility.errors import Conflict
from mobility.i18n import speaking
from mobility.offers.models import Call
from mobility.offers.rules import RuleKind

from .. import factories

# kind, terms, a profile that meets it, one that does not, what is said to that one
HOME = {"id": 0, "name_en": "", "name_ru": "", "name_kk": ""}
GRADE = {"grade_average": 3, "grade_percent": 70}
LOW = {"grade_average": 2, "grade_percent": 69.5}
CASES = [
    (
        RuleKind.LEVEL,
        {"levels": [7]},
        {"eqf_level": 7},
        {"eqf_level": 6},
        "Level of study: master (EQF 7); yours: bachelor (EQF 6).",
    ),
    (
        RuleKind.FIELD,
        {"fields": ["054"]},
        {"isced_field": "0541"},
        {"isced_field": "0611"},
        "Field of study: Mathematics and statistics; yours: Computer use.",
    ),
    (
        RuleKind.GRADE,
        {"least": 70},
        GRADE,
        LOW,
        "Grade average: at least 70 % of the scale of the own university; yours: 69.5 %.",
    ),
    (
        RuleKind.CREDITS,
        {"least": 60},
        {"credits_earned": 60},
        {"credits_earned": 59},
        "Credits earned: at least 60 ECTS; yours: 59.",
    ),
    (
        RuleKind.CREDITS,
        {"least": 60},
        {"credits_earned": 90},
        {},
        "Credits earned: at least 60 ECTS; your profile does not say it.",
    ),
    (
        RuleKind.YEAR,
        {"least": 2, "most": 3},
        {"study_year": 3},
        {"study_year": 1},
        "Year of study: from 2 to 3; yours: 1.",
    ),
    (
        RuleKind.EARLIER,
        {"most": 0},
        {"earlier_mobilities": 0},
        {"earlier_mobilities": 1},
        "No earlier mobility; yours: 1.",
    ),
]


def reasons(student, offer):
    return [str(obstacle.text) for obstacle in obstacles(student.profile, offer)]


@pytest.mark.parametrize(("kind", "terms", "good", "bad", "text"), CASES)
def test_a_hard_rule_bars_in_words(scene, write, kind, terms, good, bad, text):
    with write():
        call = db.session.merge(scene.call)
        factories.eligibility_rule(call, kind, **terms)
        offer = db.session.merge(scene.offers[0])
        assert reasons(factories.student(scene.home, profile=good), offer) == []
        assert reasons(factories.student(scene.home, profile=bad), offer) == [text]


@pytest.mark.parametrize(
    ("skills", "text"),
    [
        ({"en": "B2", "ru": "B1"}, None),
        ({"en": "B2", "ru": "A2"}, "Russian at B1 or better; yours: A2."),
        ({"en": "B2"}, "Russian at B1 or better; your profile does not say it."),
    ],
)
def test_a_language_is_asked_at_a_level(scene, write, skills, text):
    with write():
        factories.eligibility_rule(
            db.session.merge(scene.call), RuleKind.LANGUAGE, language="ru", cefr="B1"
        )
        found = reasons(factories.student(scene.home, skills=skills), scene.offers[0])
    assert found == ([text] if text else [])


def test_a_country_or_one_of_several_universities_will_do(scene, write):
    with write():
        call = db.session.merge(scene.call)
        offer, student = db.session.merge(scene.offers[0]), factories.student(scene.home)
        rule = factories.eligibility_rule(call, RuleKind.SENDING, countries=["RU"], institutions=[])
        assert reasons(student, offer) == ["Own university: Russia; yours: —."]
        rule.terms = {"countries": ["KZ"], "institutions": []}
        assert reasons(student, offer) == []
        rule.terms = {"countries": ["RU"], "institutions": [{**HOME, "id": scene.home.id}]}
        assert reasons(student, offer) == []


def test_reasons_speak_the_language_of_the_reader(scene, write):
    with write():
        factories.eligibility_rule(db.session.merge(scene.call), RuleKind.EARLIER, most=0)
        student = factories.student(scene.home, profile={"earlier_mobilities": 2})
        with speaking("ru"):
            assert reasons(student, scene.offers[0]) == ["Без прежних мобильностей; у вас: 2."]


def test_what_is_of_studies_is_not_asked_of_teachers_where_both_go(scene, write):
    with write():
        call = factories.call(direction=Direction.RESEARCH)
        under = factories.condition(scene.home, scene.host, direction=Direction.RESEARCH)
        offer = factories.offer(call, under)
        for kind, terms in (
            (RuleKind.LEVEL, {"levels": [8]}),
            (RuleKind.GRADE, {"least": 50}),
            (RuleKind.CREDITS, {"least": 50}),
            (RuleKind.YEAR, {"least": 2, "most": None}),
        ):
            factories.eligibility_rule(call, kind, **terms)
        assert reasons(factories.teacher(scene.home), offer) == []
        factories.eligibility_rule(call, RuleKind.EARLIER, most=1)
        assert len(reasons(factories.teacher(scene.home), offer)) == 1


def test_points_bar_nobody_and_add_up_to_a_hundred(scene, write):
    with write():
        call, offer = db.session.merge(scene.call), db.session.merge(scene.offers[0])
        factories.eligibility_rule(call, RuleKind.EARLIER, points=60, most=0)
        factories.eligibility_rule(call, RuleKind.GRADE, points=50, least=70)
        both = factories.student(scene.home, profile={**GRADE, "earlier_mobilities": 0})
        one, none = factories.student(scene.home, profile=GRADE), factories.student(scene.home)
        for person in (both, one, none):
            assert reasons(person, offer) == []
        profiles = [person.profile for person in (both, one, none)]
        assert [points_of([profile], call) for profile in profiles] == [100, 50, 0]
        assert points_of([both.profile, one.profile], call) == 50
        assert points_of([None], call) == 0
    assert [with_points(80, points) for points in (0, 5, 50)] == [80, 85, 100]


# --- What a round reads of many -------------------------------------------------------------------


@pytest.fixture
def enter(scene, write):
    """Approve an application of a new student."""

    def entered(profile, *, skills=None, score=80):
        with write():
            student = factories.student(scene.home, profile=profile, skills=skills)
            made = factories.application(
                student,
                scene.call,
                scene.offers[:1],
                status=ApplicationStatus.APPROVED,
                score=score,
            )
            return made.id

    return entered


def entries(scene):
    offers = [db.session.merge(offer) for offer in scene.offers]
    call = db.session.get_one(Call, scene.call.id)
    return {entry.application_id: entry for entry in entries_of(call, offers)}


@pytest.mark.parametrize("points", [None, 5])
@pytest.mark.parametrize(("kind", "terms", "good", "bad", "text"), CASES)
def test_each_is_judged_by_their_own_profile(
    scene, enter, write, kind, terms, good, bad, text, points
):
    with write():
        factories.eligibility_rule(db.session.merge(scene.call), kind, points, **terms)
        cedar = scene.offers[0].id
    passes, fails = enter(good), enter(bad)
    with write():
        found = entries(scene)
        closed = [found[who].closed for who in (passes, fails)]
        assert closed == ([[], []] if points else [[], [cedar]])
        assert [found[who].score for who in (passes, fails)] == [85 if points else 80, 80]
        assert [found[who].points for who in (passes, fails)] == [points or 0, 0]
        if not points:
            said = obstacles(found[fails].profile, db.session.merge(scene.offers[0]))
            assert [str(one.text) for one in said] == [text]


def test_those_whom_a_rule_bars_are_each_told_their_own_number(scene, enter, write):
    with write():
        factories.eligibility_rule(db.session.merge(scene.call), RuleKind.YEAR, least=2, most=None)
        factories.eligibility_rule(db.session.merge(scene.call), RuleKind.EARLIER, most=0)
    people = [
        enter({"study_year": year, "earlier_mobilities": earlier})
        for year, earlier in ((1, 1), (1, 2), (1, 0), (2, 1), (2, 0), (4, 0))
    ]
    with write():
        found = entries(scene)
        numbers = [
            (found[who].profile.study_year, found[who].profile.earlier_mobilities)
            for who in people[:5]
        ]
        assert [n[1] for n in numbers] == [1, 2, 0, 1, 0]
        assert [n[0] for n in numbers[:3]] == [1, 1, 1]
        assert found[people[4]].profile is found[people[5]].profile


def test_people_who_meet_all_stand_for_each_other_whatever_their_numbers(
    scene, enter, write, count_queries
):
    """However many different averages there are: one profile is read, in as many queries."""
    with write():
        call = db.session.merge(scene.call)
        factories.eligibility_rule(call, RuleKind.GRADE, least=50)
        factories.eligibility_rule(call, RuleKind.GRADE, points=5, least=70)
    for percent in (71, 72):
        enter({"grade_average": 3, "grade_percent": percent})
    with write(), count_queries() as few:
        assert len({entry.profile.id for entry in entries(scene).values()}) == 1
    for percent in range(73, 90):
        enter({"grade_average": 3, "grade_percent": percent})
    with write(), count_queries() as many:
        found = entries(scene)
    assert len({entry.profile.id for entry in found.values()}) == 1
    assert {entry.score for entry in found.values()} == {85}
    assert len(many) == len(few)


def test_points_are_known_of_those_who_are_not_approved_too(scene, write):
    with write():
        call = db.session.merge(scene.call)
        assert points_in(call, (ApplicationStatus.SUBMITTED,)) == {}
        factories.eligibility_rule(call, RuleKind.GRADE, points=5, least=70)
        good, bad = (
            factories.application(
                factories.student(scene.home, profile=profile), call, scene.offers[:1]
            ).id
            for profile in (GRADE, LOW)
        )
        assert points_in(call, (ApplicationStatus.SUBMITTED,)) == {good: 5, bad: 0}


def test_nobody_is_approved_against_a_hard_rule(scene, write):
    with write():
        call = db.session.merge(scene.call)
        factories.eligibility_rule(call, RuleKind.EARLIER, most=0)
        student = factories.student(scene.home, profile={"earlier_mobilities": 1})
        made = factories.application(student, call, scene.offers[:1], score=80)
        with pytest.raises(Conflict, match="eligible for none of the choices"):
            services.approve_application(made, scene.coordinator)


def test_the_ranking_page_says_why_and_the_review_shows_points_apart(scene, write, visitor):
    with write():
        call = db.session.merge(scene.call)
        factories.eligibility_rule(call, RuleKind.EARLIER, most=0)
        factories.eligibility_rule(call, RuleKind.GRADE, points=5, least=70)
        student = factories.student(
            scene.home, profile={**GRADE, "earlier_mobilities": 1, "credits_earned": 90}
        )
        made = factories.application(student, call, scene.offers[:1], score=80)
    said = "No earlier mobility; yours: 1."
    assert said in visitor(student).read(f"/applications/{made.id}/choices")
    review = visitor(scene.coordinator).read(f"/pipeline/{made.id}/review")
    assert said in review
    assert "3, 70 % of the scale" in review
    assert "Points by the rules of the call: 5" in review
    assert "Together, as the round counts it: 85" in review


# --- The try-out ----------------------------------------------------------------------------------


@pytest.fixture
def crowd(scene, write):
    """A rule of each kind, and profiles of which some meet each."""

    def gathered(count, **values):
        with write():
            for _ in range(count):
                made = factories.student(scene.home, profile=values)
                made.profile.skills.append(LanguageSkill(language="kk", cefr=Cefr.B1))

    return gathered


def numbers(scene):
    found = tried(db.session.get_one(Call, scene.call.id))
    return found.everybody, [count for _rule, count in found.by_rule], found.together


def test_present_profiles_are_counted_by_rule_and_together(scene, write, crowd):
    with write():
        call = db.session.merge(scene.call)
        factories.eligibility_rule(call, RuleKind.LANGUAGE, language="kk", cefr="A2")
        factories.eligibility_rule(call, RuleKind.GRADE, least=70)
        factories.eligibility_rule(call, RuleKind.EARLIER, points=5, most=0)
        factories.teacher(scene.home)
        factories.student(scene.host)
    crowd(6, **GRADE, earlier_mobilities=0)
    crowd(7, **LOW)
    with write():
        assert numbers(scene) == (15, [13, 6, 6], 6)


def test_the_try_out_agrees_with_what_is_said_to_each(scene, write):
    with write():
        call, offer = db.session.merge(scene.call), db.session.merge(scene.offers[0])
        people = [scene.student, scene.other_student]
        for kind, terms, good, bad, _text in CASES:
            call.eligibility_rules.clear()
            factories.eligibility_rule(call, kind, **terms)
            people += [factories.student(scene.home, profile=one) for one in (good, bad)]
            eligible = [
                one for one in people if not obstacles(db.session.merge(one).profile, offer)
            ]
            assert numbers(scene) == (len(people), [len(eligible)], len(eligible))


def test_small_groups_are_hidden_and_those_who_would_tell_them(scene, write, crowd, visitor):
    with write():
        call = db.session.merge(scene.call)
        factories.eligibility_rule(call, RuleKind.GRADE, least=70)
        factories.eligibility_rule(call, RuleKind.YEAR, least=1, most=None)
    crowd(4, **GRADE)
    crowd(9)
    page = visitor(scene.admin).read(f"/calls/{scene.call.id}/eligibility")
    assert "15 people of the sending universities have a profile." in page
    assert "scale of the own university not shown" in page
    assert "Year of study: 1 or later 15" in page
    assert "All that is required not shown" in page
    with write():
        found = tried(db.session.get_one(Call, scene.call.id))
    assert [found.shown(n) for n in (0, 4, 5, 10, 11, 15)] == [0, None, 5, 10, None, 15]


def test_the_try_out_asks_as_many_queries_whatever_the_crowd(scene, write, crowd, count_queries):
    with write():
        call = db.session.merge(scene.call)
        factories.eligibility_rule(call, RuleKind.GRADE, least=70)
        factories.eligibility_rule(call, RuleKind.LANGUAGE, language="kk", cefr="B1")
    crowd(1, **GRADE)
    with write(), count_queries() as few:
        numbers(scene)
    crowd(20, **GRADE)
    with write(), count_queries() as many:
        numbers(scene)
    assert len(many) == len(few)


def test_an_application_keeps_the_points_that_a_round_froze(scene, write):
    from mobility.rounds.services.explaining import keep_points

    with write(), clock.at(scene.call.closes_at):
        call = db.session.merge(scene.call)
        factories.eligibility_rule(call, RuleKind.GRADE, points=5, least=70)
        made = [
            factories.application(
                factories.student(scene.home, profile=profile),
                call,
                scene.offers[:1],
                status=ApplicationStatus.APPROVED,
            ).id
            for profile in (GRADE, LOW)
        ]
        services.lock_applications(call, factories.admin())
        keep_points(entries(scene).values())
    with write():
        assert [db.session.get_one(Application, one).points for one in made] == [5, 0]
