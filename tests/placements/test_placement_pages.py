"""Who sees which placements, and what they can do on the pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.access import can
from mobility.db import db
from mobility.placements import queries, services
from mobility.placements.models import HostAnswer, MobilityStatus, Placement, PlacementStatus
from tests import factories
from tests.clients import words
from tests.rounds.scenes import published, scene

from .test_placement_services import accepted, nominated, placed


def test_permissions_over_every_role(app, write):
    at = scene()
    with write():
        faculty, lab = factories.unit(at.home), factories.unit(at.host)
        at.ayan.sending_unit, at.a.unit = faculty, lab
        people = {
            "nobody": None,
            "placed": at.ayan.applicant,
            "other student": at.bota.applicant,
            "sender": at.sender,
            "sender unit": factories.coordinator(at.home, faculty),
            "sender other unit": factories.coordinator(at.home, factories.unit(at.home)),
            "host": at.receiver,
            "host unit": factories.coordinator(at.host, lab),
            "host other unit": factories.coordinator(at.host, factories.unit(at.host)),
            "outside": factories.coordinator(factories.institution()),
            "admin": at.admin,
        }
    placement = placed(at)
    expected = {
        "placement:view": {
            "placed", "sender", "sender unit", "host", "host unit", "admin",
        },
        "placement:answer": {"placed"},
        "placement:nominate": {"sender", "sender unit"},
        "placement:recognise": {"sender", "sender unit"},
        "placement:verify": {"host", "host unit"},
        "placement:confirm-stay": {"host", "host unit"},
        "placement:cancel": {"sender", "sender unit", "host", "host unit", "admin"},
        "placement:list": set(people) - {"nobody"},
        "placement:nominate-many": {
            "sender", "sender unit", "sender other unit", "host", "host unit", "host other unit",
            "outside",
        },
    }  # fmt: skip
    with write():
        found = {
            permission: {name for name, user in people.items() if can(user, permission, placement)}
            for permission in expected
        }
        assert found == expected
        listed = {
            name
            for name, user in people.items()
            if user and placement in db.session.scalars(queries.visible_to(user)).all()
        }
        assert listed == expected["placement:view"]


def test_list_filters_by_step_in_the_address(app, write, visitor):
    at = scene()
    nominated(at, write)
    sender = visitor(at.sender)
    everything = sender.read("/placements")
    assert "Ayan" in everything
    assert "Bota" in everything
    pending = sender.read("/placements?step=pending")
    assert "Ayan" in pending
    assert "Bota" not in pending
    waiting = sender.read(f"/placements?step=offered&call={at.call.id}")
    assert "Ayan" not in waiting
    assert "Bota" in waiting


STANDINGS = {
    "offered": {},
    "accepted": {"status": PlacementStatus.ACCEPTED},
    "pending": {
        "status": PlacementStatus.ACCEPTED,
        "host_answer": HostAnswer.PENDING,
        "mobility_status": MobilityStatus.NOMINATION,
    },
    "rejected": {
        "status": PlacementStatus.ACCEPTED,
        "host_answer": HostAnswer.REJECTED,
        "host_comment": "No.",
        "mobility_status": MobilityStatus.NOMINATION,
    },
    "verified": {
        "status": PlacementStatus.ACCEPTED,
        "host_answer": HostAnswer.VERIFIED,
        "mobility_status": MobilityStatus.NOMINATION,
    },
    "live": {
        "status": PlacementStatus.ACCEPTED,
        "host_answer": HostAnswer.VERIFIED,
        "mobility_status": MobilityStatus.LIVE,
    },
    "recognized": {
        "status": PlacementStatus.ACCEPTED,
        "host_answer": HostAnswer.VERIFIED,
        "mobility_status": MobilityStatus.RECOGNIZED,
    },
    "cancelled": {
        "status": PlacementStatus.ACCEPTED,
        "host_answer": HostAnswer.PENDING,
        "mobility_status": MobilityStatus.CANCELLED,
        "cancel_reason": "Ill.",
    },
    "declined": {"status": PlacementStatus.DECLINED},
    "lapsed": {"status": PlacementStatus.LAPSED},
}


@pytest.mark.parametrize("step", STANDINGS)
def test_each_placement_stands_at_the_one_step_that_its_state_says(app, write, step):
    at = scene()
    placement = placed(at)
    with write():
        values = dict(STANDINGS[step])
        if values.get("status") in {PlacementStatus.ACCEPTED, PlacementStatus.DECLINED}:
            values["answered_at"] = placement.created_at
        for name, value in values.items():
            setattr(placement, name, value)
    with write():
        found = {
            name
            for name in queries.STEPS
            if placement in queries.placement_page(at.sender, step=name).items
        }
        assert found == {step}
        assert placement.state is queries.STEPS[step]
        counts = queries.step_counts(at.sender)
        assert counts[step] == (2 if step == "offered" else 1)
        assert sum(counts.values()) == 2


def test_list_takes_the_same_queries_for_one_row_and_for_three(app, write, visitor, count_queries):
    at = scene()

    def add(name):
        person = at.person(name, name.lower(), 90, at.a)
        person.partner = factories.teacher(at.home)
        made = services.place(person, at.a, 1, person.created_at, at.admin)
        made.status, made.answered_at = PlacementStatus.ACCEPTED, person.created_at

    def counted():
        reader = visitor(at.sender)
        reader.read("/placements")
        with count_queries() as statements:
            page = reader.read("/placements")
        assert f"Nominate {names[-1]}" in reader.get("/placements").text
        assert all(name in page for name in names)
        return len(statements)

    names = ["P0"]
    with write():
        add("P0")
    one = counted()
    names += ["P1", "P2"]
    with write():
        add("P1")
        add("P2")
    assert counted() == one


def test_student_accepts_on_the_page(app, write, visitor):
    at = scene()
    placement = placed(at)
    student = visitor(at.ayan.applicant)
    assert "You have a place: accept or decline it" in student.read("/")
    assert "Accept or decline this place" in student.read(f"/placements/{placement.id}")
    form = {"version": placement.version}
    answer = student.post(f"/placements/{placement.id}/accept", form)
    assert (answer.status_code, answer.location) == (303, f"/placements/{placement.id}")
    assert "Your coordinator nominates you" in student.read(f"/placements/{placement.id}")
    assert student.post(f"/placements/{placement.id}/accept", form).status_code == 409
    assert "You have a place: accept or decline it" not in student.read("/")


def test_decline_asks_first_and_keeps_what_was_typed(app, write, visitor):
    at = scene()
    placement = placed(at)
    student = visitor(at.ayan.applicant)
    page = student.get(f"/placements/{placement.id}?do=decline").text
    assert '<details class="confirm" open>' in page
    stale = {"version": placement.version - 1, "reason": "Another plan."}
    answer = student.post(f"/placements/{placement.id}/decline", stale)
    assert answer.status_code == 409
    assert "Another plan." in answer.text
    assert "This placement was changed" in answer.text
    fresh = {"version": placement.version, "reason": "Another plan."}
    assert student.post(f"/placements/{placement.id}/decline", fresh).status_code == 303
    db.session.expire_all()
    assert placement.decline_reason == "Another plan."
    # why is between the student and the sending side
    assert "Another plan." in visitor(at.sender).read(f"/placements/{placement.id}")
    assert "Another plan." not in visitor(at.receiver).read(f"/placements/{placement.id}")


def test_host_rejects_with_a_comment_at_its_field(app, write, visitor):
    at = scene()
    placement = nominated(at, write)
    host = visitor(at.receiver)
    address = f"/placements/{placement.id}/reject"
    answer = host.post(address, {"version": placement.version, "comment": ""})
    assert answer.status_code == 422
    assert words(answer.text).count("Say why: the sending side has to know") == 2
    answer = host.post(address, {"version": placement.version, "comment": "No transcript."})
    assert answer.status_code == 303
    page = visitor(at.sender).read(f"/placements/{placement.id}")
    assert "The receiving side did not verify the nomination: No transcript." in page
    assert "Nominate again" in page
    told = ("sent the nomination back", "made the nomination", "was accepted", "A place was given")
    assert [page.index(one) for one in told] == sorted(page.index(one) for one in told)


def test_a_day_that_is_no_day_stays_on_the_page(app, write, visitor):
    at = scene()
    placement = nominated(at, write)
    with write():
        services.verify_nomination(placement, at.receiver)
    host = visitor(at.receiver)
    answer = host.post(
        f"/placements/{placement.id}/arrival", {"version": placement.version, "on": "yesterday"}
    )
    assert answer.status_code == 422
    assert 'value="yesterday"' in answer.text
    assert placement.arrived_on is None


def test_the_host_corrects_the_days_of_a_stay_on_the_page(app, write, visitor):
    at = scene()
    placement = nominated(at, write)
    today = clock.now().date()
    with write():
        placement.offer.starts_on = today
        services.verify_nomination(placement, at.receiver)
        services.confirm_arrival(placement, at.receiver, today - timedelta(days=2))
    host, page = visitor(at.receiver), f"/placements/{placement.id}"
    sent = {"version": placement.version, "on": (today - timedelta(days=900)).isoformat()}
    answer = host.post(f"{page}/arrival", sent)
    assert answer.status_code == 422
    assert answer.text.count('id="arrived-on"') == answer.text.count('id="departed-on"') == 1
    assert words(answer.text).count("an arrival before") == 2  # at its field and on top
    assert host.post(f"{page}/arrival", sent | {"on": today.isoformat()}).status_code == 303
    db.session.expire_all()
    assert placement.arrived_on == today
    assert f'value="{today}"' in host.get(page).text
    assert "Correct the arrival" in host.read(page)
    assert "Correct the arrival" not in visitor(at.sender).read(page)


def test_bulk_nomination_reports_who_was_left_out(app, write, visitor):
    at = scene()
    placement = accepted(at, write)
    other = db.session.scalars(select(Placement).where(Placement.id != placement.id)).one()
    sender = visitor(at.sender)
    assert "Nominate the chosen" in sender.read("/placements")
    chosen = {"placement": [placement.id, other.id], "step": "accepted"}
    answer = sender.post("/placements/nominate", chosen)
    assert (answer.status_code, answer.location) == (303, "/placements?step=accepted")
    page = sender.read("/placements")
    assert "1 person was nominated." in page
    assert "Bota: Only people who accepted can be nominated" in page
    db.session.expire_all()
    assert placement.host_answer is HostAnswer.PENDING
    assert other.host_answer is None


def test_bulk_nomination_reaches_only_the_own_scope(app, write, visitor):
    at = scene()
    placement = accepted(at, write)
    with write():
        outside = factories.coordinator(factories.institution())
    for coordinator in (outside, at.receiver):
        answer = visitor(coordinator).post("/placements/nominate", {"placement": placement.id})
        assert answer.status_code == 303
        db.session.expire_all()
        assert placement.host_answer is None


def test_empty_list_says_what_will_stand_there(app, visitor):
    at = scene()
    assert "No placement yet" in visitor(at.sender).read("/placements")
    assert "See the calls" in visitor(at.ayan.applicant).read("/placements")
    published(at)
    assert "No placement yet" not in visitor(at.ayan.applicant).read("/placements")
    assert "No placement yet" in visitor(at.chingiz.applicant).read("/placements")


def test_moving_up_is_asked_where_there_is_a_way_up(app, write, visitor):
    at = scene()
    published(at)
    mine, first = (
        db.session.scalars(select(Placement).where(Placement.application_id == person.id)).one()
        for person in (at.bota, at.ayan)
    )
    student = visitor(at.bota.applicant)
    asked = "Move me up if a seat is vacated"
    assert asked in student.read(f"/placements/{mine.id}")
    assert asked in student.read(f"/applications/{at.bota.id}")
    assert asked not in visitor(at.ayan.applicant).read(f"/placements/{first.id}")
    form = {"version": mine.version, "upgrade": "y"}
    assert student.post(f"/placements/{mine.id}/accept", form).status_code == 303
    assert "asked to be moved up" in student.read(f"/placements/{mine.id}")
    sender = visitor(at.sender)
    assert "would move up" in sender.read("/placements")
    assert "nomination comes when that is over" in sender.read(f"/placements/{mine.id}")
    assert student.post(f"/placements/{mine.id}/keep").status_code == 303
    assert "You have accepted. Your coordinator nominates you" in student.read(
        f"/placements/{mine.id}"
    )
    assert "They decided to keep this place." in sender.read(f"/placements/{mine.id}")


def test_pages_of_teachers_and_teams_call_nobody_a_student(app, write, visitor):
    at = scene()
    placement = accepted(at, write)
    with write():
        placement.application.partner = factories.teacher(at.home, name="Gulnara")
    sender, host, page = visitor(at.sender), visitor(at.receiver), f"/placements/{placement.id}"
    assert "Person Ayan, Gulnara" in sender.read(page)
    assert "Ayan, Gulnara" in sender.read("/placements?step=accepted")
    read = [sender.read("/placements?step=accepted"), sender.read(page)]
    with write():
        services.nominate(placement, at.sender)
    host.post(f"{page}/verify")
    read += [host.read(page), sender.read(page), visitor(placement.application.partner).read(page)]
    assert "whoever is expected" in read[2]
    assert [words for words in read if "student" in words.lower()] == []


def test_accepting_a_place_that_was_changed_meanwhile_is_refused(app, write, visitor):
    at = scene()
    placement = placed(at)
    student = visitor(at.ayan.applicant)
    answer = student.post(f"/placements/{placement.id}/accept", {"version": placement.version - 1})
    assert answer.status_code == 409
    assert "This placement was changed" in answer.text
