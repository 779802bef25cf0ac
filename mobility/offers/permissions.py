"""Who prepares calls, who opens places in them, and who sees what before that."""

from typing import Any

from ..agreements.models import CooperationCondition
from .models import Call, CallStatus, Offer, OfferStatus
from .queries import opens_under, receives


def anybody(user: Any, subject: Any) -> bool:
    return True


def is_admin(user: Any, subject: Any) -> bool:
    return user is not None and user.is_admin


def sees_call(user: Any, call: Call) -> bool:
    """A draft is seen by those who prepare places for it."""
    if call.status is not CallStatus.DRAFT:
        return True
    return user is not None and (user.is_admin or user.is_coordinator)


def adds_offers(user: Any, call: Call) -> bool:
    return user is not None and (user.is_admin or receives(user, call.direction))


def sees_offer(user: Any, offer: Offer) -> bool:
    """A place is public once it was opened in an announced call, also after its withdrawal."""
    public = offer.status is not OfferStatus.DRAFT and offer.call.status is not CallStatus.DRAFT
    return public or manages_offer(user, offer)


def manages_offer(user: Any, offer: Offer) -> bool:
    condition: CooperationCondition = offer.condition
    return user is not None and opens_under(user, condition, offer.unit_id)


RULES: dict[str, Any] = {
    "call:browse": anybody,
    "call:view": sees_call,
    "call:create": is_admin,
    "call:edit": is_admin,
    "call:announce": is_admin,
    "call:close": is_admin,
    "call:cancel": is_admin,
    "call:add-offer": adds_offers,
    "eligibility-rule:view": anybody,
    "eligibility-rule:edit": is_admin,
    "offer:browse": anybody,
    "offer:view": sees_offer,
    "offer:edit": manages_offer,
    "offer:open": manages_offer,
    "offer:withdraw": manages_offer,
}
