"""What everybody reads of a published round: its page in full, and the report to be printed."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..access import can, guard
from ..errors import NotFound
from ..offers.queries import rule_changes
from . import publicity, queries
from .blueprint import bp
from .models import Round, Run, RunStatus
from .public_places import hidden_places, places, seats_more


def public_parts(round_: Round, run: Run) -> dict[str, Any]:
    """What the page of a round tells this reader.

    Sums are shown in full to whoever may download the file, since it holds them; the file does
    not say which place is which, so small places stay hidden from all but admins.
    """
    in_full = can(current_user, "round:check", round_)
    told = places(run, everything=can(current_user, "run:view", run))
    return {
        "figures": publicity.all_figures(run) if in_full else publicity.public_figures(run),
        "in_full": in_full,
        "places": told,
        "more": seats_more(run, told),
        "envious": shown((run.stats or {}).get("envious"), in_full),
        "balance_cost": shown((run.stats or {}).get("balance_cost"), in_full),
        "excluded": publicity.excluded(round_),
        "commitments": queries.commitments(round_.call),
        "changes": rule_changes(round_.call),
    }


def shown(people: int | None, in_full: bool) -> int | None:
    """A number of people, or None where it may not be told or was not counted."""
    hidden = people is None or (0 < people < publicity.LEAST and not in_full)
    return None if hidden else people


@bp.get("/rounds/<int:round_id>/report")
@guard("round:view", queries.get_round)
def report(round_: Round) -> ResponseReturnValue:
    run = round_.published_run
    if run is None:  # an admin, before publication
        raise NotFound("")
    parts = public_parts(round_, run)
    runs = [(one, _sums(one, parts["in_full"])) for one in round_.runs]
    return render_template(
        "rounds/report.html",
        round=round_,
        run=run,
        runs=runs,
        answers=_answers(queries.answer_counts(round_), parts["in_full"]),
        **parts,
    )


def _answers(counts: dict[str, int], in_full: bool) -> dict[str, int | None]:
    """How the placed answered; what is hidden does not follow from the number of all placed."""
    hidden = set() if in_full else hidden_places(list(counts.values()))
    return {
        name: None if at in hidden else count for at, (name, count) in enumerate(counts.items())
    }


def _sums(run: Run, in_full: bool) -> publicity.Figures | None:
    """The figures of a run on record; None where it has none."""
    if run.status is not RunStatus.DONE:
        return None
    return publicity.all_figures(run) if in_full else publicity.public_figures(run)
