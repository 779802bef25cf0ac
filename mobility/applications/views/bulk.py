"""One deed for many applications: first a preview of what will happen, then the deed."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...errors import Conflict, Invalid
from ...numbers import is_number, plain_number
from .. import services
from ..forms import BulkForm, ScoreForm
from ..models import Application
from ..queries import active_user, colleagues_over, lacking, pipeline_choice, pipeline_ids
from .blueprint import bp
from .pipeline import filters_of
from .undoing import tell_with_undo

MOST = 500
# action → whether it needs words for the applicant, and what they are called
WORDS = {
    "approve": None,
    "return": _l("What is to be mended"),
    "reject": _l("Reason of the rejection"),
    "score": None,
    "assign": None,
}


@bp.post("/pipeline/bulk")
@guard("application:review-any")
def bulk() -> Any:
    action = request.form.get("action", "")
    if action not in WORDS:
        raise Invalid(_("Choose what is to be done."))
    seen = _seen()
    chosen = pipeline_choice(current_user, list(seen) or _marked())
    if not chosen:
        flash(_("Select at least one application first."), "needs-you")
        return redirect(url_for(".pipeline", **filters_of(request.form).address()), 303)
    form = _form(action, chosen, sent=bool(seen))
    if not seen:
        return _preview(action, chosen, form)
    if not form.validate():
        return _preview(action, chosen, form), 422
    return _carry_out(action, chosen, form, seen)


def _form(action: str, chosen: list[Application], *, sent: bool) -> BulkForm:
    form = BulkForm(formdata=request.form if sent else None)
    if action == "assign":
        form.offer(colleagues_over(chosen))
    else:
        del form.colleague
    if words := WORDS[action]:
        form.ask(words)
    return form


def _marked() -> list[int]:
    """The rows that are ticked, or all that the filters find."""
    if request.form.get("everything"):
        return pipeline_ids(current_user, filters_of(request.form))[:MOST]
    return request.form.getlist("chosen", plain_number)[:MOST]


def _seen() -> dict[int, int]:
    """{id: version} of the rows that the preview showed as possible."""
    pairs = (row.partition(":") for row in request.form.getlist("row")[:MOST])
    return {int(a): int(b) for a, _colon, b in pairs if is_number(a) and is_number(b)}


def _score_form(application: Application, *, sent: bool = False) -> ScoreForm:
    form = ScoreForm(
        formdata=request.form if sent else None,
        prefix=f"score-{application.id}-",
        meta={"csrf": False},
    )
    if not sent:
        form.score.data, form.comment.data = application.score, application.score_comment
    return form


def _preview(
    action: str,
    chosen: list[Application],
    form: BulkForm,
    *,
    scores: dict[int, ScoreForm] | None = None,
    done: int = 0,
    skipped: list[tuple[Application, str]] | None = None,
) -> str:
    """What will happen to whom; after the deed, who was left out and why."""
    lacks = lacking(chosen) if action == "approve" else {}
    objections = {a.id: services.objection(a, action, lacks.get(a.id)) for a in chosen}
    possible = [a for a in chosen if objections[a.id] is None]
    return render_template(
        f"applications/bulk_{'score' if action == 'score' else 'decide'}.html",
        action=action,
        form=form,
        possible=possible,
        impossible=[(a, objections[a.id]) for a in chosen if objections[a.id] is not None],
        scores=scores or {a.id: _score_form(a) for a in chosen if action == "score"},
        filters=filters_of(request.form),
        done=done,
        skipped=skipped or [],
        wordy=WORDS[action] is not None,
        heading=_heading(action, len(possible or chosen)),
    )


def _heading(action: str, count: int) -> str:
    return {
        "approve": ngettext("Approve %(num)s application", "Approve %(num)s applications", count),
        "return": ngettext("Return %(num)s application", "Return %(num)s applications", count),
        "reject": ngettext("Reject %(num)s application", "Reject %(num)s applications", count),
        "assign": ngettext(
            "Give %(num)s application to a colleague",
            "Give %(num)s applications to a colleague",
            count,
        ),
        "score": ngettext("Score %(num)s application", "Score %(num)s applications", count),
    }[action]


def _carry_out(action: str, chosen: list[Application], form: BulkForm, seen: dict[int, int]) -> Any:
    """Each row through the same service as alone, rows in order of id; the rest is reported."""
    text = (form.text.data or "").strip()
    scores = {a.id: _score_form(a, sent=True) for a in chosen} if action == "score" else {}
    colleague = active_user(form.colleague.data) if action == "assign" else None
    batch = services.new_batch()
    deeds: dict[str, Callable[[Application], bool]] = {
        "approve": lambda a: _did(services.approve_application, a, version=seen[a.id], batch=batch),
        "return": lambda a: _did(
            services.return_application, a, text, version=seen[a.id], batch=batch
        ),
        "reject": lambda a: _did(
            services.reject_application, a, text, version=seen[a.id], batch=batch
        ),
        "assign": lambda a: _did(
            services.assign_application, a, colleague, version=seen[a.id], batch=batch
        ),
        "score": lambda a: _scored(a, scores[a.id], seen[a.id]),
    }
    done, why = 0, {}
    for application in sorted(chosen, key=lambda a: a.id):
        try:
            done += deeds[action](application)
        except (Conflict, Invalid) as error:
            why[application.id] = error.message
    if action == "assign":
        given = [a for a in chosen if a.id not in why]
        services.tell_assigned(colleague, given, current_user)
    address = filters_of(request.form).address()
    if done and action != "score":
        tell_with_undo(_told(action, done), batch, address)
    if why:
        left = [a for a in chosen if a.id in why]
        kept = {a.id: scores[a.id] for a in left if a.id in scores}
        skipped = [(a, why[a.id]) for a in left]
        page = _preview(action, left, form, scores=kept, done=done, skipped=skipped)
        return page, 409
    if action == "score":
        flash(_told(action, done), "good")
    return redirect(url_for(".pipeline", **address), 303)


def _did(
    service: Callable[..., None], application: Application, *words: Any, version: int, batch: str
) -> bool:
    service(application, *words, current_user, version=version, batch=batch)
    return True


def _scored(application: Application, form: ScoreForm, version: int) -> bool:
    """Score one row of the sheet; rows left empty or as they were are left alone."""
    if not (form.score.raw_data and form.score.raw_data[0].strip()):
        return False
    typed, comment = form.score.data, form.comment.data or ""
    if typed is not None and (application.score, application.score_comment) == (
        float(typed),
        comment,
    ):
        return False
    status = form.attempt(
        lambda: services.score_application(
            application,
            typed,
            current_user,
            comment=comment,
            reason=form.reason.data or "",
            version=version,
        )
    )
    if status != 200:
        raise Invalid(next(iter(form.errors.values()))[0])
    return True


def _told(action: str, count: int) -> str:
    return {
        "approve": ngettext(
            "%(num)s application approved.", "%(num)s applications approved.", count
        ),
        "return": ngettext(
            "%(num)s application returned.", "%(num)s applications returned.", count
        ),
        "reject": ngettext(
            "%(num)s application rejected.", "%(num)s applications rejected.", count
        ),
        "assign": ngettext(
            "%(num)s application given on.", "%(num)s applications given on.", count
        ),
        "score": ngettext("%(num)s score saved.", "%(num)s scores saved.", count),
    }[action]
