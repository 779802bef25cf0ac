"""Pages of laboratories: what is shared, the calendar of each, booking, and the bookings."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ..access import can, guard
from ..agreements.queries import people
from ..agreements.views import attempt
from ..audit import history
from ..numbers import page_asked, plain_number
from ..partners.queries import institutions
from ..projects.membership import takes_part
from ..projects.models import Project
from ..projects.queries import open_projects
from . import queries, services, words
from .forms import BookingForm, CallOffForm, EquipmentForm, NewEquipmentForm, SlotsForm
from .models import Booking, Equipment, Slot

bp = Blueprint("laboratories", __name__)


def init_app(app: Flask) -> None:
    words.init_app(app)


def _reader() -> Any:
    return current_user if current_user.is_authenticated else None


def _to(equipment: Equipment) -> Any:
    return redirect(url_for(".equipment", equipment_id=equipment.id), 303)


@bp.get("/laboratories")
@guard("equipment:browse")
def index() -> Any:
    chosen = request.args.get("institution", None, plain_number)
    found = queries.equipment_page(_reader(), chosen, page_asked())
    return render_template(
        "laboratories/index.html",
        found=found,
        chosen=chosen,
        institutions=queries.sharing_institutions(),
    )


@bp.get("/laboratories/<int:equipment_id>")
@guard("equipment:view", queries.get_equipment)
def equipment(equipment: Equipment) -> Any:
    slots = queries.upcoming_slots(equipment)
    keeps = can(current_user, "equipment:edit", equipment)
    events = history(equipment) if keeps else []
    own = queries.own_booking(current_user, [s.id for s in slots]) if _reader() else {}
    return render_template(
        "laboratories/equipment.html",
        equipment=equipment,
        slots=slots,
        free=queries.free_at(slots),
        own=own,
        why_not=_why_not(equipment, slots),
        keeps=keeps,
        events=events,
        people=people({event.actor_id for event in events if event.actor_id}),
        deeds=words.DEEDS,
    )


def _why_not(equipment: Equipment, slots: Sequence[Slot]) -> dict[int, str | None]:
    """Why the reader may book slots or not, by slot; empty where nobody books, or not they."""
    if not equipment.is_booked or not slots or not can(current_user, "slot:book", slots[0]):
        return {}
    return services.why_no_ways(current_user, slots, _projects(equipment))


@bp.route("/laboratories/new", methods=["GET", "POST"])
@guard("equipment:create")
def share() -> Any:
    form = NewEquipmentForm(queries.scopes_of(current_user, institutions()))
    made: list[Equipment] = []

    def act() -> None:
        hei, unit = form.scopes[form.scope.data]
        made.append(
            services.share_equipment(current_user, institution=hei, unit=unit, **form.values)
        )

    done, status = attempt(form, act)
    if done:
        flash(_("Drafted. Open slots in its calendar, then open it to everybody."), "good")
        return _to(made[0])
    return render_template("laboratories/form.html", form=form, equipment=None), status


@bp.route("/laboratories/<int:equipment_id>/edit", methods=["GET", "POST"])
@guard("equipment:edit", queries.get_equipment)
def edit(equipment: Equipment) -> Any:
    form = EquipmentForm(obj=equipment)

    def act() -> None:
        services.edit_equipment(equipment, current_user, version=form.seen, **form.values)

    done, status = attempt(form, act, over=equipment)
    if done:
        flash(_("Changed."), "good")
        return _to(equipment)
    return render_template("laboratories/form.html", form=form, equipment=equipment), status


@bp.post("/laboratories/<int:equipment_id>/open")
@guard("equipment:edit", queries.get_equipment)
def open_equipment(equipment: Equipment) -> Any:
    services.open_equipment(equipment, current_user)
    flash(_("It is open to everybody."), "good")
    return _to(equipment)


@bp.post("/laboratories/<int:equipment_id>/withdraw")
@guard("equipment:edit", queries.get_equipment)
def withdraw_equipment(equipment: Equipment) -> Any:
    services.withdraw_equipment(equipment, current_user)
    flash(_("It is withdrawn; bookings stand until they are called off."), "neutral")
    return _to(equipment)


@bp.route("/laboratories/<int:equipment_id>/slots", methods=["GET", "POST"])
@guard("equipment:edit", queries.get_equipment)
def add_slots(equipment: Equipment) -> Any:
    form = SlotsForm()
    made: list[int] = []
    done, status = attempt(
        form, lambda: made.append(services.add_slots(equipment, current_user, **form.values))
    )
    if done:
        flash(ngettext("%(num)s slot is opened.", "%(num)s slots are opened.", made[0]), "good")
        return _to(equipment)
    return render_template("laboratories/slots.html", form=form, equipment=equipment), status


@bp.post("/slots/<int:slot_id>/remove")
@guard("slot:edit", queries.get_slot)
def remove_slot(slot: Slot) -> Any:
    equipment = slot.equipment
    services.remove_slot(slot, current_user)
    flash(_("The slot is taken out."), "neutral")
    return _to(equipment)


def _projects(equipment: Equipment) -> list[Project]:
    """The projects for which the reader may book at this laboratory."""
    known = open_projects([equipment.institution_id])
    return [project for project in known if takes_part(current_user, project)]


@bp.route("/slots/<int:slot_id>/book", methods=["GET", "POST"])
@guard("slot:book", queries.get_slot)
def book(slot: Slot) -> Any:
    projects = _projects(slot.equipment)
    form = BookingForm(projects, asks_training=slot.equipment.safety_training)

    def act() -> None:
        services.book_slot(
            slot,
            current_user,
            purpose=form.purpose.data or "",
            project=form.projects.get(form.project_id.data or 0),
            trained_on=form.trained_on.data if "trained_on" in form else None,
        )

    done, status = attempt(form, act)
    if done:
        flash(_("Booked. A mail with the time is on its way."), "good")
        return redirect(url_for(".bookings"), 303)
    why_not = None
    if status == 200:  # nothing was sent yet: rather than a form that must fail, the reason
        why_not = services.why_no_way(current_user, slot, projects)
        why_not = why_not or services.why_taken(current_user, slot)
    page = render_template(
        "laboratories/book.html",
        form=form,
        slot=slot,
        free=queries.free_at([slot])[slot.id],
        why_not=why_not,
    )
    return page, status


@bp.get("/bookings")
@guard("booking:list")
def bookings() -> Any:
    found = queries.bookings_page(current_user, page_asked())
    return render_template("laboratories/bookings.html", found=found)


@bp.route("/bookings/<int:booking_id>/call-off", methods=["GET", "POST"])
@guard("booking:cancel", queries.get_booking)
def call_off(booking: Booking) -> Any:
    """One's own at once; somebody else's with a reason."""
    if request.method == "POST" and booking.user_id == current_user.id:
        services.cancel_booking(booking, current_user)
        flash(_("Called off. The place is free for others."), "neutral")
        return redirect(url_for(".bookings"), 303)
    form = CallOffForm()
    done, status = attempt(
        form, lambda: services.cancel_booking(booking, current_user, form.reason.data or "")
    )
    if done:
        flash(_("Called off. The person is told."), "neutral")
        return redirect(url_for(".bookings"), 303)
    return render_template("laboratories/call_off.html", form=form, booking=booking), status
