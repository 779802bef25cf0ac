"""The seeds of a call's lottery."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ...db import db
from ...offers.models import Call
from ...partners.models import Institution
from ..models import SeedCommitment


def commitments(call: Call) -> Sequence[SeedCommitment]:
    """The living commitments of a call: the service's first, then by SCHAC code."""
    return db.session.scalars(
        select(SeedCommitment)
        .outerjoin(SeedCommitment.institution)
        .where(SeedCommitment.call_id == call.lead.id, SeedCommitment.voided_at.is_(None))
        .options(contains_eager(SeedCommitment.institution))
        .order_by(Institution.schac.is_not(None), Institution.schac)
    ).all()


def seeds(call: Call) -> list[str | None]:
    """The seeds of the living commitments, in their order; None where it was not handed in."""
    return [one.seed for one in commitments(call)]


def void_commitments(call: Call) -> Sequence[SeedCommitment]:
    """Commitments of draws that were voided, the latest first."""
    return db.session.scalars(
        select(SeedCommitment)
        .where(SeedCommitment.call_id == call.lead.id, SeedCommitment.voided_at.is_not(None))
        .options(joinedload(SeedCommitment.institution))
        .order_by(SeedCommitment.voided_at.desc(), SeedCommitment.id)
    ).all()


def own_commitment(call: Call) -> SeedCommitment | None:
    return next((one for one in commitments(call) if one.institution_id is None), None)


def commitment_of_partner(call: Call, institution: Institution) -> SeedCommitment | None:
    return next((one for one in commitments(call) if one.institution_id == institution.id), None)
