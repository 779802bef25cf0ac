"""A round begins, and its inputs are frozen or given free."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ... import clock
from ...agreements.models import CooperationCondition
from ...applications.entries import Entry, PrePlaced, entries_of, pre_placed_of
from ...applications.models import ApplicationStatus
from ...applications.queries import undecided_applications
from ...applications.services import lock_applications, unlock_applications
from ...db import db
from ...errors import Conflict, Invalid
from ...jobs import enqueue
from ...memory import nothing_to_collect
from ...offers.models import Call, Offer, Phase
from ...placements.queries import live_under
from .. import queries
from ..models import ACTIVE, ROUND_WORKFLOW, Round
from ..snapshot import bounds_of, write_snapshot
from . import draws
from .explaining import forget_obstacles, keep_obstacles, keep_points


def open_round(call: Call, actor: Any) -> Round:
    """The round of a call, begun where there is none yet."""
    if (known := queries.round_of(call)) is not None:
        return known
    begun = Round(call=call.lead, created_at=clock.now())
    db.session.add(begun)
    db.session.flush()
    return begun


HAND_IN_HOURS = 24


@nothing_to_collect()
def freeze_round(round_: Round, actor: Any, *, hours: int = HAND_IN_HOURS) -> None:
    """Take the snapshot that every run reads, and let nothing change in the call any more.

    Only when the call is closed and every application decided. Its hash goes to both partners,
    who have `hours` to hand in the seeds that they committed; then all are revealed together, at
    once where no partner committed one.
    """
    call = round_.call
    if open_ones := [one.title for one in call.together if one.phase is not Phase.CLOSED]:
        raise Conflict(
            _(
                "“%(call)s” has not closed yet. Close it first, or wait for the deadline.",
                call=open_ones[0],
            )
        )
    if undecided := len(undecided_applications(call)):
        raise Conflict(
            ngettext(
                "%(num)s application is not decided yet. Freeze when all are approved or rejected.",
                "%(num)s applications are not decided yet. "
                "Freeze when all are approved or rejected.",
                undecided,
            )
        )
    lock_applications(call, actor)
    offers = queries.offers_in_play(call)
    _check_codes(offers)
    entries, pre_placed = entries_of(call, offers), pre_placed_of(call)
    if not entries:
        raise Conflict(_("No application is approved, so there is nobody to place."))
    placed = Counter(one.offer_id for one in pre_placed)
    _check_pre_placed(offers, placed)
    keep_obstacles(offers, entries)
    keep_points(entries)
    draws.commit_own_seed(call)
    commitments = queries.commitments(call)
    snapshot, snapshot_hash = write_snapshot(
        call,
        offers,
        entries,
        bounds=bounds_of(call, offers, placed),
        commitments=[one.commitment for one in commitments],
        excluded=queries.application_counts(call)[ApplicationStatus.EXCLUDED],
        pre_placed=pre_placed,
    )
    taken = {
        "snapshot": snapshot,
        "snapshot_hash": snapshot_hash,
        "reveal_at": draws.reveal_time(commitments, hours),
        "file_open": _may_open(call, [*entries, *pre_placed]),
        "frozen_at": clock.now(),
        "frozen_by_id": actor.id,
    }
    ROUND_WORKFLOW.advance(
        round_, "freeze", actor=actor, values=taken, snapshot_hash=taken["snapshot_hash"]
    )
    db.session.flush()
    draws.tell_partners(round_)
    draws.reveal(round_)
    if round_.revealed_at is None:
        enqueue(draws.reveal_seeds, at=taken["reveal_at"], round_id=round_.id)


def _check_codes(offers: Sequence[Offer]) -> None:
    """Refuse two places that would have one code in the round; only joined calls can have them."""
    doubled = [code for code, n in Counter(one.code_in_round for one in offers).items() if n > 1]
    if doubled:
        raise Conflict(_("Two places have the code “%(code)s”. Change one.", code=doubled[0]))


LEAST_OPEN = 50


def _may_open(call: Call, people: Sequence[Entry | PrePlaced]) -> bool:
    """Whether everybody may have the file of the round: rules, consents and size together."""
    return call.public_file and len(people) >= LEAST_OPEN and all(one.agrees for one in people)


def _check_pre_placed(offers: Sequence[Offer], placed: Counter[int]) -> None:
    """Refuse what a place, or the year of its condition, cannot keep of those placed before."""
    having: Counter[CooperationCondition] = Counter()
    for offer in (one for one in offers if placed[one.id]):
        if placed[offer.id] > (offer.seats if offer.is_open else 0):
            raise Conflict(
                _(
                    "More people are placed before the round at “%(place)s” than it has seats."
                    " Take one of these placements back.",
                    place=offer.title,
                )
            )
        having[offer.condition] += placed[offer.id]
    live = live_under([one.id for one in having], offers[0].call.academic_year)
    for condition, people in having.items():
        if live[condition.id] + people > condition.mobilities_per_year:
            raise Conflict(
                _(
                    "The yearly number of the agreement from %(sending)s to %(receiving)s is"
                    " %(number)s, and more people are placed. Take a placement before the round"
                    " back.",
                    number=condition.mobilities_per_year,
                    sending=condition.sending.name,
                    receiving=condition.receiving.name,
                )
            )


def thaw_round(round_: Round, actor: Any, reason: str) -> None:
    """Give the inputs free again, before publication; runs of the old snapshot stay unpublished.

    Seeds may be known by then, so the draw is void, in public, and all commit anew.
    """
    if not reason.strip():
        raise Invalid(_("Give the reason: it stands in the record of the round."), "reason")
    if any(run.status in ACTIVE for run in round_.runs):
        raise Conflict(_("A run is still being computed. Wait until it has ended, or cancel it."))
    old = round_.snapshot_hash
    freed: dict[str, Any] = dict.fromkeys(
        (
            "snapshot",
            "snapshot_hash",
            "frozen_at",
            "frozen_by_id",
            "seed",
            "reveal_at",
            "revealed_at",
        )
    )
    freed |= {"file_open": False}
    ROUND_WORKFLOW.advance(
        round_, "thaw", actor=actor, reason=reason, values=freed, snapshot_hash=old
    )
    unlock_applications(round_.call, actor)
    forget_obstacles(round_.call)
    draws.void_draw(round_)
    db.session.flush()
