"""What invented students wish for: places they are eligible for, near their own field first."""

import random
import zlib
from functools import cache
from typing import Any

from ..accounts.models import Profile
from ..agreements.models import Direction
from ..applications.eligibility import obstacles
from ..offers.models import Offer
from ..partners.models import OrganisationalUnit
from .catalogue import remark, units

KIND = {
    Direction.INTERNSHIP: "motivation_internship",
    Direction.COURSES: "motivation_course",
    Direction.RESEARCH: "motivation_research",
    Direction.PROFESSIONAL_DEVELOPMENT: "motivation_programme",
    Direction.LABORATORIES: "motivation_slot",
}
# How many choices people make beyond the least that the call asks for.
MORE = (0, 1, 1, 2, 2, 3, 4)
NEAR = 6.0  # so much more does a place attract those who study its subjects
TEACHER_TRAINING = "011"
SILENT = 0.15  # how often somebody writes nothing about a choice after the first


def wishes_of(
    profile: Profile, offers: list[Offer], language: str, draw: random.Random
) -> list[dict[str, Any]]:
    """Ranked choices with motivations; empty where the call asks for more than there are."""
    fitting = [offer for offer in offers if not obstacles(profile, offer)]
    if not fitting or len(fitting) < fitting[0].call.min_choices:
        return []
    call = fitting[0].call
    count = min(call.min_choices + draw.choice(MORE), call.max_choices, len(fitting))
    # The least of exponential times is a draw in proportion to the attraction.
    ranked = sorted(fitting, key=lambda offer: draw.expovariate(attraction(profile, offer)))
    return [
        {"offer": offer.id, "motivation": _motivation(offer, rank, language, draw)}
        for rank, offer in enumerate(ranked[:count])
    ]


def attraction(profile: Profile, offer: Offer) -> float:
    """How much more likely than another this place is wished for."""
    if _subjects(profile.unit) & _subjects(offer.unit):
        return popularity(offer) * NEAR
    return popularity(offer)


def _subjects(unit: OrganisationalUnit | None) -> set[str]:
    """The narrow fields of a unit; teacher training counts by its subjects."""
    if unit is None:
        return set()
    fields = _fields()[unit.institution.schac, unit.code]
    return {field[:3] for field in fields if not field.startswith(TEACHER_TRAINING)}


@cache
def _fields() -> dict[tuple[str, str], tuple[str, ...]]:
    return {(unit.institution, unit.code): unit.student_fields for unit in units()}


def popularity(offer: Offer) -> float:
    """From 1 to 8, fixed by the code of the offer: some places are wanted far more than others."""
    return 2.0 ** ((zlib.crc32(offer.code.encode()) % 7) / 2)


def _motivation(offer: Offer, rank: int, language: str, draw: random.Random) -> str:
    if rank and draw.random() < SILENT:
        return ""
    title = getattr(offer, f"title_{language}")
    return remark(KIND[offer.call.direction], draw.randrange(100), language, title=title)
