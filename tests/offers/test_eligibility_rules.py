"""A call's own eligibility rules: checked, said in words, frozen when the call opens."""

from datetime import timedelta

import pytest

from mobility import clock
from mobility.errors import Conflict, Invalid
from mobility.i18n import LANGUAGES, speaking
from mobility.offers import services
from mobility.offers.models import CallStatus
from mobility.offers.queries import rule_changes
from mobility.offers.rule_words import plain_text, rule_text
from mobility.offers.rules import RuleKind
from mobility.rounds.words import rules as words

from .. import factories

HOUR = timedelta(hours=1)
HEI = {"id": 1, "name_en": "SUSU", "name_ru": "ЮУрГУ", "name_kk": "ОМУ"}
EXAMPLES = [
    (RuleKind.LEVEL, {"levels": [6, 7]}, "Level of study: bachelor (EQF 6), master (EQF 7)"),
    (RuleKind.FIELD, {"fields": ["0541"]}, "Field of study: Mathematics"),
    (RuleKind.LANGUAGE, {"language": "ru", "cefr": "B2"}, "Russian at B2 or better"),
    (
        RuleKind.GRADE,
        {"least": 70},
        "Grade average: at least 70 % of the scale of the own university",
    ),
    (RuleKind.CREDITS, {"least": 59.5}, "Credits earned: at least 59.5 ECTS"),
    (RuleKind.YEAR, {"least": 2, "most": None}, "Year of study: 2 or later"),
    (RuleKind.YEAR, {"least": None, "most": 3}, "Year of study: 3 or earlier"),
    (RuleKind.YEAR, {"least": 2, "most": 3}, "Year of study: from 2 to 3"),
    (RuleKind.YEAR, {"least": 2, "most": 2}, "Year of study: 2"),
    (RuleKind.EARLIER, {"most": 0}, "No earlier mobility"),
    (RuleKind.EARLIER, {"most": 2}, "At most 2 earlier mobilities"),
    (
        RuleKind.SENDING,
        {"countries": ["KZ"], "institutions": [HEI]},
        "Own university: Kazakhstan, SUSU",
    ),
]


@pytest.fixture
def admin(app, write):
    with write():
        yield factories.admin()


@pytest.fixture
def draft(admin):
    return factories.call(status=CallStatus.DRAFT)


@pytest.fixture
def opened(admin):
    return factories.call()


def kept(call):
    return [(change.reason, change.changes) for change in rule_changes(call)]


@pytest.mark.parametrize(("kind", "terms", "text"), EXAMPLES)
def test_each_kind_is_said_in_words_of_every_language(app, kind, terms, text):
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = rule_text(kind, terms)
    assert said["en"] == text
    assert len(set(said.values())) == len(LANGUAGES)


def test_every_kind_has_an_example_and_a_form(app):
    from mobility.offers.rule_forms import RULE_FORMS

    assert {kind for kind, _terms, _text in EXAMPLES} == set(RuleKind) == set(RULE_FORMS)


@pytest.mark.parametrize(
    ("kind", "terms", "kept_as"),
    [
        (RuleKind.LEVEL, {"levels": [7, 6, 7]}, {"levels": [6, 7]}),
        (RuleKind.FIELD, {"fields": ["06", "0541"]}, {"fields": ["0541", "06"]}),
        (
            RuleKind.LANGUAGE,
            {"language": "en", "cefr": "C1"},
            {"language": "en", "cefr": "C1"},
        ),
        (RuleKind.GRADE, {"least": 66.5}, {"least": 66.5}),
        (RuleKind.CREDITS, {"least": 60}, {"least": 60}),
        (RuleKind.YEAR, {"least": 2, "most": None}, {"least": 2, "most": None}),
        (RuleKind.EARLIER, {"most": 0}, {"most": 0}),
        (
            RuleKind.SENDING,
            {"countries": ["KZ"], "institutions": []},
            {"countries": ["KZ"], "institutions": []},
        ),
    ],
)
def test_a_rule_is_added_changed_and_removed_freely_before_the_opening(
    draft, admin, kind, terms, kept_as
):
    rule = services.add_rule(draft, kind, terms, admin)
    assert (rule.terms, rule.is_hard) == (kept_as, True)
    services.change_rule(rule, terms, admin, points=5)
    assert (rule.terms, rule.points) == (kept_as, 5)
    services.remove_rule(rule, admin)
    assert draft.eligibility_rules == []
    assert kept(draft) == []


@pytest.mark.parametrize(
    ("kind", "terms", "field"),
    [
        (RuleKind.LEVEL, {"levels": []}, "levels"),
        (RuleKind.LEVEL, {"levels": [9]}, "levels"),
        (RuleKind.FIELD, {"fields": []}, "fields"),
        (RuleKind.FIELD, {"fields": ["9x"]}, "fields"),
        (RuleKind.LANGUAGE, {"language": "", "cefr": "B1"}, "language"),
        (RuleKind.GRADE, {"least": None}, "least"),
        (RuleKind.GRADE, {"least": 101}, "least"),
        (RuleKind.CREDITS, {"least": 0}, "least"),
        (RuleKind.YEAR, {"least": None, "most": None}, "least"),
        (RuleKind.YEAR, {"least": 3, "most": 2}, "most"),
        (RuleKind.EARLIER, {"most": -1}, "most"),
        (RuleKind.SENDING, {"countries": [], "institutions": [0]}, "countries"),
    ],
)
def test_what_asks_nothing_is_refused_at_its_field(draft, admin, kind, terms, field):
    with pytest.raises(Invalid) as refused:
        services.add_rule(draft, kind, terms, admin)
    assert refused.value.field == field
    assert draft.eligibility_rules == []


@pytest.mark.parametrize("points", [0, -1, 101])
def test_points_lie_between_none_and_a_hundred(draft, admin, points):
    with pytest.raises(Invalid) as refused:
        services.add_rule(draft, RuleKind.EARLIER, {"most": 0}, admin, points=points)
    assert refused.value.field == "points"


def test_institutions_are_kept_with_their_names(draft, admin):
    home = factories.institution()
    rule = services.add_rule(
        draft, RuleKind.SENDING, {"countries": [], "institutions": [home.id]}, admin
    )
    assert rule_text(rule.kind, rule.terms) == f"Own university: {home.name_en}"


def test_once_open_a_change_needs_a_reason_and_is_shown_to_all(opened, admin):
    with pytest.raises(Invalid) as refused:
        services.add_rule(opened, RuleKind.EARLIER, {"most": 0}, admin)
    assert refused.value.field == "reason"
    rule = services.add_rule(opened, RuleKind.EARLIER, {"most": 0}, admin, reason="Agreed.")
    services.change_rule(rule, {"most": 0}, admin, reason="Nothing new.")
    services.change_rule(rule, {"most": 1}, admin, points=4, reason="Softer.")
    services.remove_rule(rule, admin, reason="Not at all.")
    none, hard = [], [{"kind": "earlier", "terms": {"most": 0}, "points": None}]
    worthy = [{"kind": "earlier", "terms": {"most": 1}, "points": 4}]
    assert kept(opened) == [
        ("Not at all.", {"eligibility": [worthy, none]}),
        ("Softer.", {"eligibility": [hard, worthy]}),
        ("Agreed.", {"eligibility": [none, hard]}),
    ]
    (told,) = words.changed(rule_changes(opened)[1])
    assert (told.before, told.after) == (
        "No earlier mobility (required)",
        "At most 1 earlier mobility (4 points)",
    )


def test_once_closed_or_cancelled_the_rules_stand(opened, admin):
    rule = factories.eligibility_rule(opened, RuleKind.EARLIER, most=0)
    with clock.at(opened.closes_at + HOUR):
        for act in (
            lambda: services.add_rule(opened, RuleKind.EARLIER, {"most": 0}, admin, reason="So."),
            lambda: services.change_rule(rule, {"most": 1}, admin, reason="So."),
            lambda: services.remove_rule(rule, admin, reason="So."),
        ):
            with pytest.raises(Conflict, match="has closed; this stands"):
                act()
    opened.status = CallStatus.CANCELLED
    with pytest.raises(Conflict, match="was cancelled"):
        services.remove_rule(rule, admin, reason="So.")


def test_an_admin_sets_rules_on_their_page_and_everybody_reads_them(app, write, visitor):
    with write():
        call, admin = factories.call(status=CallStatus.ANNOUNCED), factories.admin()
        call.opens_at = clock.now() + HOUR
    browser = visitor(admin)
    page = f"/calls/{call.id}/eligibility"
    assert "no rules of its own" in browser.read(page)
    sent = browser.post(f"{page}/grade", {"least": "72,5", "worth": "hard"})
    assert sent.status_code == 303
    sent = browser.post(f"{page}/earlier", {"most": "0", "worth": "points", "points": "5"})
    assert sent.status_code == 303
    said = visitor(None).read(f"/calls/{call.id}")
    assert "Grade average: at least 72.5 % of the scale of the own university" in said
    assert "No earlier mobility: 5 points" in said
    with write():
        first, _second = [one.id for one in factories.db.session.merge(call).eligibility_rules]
    assert browser.post(f"/eligibility-rules/{first}/remove").status_code == 303
    assert "Grade average" not in visitor(None).read(f"/calls/{call.id}")


@pytest.mark.parametrize(
    ("kind", "sent", "message"),
    [
        ("earlier", {"most": "0", "worth": "points"}, "Say how many points it gives."),
        ("earlier", {"most": "0", "worth": "hard"}, "Say why it changes."),
        ("grade", {"least": "lots", "worth": "hard"}, "Give a number."),
        ("level", {"worth": "hard", "reason": "So."}, "Choose at least one level."),
    ],
)
def test_what_is_refused_stands_at_its_field(app, write, visitor, kind, sent, message):
    with write():
        call, admin = factories.call(), factories.admin()
    page = visitor(admin).post(f"/calls/{call.id}/eligibility/{kind}", sent)
    assert page.status_code == 422
    assert message in page.text


def test_a_kind_that_is_none_is_not_found(app, write, visitor):
    with write():
        call, admin = factories.call(), factories.admin()
    assert visitor(admin).get(f"/calls/{call.id}/eligibility/shoe-size").status_code == 404


def test_the_form_of_a_rule_begins_with_what_it_says(app, write, visitor):
    with write():
        call, admin, home = factories.call(), factories.admin(), factories.institution()
        services.add_rule(
            call,
            RuleKind.SENDING,
            {"countries": [], "institutions": [home.id]},
            admin,
            points=3,
            reason="So.",
        )
        (rule,) = call.eligibility_rules
        assert plain_text(rule.plain) == f"Own university: {home.name_en} (3 points)"
    page = visitor(admin).get(f"/eligibility-rules/{rule.id}/edit").text
    assert f'value="{home.id}" checked' in page
    assert 'value="points" checked' in page
