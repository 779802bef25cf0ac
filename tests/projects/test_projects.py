"""Joint projects: drafted, led on both sides, opened, closed, and what they bring."""

import re
from datetime import date, timedelta

import pytest

from mobility import audit, clock, i18n
from mobility.agreements.models import Direction
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.laboratories.services import book_slot
from mobility.placements.models import PlacementStatus
from mobility.placements.services import place
from mobility.projects import services
from mobility.projects.membership import takes_part
from mobility.projects.models import PROJECT_WORKFLOW, Project, ProjectStatus, ResultKind, Standing
from mobility.projects.permissions import RULES

from .. import factories

VALUES = {
    "title_en": "Steppe soils",
    "starts_on": date(2027, 1, 1),
    "ends_on": date(2027, 12, 31),
}


@pytest.fixture
def pair(write):
    with write():
        a, b = factories.institution("susu.ru"), factories.institution("kaznpu.kz")
        return a, b, factories.coordinator(a), factories.teacher(a), factories.teacher(b)


def drafted(pair, **values):
    a, b, coordinator, *_ = pair
    return services.create_project(coordinator, partner_a=a, partner_b=b, **{**VALUES, **values})


def test_project_is_drafted_led_opened_and_closed(pair, write):
    _, _, coordinator, one, other = pair
    with write():
        project = drafted(pair, leader_a=one.email)
        with pytest.raises(Conflict, match="Name one of"):
            services.open_project(project, coordinator)
        emails = {"leader_a": one.email, "leader_b": other.email}
        services.edit_project(project, coordinator, **VALUES, **emails)
        services.open_project(project, one)
        services.close_project(project, other, "The funding ended.")
        assert [event.action for event in audit.history(project)] == [
            "project.create",
            "project.amend",
            "project.open",
            "project.close",
        ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title_en": " "}, "title_en"),
        ({"ends_on": date(2026, 12, 31)}, "ends_on"),
        ({"leader_a": "nobody@susu.ru"}, "leader_a"),
        ({"leader_b": "coordinator"}, "leader_b"),
    ],
)
def test_what_no_project_has_is_refused_at_its_field(pair, write, values, field):
    if values.get(field) == "coordinator":
        values = {field: pair[2].email}  # of the other partner
    with write(), pytest.raises(Invalid) as refused:
        drafted(pair, **values)
    assert refused.value.field == field


def test_partners_are_two_and_one_is_ones_own(pair, write):
    a, b, coordinator, *_ = pair
    with write():
        stranger = factories.coordinator(factories.institution())
        for actor, partners, field in (
            (coordinator, (a, a), "partner_b"),
            (stranger, (a, b), "partner_a"),
        ):
            with pytest.raises(Invalid) as refused:
                services.create_project(
                    actor, partner_a=partners[0], partner_b=partners[1], **VALUES
                )
            assert refused.value.field == field


def test_stale_form_loses_nothing_of_the_other(pair, write):
    with write():
        project = drafted(pair)
        seen = project.version
        changed = {**VALUES, "title_en": "Soils of the steppe"}
        services.edit_project(project, pair[2], version=seen, **changed)
    with write(), pytest.raises(Conflict, match="This was changed"):
        services.edit_project(
            db.session.get_one(Project, project.id), pair[2], version=seen, **VALUES
        )


@pytest.mark.parametrize(
    ("day", "standing"),
    [(-1, Standing.LATER), (0, Standing.RUNNING), (364, Standing.RUNNING), (365, Standing.ENDED)],
)
def test_standing_follows_the_period(pair, write, day, standing):
    with write():
        project = factories.project(pair[0], pair[1], **VALUES)
        noon = clock.now().replace(year=2027, month=1, day=1, hour=12) + timedelta(days=day)
        with clock.at(noon):
            assert project.standing is standing


def test_results_are_noted_with_what_can_be_true(pair, write):
    today = clock.now().date()
    with write():
        project = factories.project(pair[0], pair[1])
        kind = ResultKind.PUBLICATION
        for bad, field in (
            ({"title": " ", "on": today}, "title"),
            ({"title": "A", "on": today + timedelta(days=1)}, "on"),
            ({"title": "A", "on": today, "link": "javascript:alert(1)"}, "link"),
        ):
            with pytest.raises(Invalid) as refused:
                services.add_result(project, pair[2], kind=kind, **bad)
            assert refused.value.field == field
        services.add_result(project, pair[2], kind=kind, title="Older", on=today)
        result = services.add_result(
            project, pair[2], kind=kind, title="Soils", on=today, link="https://example.org/1"
        )
        services.remove_result(project.results[0], pair[2])
        db.session.refresh(project)
        assert [one.title for one in project.results] == ["Soils"]
        assert result.link == "https://example.org/1"


ROLES = ("nobody", "student", "coordinator", "unit", "leader", "outside", "admin")


@pytest.mark.parametrize("status", ProjectStatus)
@pytest.mark.parametrize("role", ROLES)
def test_permissions_over_every_role(pair, write, role, status):
    a, b, coordinator, leader, other = pair
    with write():
        project = factories.project(a, b, leaders=(leader, other), status=status)
        user = {
            "nobody": None,
            "student": factories.student(a),
            "coordinator": coordinator,
            "unit": factories.coordinator(a, factories.unit(a)),
            "leader": leader,
            "outside": factories.coordinator(factories.institution()),
            "admin": factories.admin(),
        }[role]
        keeps = role in {"coordinator", "leader", "admin"}
        assert {
            name: rule(user, project) for name, rule in RULES.items() if "result" not in name
        } == {
            "project:browse": True,
            "project:create": role in {"coordinator", "outside", "admin"},
            "project:view": keeps or status is not ProjectStatus.DRAFT,
            "project:edit": keeps,
        }


def test_workflow_is_what_the_pages_offer():
    allowed = {
        action: {status for status in ProjectStatus if status in steps[0]}
        for action, steps in PROJECT_WORKFLOW.steps.items()
    }
    assert allowed == {
        "open": {ProjectStatus.DRAFT, ProjectStatus.CLOSED},
        "close": {ProjectStatus.OPEN},
        "amend": {ProjectStatus.DRAFT, ProjectStatus.OPEN},
    }


def test_page_ties_places_slots_people_and_results_together(pair, write, visitor):
    a, b, _, leader, other = pair
    with write():
        project = factories.project(a, b, leaders=(leader, other), title_en="Steppe soils")
        condition = factories.condition(a, b, direction=Direction.RESEARCH)
        factories.condition(a, b, direction=Direction.LABORATORIES)
        call = factories.call(direction=Direction.RESEARCH)
        offer = factories.offer(call, condition, title_en="Soil chemist", project=project)
        student = factories.student(a, name="Zarina")
        application = factories.application(student, call, [offer])
        placement = place(application, offer, 1, clock.now() + timedelta(days=7), None)
        placement.status, placement.answered_at = PlacementStatus.ACCEPTED, clock.now()
        db.session.flush()
        assert takes_part(student, project)
        slot = factories.slot(factories.equipment(b))
        book_slot(slot, student, purpose="X-ray of samples", project=project)
        services.add_result(
            project, leader, kind=ResultKind.DATA, title="Soil map", on=clock.now().date()
        )
        address = f"/projects/{project.id}"
    page = visitor(leader).read(address)
    for word in ("Soil chemist", "Zarina", "Electron microscope", "X-ray of samples", "Soil map"):
        assert word in page
    stranger = visitor().read(address)
    assert "1 person has accepted a place in this project." in stranger
    for word in ("Zarina", "X-ray of samples", leader.name):
        assert word not in stranger


def test_history_is_newest_first_and_a_single_day_stands_once(pair, write, visitor):
    day = clock.now().date() - timedelta(days=3)
    with write():
        project = factories.project(pair[0], pair[1], starts_on=day, ends_on=day)
        for ago in (1, 9, 5):  # as a record that was filled in later
            with clock.at(clock.now() - timedelta(days=ago)):
                audit.record("project.add-result", project, actor=pair[2], reason=f"R{ago}")
    page = visitor(pair[2]).read(f"/projects/{project.id}")
    assert re.findall(r"Reason: (R\d)", page) == ["R1", "R5", "R9"]
    assert page.count(i18n.day(day)) == 1
    assert f"Period {i18n.day(day)} Leader" in page


def test_project_is_drafted_and_opened_by_form(pair, visitor, write):
    a, b, coordinator, one, other = pair
    browser = visitor(coordinator)
    form = {
        **VALUES, "partner_a": a.id, "partner_b": b.id, "leader_a": one.email,
        "leader_b": "nobody@kaznpu.kz",
    }  # fmt: skip
    refused = browser.post("/projects/new", form)
    assert refused.status_code == 422
    assert "Nobody who works at" in refused.text
    assert 'value="Steppe soils"' in refused.text
    answer = browser.post("/projects/new", {**form, "leader_b": other.email})
    assert answer.status_code == 303
    assert visitor().get(answer.location).status_code == 303  # to the sign-in page
    assert browser.post(f"{answer.location}/open").status_code == 303
    assert "Steppe soils" in visitor().read("/projects")


def test_queries_of_the_list_do_not_grow(pair, write, visitor, count_queries):
    browser = visitor(pair[2])

    def counted():
        with write():
            factories.project(pair[0], pair[1], leaders=(pair[3], pair[4]))
        with count_queries() as asked:
            browser.get("/projects")
        return len(asked)

    counted()
    one = counted()
    counted()
    assert counted() == one
