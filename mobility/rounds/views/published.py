"""Published rounds: the list, the page of one, the report to print, the file to check it by."""

from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access import can, guard
from ...errors import NotFound
from ...numbers import page_asked
from ...offers.queries import rule_changes
from .. import queries
from ..figures import publicity
from ..figures.places import hidden_places, places, seats_more
from ..models import Round, Run, RunStatus
from ..snapshot import parts_of
from .blueprint import bp


@bp.get("/rounds")
@guard("round:browse")
def index() -> ResponseReturnValue:
    waiting = []
    if current_user.is_authenticated and current_user.is_admin:
        waiting = queries.calls_in_matching()
    page = queries.published_rounds(page_asked())
    figures = {
        round_.id: publicity.public_figures(round_.published_run)
        for round_ in page.items
        if round_.published_run
    }
    return render_template("rounds/index.html", page=page, figures=figures, waiting=waiting)


@bp.get("/rounds/<int:round_id>")
@guard("round:view", queries.get_round)
def show(round_: Round) -> ResponseReturnValue:
    if round_.published_run is None:  # an admin, before publication
        return redirect(url_for("rounds.cockpit", call_id=round_.call_id), 303)
    run = round_.published_run
    return render_template(
        "rounds/show.html",
        round=round_,
        run=run,
        **_public_parts(round_, run),
        **_second_round(round_),
    )


@bp.get("/rounds/<int:round_id>/report")
@guard("round:view", queries.get_round)
def report(round_: Round) -> ResponseReturnValue:
    run = round_.published_run
    if run is None:  # an admin, before publication
        raise NotFound("")
    parts = _public_parts(round_, run)
    runs = [(one, _sums(one, parts["in_full"])) for one in round_.runs]
    return render_template(
        "rounds/report.html",
        round=round_,
        run=run,
        runs=runs,
        answers=_answers(queries.answer_counts(round_), parts["in_full"]),
        **parts,
        **_second_round(round_),
    )


def _public_parts(round_: Round, run: Run) -> dict[str, Any]:
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
        "envious": _shown((run.stats or {}).get("envious"), in_full),
        "balance_cost": _shown((run.stats or {}).get("balance_cost"), in_full),
        **publicity.overrides(run),
        "auditors": queries.auditors(round_),
        "commitments": queries.commitments(round_.call),
        "changes": rule_changes(round_.call),
    }


def _shown(people: int | None, in_full: bool) -> int | None:
    """A number of people, or None where it may not be told or was not counted."""
    hidden = people is None or (0 < people < publicity.LEAST and not in_full)
    return None if hidden else people


def _answers(counts: dict[str, int], in_full: bool) -> dict[str, int | None]:
    """How the placed answered; what is hidden does not follow from the number of all placed.

    Nor does the number of those placed since follow from the answers."""
    hidden = set() if in_full else hidden_places(list(counts.values()))
    return {
        name: None if at in hidden else count for at, (name, count) in enumerate(counts.items())
    }


def _sums(run: Run, in_full: bool) -> publicity.Figures | None:
    """The figures of a run on record; None where it has none."""
    if run.status is not RunStatus.DONE:
        return None
    return publicity.all_figures(run) if in_full else publicity.public_figures(run)


def _second_round(round_: Round) -> dict[str, Any]:
    """What the public page of a round shows of its second round."""
    published = queries.published_second_round(round_)
    return {
        "second": published,
        "sums": []
        if published is None
        else publicity.second_sums(published, can(current_user, "round:check", round_)),
    }


@bp.get("/rounds/<int:round_id>/file")
@guard("round:check", queries.get_round)
def file(round_: Round) -> ResponseReturnValue:
    return _download(queries.text_of_file(round_), f"sapar-round-{round_.id}.json")


@bp.get("/rounds/<int:round_id>/second-file")
@guard("round:check", queries.get_round)
def second_file(round_: Round) -> ResponseReturnValue:
    second = queries.published_second_round(round_)
    if second is None:
        raise NotFound("")
    return _download(queries.text_of_second_file(second), f"sapar-round-{round_.id}-second.json")


@bp.get("/rounds/<int:round_id>/partner-file")
@guard("round:decode", queries.get_round)
def partner_file(round_: Round) -> ResponseReturnValue:
    assert round_.snapshot is not None
    partners, _public = parts_of(round_.snapshot)
    return _download(partners, f"sapar-round-{round_.id}-partners.json")


def _download(text: str, name: str) -> Response:
    disposition = f"attachment; filename={name}"
    return Response(text, mimetype="application/json", headers={"Content-Disposition": disposition})
