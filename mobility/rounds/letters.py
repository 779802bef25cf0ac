"""What everybody who took part in a round is written at the moment of its publication."""

from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.models import User
from ..applications.models import Application
from ..i18n import moment_text
from ..mail import Letter, address_of
from ..offers.models import POLICIES
from ..placements.models import Placement
from . import queries
from .models import Appeal, PlannedPublication, Round, RuleOverride, Run, RunRow, SecondRow


def _link(row: RunRow) -> str:
    return address_of("applications.show", application_id=row.application_id)


def _receipt(row: RunRow) -> str:
    """By what the reader can tell later whether a file is the one that was published."""
    return "\n\n" + _(
        "The digest of the file by which this round can be checked is %(digest)s. "
        "Your row in it is the one of application number %(number)s.",
        digest=row.run.round.file_digest,
        number=row.application.pseudonym,
    )


def _overridden(run: Run) -> str:
    """Said first where a result by another rule than the frozen one is published; else nothing."""
    if run.override is None:
        return ""
    return (
        _(
            "The result of “%(call)s” was not found by the rule that was frozen at its opening,"
            " %(frozen)s, but by another one, %(rule)s. An administrator and a coordinator of each"
            " partner consented to this. The reason: %(reason)s",
            call=run.round.call.title,
            frozen=POLICIES[run.round.call.policy],
            rule=POLICIES[run.policy],
            reason=run.override.reason,
        )
        + "\n\n"
    )


def overridden(application: Application, run: Run) -> Letter:
    """To who applied and was not in the round: by which rule its places were given."""
    return Letter(
        subject=_("“%(call)s” was decided by another rule", call=application.call.title),
        happened=_overridden(run).strip(),
        link=address_of("rounds.show", round_id=run.round_id),
        link_label=_("How the places were given"),
    )


def override_asked(override: RuleOverride) -> Letter:
    """To the coordinators of the partners: an override waits for their consent."""
    call = override.run.round.call
    return Letter(
        subject=_("Your consent is asked: another rule for “%(call)s”", call=call.title),
        happened=_(
            "An administrator asks to publish the result of “%(call)s” by %(rule)s instead of the"
            " rule that was frozen, %(frozen)s. The reason: %(reason)s",
            call=call.title,
            rule=POLICIES[override.run.policy],
            frozen=POLICIES[call.policy],
            reason=override.reason,
        ),
        to_do=_("Consent for your university, or do nothing: without your consent it is not done."),
        link=address_of("rounds.override", override_id=override.id),
        link_label=_("Read it and decide"),
    )


def placed(row: RunRow) -> Letter:
    """To the placed: where, which choice, until when to answer."""
    assert row.offer is not None
    assert row.placement is not None
    return Letter(
        subject=_("You have a place: %(place)s", place=row.offer.title),
        happened=_overridden(row.run)
        + _(
            "The results of “%(call)s” are published. You have a place at %(institution)s: "
            "%(place)s. It was number %(rank)s on your list.",
            call=row.application.call.title,
            institution=row.offer.receiving.name,
            place=row.offer.title,
            rank=row.rank,
        )
        + _receipt(row),
        to_do=_("Accept or decline the place. Silence counts as declining."),
        until=row.placement.answer_until,
        link=_link(row),
        link_label=_("See the result and answer"),
    )


def unplaced(row: RunRow) -> Letter:
    """To the unplaced: that, why, and what comes next."""
    assert row.reason is not None
    seats = len(row.application.choices)
    return Letter(
        subject=_("The results of “%(call)s”: no place this time", call=row.application.call.title),
        happened=_overridden(row.run)
        + _(
            "The results of “%(call)s” are published, and this round had no place for you: "
            "%(reason)s.",
            call=row.application.call.title,
            reason=row.reason.label,
        )
        + (" " + ngettext("You had listed %(num)s place.", "You had listed %(num)s places.", seats))
        + _receipt(row),
        to_do=_(
            "The page of your application says for each of your choices why. "
            "Your coordinator can tell you about seats that become free and about the next calls."
        ),
        link=_link(row),
        link_label=_("See why, and what comes next"),
    )


def frozen(round_: Round, coordinator: User) -> Letter:
    """To the coordinators of both partners: the hash of the snapshot, and whose seeds are awaited.

    The mail is their proof: nobody can change the inputs afterwards and give them the same hash.
    """
    assert round_.reveal_at is not None
    call = round_.call
    own = coordinator.whole_institutions
    awaited = any(one.institution_id in own for one in queries.commitments(call))
    return Letter(
        subject=_("The inputs of “%(call)s” are frozen", call=call.title),
        happened=_(
            "The inputs of the round of “%(call)s” are frozen. Their SHA-256 hash is %(hash)s. "
            "Keep this letter: with it you can tell whether the published file is the one that "
            "was frozen.",
            call=call.title,
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


def not_published(plan: PlannedPublication, admin: User) -> Letter:
    """To every admin: what was planned for this moment could not be published, and why."""
    call = plan.round.call
    return Letter(
        subject=_("The results of “%(call)s” were not published", call=call.title),
        happened=_(
            "Run %(number)s of the round of “%(call)s” was to be published on %(moment)s. That"
            " was refused: %(why)s Nothing was published, and nobody was written to.",
            number=plan.run_id,
            call=call.title,
            moment=moment_text(plan.at),
            why=plan.refused,
        ),
        to_do=_("Look at the round, mend what is named, and publish or set a new time."),
        link=address_of("rounds.cockpit", call_id=call.id),
        link_label=_("Open the cockpit of the round"),
    )


# --- After the publication ------------------------------------------------------------------------


def vacated_place(placement: Placement) -> Letter:
    """To somebody who had no place: a seat was vacated, or an appeal granted, and it is theirs."""
    return Letter(
        subject=_("You have a place after all: %(place)s", place=placement.offer.title),
        happened=_(
            "You have a place at %(institution)s: %(place)s, by %(origin)s. It is number %(rank)s "
            "on your list.",
            institution=placement.offer.receiving.name,
            place=placement.offer.title,
            origin=placement.origin.label,
            rank=placement.rank,
        ),
        to_do=_("Accept or decline the place. Silence counts as declining."),
        until=placement.answer_until,
        link=address_of("placements.show", placement_id=placement.id),
        link_label=_("See the place and answer"),
    )


def second_kept(row: SecondRow) -> Letter:
    """To somebody who asked to be moved up: the second round left them where they are."""
    assert row.offer is not None
    return Letter(
        subject=_("The second round: you keep your place"),
        happened=_(
            "The second round of “%(call)s” is published. No seat at a choice you ranked higher "
            "came to you; your place at %(place)s stays yours.",
            call=row.application.call.title,
            place=row.offer.title,
        ),
        to_do=_("You need do nothing."),
        link=address_of("applications.show", application_id=row.application_id),
        link_label=_("See how it goes on"),
    )


def second_without(row: SecondRow) -> Letter:
    """To somebody without a place: nor did the second round have one."""
    return Letter(
        subject=_("The second round: no place this time"),
        happened=_(
            "The second round of “%(call)s” is published. None of the vacated seats came to you.",
            call=row.application.call.title,
        ),
        to_do=_(
            "You stay in the waiting order: a seat that is vacated from now on is offered to you "
            "when it is your turn. You need do nothing."
        ),
        link=address_of("applications.show", application_id=row.application_id),
        link_label=_("See your turn"),
    )


def _appeal(appeal: Appeal) -> str:
    return address_of("rounds.show_appeal", appeal_id=appeal.id)


def appeal_received(appeal: Appeal) -> Letter:
    """To the participant: it has arrived."""
    return Letter(
        subject=_("Your appeal has arrived"),
        happened=_(
            "You have appealed for %(place)s in “%(call)s”. An administrator answers it.",
            place=appeal.offer.title,
            call=appeal.application.call.title,
        ),
        to_do=_(
            "What you hold stays as it is: answer for your place in time as if there were none."
        ),
        link=_appeal(appeal),
        link_label=_("See your appeal"),
    )


def appeal_opened(appeal: Appeal) -> Letter:
    """To the administrators: somebody objects."""
    return Letter(
        subject=_("Appeal: %(call)s", call=appeal.application.call.title),
        happened=_(
            "%(name)s appeals for %(place)s.",
            name=appeal.application.applicant.name,
            place=appeal.offer.title,
        ),
        to_do=_("Read the reason and answer."),
        link=_appeal(appeal),
        link_label=_("Open the appeal"),
    )


def appeal_dismissed(appeal: Appeal) -> Letter:
    """To the participant: no, and why."""
    return Letter(
        subject=_("Your appeal was dismissed"),
        happened=_(
            "Your appeal for %(place)s was dismissed. The answer: %(answer)s",
            place=appeal.offer.title,
            answer=appeal.answer,
        ),
        link=_appeal(appeal),
        link_label=_("See your appeal"),
    )


def appeal_promised(appeal: Appeal) -> Letter:
    """To the participant: yes, when a seat is free."""
    return Letter(
        subject=_("Your appeal was granted"),
        happened=_(
            "Your appeal for %(place)s was granted: the next free seat there is yours, before "
            "anybody in the waiting order. The answer: %(answer)s",
            place=appeal.offer.title,
            answer=appeal.answer,
        ),
        to_do=_("You need do nothing; you are written to when a seat is free."),
        link=_appeal(appeal),
        link_label=_("See your appeal"),
    )


def seat_asked_for(appeal: Appeal) -> Letter:
    """To the coordinators of the place: will they take one person more?"""
    return Letter(
        subject=_("One seat more? %(place)s", place=appeal.offer.title),
        happened=_(
            "An appeal against the result of “%(call)s” would be granted if %(place)s takes one "
            "person more. The administrator writes: %(answer)s",
            call=appeal.application.call.title,
            place=appeal.offer.title,
            answer=appeal.answer,
        ),
        to_do=_("Give the seat, or say why you cannot."),
        link=_appeal(appeal),
        link_label=_("Open the appeal"),
    )


def seat_refused(appeal: Appeal) -> Letter:
    """To the administrators: the receiving side gives no seat."""
    return Letter(
        subject=_("No seat for an appeal: %(place)s", place=appeal.offer.title),
        happened=_(
            "The receiving side gives no seat more. It writes: %(comment)s",
            comment=appeal.comment,
        ),
        to_do=_("Decide anew: promise the next free seat, or dismiss the appeal."),
        link=_appeal(appeal),
        link_label=_("Open the appeal"),
    )
