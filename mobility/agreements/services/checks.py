"""What may stand in an agreement and its conditions; each refusal names its field."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _

from ... import isced
from ...accounts.models import EQF_LEVELS, Cefr, User
from ...errors import Invalid
from ...partners.models import Institution, OrganisationalUnit
from ..models import Direction
from ..queries import coordinated_institutions

TITLES = ("title_en", "title_ru", "title_kk")


def check_partners(actor: User, a: Institution, b: Institution) -> None:
    if a is b:
        raise Invalid(_("An agreement has two different partners."), "partner_b")
    own = coordinated_institutions(actor, whole=True)
    if not actor.is_admin and not own & {a.id, b.id}:
        raise Invalid(_("One of the two partners is your own institution."), "partner_a")


def check_titles(titles: dict[str, str]) -> None:
    if not any((titles.get(name) or "").strip() for name in TITLES):
        raise Invalid(_("Give a title in at least one language."), "title_en")


def given(reason: str | None) -> str:
    reason = (reason or "").strip()
    if not reason:
        raise Invalid(_("Give a reason: both partners will read it."), "reason")
    return reason


def checked_condition(partners: Collection[Institution], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a condition with what is missing filled in; raises Invalid at a field."""
    values = {
        "sending_unit": None,
        "receiving_unit": None,
        "months_per_year": None,
        "language": None,
        "cefr": None,
        "blended": False,
        "other_terms": "",
        **values,
        "eqf_levels": checked_levels(values.get("eqf_levels", ())),
        "isced_fields": checked_fields(values.get("isced_fields", ())),
    }
    values["direction"] = Direction(values["direction"])
    for side in ("sending", "receiving"):
        _check_side(partners, values, side)
    if values["sending"] is values["receiving"]:
        raise Invalid(_("The receiving partner is the other one."), "receiving")
    if not 2000 <= values["first_year"] <= 2100:
        raise Invalid(_("Give the year in which the first academic year begins."), "first_year")
    if not values["first_year"] <= values["last_year"] <= 2100:
        raise Invalid(_("The last academic year is not before the first."), "last_year")
    for name in ("mobilities_per_year", "months_per_year"):
        if values[name] is not None and not 0 <= values[name] <= 10_000:
            raise Invalid(_("Give a number from 0 to 10,000."), name)
    values["language"] = values["language"] or None
    values["cefr"] = Cefr(values["cefr"]) if values["cefr"] else None
    if bool(values["language"]) != bool(values["cefr"]):
        field = "cefr" if values["language"] else "language"
        raise Invalid(_("Give a language and its level, or neither."), field)
    return values


def _check_side(partners: Collection[Institution], values: dict[str, Any], side: str) -> None:
    institution: Institution = values[side]
    unit: OrganisationalUnit | None = values[f"{side}_unit"]
    if institution not in partners:
        raise Invalid(_("Choose one of the two partners."), side)
    if unit is not None and unit.institution_id != institution.id:
        raise Invalid(
            _("This unit does not belong to %(institution)s.", institution=institution.name),
            f"{side}_unit",
        )


def checked_levels(levels: Any) -> list[int]:
    """EQF levels, rising, each once; raises Invalid at eqf_levels for others than 5 to 8."""
    chosen = sorted({int(level) for level in levels or ()})
    if any(level not in EQF_LEVELS for level in chosen):
        raise Invalid(_("EQF levels go from 5 to 8."), "eqf_levels")
    return chosen


def checked_fields(codes: Any) -> list[str]:
    """ISCED-F codes in order, without those that a broader chosen one holds already.

    Raises Invalid at isced_fields for a code that the classification does not know.
    """
    chosen = {str(code).strip() for code in codes or ()} - {""}
    if unknown := sorted(chosen - isced.FIELDS.keys()):
        raise Invalid(
            _("“%(code)s” is not a field of ISCED-F 2013.", code=unknown[0]), "isced_fields"
        )
    return sorted(
        code
        for code in chosen
        if not any(code[:length] in chosen for length in range(2, len(code)))
    )
