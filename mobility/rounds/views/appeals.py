"""Appeals: handed in by who took part, answered by admins, seats given by the receiving side."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ... import audit
from ...access import guard
from ...applications.models import Application
from ...applications.queries import get_application
from ...forms import Form
from ...numbers import page_asked
from .. import queries, services
from ..forms import AnswerForm, AppealForm, RefusalForm
from ..models import Appeal
from ..sequel import appeals
from .blueprint import bp

# How the record of an appeal is told.
DEEDS = {
    "appeal.ask": _l("The receiving side was asked for a seat."),
    "appeal.refuse": _l("The receiving side gave no seat."),
    "appeal.consent": _l("The receiving side gave a seat, and the place was given."),
    "appeal.promise": _l("The appeal was granted: the next free seat."),
    "appeal.fulfil": _l("A seat was free, and the place was given."),
    "appeal.dismiss": _l("The appeal was dismissed."),
    "appeal.withdraw": _l("The appeal was withdrawn."),
    "appeal.lapse": _l("The participant gave up the place they held; the appeal is void."),
}


@bp.get("/appeals")
@guard("appeal:list")
def list_appeals() -> ResponseReturnValue:
    page = queries.appeal_page(current_user, page_asked())
    return render_template("rounds/appeals.html", page=page)


@bp.route("/applications/<int:application_id>/appeal", methods=["GET", "POST"])
@guard("application:appeal", get_application)
def open_appeal(application: Application) -> ResponseReturnValue:
    form = AppealForm(appeals.choices_to_appeal(application))
    made: list[Appeal] = []

    def act() -> None:
        made.append(
            services.open_appeal(application, current_user, form.offer.data, form.reason.data)
        )

    status = form.attempt(act) if request.method == "POST" else 200
    if made:
        return _to_appeal(made[0], _("Your appeal has been handed in."))
    round_ = queries.round_of(application.call)
    return (
        render_template(
            "rounds/appeal_form.html",
            application=application,
            form=form,
            why_not=appeals.why_not_open(application),
            until=appeals.ends_at(round_) if round_ and round_.published_at else None,
        ),
        status,
    )


@bp.get("/appeals/<int:appeal_id>")
@guard("appeal:view", queries.get_appeal)
def show_appeal(appeal: Appeal) -> ResponseReturnValue:
    return _appeal_page(appeal)


# What is answered with words, each in a form of its own.
_FORMS: dict[str, type[AnswerForm | RefusalForm]] = {
    "ask": AnswerForm,
    "promise": AnswerForm,
    "dismiss": AnswerForm,
    "refuse": RefusalForm,
}


def _appeal_page(appeal: Appeal, deed: str = "", refused: Form | None = None) -> str:
    forms: dict[str, Form] = {
        name: kind(formdata=None, prefix=name) for name, kind in _FORMS.items()
    }
    if refused is not None:
        forms[deed] = refused
    return render_template(
        "rounds/appeal.html",
        appeal=appeal,
        events=audit.history(appeal),
        deeds=DEEDS,
        why_not=appeals.why_not_granted(appeal),
        left=queries.mobilities_left(appeal.offer),
        forms=forms,
        refused=refused,
        deed=deed,
    )


def _to_appeal(appeal: Appeal, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("rounds.show_appeal", appeal_id=appeal.id), 303)


def _with_words(
    appeal: Appeal, deed: str, act: Callable[..., None], said: str, onward: str | None = None
) -> ResponseReturnValue:
    """Do what needs words; what was typed stays on the page where it cannot be done."""
    form = _FORMS[deed](prefix=deed)
    status = form.attempt(lambda: act(appeal, current_user, form.words))
    if status == 200:
        flash(said, "good")
        return redirect(onward or url_for("rounds.show_appeal", appeal_id=appeal.id), 303)
    return _appeal_page(appeal, deed, form), status


@bp.post("/appeals/<int:appeal_id>/withdraw")
@guard("appeal:withdraw", queries.get_appeal)
def withdraw_appeal(appeal: Appeal) -> ResponseReturnValue:
    services.withdraw_appeal(appeal, current_user)
    return _to_appeal(appeal, _("Your appeal is withdrawn."))


@bp.post("/appeals/<int:appeal_id>/dismiss")
@guard("appeal:answer", queries.get_appeal)
def dismiss_appeal(appeal: Appeal) -> ResponseReturnValue:
    return _with_words(
        appeal,
        "dismiss",
        services.dismiss_appeal,
        _("The appeal is dismissed. The participant is being written to."),
    )


@bp.post("/appeals/<int:appeal_id>/promise")
@guard("appeal:answer", queries.get_appeal)
def promise_seat(appeal: Appeal) -> ResponseReturnValue:
    return _with_words(
        appeal,
        "promise",
        services.promise_seat,
        _("The appeal is granted: the next free seat goes to this person."),
    )


@bp.post("/appeals/<int:appeal_id>/ask")
@guard("appeal:answer", queries.get_appeal)
def ask_for_seat(appeal: Appeal) -> ResponseReturnValue:
    return _with_words(
        appeal,
        "ask",
        services.ask_for_seat,
        _("The receiving side is being asked for a seat."),
    )


@bp.post("/appeals/<int:appeal_id>/consent")
@guard("appeal:consent", queries.get_appeal)
def consent_to_seat(appeal: Appeal) -> ResponseReturnValue:
    services.consent_to_seat(appeal, current_user)
    return _to_appeal(appeal, _("The seat is added and given. The participant is told."))


@bp.post("/appeals/<int:appeal_id>/refuse")
@guard("appeal:consent", queries.get_appeal)
def refuse_seat(appeal: Appeal) -> ResponseReturnValue:
    return _with_words(
        appeal,
        "refuse",
        services.refuse_seat,
        _("No seat is given. The administrators decide anew."),
        onward=url_for("rounds.list_appeals"),  # it is out of this reader's sight again
    )
