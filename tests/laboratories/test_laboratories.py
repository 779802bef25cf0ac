"""Laboratories: equipment, slots, who may book, and what is refused."""

from datetime import date, time, timedelta

import pytest

from mobility import clock
from mobility.agreements.models import Direction
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.i18n import speaking_to
from mobility.laboratories import services
from mobility.laboratories.models import (
    BOOKING_WORKFLOW,
    EQUIPMENT_WORKFLOW,
    Booking,
    BookingStatus,
    EquipmentStatus,
    Slot,
)
from mobility.laboratories.permissions import RULES
from mobility.laboratories.queries import free_at
from mobility.placements.models import PlacementStatus
from mobility.placements.services import accept_place, decline_place, place

from .. import factories
from .scene import stay


def test_leader_books_for_the_project_and_student_during_a_stay(lab, write, mailbox):
    with write():
        services.book_slot(lab.slot, lab.leader, purpose="Samples", project=lab.project)
        with pytest.raises(Conflict, match="during a stay at"):
            services.book_slot(lab.slot, lab.student, purpose="Thesis")
        stay(lab, lab.student)
        services.book_slot(lab.slot, lab.student, purpose="Thesis")
        assert free_at([lab.slot]) == {lab.slot.id: 0}
    assert [mail.subject for mail in mailbox()] == ["Booked: Electron microscope"] * 2


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda lab: setattr(lab.equipment, "status", EquipmentStatus.WITHDRAWN), "not shared"),
        (lambda lab: setattr(lab.equipment, "books_directly", False), "given by a call"),
        (lambda lab: setattr(lab.slot, "starts_at", clock.now()), "has begun already"),
        (lambda lab: setattr(lab.project, "ends_on", date(2020, 1, 1)), "is not under way"),
        (lambda lab: setattr(lab.condition, "last_year", 2001), "No agreement in force"),
        (lambda lab: lab.project.leaders.clear(), "You do not take part"),
        (lambda lab: setattr(lab.slot, "kept", 2), "This slot is given by a call"),
    ],
)
def test_who_cannot_book_is_told_why(lab, write, spoil, told):
    with write():
        lab.condition.first_year = 2000
        lab.project.starts_on = date(2019, 1, 1)
        spoil(lab)
        db.session.flush()
        with pytest.raises(Conflict, match=told):
            services.book_slot(lab.slot, lab.leader, purpose="Samples", project=lab.project)
        assert db.session.query(Booking).count() == 0


def test_own_people_need_no_agreement_but_a_reason(lab, write):
    with write():
        own = lab.project.leader_of(lab.here.id)
        services.book_slot(lab.slot, own, purpose="Samples", project=lab.project)
        assert free_at([lab.slot]) == {lab.slot.id: 1}


def test_nobody_books_twice_or_two_slots_at_one_time(lab, write):
    with write():
        other = factories.slot(factories.equipment(lab.here, title_en="Kiln"), days=7.01)
        services.book_slot(lab.slot, lab.leader, purpose="Samples", project=lab.project)
        with pytest.raises(Conflict, match="booked this slot already"):
            services.book_slot(lab.slot, lab.leader, purpose="Again", project=lab.project)
        with pytest.raises(Conflict, match="You have booked “Electron microscope” at that time"):
            services.book_slot(other, lab.leader, purpose="Pots", project=lab.project)


def given(lab, slot):
    """A slot that a call has given to the student of the scene, not answered yet."""
    call = factories.call(direction=Direction.LABORATORIES)
    offer = factories.offer(call, lab.condition, slot=slot)
    application = factories.application(lab.student, call, [offer])
    return place(application, offer, 1, clock.now() + timedelta(days=3), None)


def test_a_given_slot_and_a_booked_one_never_fall_together(lab, write):
    with write():
        stay(lab, lab.student)
        kept = factories.slot(factories.equipment(lab.here, title_en="Laser"), hours=1)
        placement = given(lab, kept)
        with pytest.raises(Conflict, match="A call has given you “Laser” at that time"):
            services.book_slot(lab.slot, lab.student, purpose="Samples")
        decline_place(placement, lab.student)
        services.book_slot(lab.slot, lab.student, purpose="Samples")


def test_who_has_booked_calls_off_before_taking_a_given_slot(lab, write):
    with write():
        stay(lab, lab.student)
        booking = services.book_slot(lab.slot, lab.student, purpose="Samples")
        for slot in (lab.slot, factories.slot(factories.equipment(lab.here), hours=1)):
            placement = given(lab, slot)
            with pytest.raises(Conflict, match="Cancel the booking, or decline"):
                accept_place(placement, lab.student)
        later = given(lab, factories.slot(factories.equipment(lab.here), days=8))
        accept_place(later, lab.student)
        services.cancel_booking(booking, lab.student)
        accept_place(placement, lab.student)
        assert placement.status is PlacementStatus.ACCEPTED


def test_safety_training_is_asked_for_and_lies_in_the_past(lab, write):
    with write():
        lab.equipment.safety_training = True
        for day in (None, clock.now().date() + timedelta(days=1)):
            with pytest.raises(Invalid) as refused:
                services.book_slot(
                    lab.slot, lab.leader, purpose="X", project=lab.project, trained_on=day
                )
            assert refused.value.field == "trained_on"
        with pytest.raises(Invalid) as refused:
            services.book_slot(lab.slot, lab.leader, purpose=" ", project=lab.project)
        assert refused.value.field == "purpose"
        day = clock.now().date()
        booking = services.book_slot(
            lab.slot, lab.leader, purpose="X", project=lab.project, trained_on=day
        )
        assert booking.trained_on == day


def test_called_off_place_is_free_again(lab, write, mailbox):
    with write():
        booking = services.book_slot(lab.slot, lab.leader, purpose="X", project=lab.project)
        with pytest.raises(Invalid, match="Give the reason"):
            services.cancel_booking(booking, lab.keeper)
        services.cancel_booking(booking, lab.keeper, "The microscope broke.")
        again = services.book_slot(lab.slot, lab.leader, purpose="X", project=lab.project)
        services.cancel_booking(again, lab.leader)
        assert free_at([lab.slot]) == {lab.slot.id: 2}
        with pytest.raises(Conflict):
            services.cancel_booking(again, lab.leader)
        lab.slot.starts_at = clock.now() - timedelta(hours=1)
        last = Booking(slot=lab.slot, user=lab.leader, purpose="X", created_at=clock.now())
        db.session.add(last)
        db.session.flush()
        with pytest.raises(Conflict, match="has begun"):
            services.cancel_booking(last, lab.leader)
    assert any("The microscope broke." in mail.text for mail in mailbox())


def test_slots_are_opened_on_days_of_the_week_in_local_time(lab, write):
    first = clock.now().date() + timedelta(days=30)
    with write():
        made = services.add_slots(
            lab.equipment,
            lab.keeper,
            first=first,
            last=first + timedelta(days=13),
            days=[1, 3],
            begin=time(10),
            end=time(12),
            capacity=2,
        )
        assert made == 4
        slots = [one for one in db.session.query(Slot) if one is not lab.slot]
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(lab.here.timezone)
        here = [one.starts_at.astimezone(zone) for one in slots]
        assert {(one.isoweekday() in {1, 3}, one.hour) for one in here} == {(True, 10)}


DAY = date(2099, 3, 2)  # a Monday
SOUND = {
    "first": DAY, "last": DAY + timedelta(days=6), "days": [1], "begin": time(10),
    "end": time(12), "capacity": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last": DAY - timedelta(days=1)}, "last"),
        ({"end": time(10)}, "end"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 101}, "capacity"),
        ({"days": []}, "days"),
        ({"last": DAY, "days": [2]}, "days"),
        ({"first": date(2020, 3, 2), "last": date(2020, 3, 2)}, "first"),
        ({"last": DAY + timedelta(days=366), "days": [1, 2, 3, 4, 5]}, "last"),
    ],
)
def test_slots_that_cannot_be_are_refused_at_their_field(lab, write, values, field):
    with write(), pytest.raises(Invalid) as refused:
        services.add_slots(lab.equipment, lab.keeper, **{**SOUND, **values})
    assert refused.value.field == field


def test_slots_never_overlap(lab, write):
    with write():
        services.add_slots(lab.equipment, lab.keeper, **SOUND)
        lab.keeper.timezone = "Asia/Vladivostok"
        with speaking_to(lab.keeper), pytest.raises(Invalid, match="It would overlap") as refused:
            services.add_slots(
                lab.equipment, lab.keeper, **{**SOUND, "begin": time(11), "end": time(13)}
            )
        # in the time of the laboratory, as the form says
        assert ", 10:00–12:00." in refused.value.message
        assert db.session.query(Slot).count() == 2


def test_booked_slot_stays_and_an_empty_one_goes(lab, write):
    with write():
        booking = services.book_slot(lab.slot, lab.leader, purpose="X", project=lab.project)
        with pytest.raises(Conflict, match="is booked"):
            services.remove_slot(lab.slot, lab.keeper)
        services.cancel_booking(booking, lab.leader)
        services.remove_slot(lab.slot, lab.keeper)
        assert db.session.query(Slot).count() == 0


def test_call_keeps_its_seats_beside_direct_bookings(lab, write):
    with write():
        services.book_slot(lab.slot, lab.leader, purpose="X", project=lab.project)
        with pytest.raises(Invalid, match="beside direct bookings: 1") as refused:
            services.keep_for_call(lab.slot, 2)
        assert refused.value.field == "seats"
        services.keep_for_call(lab.slot, 1)
        assert free_at([lab.slot]) == {lab.slot.id: 0}


ROLES = ("nobody", "student", "teacher", "keeper", "unit keeper", "outside", "admin")


@pytest.mark.parametrize("status", EquipmentStatus)
@pytest.mark.parametrize("role", ROLES)
def test_permissions_over_every_role(lab, write, role, status):
    with write():
        unit = factories.unit(lab.here)
        lab.equipment.unit, lab.equipment.status = unit, status
        booker = lab.leader
        booking = Booking(slot=lab.slot, user=booker, purpose="X", created_at=clock.now())
        db.session.add(booking)
        db.session.flush()
        user = {
            "nobody": None,
            "student": lab.student,
            "teacher": booker,
            "keeper": lab.keeper,
            "unit keeper": factories.coordinator(lab.here, unit),
            "outside": factories.coordinator(lab.there),
            "admin": factories.admin(),
        }[role]
        keeps = role in {"keeper", "unit keeper", "admin"}
        sees = keeps or status is not EquipmentStatus.DRAFT
        said = {
            name: rule(
                user,
                {"equipment": lab.equipment, "slot": lab.slot, "booking": booking}[
                    name.partition(":")[0]
                ],
            )
            for name, rule in RULES.items()
        }
        assert said == {
            "equipment:browse": True,
            "equipment:create": role in {"keeper", "unit keeper", "outside", "admin"},
            "equipment:view": sees,
            "equipment:edit": keeps,
            "slot:view": sees,
            "slot:edit": keeps,
            "slot:book": role in {"student", "teacher"} and sees,
            "booking:list": role != "nobody",
            "booking:view": keeps or role == "teacher",
            "booking:cancel": keeps or role == "teacher",
        }


def test_workflows_over_every_status():
    S, B = EquipmentStatus, BookingStatus
    steps = {action: set(origins) for action, (origins, _) in EQUIPMENT_WORKFLOW.steps.items()}
    assert steps == {"open": {S.DRAFT, S.WITHDRAWN}, "withdraw": {S.OPEN}, "amend": set(S)}
    assert {a: set(o) for a, (o, _) in BOOKING_WORKFLOW.steps.items()} == {"cancel": {B.BOOKED}}
