"""Applications are given to colleagues: who can take them, on record, filtered by holder."""

import re

import pytest

from mobility import audit
from mobility.applications import services
from mobility.applications.models import Application, ApplicationStatus
from mobility.applications.queries import colleagues_over
from mobility.db import db
from mobility.errors import Conflict, Invalid

from .. import factories
from ..clients import words
from .test_bulk_pages import rows_of
from .test_pipeline_pages import get, names

S = ApplicationStatus
HOLDERS = {"coordinator", "colleague", "unit_coordinator"}


def test_only_coordinators_whose_scope_holds_it_can_take_it(scene, one, write):
    with write():
        away = factories.user(institution_id=scene.home.id)
        people = {**vars(scene), "nobody_special": away}
        taken = {
            name: person.id
            for name, person in people.items()
            if isinstance(person, factories.User) and name != "other_student"
        }
        subject = db.session.get_one(Application, one.id)
        found = {user.id for user in colleagues_over([subject])} & set(taken.values())
        assert found == {taken[name] for name in HOLDERS}
        for name in taken.keys() - HOLDERS:
            with pytest.raises(Invalid) as refused:
                services.assign_application(subject, people[name], scene.coordinator)
            assert refused.value.field == "colleague"
        assert subject.assigned_to_id is None


def test_nobody_is_given_their_own_application(scene, write):
    with write():
        both = factories.student(scene.home)
        both.grants.append(
            factories.RoleGrant(role=factories.Role.COORDINATOR, institution_id=scene.home.id)
        )
        own = factories.application(both, scene.call, scene.offers[:1])
        with pytest.raises(Invalid):
            services.assign_application(own, both, scene.coordinator)
        assert both not in colleagues_over([own])


def test_given_on_is_on_record_and_again_to_the_same_is_a_conflict(scene, one, write):
    with write():
        services.assign_application(one, scene.colleague, scene.coordinator)
    with write():
        subject = db.session.get_one(Application, one.id)
        assert subject.assigned_to.name == "Dana"
        [event] = audit.history(subject)
        assert (event.action, event.actor_id, event.details) == (
            "application.assign",
            scene.coordinator.id,
            {"to": scene.colleague.id, "before": None},
        )
        with pytest.raises(Conflict, match="It is given to Dana already"):
            services.assign_application(subject, scene.colleague, scene.coordinator)
    with write():
        services.assign_application(subject, None, scene.coordinator)
        assert subject.assigned_to_id is None


def test_a_review_gives_on_and_shows_who_has_it(scene, carla, one, mailbox):
    address = f"/pipeline/{one.id}/assign"
    form = {"assign-colleague": scene.colleague.id, "assign-version": 1}
    assert carla.post(address, form).status_code == 303
    page = carla.read(f"/pipeline/{one.id}/review")
    assert "Given to: Dana" in page
    assert "Given to Dana Carla," in page
    [mail] = mailbox()
    assert (mail.recipient, mail.subject) == (
        scene.colleague.email,
        "1 application is given to you",
    )
    assert "Алия Сәрсен, Internships" in mail.text
    late = carla.post(address, form)
    assert late.status_code == 409
    assert "The present state is “submitted”." in words(late.text)
    stranger = carla.post(address, {"assign-colleague": scene.receiver.id})
    assert stranger.status_code == 422
    assert get(one.id).assigned_to_id == scene.colleague.id


def test_many_are_given_on_at_once_with_one_letter(scene, carla, scored, one, mailbox):
    ids = [a.id for a in [*scored, one]]
    page = carla.post("/pipeline/bulk", {"action": "assign", "chosen": ids})
    assert len(rows_of(page.text)) == 4
    told = re.findall(r"<option[^>]*>([^<]+)</option>", page.text)
    assert told[:3] == ["nobody", "Carla", "Dana"]
    form = {"action": "assign", "row": rows_of(page.text), "colleague": scene.unit_coordinator.id}
    partly = carla.post("/pipeline/bulk", form)
    assert partly.status_code == 409  # only one of them comes from that faculty
    assert "does not coordinate where this person comes from" in words(partly.text)
    assert get(one.id).assigned_to_id == scene.unit_coordinator.id
    again = {
        "action": "assign",
        "row": rows_of(partly.text),
        "colleague": scene.colleague.id,
        "csrf_token": "",
    }
    assert carla.post("/pipeline/bulk", again).status_code == 303
    assert {get(a.id).assigned_to_id for a in scored} == {scene.colleague.id}
    assert [(mail.recipient, mail.subject) for mail in mailbox()] == [
        (scene.unit_coordinator.email, "1 application is given to you"),
        (scene.colleague.email, "3 applications are given to you"),
    ]


def test_pipeline_shows_mine_nobodys_and_those_of_a_colleague(scene, carla, visitor, many, write):
    with write():
        mine, hers = many[S.APPROVED], many[S.RETURNED]
        services.assign_application(mine, scene.coordinator, scene.coordinator)
        services.assign_application(hers, scene.colleague, scene.coordinator)
    assert names(carla.get("/pipeline?assigned=mine").text) == ["Person approved"]
    hers_alone = carla.get(f"/pipeline?assigned={scene.colleague.id}").text
    assert names(hers_alone) == ["Person returned"]
    assert f'href="/pipeline?assigned={scene.colleague.id}&amp;status=approved"' in hers_alone
    assert len(names(carla.get("/pipeline?assigned=nobody").text)) == 5
    assert len(names(carla.get("/pipeline?assigned=everyone").text)) == 7
    assert names(visitor(scene.colleague).get("/pipeline?assigned=mine").text) == [
        "Person returned"
    ]
    offered = re.search(r'(?s)<select[^>]+id="assigned".*?</select>', hers_alone)[0]
    assert re.findall(r">([^<\n]+)</option>", offered) == [
        "anybody or nobody",
        "me",
        "nobody",
        "Dana",
    ]
