"""What the files of both rounds stand on: the frozen inputs, and the lottery drawn over them."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _

from ..draw import commitment_of, key_of, number_of_key
from ..snapshot import FORMAT as SNAPSHOT
from ..snapshot import Inputs, canonical
from .verdict import Refused, Report, Unreadable


def check_inputs(body: dict[str, Any], known: Collection[str], report: Report) -> Inputs:
    """The inputs of a file, whose names, hash and lottery hold."""
    if body["snapshot"]["format"] != SNAPSHOT:
        raise Unreadable(_("This file is of a form that this version cannot read."))
    check_names(body, known)
    inputs = Inputs(canonical(body["snapshot"]))
    if body["snapshot_hash"] != inputs.hash:
        raise Refused(_("The snapshot does not have the hash that the file names."))
    report.said.append(_("The snapshot has the hash %(hash)s.", hash=inputs.hash))
    if any(one["pseudonym"] in inputs.place_of for one in inputs.pre_placed):
        raise Refused(_("Somebody who was placed before the round stands in it."))
    check_lottery(body, inputs, report)
    return inputs


def check_names(body: dict[str, Any], known: Collection[str]) -> None:
    """Nothing may stand in a file that nobody checks."""
    if strange := sorted(body.keys() ^ set(known)):
        raise Refused(_("A field is missing or strange: %(name)s.", name=strange[0]))


def check_lottery(body: dict[str, Any], inputs: Inputs, report: Report) -> None:
    seeds, commitments = body["seeds"], inputs.commitments
    if len(seeds) != len(commitments):
        raise Refused(_("Lottery: there is not one seed for each commitment."))
    for seed, commitment in zip(seeds, commitments, strict=True):
        if seed is not None and commitment_of(seed) != commitment:
            raise Refused(_("Lottery: a seed does not fit its commitment."))
    if body["key"] != key_of(seeds):
        raise Refused(_("Lottery: the key does not follow from the seeds."))
    numbers = [str(number) for number in inputs.numbers(number_of_key(body["key"]))]
    if body["lottery"] != numbers:
        raise Refused(_("Lottery: a number does not follow from the key."))
    report.said.append(
        _(
            "The lottery follows from the seeds: %(handed)s of %(committed)s committed.",
            handed=sum(seed is not None for seed in seeds),
            committed=len(seeds),
        )
    )
