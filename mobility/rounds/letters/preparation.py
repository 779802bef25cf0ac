"""What is written before a publication: changed rules, frozen inputs, overrides, refused plans."""

from collections.abc import Collection, Sequence

from flask_babel import gettext as _

from ...accounts.models import User
from ...applications.models import Application, Window
from ...i18n import moment_text
from ...mail import Letter, address_of
from ...offers.models import POLICIES
from ...offers.rule_changes import RuleChange
from ..models import PlannedPublication, Round, RuleOverride
from ..words import rules


def frozen(round_: Round, coordinator: User, committed: Collection[int]) -> Letter:
    """To the coordinators of both partners: the hash of the snapshot, and whose seeds are awaited.

    The mail is their proof: nobody can change the inputs afterwards and give them the same hash.
    `committed`: the ids of the institutions that committed a seed.
    """
    assert round_.reveal_at is not None
    call = round_.call
    awaited = not coordinator.whole_institutions.isdisjoint(committed)
    return Letter(
        subject=_("The inputs of “%(call)s” are frozen", call=call.round_title),
        happened=_(
            "The inputs of the round of “%(call)s” are frozen. Their SHA-256 hash is %(hash)s. "
            "Keep this letter: with it you can tell whether the published file is the one that "
            "was frozen.",
            call=call.round_title,
            hash=round_.snapshot_hash,
        ),
        to_do=_(
            "Hand in the seed that your university committed to. All seeds are revealed together."
        )
        if awaited
        else _("There is nothing to do: your university has committed no seed."),
        until=round_.reveal_at if awaited else None,
        link=address_of("rounds.draw", call_id=call.id),
        link_label=_("The lottery of this call"),
    )


def rules_changed(application: Application, changes: Sequence[RuleChange]) -> Letter:
    """To everybody who has applied: which rules changed after the opening, and why."""
    call = application.call
    may_act = application.window is Window.RANKING
    return Letter(
        subject=_("The rules of “%(call)s” have changed", call=call.title),
        happened="\n\n".join(
            [
                _("You have applied in the call “%(call)s”. Its rules changed.", call=call.title),
                *(_change(change) for change in changes),
            ]
        ),
        to_do=_("See whether your choices still stand. You can change or withdraw them.")
        if may_act
        else _(
            "There is nothing to do. If you object, write to the coordinator of your university."
        ),
        until=call.closes_at if may_act else None,
        link=address_of("offers.call", call_id=call.id),
        link_label=_("The call and its rules"),
    )


def _change(change: RuleChange) -> str:
    lines = [change.offer.title] if change.offer else []
    lines += [
        _("%(rule)s: %(before)s → %(after)s", rule=one.name, before=one.before, after=one.after)
        for one in rules.changed(change)
    ]
    return "\n".join([*lines, _("Reason: %(reason)s", reason=change.reason)])


def override_asked(override: RuleOverride) -> Letter:
    """To the coordinators of the partners: an override waits for their consent."""
    call = override.run.round.call
    return Letter(
        subject=_("Your consent is asked: another rule for “%(call)s”", call=call.round_title),
        happened=_(
            "An administrator asks to publish the result of “%(call)s” by %(rule)s instead of the"
            " rule that was frozen, %(frozen)s. The reason: %(reason)s",
            call=call.round_title,
            rule=POLICIES[override.run.policy],
            frozen=POLICIES[call.policy],
            reason=override.reason,
        ),
        to_do=_("Consent for your university, or do nothing: without your consent it is not done."),
        link=address_of("rounds.override", override_id=override.id),
        link_label=_("Read it and decide"),
    )


def not_published(plan: PlannedPublication, admin: User) -> Letter:
    """To every admin: what was planned for this moment could not be published, and why."""
    call = plan.round.call
    return Letter(
        subject=_("The results of “%(call)s” were not published", call=call.round_title),
        happened=_(
            "Run %(number)s of the round of “%(call)s” was to be published on %(moment)s. That"
            " was refused: %(why)s Nothing was published, and nobody was written to.",
            number=plan.run_id,
            call=call.round_title,
            moment=moment_text(plan.at),
            why=plan.refused,
        ),
        to_do=_("Look at the round, mend what is named, and publish or set a new time."),
        link=address_of("rounds.cockpit", call_id=call.id),
        link_label=_("Open the cockpit of the round"),
    )
