"""Why somebody got what they got, choice by choice: the claims of the engine in words.

What is claimed, solving again confirms. A job (`services.explaining`) computes the claims and
stores them with the row of the run; until they are there, what the result itself says is told.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from ...applications.models import Choice
from ...applications.queries import choices_of
from ...offers.models import VacatedSeats
from ...placements.queries import coordinators_of, placement_of
from ...status import Kind
from .. import queries
from ..models import Run, RunRow
from .claims import claimed
from .courses import course_reasons
from .reasons import Reason, ineligible, missed, why_not

BY_SCORE = frozenset({"serial_dictatorship", "deferred_acceptance"})


def reasons(row: RunRow, choices: Sequence[Choice]) -> list[Reason]:
    """One reason a choice, in the applicant's order; none for who was placed before the round."""
    if row.application.pre_placed_offer is not None:
        return []
    granted = row.rank or len(choices) + 1
    claims = {claim["rank"]: claim for claim in (row.told or {}).get("claims", [])}
    return [
        _kept(choice, granted)
        if choice.rank >= granted
        else claimed(row, choice, claims[choice.rank])
        if choice.rank in claims
        else _read_off(row.run, choice)
        for choice in choices
    ]


def _kept(choice: Choice, granted: int) -> Reason:
    """The choice that was granted, and those below it."""
    if choice.rank > granted:
        text = _("A choice further up was granted, so this one was not needed.")
        return Reason(choice.rank, choice.offer, Kind.NEUTRAL.value, _("not needed"), text)
    text = (
        _("This was your first choice.")
        if granted == 1
        else _("This is the choice you got. At each one above it stands why it was not granted.")
    )
    return Reason(choice.rank, choice.offer, Kind.GOOD.value, _("your place"), text)


def told(row: RunRow, reader: Any) -> dict[str, Any]:
    """What the page of a result needs."""
    application = row.application
    choices, courses = choices_of(application), []
    if application.call.gives_several:
        courses = list(queries.courses_of(row))
        found = course_reasons(row.run, courses, choices, application.credits_most or 0)
    else:
        found = reasons(row, choices)
    return {
        "courses": courses,
        "principle": principle(row.run) if any(reason.contested for reason in found) else None,
        "row": row,
        "run": row.run,
        "application": application,
        "placement": row.placement,
        "later": placement_of(application) if row.placement is None else None,
        "seats_to_come": _seats_to_come(row.run),
        "reasons": found,
        "mine": application.applicant_id == reader.id,
        "coordinators": coordinators_of(application),
        "how_to_read": how_to_read(row.run) if any(reason.figures for reason in found) else None,
        "explaining": queries.explaining(row) if row.told is None else None,
    }


def _seats_to_come(run: Run) -> bool:
    """Whether what the rules say of declined seats still lies ahead for who has no place."""
    call = run.round.call
    if call.vacated is VacatedSeats.NONE:
        return True
    return call.gives_vacated_seats and queries.published_second_round(run.round) is None


def _read_off(run: Run, choice: Choice) -> Reason:
    code = choice.offer.code_in_round
    if choice.obstacles is not None:
        return missed(choice, ineligible(choice))
    contested = bool((run.stats or {})["seats_by_offer"].get(code))
    return missed(choice, why_not(run, code), contested=contested)


def principle(run: Run) -> str | None:
    """What decided who gets the seats of a place that more people want; None without a proof."""
    if run.round.call.gives_several:
        return _(
            "Giving you one of these courses would not have made the whole better: the sum of"
            " wishes met is as great as it can be within seats, credits and timetables."
        )
    if run.policy in BY_SCORE:
        return _(
            "Those who got these seats come before you by score; "
            "equal scores are put in order by the lottery."
        )
    if run.certificate and run.certificate["optimal"]:
        if not run.round.call.merit_weight:
            return _(
                "Giving you one of these seats would not have made the whole better: "
                "as many people as possible are placed first, "
                "then choices are met as well as possible. Scores do not count in this call."
            )
        whole = _(
            "Giving you one of these seats would not have made the whole better: "
            "as many people as possible are placed first, "
            "then choices are met as well as possible, those of higher scores with more weight."
        )
        # placements come before merit, so envy of a lower score can be justified: say it
        return f"{whole} " + _(
            "So a seat may go to somebody with a lower score who had no other way to a place."
        )
    return None


def how_to_read(run: Run) -> str | None:
    """What the figures mean, where costs decide."""
    if run.policy != "linear_assignment":
        return None
    call = run.round.call
    return _(
        "How the figures come about: a choice costs you (100 + %(weight)s × score) × "
        "(rank² − %(most)s²), so a better rank costs less. The price of a place is what its seat "
        "is worth to the others. You got the place where your cost and the price together are "
        "least. Prices are not the only ones that fit a result, so how much was missing is found "
        "by solving the round again.",
        weight=call.merit_weight,
        most=call.max_choices + 1,
    )
