"""The result of a second round in its file: who held what then, and what the vacated seats gave."""

from typing import Any

from flask_babel import gettext as _

from ..computing.runs import NotFeasible
from ..computing.second_rounds import Row, check_rows, compute_second
from ..draw import number_of_key
from ..files import second_form
from ..sequel.standing import LEFT, LOCKED, UPGRADE, Standing
from ..snapshot import Inputs, canonical, digest_of, engine_version
from .first import KNOWN, proved
from .verdict import Refused, Report

KNOWN_SECOND = (*KNOWN, "first", "standing", "standing_hash")


def check_second(body: dict[str, Any], inputs: Inputs, report: Report) -> None:
    """Refuse what does not keep the seats, takes something away, or does not follow.

    The file has not all prices that a proof needs, so what is claimed is proved anew.
    """
    stands = _standing(body, inputs)
    report.said.append(
        _("It follows the round whose file has the digest %(digest)s.", digest=body["first"])
    )
    report.said.append(
        _("Who held what then is what the service says: look for your own number, and compare.")
    )
    stored = body["result"]
    aside = {*stands.positions(LOCKED), *stands.positions(LEFT)}
    taking_part = [who for who in range(len(inputs.pseudonyms)) if who not in aside]
    rows = [_row(stands, who, rank) for who, rank in zip(taking_part, stored["ranks"], strict=True)]
    try:
        check_rows(stands, rows)
    except NotFeasible as error:
        raise Refused(_("Not feasible: %(why)s.", why=error)) from error
    report.said.append(_("The result is feasible: nobody loses, and no seat is given twice."))
    again = compute_second(
        canonical(body["snapshot"]), stands.text, stored["policy"], number_of_key(body["key"])
    )
    ranks = [row["rank"] or 0 for row in again["rows"]]
    if ranks != stored["ranks"]:
        raise Refused(_("The result does not follow from the snapshot by its rule."))
    computed = second_form(stored["policy"], ranks, again["prices"], again["certificate"])
    same_engine = inputs.engine == engine_version()
    for name in sorted(computed.keys() | stored.keys()):
        if name not in stored or name not in computed:
            raise Refused(_("A field is missing or strange: %(name)s.", name=name))
        if computed[name] != stored[name] and (same_engine or name != "prices"):
            raise Refused(_("Result: “%(name)s” is not what follows.", name=name))
    report.said.append(_("The result follows from the snapshot: solving it again gives the same."))
    report.said.append(
        _(
            "The result is optimal: the second round was solved again, and the prices found with it"
            " prove that no other way to give the free seats is better."
        )
        if stored["optimal"]
        else proved(stored["proof"])
    )


def _standing(body: dict[str, Any], inputs: Inputs) -> Standing:
    text = canonical(body["standing"])
    if digest_of(text) != body["standing_hash"]:
        raise Refused(_("How the round stood does not have the hash that the file names."))
    stands = Standing(inputs, text)
    form = stands.form
    if form["snapshot"] != inputs.hash:
        raise Refused(_("How the round stood is told of other inputs."))
    names = [row["pseudonym"] for row in form["people"]]
    if names != sorted(set(names)):
        raise Refused(_("Somebody stands twice in how the round stood."))
    for row in form["people"]:
        choices = inputs.lists[inputs.place_of[row["pseudonym"]]]
        known = row["group"] in {LOCKED, LEFT, UPGRADE}
        if not known or not 1 <= row["rank"] <= len(choices):
            raise Refused(_("What %(number)s held is not on their list.", number=row["pseudonym"]))
    return stands


def _row(stands: Standing, who: int, rank: int) -> Row:
    inputs = stands.inputs
    if not 0 <= rank <= len(inputs.lists[who]):
        raise Refused(
            _("Not feasible: %(why)s.", why="somebody got a choice that they did not make")
        )
    return {
        "pseudonym": inputs.pseudonyms[who],
        "held_rank": stands.ranks.get(who),
        "code": inputs.lists[who][rank - 1] if rank else None,
        "rank": rank or None,
    }
