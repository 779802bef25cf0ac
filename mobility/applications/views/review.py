"""The page on which an application is checked, scored and decided."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ... import isced
from ...access import can, guard
from ...accounts.models import EQF_LEVELS
from ...db import sort_key
from ...errors import Conflict, Invalid
from ...i18n import language_name
from ...offers.models import Phase
from .. import services
from ..counting import counted
from ..eligibility import obstacles
from ..forms import (
    ApproveForm,
    AssignForm,
    ExcludeForm,
    PrePlaceForm,
    ReadmitForm,
    RejectDocumentForm,
    RejectForm,
    ReleaseForm,
    ReopenForm,
    ReturnForm,
    ScoreForm,
    marks_of,
    score_form,
)
from ..models import WORKFLOW, Application, Document, Handling
from ..queries import (
    active_user,
    choices_of,
    colleagues_over,
    document_slots,
    get_application,
    last_handling,
    pipeline_ids,
    profile_of,
    reviews_for,
    timeline,
)
from .blueprint import bp
from .deeds import DEEDS, KINDS
from .pipeline import filters_of
from .undoing import tell_with_undo

FORMS = {
    "score": ScoreForm,
    "assign": AssignForm,
    "approve": ApproveForm,
    "return": ReturnForm,
    "reject": RejectForm,
    "reopen": ReopenForm,
    "pre-place": PrePlaceForm,
    "release": ReleaseForm,
    "exclude": ExcludeForm,
    "readmit": ReadmitForm,
}
OVERRIDES = {"pre-place", "release", "exclude", "readmit"}


@bp.get("/pipeline/<int:application_id>/review")
@guard("application:review", get_application)
def review(application: Application) -> Any:
    return page_of(application)


def page_of(application: Application, sent: Any = None, conflict: str = "") -> str:
    """The page of a review; with `sent`, a form that was refused, as it was typed."""
    profile = profile_of(application.applicant)
    chosen = sorted(choices_of(application), key=lambda choice: sort_key(choice.offer.title))
    return render_template(
        "applications/review.html",
        application=application,
        profile=profile,
        # reviewers see what was chosen, never in which order
        choices=[(choice, obstacles(profile, choice.offer)) for choice in chosen],
        languages=_languages(profile),
        reviews=reviews_for(application, current_user) if application.call.has_sheets else None,
        **counted(application),
        slots=document_slots(application),
        rejection=partial(_rejection, sent=sent),
        unchecked_because=services.why_not_checked(application),
        EQF_LEVELS=EQF_LEVELS,
        isced_label=isced.label,
        deed_words=DEEDS,
        kinds=KINDS,
        forms_of={name: _form(name, application, sent) for name in FORMS},
        sent=sent,
        conflict=conflict,
        typed=_typed(sent) if conflict and sent else [],
        allowed=_allowed(application),
        closed=application.call.phase is not Phase.OPEN,
        deeds=timeline(application),
        undoable=_undoable(application),
        filters=filters_of(request.args),
        **_neighbours(application),
    )


def _undoable(application: Application) -> Handling | None:
    """What the reader can undo here."""
    last = last_handling(application, current_user)
    if last is None or services.why_not_undone(last, application, current_user):
        return None
    return last


def _typed(form: Any) -> list[tuple[Any, str]]:
    """The words of a form whose deed is no longer possible, so that they are not lost."""
    shown = {"ScoreField", "TextAreaField", "StringField"}
    return [
        (field.label.text, field.raw_data[0])
        for field in form
        if field.type in shown and field.raw_data and field.raw_data[0].strip()
    ]


def _allowed(application: Application) -> set[str]:
    if application.locked_at is not None:
        return set()
    names = set(FORMS)
    if not can(current_user, "application:override", application):
        names -= OVERRIDES
    if application.call.phase is Phase.OPEN:
        names.discard("pre-place")
    if application.call.has_sheets and not reviews_for(application, current_user).open:
        names.discard("score")
    return {name for name in names if WORKFLOW.allows(application, name)}


def places_to_give(application: Application) -> list[tuple[int, str]]:
    """The places that somebody ranked and that are still open, by name: no order is shown."""
    offers = [choice.offer for choice in choices_of(application) if choice.offer.is_open]
    return sorted(
        ((offer.id, f"{offer.title}, {offer.receiving.name}") for offer in offers),
        key=lambda row: sort_key(row[1]),
    )


def _rejection(document: Document, *, sent: Any) -> RejectDocumentForm:
    """The form by which a document is rejected; the one that was refused as it was typed."""
    prefix = f"document-{document.id}-"
    if type(sent) is RejectDocumentForm and sent.text.name.startswith(prefix):
        return sent
    return RejectDocumentForm(formdata=None, prefix=prefix)


def _languages(profile: Any) -> str:
    skills = profile.skills if profile else []
    return ", ".join(f"{language_name(s.language)} {s.cefr.value}" for s in skills) or "—"


def _form(name: str, application: Application, sent: Any) -> Any:
    if type(sent) is FORMS[name] or (name == "score" and isinstance(sent, ScoreForm)):
        form = sent
    elif name == "score":
        form = _sheet(application)
    else:
        form = FORMS[name](formdata=None, prefix=f"{name}-")
        if name == "assign":
            form.offer(colleagues_over([application]))
            form.colleague.data = application.assigned_to_id or 0
        if name == "pre-place":
            form.offer.choices = places_to_give(application)
    form.version.data = str(application.version)  # what is sent next is sent in view of this state
    return form


def _sheet(application: Application) -> ScoreForm:
    """What the reader scores with: as it stands where there are no sheets, else on their own."""
    call = application.call
    form = score_form(call.criteria, formdata=None, prefix="score-")
    if not call.has_sheets:
        form.score.data, form.comment.data = application.score, application.score_comment
        return form
    own = reviews_for(application, current_user).own
    if own is not None:
        form.comment.data = own.comment
        if not call.criteria:
            form.score.data = own.score
        for criterion, mark in own.marks.items():
            form[f"mark_{criterion}"].data = mark
    return form


def _neighbours(application: Application) -> dict[str, Any]:
    """Where the application stands in the list it was opened from: ids beside it, and counts."""
    ids = pipeline_ids(current_user, filters_of(request.args))
    if application.id not in ids:
        return {"previous": None, "following": ids[0] if ids else None, "at": 0, "of": len(ids)}
    at = ids.index(application.id)
    return {
        "previous": ids[at - 1] if at else None,
        "following": ids[at + 1] if at + 1 < len(ids) else None,
        "at": at + 1,
        "of": len(ids),
    }


def decide(
    application: Application,
    form: Any,
    act: Callable[[], None],
    done: str,
    onward: bool = True,
    batch: str = "",
) -> Any:
    """Form, service, redirect: to the next of the list, or back to this one.

    With a `batch` the message has a button that undoes it.
    """
    following = _neighbours(application)["following"] if onward else application.id
    if not form.validate_on_submit():
        return page_of(application, form), 422
    try:
        act()
    except Invalid as error:
        form.refuse(error)
        return page_of(application, form), 422
    except Conflict as error:
        return page_of(application, form, error.message), 409
    address = filters_of(request.args).address()
    if batch:
        tell_with_undo(done, batch, address)
    else:
        flash(done, "good")
    if following is None:
        return redirect(url_for(".pipeline", **address), 303)
    return redirect(url_for(".review", application_id=following, **address), 303)


def decide_in_words(
    application: Application, name: str, act: Callable[..., None], done: str, onward: bool = True
) -> Any:
    """Do what needs nothing but words: a note or a reason."""
    form = FORMS[name](prefix=f"{name}-")
    batch = services.new_batch() if name in {"return", "reject"} else ""
    more = {"batch": batch} if batch else {}
    return decide(
        application,
        form,
        lambda: act(application, form.text.data, current_user, version=form.seen, **more),
        done,
        onward,
        batch,
    )


@bp.post("/pipeline/<int:application_id>/score")
@guard("application:review", get_application)
def score(application: Application) -> Any:
    form = score_form(application.call.criteria, prefix="score-")
    approving = request.form.get("then") == "approve"
    batch = services.new_batch() if approving else ""

    def act() -> None:
        _score(application, form)
        if approving:
            services.approve_application(application, current_user, batch=batch)

    name = application.applicant.name
    done = _("%(name)s: scored and approved.", name=name) if approving else _("The score is saved.")
    return decide(application, form, act, done, onward=approving, batch=batch)


def _score(application: Application, form: ScoreForm) -> None:
    words = {"comment": form.comment.data or "", "reason": form.reason.data or ""}
    if not application.call.has_sheets:
        services.score_application(
            application, form.score.data, current_user, version=form.seen, **words
        )
        return
    services.review_application(
        application,
        current_user,
        marks=marks_of(form),
        score=None if application.call.criteria else form.score.data,
        version=form.seen,
        **words,
    )


@bp.post("/pipeline/<int:application_id>/approve")
@guard("application:review", get_application)
def approve(application: Application) -> Any:
    form = ApproveForm(prefix="approve-")
    batch = services.new_batch()
    return decide(
        application,
        form,
        lambda: services.approve_application(
            application, current_user, version=form.seen, batch=batch
        ),
        _("%(name)s: approved.", name=application.applicant.name),
        batch=batch,
    )


@bp.post("/pipeline/<int:application_id>/return")
@guard("application:review", get_application)
def give_back(application: Application) -> Any:
    return decide_in_words(
        application,
        "return",
        services.return_application,
        _("%(name)s: returned; the note is on its way.", name=application.applicant.name),
    )


@bp.post("/pipeline/<int:application_id>/reject")
@guard("application:review", get_application)
def reject(application: Application) -> Any:
    return decide_in_words(
        application,
        "reject",
        services.reject_application,
        _("%(name)s: rejected; the reason is on its way.", name=application.applicant.name),
    )


@bp.post("/pipeline/<int:application_id>/assign")
@guard("application:review", get_application)
def assign(application: Application) -> Any:
    form = AssignForm(prefix="assign-")
    form.offer(colleagues_over([application]))
    batch = services.new_batch()

    def act() -> None:
        colleague = active_user(form.colleague.data)
        services.assign_application(
            application, colleague, current_user, version=form.seen, batch=batch
        )
        services.tell_assigned(colleague, [application], current_user)

    name = application.applicant.name
    done = _("%(name)s: given on.", name=name)
    return decide(application, form, act, done, onward=False, batch=batch)


@bp.post("/pipeline/<int:application_id>/reopen")
@guard("application:review", get_application)
def reopen(application: Application) -> Any:
    return decide_in_words(
        application,
        "reopen",
        services.reopen_application,
        _("%(name)s: open for checking again.", name=application.applicant.name),
        onward=False,
    )
