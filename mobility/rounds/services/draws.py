"""The draw: seeds are committed, the snapshot is frozen, seeds are handed in, all are revealed.

Nobody can hand in a seed after seeing another's, and nobody can touch the inputs once a seed may
be known: a correction voids the draw, and all commit anew.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid
from ...i18n import moment_text
from ...jobs import JobRun, job
from ...mail import queue_letters
from ...offers.models import Call, Phase
from ...partners.models import Institution
from .. import letters, queries
from ..draw import commitment_of, key_of, number_of_key
from ..models import Round, RoundStatus, SeedCommitment

HEX = re.compile(r"[0-9a-f]{64}")


def commit_own_seed(call: Call) -> SeedCommitment:
    """Draw the service's own seed, seal it, and publish its hash; the living one where there is."""
    if known := queries.own_commitment(call):
        return known
    seed = secrets.token_hex(32)
    drawn = SeedCommitment(
        call=call.lead, commitment=commitment_of(seed), seed=seed, committed_at=clock.now()
    )
    db.session.add(drawn)
    record("call.commit-seed", call, actor=None, commitment=drawn.commitment)
    return drawn


def commit_seed(call: Call, institution: Institution, actor: User, commitment: str) -> None:
    """Take a partner's commitment, the SHA-256 (hex) of its seed; until the inputs are frozen.

    From the opening to the deadline; after a void draw until the inputs are frozen again.
    """
    if not may_commit(call):
        raise Conflict(_("Seeds are committed between the opening of a call and its deadline."))
    commitment = _hex(commitment, "commitment")
    if queries.commitment_of_partner(call, institution) is not None:
        raise Conflict(_("Your university has committed its seed already; it stands."))
    db.session.add(
        SeedCommitment(
            call=call.lead,
            institution=institution,
            commitment=commitment,
            committed_at=clock.now(),
            committed_by_id=actor.id,
        )
    )
    record("call.commit-seed", call, actor=actor, commitment=commitment, by=institution.schac)


def may_commit(call: Call) -> bool:
    """Whether a partner may commit a seed now."""
    if any(one.phase is Phase.OPEN for one in call.together):
        return True
    round_ = queries.round_of(call)
    anew = bool(queries.void_commitments(call))
    return anew and round_ is not None and round_.status is RoundStatus.OPEN


def hand_in_seed(round_: Round, institution: Institution, actor: User, seed: str) -> None:
    """Take a partner's seed, sealed until all are revealed; only while that time has not come."""
    round_ = queries.locked_round(round_.id)
    if round_.reveal_at is None or round_.revealed_at is not None:
        raise Conflict(_("No seeds are being handed in now."))
    if clock.now() >= round_.reveal_at:
        raise Conflict(
            _(
                "The time to hand in seeds ended on %(moment)s.",
                moment=moment_text(round_.reveal_at),
            )
        )
    committed = queries.commitment_of_partner(round_.call, institution)
    if committed is None:
        raise Conflict(_("Your university has committed no seed for this call."))
    seed = _hex(seed, "seed")
    if commitment_of(seed) != committed.commitment:
        raise Invalid(_("This is not the seed that your university committed to."), "seed")
    committed.seed = seed
    committed.handed_in_at = clock.now()
    record("round.hand-in-seed", round_, actor=actor, by=institution.schac)


def reveal(round_: Round) -> None:
    """Show all seeds together and draw the key from them; who handed none in is left out."""
    round_ = queries.locked_round(round_.id)
    if round_.status is not RoundStatus.FROZEN or round_.revealed_at is not None:
        return
    if round_.reveal_at is None or clock.now() < round_.reveal_at:
        return
    round_.seed = number_of_key(key_of(one.seed for one in queries.commitments(round_.call)))
    round_.revealed_at = clock.now()
    record("round.reveal", round_, actor=None)
    db.session.flush()


@job("rounds.reveal")
def reveal_seeds(job_run: JobRun, round_id: int) -> None:
    """Show all seeds together at the stated time."""
    with job_run.store():
        reveal(db.session.get_one(Round, round_id))


def tell_partners(round_: Round) -> None:
    """Send the hash of the frozen snapshot to both partners, and until when seeds are awaited."""
    partners = (one.institution_id for one in queries.commitments(round_.call))
    committed = {hei for hei in partners if hei is not None}
    queue_letters(
        (coordinator, letters.frozen, round_, coordinator, committed)
        for coordinator in queries.partner_coordinators(round_.call)
    )


def void_draw(round_: Round) -> None:
    """Let no seed of this draw count any more; the service commits anew at once."""
    moment = clock.now()
    for one in queries.commitments(round_.call):
        one.voided_at = moment
    db.session.flush()
    commit_own_seed(round_.call)


def reveal_time(commitments: Sequence[SeedCommitment], hours: int) -> Any:
    """When all seeds are revealed: at once where only the service has one."""
    partners = any(one.institution_id is not None for one in commitments)
    return clock.now() + timedelta(hours=hours if partners else 0)


def _hex(text: str, field: str) -> str:
    text = "".join((text or "").split()).lower()
    if not HEX.fullmatch(text):
        raise Invalid(_("Give 64 digits from 0 to 9 and a to f: 32 bytes."), field)
    return text
