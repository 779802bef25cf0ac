"""Pages of places: the public catalogue, a place, and the forms of the receiving side."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import can, guard
from ...agreements.forms import ReasonForm
from ...agreements.models import CooperationCondition, Direction
from ...agreements.views import attempt
from ...laboratories.models import Slot
from ...laboratories.queries import slots_to_give
from ...numbers import page_asked
from ...partners.models import OrganisationalUnit
from ...projects.models import Project
from ...projects.queries import open_projects
from .. import queries, services
from ..forms import OFFER_FORMS, CatalogueFilter, OfferForm
from ..models import Call, Offer, Phase
from .blueprint import bp, trail


def to_offer(offer: Offer) -> Any:
    return redirect(url_for("offers.offer", offer_id=offer.id), 303)


@bp.get("/offers")
@guard("offer:browse")
def catalogue() -> Any:
    asked = CatalogueFilter(*queries.catalogue_choices(), formdata=request.args)
    asked.validate()
    direction = asked.asked("direction")
    filters = queries.Filters(
        q=asked.asked("q") or "",
        direction=Direction(direction) if direction else None,
        language=asked.asked("language") or "",
        level=asked.asked("level"),
        field=asked.asked("field") or "",
        institution=asked.asked("institution"),
        open_only=bool(asked.asked("open")),
    )
    kept = {name: value for name in request.args if (value := request.args[name])}
    kept.pop("page", None)
    return render_template(
        "offers/catalogue.html",
        found=queries.catalogue(filters, page_asked()),
        asked=asked,
        filters=filters,
        kept={name: value for name, value in kept.items() if name in asked._fields},
    )


@bp.get("/offers/<int:offer_id>")
@guard("offer:view", queries.get_offer)
def offer(offer: Offer) -> Any:
    year = offer.call.academic_year
    manages = can(current_user, "offer:edit", offer)
    return render_template(
        "offers/offer.html",
        offer=offer,
        seats_open=queries.seats_under(offer.condition, year) if manages else 0,
        year=year,
        manages=manages,
        lacking=services.why_not_in_force(offer.condition, offer.call) if manages else None,
        **trail(offer, "offer:edit"),
    )


def _choices(
    call: Call, offer: Offer | None = None
) -> tuple[list[CooperationCondition], list[OrganisationalUnit]]:
    """The conditions and units a form may name, with those that stand in the offer already."""
    conditions = queries.conditions_for(call, current_user)
    if offer is not None and offer.condition not in conditions:
        conditions.append(offer.condition)
    units = queries.units_for(current_user, conditions)
    if offer is not None and offer.unit is not None and offer.unit not in units:
        units.append(offer.unit)
    return conditions, units


def _form(call: Call, offer: Offer | None = None) -> OfferForm:
    conditions, units = _choices(call, offer)
    whole = current_user.is_admin or bool(current_user.whole_institutions)
    given: dict[str, Any] = {}
    projects, slots = _frames(call, conditions, offer)
    if offer is not None:
        given = {name: getattr(offer, name) for name in services.OFFER_VALUES}
        given["condition"], given["unit"] = offer.condition_id, offer.unit_id
        given["project"], given["slot"] = offer.project_id, offer.slot_id
        given["cefr"] = offer.cefr.value if offer.cefr else ""
        given["version"] = offer.version
    else:
        given["min_seats"] = 0
        if len(conditions) == 1:
            given["condition"] = conditions[0].id
    return OFFER_FORMS[call.direction](
        conditions,
        units,
        data=given,
        present_language=given.get("language"),
        whole_institution=whole,
        projects=projects,
        slots=slots,
    )


def _frames(
    call: Call, conditions: Sequence[CooperationCondition], offer: Offer | None
) -> tuple[Sequence[Project], Sequence[Slot]]:
    """The projects and slots that a form may name, where the direction has them."""
    if call.direction not in {Direction.RESEARCH, Direction.LABORATORIES}:
        return (), ()
    sides = {hei for one in conditions for hei in (one.sending_id, one.receiving_id)}
    slots: Sequence[Slot] = ()
    if call.direction is Direction.LABORATORIES:
        present = offer.slot_id if offer is not None else None
        slots = slots_to_give({one.receiving_id for one in conditions}, present)
    return open_projects(sides), slots


def _values(form: OfferForm, call: Call, offer: Offer | None = None) -> dict[str, Any]:
    """What the form says, with the condition and unit instead of their ids."""
    conditions, units = _choices(call, offer)
    values = form.values
    values["condition"] = next(one for one in conditions if one.id == values["condition"])
    values["unit"] = next((one for one in units if one.id == values["unit"]), None)
    projects, slots = _frames(call, conditions, offer)
    for name, known in (("project", projects), ("slot", slots)):
        if name in values:
            chosen = values[name]
            values[name] = next((one for one in known if one.id == chosen), None)
    return values


@bp.route("/calls/<int:call_id>/offers/new", methods=["GET", "POST"])
@guard("call:add-offer", queries.get_call)
def create_offer(call: Call) -> Any:
    if request.method == "GET":
        services.check_takes_offers(call)  # no empty form for what cannot be sent
    form = _form(call)
    made: list[Offer] = []

    def act() -> None:
        made.append(services.create_offer(call, current_user, **_values(form, call)))

    done, status = attempt(form, act, first=lambda: services.check_takes_offers(call))
    if done:
        flash(_("The place is drafted. Read it once more, then open it."), "good")
        return to_offer(made[0])
    return render_template("offers/offer_form.html", form=form, call=call, offer=None), status


@bp.route("/offers/<int:offer_id>/edit", methods=["GET", "POST"])
@guard("offer:edit", queries.get_offer)
def edit_offer(offer: Offer) -> Any:
    form = _form(offer.call, offer)

    def act() -> None:
        services.edit_offer(
            offer,
            current_user,
            reason=form.reason.data or "",
            version=form.seen,
            **_values(form, offer.call, offer),
        )

    done, status = attempt(form, act, over=offer)
    if done:
        flash(_("The place is changed."), "good")
        return to_offer(offer)
    page = render_template("offers/offer_form.html", form=form, call=offer.call, offer=offer)
    return page, status


def _step(offer: Offer, act: Callable[..., Any], done_text: str, kind: str, **page: Any) -> Any:
    """Open or withdraw: at once before the call opens, with a reason afterwards."""
    back = url_for("offers.offer", offer_id=offer.id)
    if request.method == "POST" and offer.call.phase in {Phase.DRAFT, Phase.UPCOMING}:
        act(offer, current_user)
        flash(done_text, kind)
        return redirect(back, 303)
    form = ReasonForm()
    done, status = attempt(form, lambda: act(offer, current_user, form.reason.data))
    if done:
        flash(done_text, kind)
        return redirect(back, 303)
    return render_template("agreements/reason.html", form=form, back=back, **page), status


@bp.route("/offers/<int:offer_id>/open", methods=["GET", "POST"])
@guard("offer:open", queries.get_offer)
def open_offer(offer: Offer) -> Any:
    return _step(
        offer,
        services.open_offer,
        _("The place is open."),
        "good",
        title=_("Open “%(title)s”", title=offer.title),
        text=_("People are choosing already, so the record keeps why this place comes now."),
        label=_("Open the place"),
        look="primary",
    )


@bp.route("/offers/<int:offer_id>/withdraw", methods=["GET", "POST"])
@guard("offer:withdraw", queries.get_offer)
def withdraw_offer(offer: Offer) -> Any:
    return _step(
        offer,
        services.withdraw_offer,
        _("The place is withdrawn."),
        "neutral",
        title=_("Withdraw “%(title)s”", title=offer.title),
        text=_("People may have ranked this place; it will no longer be given to anyone."),
        label=_("Withdraw the place"),
    )
