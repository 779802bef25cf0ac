"""Why a second round left somebody where they are, choice by choice."""

from collections.abc import Sequence

from flask_babel import gettext as _

from ...applications.models import Choice
from ..models import SecondRow
from .reasons import ineligible


def second_reasons(row: SecondRow, choices: Sequence[Choice]) -> list[tuple[Choice, str]]:
    """One reason for each choice above what somebody has after the second round."""
    return [
        (choice, _reason(row, choice))
        for choice in choices
        if row.rank is None or choice.rank < row.rank
    ]


def _reason(row: SecondRow, choice: Choice) -> str:
    stats = row.second_round.stats or {}
    code = choice.offer.code_in_round
    if choice.obstacles is not None:
        return ineligible(choice)
    if stats.get("free", {}).get(code):
        return _("A seat was left there, but a quota or the balance of exchange kept it back.")
    if stats.get("given", {}).get(code):
        return _("What fell free there went to others, by the rule of the round.")
    return _("No seat fell free there.")
