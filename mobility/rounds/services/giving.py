"""Vacated seats are given: to granted appeals first, then down the waiting order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ... import audit, clock
from ...applications.models import Application
from ...db import db
from ...jobs import JobRun, enqueue, job
from ...mail import queue_letter
from ...offers.models import Call, Offer
from ...placements.jobs import await_answers
from ...placements.models import Origin, Placement
from ...placements.queries import placement_of
from ...placements.seats import check_seats, hold_seats
from ...placements.services import move_up, place
from .. import letters, queries
from ..models import APPEAL_WORKFLOW, Appeal, Round, RoundStatus
from ..sequel.appeals import rank_of, why_not_granted
from ..sequel.standing import LEFT, PENDING, group_of
from ..sequel.vacated import Room
from ..sequel.waiting import Waiting, line_of, next_gift, runs
from ..snapshot import bounds_of


@job("rounds.give-vacated")
def give_vacated(run: JobRun, round_id: int) -> None:
    """Give what is free to those who wait for it, until nobody can be given anything."""
    with run.store():
        give_seats(queries.locked_round(round_id))


def look_for_seats(call: Call) -> None:
    """Have what is free in a call given, in a transaction of its own once this one is through."""
    round_ = queries.round_of(call)
    if round_ is not None:
        enqueue(give_vacated, round_id=round_.id)


def give_seats(round_: Round) -> int:
    """Give free seats to granted appeals first, then down the waiting order; how many."""
    if round_.status is not RoundStatus.PUBLISHED or round_.call.gives_together:
        return 0
    offers = queries.offers_by_code(round_.call)
    held = hold_seats(offer.id for offer in offers.values())
    room = Room(offers, bounds_of(round_.call, offers.values(), quotas=True))
    given = _settle_promised(round_, room)
    if runs(round_):
        room = Room(offers, bounds_of(round_.call, offers.values()))
        given += _give_down_the_line(round_, offers, room)
    check_seats(held.values())
    return given


def _settle_promised(round_: Round, room: Room) -> int:
    """Give free seats to promised appeals, the oldest decision first; how many.

    Seats are held, and checked afterwards, by the caller.
    """
    given = 0
    for appeal in queries.promised_appeals(round_.call):
        placement = placement_of(appeal.application)
        held = (
            placement.offer.code_in_round if placement is not None and placement.is_live else None
        )
        if placement is not None and group_of(placement) == LEFT:
            APPEAL_WORKFLOW.advance(appeal, "lapse", actor=None)
        elif placement is not None and placement.rank <= rank_of(appeal):
            APPEAL_WORKFLOW.advance(appeal, "fulfil", actor=None)
        elif room.has(appeal.offer.code_in_round, held) and not why_not_granted(appeal):
            APPEAL_WORKFLOW.advance(appeal, "fulfil", actor=None)
            room.take(appeal.offer.code_in_round, held)
            give_granted(appeal, placement, None)
            given += 1
    db.session.flush()
    return given


def give_granted(appeal: Appeal, placement: Placement | None, actor: Any) -> None:
    """Give the place of a granted appeal, as a new one or instead of the one that was held."""
    offer: Offer = appeal.offer
    if placement is None:
        offer_vacated(appeal.application, offer, rank_of(appeal), Origin.APPEAL)
    else:
        answer_until = clock.now() + timedelta(days=offer.call.answer_days)
        move_up(placement, offer, rank_of(appeal), actor, Origin.APPEAL, answer_until)
        await_answers(answer_until)
        look_for_seats(offer.call)


def _give_down_the_line(round_: Round, offers: Mapping[str, Offer], room: Room) -> int:
    line = line_of(round_)
    given = 0
    while gift := next_gift(line, room):
        number, person, rank, code = gift
        placement = _give_in_turn(round_, person, offers[code], rank)
        room.take(code, person.held)
        wishes = tuple(wish for wish in person.wishes if wish[0] < rank)
        pending = group_of(placement) == PENDING
        if wishes and (pending or placement.upgrade):
            line[number] = replace(person, wishes=wishes, held=code, pending=pending)
        else:
            del line[number]
        given += 1
    return given


def _give_in_turn(round_: Round, person: Waiting, offer: Offer, rank: int) -> Placement:
    application = queries.application_by_pseudonym(person.pseudonym)
    audit.record(
        "round.give",
        round_,
        actor=None,
        pseudonym=person.pseudonym,
        place=offer.code_in_round,
        rank=rank,
    )
    placement = placement_of(application)
    if placement is not None:
        move_up(placement, offer, rank, None, Origin.WAITING_ORDER)
        return placement
    return offer_vacated(application, offer, rank, Origin.WAITING_ORDER)


def offer_vacated(application: Application, offer: Offer, rank: int, origin: Origin) -> Placement:
    """Give a vacated seat to somebody without a place, with a time of their own to answer."""
    answer_until = clock.now() + timedelta(days=application.call.answer_days)
    placement = place(application, offer, rank, answer_until, None, origin)
    queue_letter(application.applicant, letters.vacated_place, placement)
    await_answers(answer_until)
    return placement
