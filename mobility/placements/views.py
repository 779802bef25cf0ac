"""The pages of placements: the list in scope, one placement, and what is done with it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from .. import audit
from ..access import can, guard
from ..applications.models import Application
from ..applications.queries import get_application
from ..errors import Conflict
from ..numbers import page_asked, plain_number
from . import queries, services
from .forms import (
    AcceptForm,
    ArrivalForm,
    CancelForm,
    DeclineForm,
    DepartureForm,
    PlacementForm,
    RejectForm,
)
from .models import Placement

bp = Blueprint("placements", __name__)

FORMS: dict[str, type[PlacementForm]] = {
    "accept": AcceptForm,
    "decline": DeclineForm,
    "reject": RejectForm,
    "arrival": ArrivalForm,
    "departure": DepartureForm,
    "cancel": CancelForm,
}

# How the record of a placement is told.
DEEDS = {
    "placement.accept": _l("The place was accepted."),
    "placement.decline": _l("The place was declined."),
    "placement.keep": _l("They decided to keep this place."),
    "placement.move-up": _l("They were moved up to this place."),
    "placement.lapse": _l("The answer time ended without an answer."),
    "placement.nominate": _l("The sending side made the nomination."),
    "placement.verify": _l("The receiving side verified the nomination."),
    "placement.reject-nomination": _l("The receiving side sent the nomination back."),
    "placement.arrive": _l("The receiving side confirmed the arrival."),
    "placement.depart": _l("The receiving side confirmed the departure."),
    "placement.recognize": _l("The sending side recognised the stay."),
    "placement.cancel": _l("The placement was cancelled."),
}


@bp.get("/placements")
@guard("placement:list")
def index() -> ResponseReturnValue:
    step = request.args.get("step")
    if step not in queries.STEPS:
        step = None
    call_id = request.args.get("call", type=plain_number)
    page = queries.placement_page(current_user, step=step, call_id=call_id, page=page_asked())
    return render_template(
        "placements/index.html",
        page=page,
        step=step,
        steps=queries.STEPS,
        counts=queries.step_counts(current_user, call_id=call_id),
        call_id=call_id,
        calls=queries.calls_with_placements(current_user),
    )


@bp.get("/placements/<int:placement_id>")
@guard("placement:view", queries.get_placement)
def show(placement: Placement) -> ResponseReturnValue:
    return _page(placement)


def _page(placement: Placement, refused: PlacementForm | None = None) -> str:
    """The page of a placement; `refused` is the form whose input could not stand."""
    forms = {name: kind(formdata=None, obj=None) for name, kind in FORMS.items()}
    for form in forms.values():
        form.version.data = placement.version
    forms["arrival"].on.data = placement.arrived_on
    forms["departure"].on.data = placement.departed_on
    if refused is not None:
        forms[refused.name] = refused
    return render_template(
        "placements/show.html",
        placement=placement,
        forms=forms,
        opened=refused.name if refused is not None else request.args.get("do"),
        refused=refused,
        events=audit.history(placement),
        deeds=DEEDS,
    )


def _back(placement: Placement, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("placements.show", placement_id=placement.id), 303)


def _carry_out(placement: Placement, name: str, service: Any, said: str) -> ResponseReturnValue:
    """Check a form of this page and do what it says; what was typed stays if it cannot be done."""
    form = FORMS[name]()

    def act() -> None:
        if form.version.data != str(placement.version):
            raise Conflict(_("This placement was changed after you had opened it."))
        service(placement, current_user, form.said)

    if (status := form.attempt(act)) == 200:
        return _back(placement, said)
    return _page(placement, form), status


@bp.post("/placements/<int:placement_id>/accept")
@guard("placement:answer", queries.get_placement)
def accept(placement: Placement) -> ResponseReturnValue:
    return _carry_out(placement, "accept", services.accept_place, _("You have accepted the place."))


@bp.post("/applications/<int:application_id>/accept-all")
@guard("application:edit", get_application)
def accept_all(application: Application) -> ResponseReturnValue:
    count = services.accept_all(application, current_user)
    flash(ngettext("%(num)s course accepted.", "%(num)s courses accepted.", count), "good")
    return redirect(url_for("applications.show", application_id=application.id), 303)


@bp.post("/placements/<int:placement_id>/keep")
@guard("placement:answer", queries.get_placement)
def keep(placement: Placement) -> ResponseReturnValue:
    services.keep_place(placement, current_user)
    return _back(placement, _("You keep this place. Your coordinator nominates you next."))


@bp.post("/placements/<int:placement_id>/decline")
@guard("placement:answer", queries.get_placement)
def decline(placement: Placement) -> ResponseReturnValue:
    return _carry_out(
        placement, "decline", services.decline_place, _("You have declined the place.")
    )


@bp.post("/placements/<int:placement_id>/nominate")
@guard("placement:nominate", queries.get_placement)
def nominate(placement: Placement) -> ResponseReturnValue:
    services.nominate(placement, current_user)
    return _back(placement, _("Nominated. The receiving side has been told."))


@bp.post("/placements/nominate")
@guard("placement:nominate-many")
def nominate_many() -> ResponseReturnValue:
    ids = request.form.getlist("placement", type=plain_number)
    done, left = 0, []
    for placement in queries.chosen_placements(current_user, ids):
        try:
            if not can(current_user, "placement:nominate", placement):
                raise Conflict(_("Only the sending side nominates."))
            services.nominate(placement, current_user)
            done += 1
        except Conflict as error:
            left.append(f"{placement.application.names}: {error.message}")
    if done:
        flash(
            ngettext("%(num)s person was nominated.", "%(num)s people were nominated.", done),
            "good",
        )
    for reason in left:
        flash(reason, "needs-you")
    if not done and not left:
        flash(_("Nobody was chosen. Tick the people you nominate."), "needs-you")
    here: dict[str, Any] = {
        name: request.form[name] for name in ("step", "call") if request.form.get(name)
    }
    return redirect(url_for("placements.index", **here), 303)


@bp.post("/placements/<int:placement_id>/verify")
@guard("placement:verify", queries.get_placement)
def verify(placement: Placement) -> ResponseReturnValue:
    services.verify_nomination(placement, current_user)
    return _back(placement, _("Verified. The sending side has been told, and whoever is expected."))


@bp.post("/placements/<int:placement_id>/reject")
@guard("placement:verify", queries.get_placement)
def reject(placement: Placement) -> ResponseReturnValue:
    return _carry_out(
        placement,
        "reject",
        services.reject_nomination,
        _("Sent back. The sending side reads your comment."),
    )


@bp.post("/placements/<int:placement_id>/arrival")
@guard("placement:confirm-stay", queries.get_placement)
def arrival(placement: Placement) -> ResponseReturnValue:
    return _carry_out(
        placement, "arrival", services.confirm_arrival, _("The arrival is confirmed.")
    )


@bp.post("/placements/<int:placement_id>/departure")
@guard("placement:confirm-stay", queries.get_placement)
def departure(placement: Placement) -> ResponseReturnValue:
    return _carry_out(
        placement, "departure", services.confirm_departure, _("The departure is confirmed.")
    )


@bp.post("/placements/<int:placement_id>/recognise")
@guard("placement:recognise", queries.get_placement)
def recognise(placement: Placement) -> ResponseReturnValue:
    services.recognise_stay(placement, current_user)
    return _back(placement, _("The stay is recognised. The person has been told."))


@bp.post("/placements/<int:placement_id>/cancel")
@guard("placement:cancel", queries.get_placement)
def cancel(placement: Placement) -> ResponseReturnValue:
    return _carry_out(
        placement, "cancel", services.cancel_placement, _("The placement is cancelled.")
    )
