"""Pages of calls: the list, the call with its rules and places, and an admin's forms."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...agreements.forms import ReasonForm
from ...agreements.views import attempt
from ...numbers import page_asked
from .. import queries, services
from ..forms import CallForm
from ..models import Call
from .blueprint import bp, reader, trail


def to_call(call: Call) -> Any:
    return redirect(url_for("offers.call", call_id=call.id), 303)


@bp.get("/calls")
@guard("call:browse")
def calls() -> Any:
    return render_template("offers/calls.html", found=queries.calls_page(reader(), page_asked()))


@bp.get("/calls/<int:call_id>")
@guard("call:view", queries.get_call)
def call(call: Call) -> Any:
    return render_template(
        "offers/call.html",
        call=call,
        found=queries.offers_of_call_page(call, reader(), page_asked()),
        lacking=services.lacking_to_announce(call),
        **trail(call, "call:edit"),
    )


@bp.route("/calls/new", methods=["GET", "POST"])
@guard("call:create")
def create_call() -> Any:
    form = CallForm(leads=queries.calls_to_join(None), data=services.BLANK_RULES)
    made: list[Call] = []
    done, status = attempt(
        form, lambda: made.append(services.create_call(current_user, **form.values))
    )
    if done:
        flash(_("The call is drafted. Let places be offered in it, then announce it."), "good")
        return to_call(made[0])
    return render_template("offers/call_form.html", form=form, call=None), status


@bp.route("/calls/<int:call_id>/edit", methods=["GET", "POST"])
@guard("call:edit", queries.get_call)
def edit_call(call: Call) -> Any:
    form = CallForm(call, queries.calls_to_join(call))

    def act() -> None:
        services.edit_call(
            call,
            current_user,
            reason=form.reason.data or "",
            version=form.seen,
            **_kept(form, call),
        )

    done, status = attempt(form, act, over=call)
    if done:
        flash(_("The call is changed."), "good")
        return to_call(call)
    return render_template("offers/call_form.html", form=form, call=call), status


def _kept(form: CallForm, call: Call) -> dict[str, Any]:
    """The form's values; an instant whose minute was left alone keeps its seconds."""
    values = form.values
    for name in ("opens_at", "closes_at", "mending_until", "vacated_until"):
        stored = getattr(call, name)
        if stored is not None and values[name] == stored.replace(second=0, microsecond=0):
            values[name] = stored
    return values


@bp.post("/calls/<int:call_id>/announce")
@guard("call:announce", queries.get_call)
def announce_call(call: Call) -> Any:
    services.announce_call(call, current_user)
    flash(_("The call is announced: everybody can read it now."), "good")
    return to_call(call)


def _with_reason(call: Call, act: Callable[..., Any], done_text: str, **page: Any) -> Any:
    form = ReasonForm()
    done, status = attempt(form, lambda: act(call, current_user, form.reason.data))
    if done:
        flash(done_text, "neutral")
        back = request.args.get("back", "")
        return redirect(back, 303) if back.startswith("/calls/") else to_call(call)
    back = url_for("offers.call", call_id=call.id)
    return render_template("agreements/reason.html", form=form, back=back, **page), status


@bp.route("/calls/<int:call_id>/close", methods=["GET", "POST"])
@guard("call:close", queries.get_call)
def close_call(call: Call) -> Any:
    return _with_reason(
        call,
        services.close_call,
        _("The call is closed."),
        title=_("Close “%(title)s” now", title=call.title),
        text=_("From this moment nobody can submit or change an application in this call."),
        label=_("Close the call"),
    )


@bp.route("/calls/<int:call_id>/cancel", methods=["GET", "POST"])
@guard("call:cancel", queries.get_call)
def cancel_call(call: Call) -> Any:
    return _with_reason(
        call,
        services.cancel_call,
        _("The call is cancelled."),
        title=_("Cancel “%(title)s”", title=call.title),
        text=_(
            "Its places can no longer be chosen and no round will be run. There is no way back."
        ),
        label=_("Cancel the call"),
    )
