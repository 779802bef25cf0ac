"""Publishing a run by another rule than the frozen one: an override, with reason and consents."""

from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid
from ...mail import queue_letter
from ...partners.models import Institution
from .. import letters, queries
from ..models import ROUND_WORKFLOW, OverrideConsent, Round, RoundStatus, RuleOverride, Run
from ..snapshot import BY_MERIT
from .explaining import explain_later
from .publishing import may_ever_publish


def ask_override(run: Run, actor: User, reason: str) -> RuleOverride:
    """Ask both partners to consent that a comparison is published; asking is the admin's consent.

    Everybody in the run is explained from now on, so that the reasons stand at its publication.
    """
    round_ = queries.locked_round(run.round_id)
    may_ever_publish(round_, run)
    if run.policy == round_.call.policy:
        raise Conflict(_("This run is by the rule of the call: it needs no override."))
    if run.override is not None:
        raise Conflict(_("The partners have been asked already."))
    if why := why_no_override(run):
        raise Conflict(why)
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Give the reason: it stands first on the page of the round."), "reason")
    asked = RuleOverride(run=run, reason=reason, asked_by=actor, asked_at=clock.now())
    db.session.add(asked)
    record("round.ask-override", round_, actor=actor, reason=reason, run=run.id, policy=run.policy)
    for coordinator in queries.partner_coordinators(round_.call):
        queue_letter(coordinator, letters.override_asked, asked)
    explain_later(run)
    db.session.flush()
    return asked


def why_no_override(run: Run) -> str | None:
    """Why a comparison could not be published even with everybody's consent; None where it can."""
    if run.round.call.policy in BY_MERIT and run.policy == "linear_assignment":
        return _(
            "The frozen inputs of this round keep the order of scores alone, and this rule"
            " needs more: nobody could check its result. It cannot be published."
        )
    return None


def consent_to_override(override: RuleOverride, institution: Institution, actor: User) -> None:
    """Consent for a partner. It stands; the override may be withdrawn as a whole."""
    round_ = _pending(override)
    if institution not in queries.consents_missing(override):
        raise Conflict(_("Your university has consented already."))
    override.consents.append(OverrideConsent(institution=institution, user=actor, at=clock.now()))
    record("round.consent-override", round_, actor=actor, run=override.run_id, by=institution.schac)
    db.session.flush()


def withdraw_override(override: RuleOverride, actor: User) -> None:
    """Ask no longer; the consents given count no more."""
    round_ = _pending(override)
    record("round.withdraw-override", round_, actor=actor, run=override.run_id)
    db.session.delete(override)
    db.session.flush()


def _pending(override: RuleOverride) -> Round:
    round_ = queries.locked_round(override.run.round_id)
    if round_.status is not RoundStatus.FROZEN:
        raise Conflict(_("This round is published already."))
    return round_


@ROUND_WORKFLOW.then("thaw")
def _void(round_: Any) -> None:
    """What partners consented to was a result from the inputs that are given free now."""
    for override in queries.overrides_in(round_):
        db.session.delete(override)
    db.session.flush()
