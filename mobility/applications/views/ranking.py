"""The ranking page: places to choose from, the list of choices, saved as one goes."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...errors import Conflict, Invalid
from ...i18n import reader_zone
from ...offers.models import Offer
from .. import services
from ..eligibility import Obstacle, needed_languages, obstacles
from ..forms import RankingForm, ranking_form
from ..models import Application, Window
from ..queries import document_slots, get_application, offers_to_rank, profile_of
from .blueprint import bp


@dataclass
class Place:
    """An offer as the ranking page shows it."""

    offer: Offer
    obstacles: list[Obstacle]
    rank: str
    motivation: str
    errors: list[str] = field(default_factory=list)

    @property
    def languages(self) -> dict[str, Any]:
        """The language of the place, and every language asked for with its level."""
        return {self.offer.language: None, **needed_languages(self.offer)}


@bp.route("/applications/<int:application_id>/choices", methods=["GET", "POST"])
@guard("application:edit", get_application)
def choices(application: Application) -> Any:
    if request.method == "POST" and request.is_json:
        return _autosave(application)
    form = ranking_form(application.call)
    if request.method == "POST":
        return _take(application, form)
    if application.window is Window.SHUT:
        flash(services.why_shut(application), "neutral")
        return redirect(url_for(".show", application_id=application.id), 303)
    form.use_draft(_shown_draft(application), application.draft_credits)
    return _page(application, form)


def _autosave(application: Application) -> Any:
    sent = request.get_json(silent=True)
    wishes = sent.get("choices") if isinstance(sent, dict) else None
    if not isinstance(wishes, list) or not all(_is_wish(wish) for wish in wishes):
        raise Invalid(_("The draft could not be read."))
    services.save_draft(application, wishes, current_user, _credits_sent(sent))
    return {"saved": _saved(application)}


def _is_wish(wish: Any) -> bool:
    return (
        isinstance(wish, dict)
        and isinstance(wish.get("offer"), int)
        and isinstance(wish.get("motivation", ""), str)
    )


def _credits_sent(sent: Any) -> services.Credits:
    """The credits of a draft; what is no number yet is left out until it is."""
    given = sent.get("credits")
    typed = given if isinstance(given, dict) else {}
    return {name: _number(typed.get(name)) for name in ("wanted", "most")}


def _number(text: Any) -> float | None:
    try:
        number = float(str(text).replace(",", "."))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _saved(application: Application) -> str:
    """When the draft was saved, in words, in the reader's zone."""
    if application.draft_saved_at is None:
        return ""
    moment = application.draft_saved_at.astimezone(reader_zone())
    return _("Saved %(time)s", time=moment.strftime("%H:%M"))


def _take(application: Application, form: RankingForm) -> Any:
    """A draft or a submission by form; whatever is refused, what was typed is kept."""
    rows: dict[int, list[str]] = {}
    status = 422
    sound = form.validate_on_submit()
    try:
        services.save_draft(application, form.wishes, current_user, form.credits)
        if request.form.get("action") == "documents":  # the draft is saved on the way
            return redirect(url_for(".documents", application_id=application.id), 303)
        if sound and request.form.get("action") == "submit":
            services.submit_application(application, form.wishes, current_user, form.credits)
            flash(_("Your application is received. A receipt is on its way by mail."), "good")
            return redirect(url_for(".show", application_id=application.id), 303)
        if sound:
            flash(_("Your draft is saved. It counts once you submit it."), "good")
            return redirect(url_for(".choices", application_id=application.id), 303)
    except services.ChoicesRefused as error:
        rows = error.rows
        form.refuse(error)
    except Invalid as error:
        form.refuse(error)
    except Conflict as error:
        form.form_errors.append(error.message)
        status = 409
    for offer_id in form.doubled():
        rows.setdefault(offer_id, []).append(_("Another place has this rank too."))
    return _page(application, form, rows), status


def _shown_draft(application: Application) -> list[dict[str, Any]]:
    """The draft; while only words may be mended, in the order that stands."""
    if application.window is not Window.MENDING:
        return application.draft_choices
    typed = {wish["offer"]: wish["motivation"] for wish in application.draft_choices}
    return [
        {"offer": wish["offer"], "motivation": typed.get(wish["offer"], wish["motivation"])}
        for wish in application.submitted_choices
    ]


def _page(
    application: Application, form: RankingForm, rows: dict[int, list[str]] | None = None
) -> str:
    call, profile = application.call, profile_of(current_user)
    places = [
        Place(
            offer,
            obstacles(profile, offer),
            form.choices.ranks.get(offer.id, ""),
            form.motivation(offer.id),
            (rows or {}).get(offer.id, []),
        )
        for offer in offers_to_rank(call)
    ]
    order = {wish["offer"]: place for place, wish in enumerate(form.wishes)}
    ranked = sorted(
        (place for place in places if place.offer.id in order), key=lambda p: order[p.offer.id]
    )
    return render_template(
        "applications/choices.html",
        application=application,
        call=call,
        form=form,
        ranked=ranked,
        choosable=[p for p in places if not p.obstacles or p.rank],
        barred=[p for p in places if p.obstacles and not p.rank],
        mending=application.window is Window.MENDING,
        saved=_saved(application),
        missing=_missing(call, len(ranked)),
        words=_script_words(call),
        slots=document_slots(application),
    )


def _missing(call: Any, count: int) -> str:
    """What still has to be done before `count` choices can be submitted; empty when nothing."""
    if call.min_choices <= count <= call.max_choices:
        return ""
    if not count:
        return ngettext(
            "Rank at least %(num)s place.", "Rank at least %(num)s places.", call.min_choices
        )
    return services.how_many(call, count)


def _submit_label(count: int) -> str:
    if not count:
        return _("Submit my choices")
    return ngettext("Submit %(num)s choice", "Submit %(num)s choices", count)


def _script_words(call: Any) -> dict[str, Any]:
    """What ranking.js says; braces are filled in by it. Plurals come ready for each count."""
    counts = range(call.max_choices + 1)
    return {
        "submit": [_submit_label(count) for count in counts],
        "missing": [_missing(call, count) for count in counts],
        "ranked": [
            _("%(count)s of %(most)s ranked", count=count, most=call.max_choices)
            for count in counts
        ],
        "full": ngettext(
            "Your list is full: this call takes %(num)s choice. Remove one first.",
            "Your list is full: this call takes %(num)s choices. Remove one first.",
            call.max_choices,
        ),
        "saving": _("Saving …"),
        "failed": _("Not saved: no answer from the service. Trying again; keep this page open."),
        "refused": _("Not saved: {error}"),
        "add": _("Add to my list"),
        "added": _("{title} added at rank {rank}."),
        "removed": _("{title} removed from your list."),
        "lifted": _(
            "{title} picked up at rank {rank}. Move with the arrow keys, "
            "drop with Space, put back with Escape."
        ),
        "moved": _("{title} now at rank {rank} of {count}."),
        "dropped": _("{title} dropped at rank {rank}."),
        "restored": _("{title} put back at rank {rank}."),
        "handle": _("Move {title}: drag, or press Space and use the arrow keys"),
        "up": _("Move {title} up"),
        "down": _("Move {title} down"),
        "remove": _("Remove {title}"),
        "matching": _("Places shown: {count}"),
    }
