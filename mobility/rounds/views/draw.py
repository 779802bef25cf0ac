"""The page of the draw: seeds are committed and handed in."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ... import clock
from ...access import guard
from ...forms import Form
from ...offers.models import Call, Phase
from .. import queries, services
from ..draw import key_from
from ..forms import CommitForm, SeedForm
from .blueprint import bp
from .cockpit import begun


@bp.get("/calls/<int:call_id>/draw")
@guard("call:view", queries.leading_call)
def draw(call: Call) -> ResponseReturnValue:
    return _draw(call)


def _draw(call: Call, refused: Form | None = None) -> str:
    round_ = queries.round_of(call)
    mine = queries.partners_of_user(current_user, call) if current_user.is_authenticated else []
    commitments = queries.commitments(call)
    committed = {one.institution_id for one in commitments}
    to_commit = [one for one in mine if one.id not in committed]
    to_hand_in = [one for one in mine if one.id in committed]
    may_commit = services.may_commit(call)
    awaits = (
        round_ is not None
        and round_.reveal_at is not None
        and round_.revealed_at is None
        and clock.now() < round_.reveal_at
    )
    return render_template(
        "rounds/draw.html",
        call=call,
        round=round_,
        commitments=commitments,
        revealed=round_ is not None and round_.revealed_at is not None,
        voided=queries.void_commitments(call),
        commit_form=_shown(CommitForm, refused, to_commit) if to_commit and may_commit else None,
        over=not may_commit and all(one.phase is Phase.CLOSED for one in call.together),
        seed_form=_shown(SeedForm, refused, to_hand_in) if to_hand_in and awaits else None,
        refused=refused,
        key=key_from(round_.seed) if round_ is not None and round_.seed else None,
    )


def _shown(kind: Any, refused: Form | None, institutions: Any) -> Form:
    """The form as it was refused, else an empty one."""
    return refused if isinstance(refused, kind) else kind(institutions, formdata=None)


def _given(call: Call, form: Any, act: Any, said: str) -> ResponseReturnValue:
    """Take a commitment or a seed; what is refused stays on the page."""
    status = form.attempt(
        lambda: act(next(one for one in form.institutions if one.id == form.institution.data))
    )
    if status == 200:
        flash(said, "good")
        return redirect(url_for("rounds.draw", call_id=call.id), 303)
    return _draw(call, form), status


@bp.post("/calls/<int:call_id>/draw/commitment")
@guard("call:commit-seed", queries.leading_call)
def commit_seed(call: Call) -> ResponseReturnValue:
    form = CommitForm(queries.partners_of_user(current_user, call))
    return _given(
        call,
        form,
        lambda hei: services.commit_seed(call, hei, current_user, form.commitment.data),
        _("Your commitment stands, and everybody can read it. Keep the seed until you are asked."),
    )


@bp.post("/calls/<int:call_id>/draw/seed")
@guard("call:commit-seed", queries.leading_call)
def hand_in_seed(call: Call) -> ResponseReturnValue:
    form = SeedForm(queries.partners_of_user(current_user, call))
    return _given(
        call,
        form,
        lambda hei: services.hand_in_seed(begun(call), hei, current_user, form.seed.data),
        _("Your seed fits its commitment. It stays sealed until all are revealed."),
    )
