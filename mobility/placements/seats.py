"""Seats: held by one transaction at a time, counted, and never given twice.

Whoever gives seats holds them first, makes the placements, and checks before the end.
"""

from collections.abc import Iterable

from flask_babel import gettext as _

from ..agreements.models import CooperationCondition
from ..db import db
from ..errors import Conflict
from ..offers.models import Offer
from . import queries, services
from .models import Placement


class SeatsExhausted(Conflict):
    """More people would hold a place than it has seats."""


def hold_seats(offer_ids: Iterable[int]) -> dict[int, Offer]:
    """Lock offers, their conditions and the placements at them, ids ascending, and read them anew.

    Nobody else gives or answers a place at them before this transaction ends. Silence whose time
    is over is recorded, so that no later answer can take back a seat that counts as free. By id.
    """
    db.session.flush()
    ids = sorted(set(offer_ids))
    offers = queries.locked_rows(Offer, Offer.id.in_(ids))
    conditions = {offer.condition_id for offer in offers}
    queries.locked_rows(CooperationCondition, CooperationCondition.id.in_(conditions))
    queries.locked_rows(Placement, Placement.offer_id.in_(ids))
    services.lapse_unanswered(ids)
    return {offer.id: offer for offer in offers}


def check_seats(offers: Iterable[Offer]) -> None:
    """Raise SeatsExhausted where a held place has more people than seats now."""
    db.session.flush()
    known = {offer.id: offer for offer in offers}
    for offer_id, taken in queries.live_counts(known).items():
        if taken > known[offer_id].seats:
            raise SeatsExhausted(
                _("All seats of “%(place)s” are taken by now.", place=known[offer_id].title)
            )
