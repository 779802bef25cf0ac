"""The page of an override: what is asked and why, and the consents of the partners."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from .. import queries, services
from ..forms import ConsentForm
from ..models import RoundStatus, RuleOverride
from .blueprint import bp


@bp.get("/overrides/<int:override_id>")
@guard("override:view", queries.get_override)
def override(override: RuleOverride) -> ResponseReturnValue:
    return _page(override)


def _page(override: RuleOverride, refused: ConsentForm | None = None) -> str:
    round_ = override.run.round
    missing = queries.consents_missing(override)
    own = [one for one in queries.partners_of_user(current_user, round_.call) if one in missing]
    pending = round_.status is RoundStatus.FROZEN
    return render_template(
        "rounds/override.html",
        override=override,
        run=override.run,
        round=round_,
        missing=missing,
        pending=pending,
        form=refused or (ConsentForm(own, formdata=None) if own and pending else None),
        refused=refused,
    )


@bp.post("/overrides/<int:override_id>/consent")
@guard("override:consent", queries.get_override)
def consent(override: RuleOverride) -> ResponseReturnValue:
    form = ConsentForm(queries.partners_of_user(current_user, override.run.round.call))
    if not form.validate():
        return _page(override, form), 422
    hei = next(one for one in form.institutions if one.id == form.institution.data)
    services.consent_to_override(override, hei, current_user)
    flash(_("Your university has consented."), "good")
    return redirect(url_for("rounds.override", override_id=override.id), 303)


@bp.post("/overrides/<int:override_id>/withdraw")
@guard("override:withdraw", queries.get_override)
def withdraw_override(override: RuleOverride) -> ResponseReturnValue:
    run_id = override.run_id
    services.withdraw_override(override, current_user)
    flash(_("The override is withdrawn. The run is a comparison again."), "good")
    return redirect(url_for("rounds.show_run", run_id=run_id), 303)
