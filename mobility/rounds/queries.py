"""What is read of rounds and runs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, and_, case, func, or_, select, union
from sqlalchemy.orm import aliased, contains_eager, joinedload

from .. import clock
from ..accounts.models import Role, RoleGrant, User, UserStatus
from ..agreements.models import CooperationCondition
from ..applications.models import Application, ApplicationStatus, Choice
from ..applications.queries import visible_to
from ..db import db
from ..jobs import Job, JobStatus
from ..offers.models import POLICIES, Call, CallStatus, Offer, OfferStatus
from ..partners.models import Institution, OrganisationalUnit
from ..placements.models import Placement
from ..placements.queries import is_live, live_under, on_receiving_side, on_sending_side
from .models import (
    Appeal,
    AppealStatus,
    Chances,
    PlannedPublication,
    Round,
    RoundStatus,
    RuleOverride,
    Run,
    RunRow,
    RunStatus,
    SecondRound,
    SecondRoundStatus,
    SecondRow,
    SeedCommitment,
)

PAGE = 25
UNDECIDED = (ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED)


def get_round(round_id: int) -> Round | None:
    return db.session.get(Round, round_id)


def get_run(run_id: int) -> Run | None:
    return db.session.get(Run, run_id)


def round_of(call: Call) -> Round | None:
    return db.session.scalar(select(Round).where(Round.call_id == call.id))


def plan_of(round_: Round) -> PlannedPublication | None:
    """The publication of a round at a set time; None where none is planned."""
    return db.session.get(PlannedPublication, round_.id)


def get_override(override_id: int) -> RuleOverride | None:
    return db.session.get(RuleOverride, override_id)


def consents_missing(override: RuleOverride) -> list[Institution]:
    """The partners of the call of which no coordinator has consented yet."""
    given = {consent.institution_id for consent in override.consents}
    return [one for one in partners_of(override.run.round.call) if one.id not in given]


def overrides_in(round_: Round) -> Sequence[RuleOverride]:
    """What was asked for in a round, in order."""
    return db.session.scalars(
        select(RuleOverride)
        .join(RuleOverride.run)
        .where(Run.round_id == round_.id)
        .order_by(RuleOverride.id)
    ).all()


def overrides_awaiting(user: Any) -> list[RuleOverride]:
    """Overrides in rounds not published yet that wait for a consent of this person's HEI."""
    waiting = db.session.scalars(
        select(RuleOverride)
        .join(RuleOverride.run)
        .join(Run.round)
        .where(Round.status == RoundStatus.FROZEN)
        .order_by(RuleOverride.id)
    )
    own = user.whole_institutions
    return [one for one in waiting if own & {hei.id for hei in consents_missing(one)}]


def applied_outside(run: Run) -> Sequence[Application]:
    """Who handed in an application for the call and does not stand in a run."""
    inside = select(RunRow.application_id).where(RunRow.run_id == run.id)
    return db.session.scalars(
        select(Application)
        .where(
            Application.call_id == run.round.call_id,
            Application.submitted_at.is_not(None),
            Application.id.not_in(inside),
        )
        .options(joinedload(Application.applicant))
        .order_by(Application.id)
    ).all()


def locked_round(round_id: int) -> Round:
    """The round as it stands now, nobody else changing it before this transaction ends."""
    return db.session.scalars(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def commitments(call: Call) -> Sequence[SeedCommitment]:
    """The living commitments of a call: the service's first, then by SCHAC code."""
    return db.session.scalars(
        select(SeedCommitment)
        .outerjoin(SeedCommitment.institution)
        .where(SeedCommitment.call_id == call.id, SeedCommitment.voided_at.is_(None))
        .options(contains_eager(SeedCommitment.institution))
        .order_by(Institution.schac.is_not(None), Institution.schac)
    ).all()


def seeds(call: Call) -> list[str | None]:
    """The seeds of the living commitments, in their order; None where it was not handed in."""
    return [one.seed for one in commitments(call)]


def takes_part(user: Any, round_: Round) -> bool:
    """Whether an application of this person stands in the published run of a round."""
    return (
        db.session.scalar(
            select(RunRow.id)
            .join(RunRow.run)
            .join(RunRow.application)
            .where(Run.round_id == round_.id, Run.published, Application.applicant_id == user.id)
            .limit(1)
        )
        is not None
    )


def void_commitments(call: Call) -> Sequence[SeedCommitment]:
    """Commitments of draws that were voided, the latest first."""
    return db.session.scalars(
        select(SeedCommitment)
        .where(SeedCommitment.call_id == call.id, SeedCommitment.voided_at.is_not(None))
        .options(joinedload(SeedCommitment.institution))
        .order_by(SeedCommitment.voided_at.desc(), SeedCommitment.id)
    ).all()


def own_commitment(call: Call) -> SeedCommitment | None:
    return next((one for one in commitments(call) if one.institution_id is None), None)


def commitment_of_partner(call: Call, institution: Institution) -> SeedCommitment | None:
    return next((one for one in commitments(call) if one.institution_id == institution.id), None)


def partners_of(call: Call) -> Sequence[Institution]:
    """The HEIs whose conditions the open places of a call stand under, by SCHAC code."""
    sides = union(
        *(
            select(side)
            .join(Offer, Offer.condition_id == CooperationCondition.id)
            .where(Offer.call_id == call.id, Offer.status == OfferStatus.OPEN)
            for side in (CooperationCondition.sending_id, CooperationCondition.receiving_id)
        )
    )
    return db.session.scalars(
        select(Institution).where(Institution.id.in_(sides)).order_by(Institution.schac)
    ).all()


def partners_of_user(user: Any, call: Call) -> list[Institution]:
    """The partners of a call for which a person speaks: a coordinator of the whole HEI."""
    own = user.whole_institutions
    return [one for one in partners_of(call) if one.id in own]


def partner_coordinators(call: Call) -> Sequence[User]:
    """The coordinators of whole HEIs among the partners of a call."""
    heis = [institution.id for institution in partners_of(call)]
    whole = select(RoleGrant.user_id).where(
        RoleGrant.role == Role.COORDINATOR,
        RoleGrant.institution_id.in_(heis),
        RoleGrant.unit_id.is_(None),
    )
    return db.session.scalars(
        select(User).where(User.id.in_(whole), User.status == UserStatus.ACTIVE).order_by(User.id)
    ).all()


def offers_in_play(call: Call) -> Sequence[Offer]:
    """The call's open offers, and those no longer open that somebody approved still lists."""
    listed = (
        select(Choice.offer_id)
        .join(Choice.application)
        .where(Application.call_id == call.id, Application.status == ApplicationStatus.APPROVED)
    )
    offers = db.session.scalars(
        select(Offer)
        .where(
            Offer.call_id == call.id,
            (Offer.status == OfferStatus.OPEN) | Offer.id.in_(listed),
        )
        .options(joinedload(Offer.condition), joinedload(Offer.call))
        .order_by(Offer.code)
    ).all()
    wanted = set(db.session.scalars(listed))
    return [offer for offer in offers if offer.is_open or offer.id in wanted]


def application_counts(call: Call) -> dict[ApplicationStatus, int]:
    """How many applications of a call stand at each status; statuses without any count 0."""
    counted = db.session.execute(
        select(Application.status, func.count())
        .where(Application.call_id == call.id)
        .group_by(Application.status)
    )
    found: dict[ApplicationStatus, int] = dict(counted.all())
    return {status: found.get(status, 0) for status in ApplicationStatus}


def undecided_by_scope(
    call: Call,
) -> list[tuple[Institution, OrganisationalUnit | None, ApplicationStatus, int]]:
    """Whose decision the round waits for: sending HEI, unit, status and how many."""
    scope = (Application.sending_id, Application.sending_unit_id, Application.status)
    rows = db.session.execute(
        select(*scope, func.count())
        .where(Application.call_id == call.id, Application.status.in_(UNDECIDED))
        .group_by(*scope)
        .order_by(*scope)
    ).all()
    heis = _by_id(Institution, {row[0] for row in rows})
    units = _by_id(OrganisationalUnit, {row[1] for row in rows})
    return [
        (heis[sending], units.get(unit), status, count) for sending, unit, status, count in rows
    ]


def _by_id(kind: Any, ids: set[Any]) -> dict[int | None, Any]:
    found = db.session.scalars(select(kind).where(kind.id.in_(ids - {None})))
    return {thing.id: thing for thing in found}


def seats_in_play(call: Call) -> tuple[int, int]:
    """(open offers, seats at them) of a call."""
    open_ones = [offer for offer in offers_in_play(call) if offer.is_open]
    return len(open_ones), sum(offer.seats for offer in open_ones)


def offers_by_code(call: Call) -> dict[str, Offer]:
    return {
        offer.code: offer
        for offer in db.session.scalars(select(Offer).where(Offer.call_id == call.id))
    }


def offer_ids(call_id: int) -> dict[str, int]:
    """The ids of a call's offers by code."""
    rows = db.session.execute(select(Offer.code, Offer.id).where(Offer.call_id == call_id))
    return dict(rows.all())


def application_ids(call_id: int) -> dict[str, int]:
    """The ids of a call's applications by pseudonym."""
    rows = db.session.execute(
        select(Application.pseudonym, Application.id).where(Application.call_id == call_id)
    )
    return dict(rows.all())


def placements_by_pseudonym(call: Call) -> dict[str, Placement]:
    """Every placement of a call, whatever became of it, by the pseudonym of its person."""
    rows = db.session.execute(
        select(Application.pseudonym, Placement)
        .join(Placement.application)
        .where(Application.call_id == call.id)
        .options(joinedload(Placement.offer).joinedload(Offer.call))
    )
    return dict(rows.all())


def second_rounds(round_: Round) -> Sequence[SecondRound]:
    """The second rounds asked for in a round, the newest first."""
    return db.session.scalars(
        select(SecondRound)
        .where(SecondRound.round_id == round_.id)
        .options(joinedload(SecondRound.job))
        .order_by(SecondRound.id.desc())
    ).all()


def get_second_round(second_round_id: int) -> SecondRound | None:
    return db.session.get(SecondRound, second_round_id)


def published_second_round(round_: Round) -> SecondRound | None:
    return db.session.scalar(
        select(SecondRound).where(
            SecondRound.round_id == round_.id,
            SecondRound.status == SecondRoundStatus.PUBLISHED,
        )
    )


def second_rows(second: SecondRound) -> Sequence[SecondRow]:
    """A second round's rows with everything that placements and letters need."""
    return db.session.scalars(
        select(SecondRow)
        .where(SecondRow.second_round_id == second.id)
        .options(
            joinedload(SecondRow.application).joinedload(Application.applicant),
            joinedload(SecondRow.application).joinedload(Application.call),
            joinedload(SecondRow.offer).joinedload(Offer.condition),
        )
        .order_by(SecondRow.id)
    ).all()


def second_row_page(second: SecondRound, page: int) -> Pagination:
    """A page of a second round's rows in pseudonym order."""
    chosen = (
        select(SecondRow)
        .join(SecondRow.application)
        .where(SecondRow.second_round_id == second.id)
        .options(joinedload(SecondRow.application), joinedload(SecondRow.offer))
        .order_by(Application.pseudonym)
    )
    return db.paginate(chosen, page=page, per_page=PAGE, max_per_page=PAGE)


def second_row_of(application: Application) -> SecondRow | None:
    """What the published second round of its call left somebody with, if they were in it."""
    return db.session.scalar(
        select(SecondRow)
        .join(SecondRow.second_round)
        .where(
            SecondRow.application_id == application.id,
            SecondRound.status == SecondRoundStatus.PUBLISHED,
        )
    )


def application_by_pseudonym(call_id: int, pseudonym: str) -> Application:
    return db.session.scalars(
        select(Application)
        .where(Application.call_id == call_id, Application.pseudonym == pseudonym)
        .options(joinedload(Application.applicant), joinedload(Application.call))
    ).one()


def get_appeal(appeal_id: int) -> Appeal | None:
    return db.session.get(Appeal, appeal_id)


def appeals_of(application: Application) -> Sequence[Appeal]:
    """What somebody appealed for, the newest first."""
    return db.session.scalars(
        select(Appeal)
        .where(Appeal.application_id == application.id)
        .options(joinedload(Appeal.offer))
        .order_by(Appeal.id.desc())
    ).all()


def promised_appeals(call: Call) -> Sequence[Appeal]:
    """The appeals that wait for the next free seat, the oldest decision first; held."""
    return db.session.scalars(
        select(Appeal)
        .join(Appeal.application)
        .where(Application.call_id == call.id, Appeal.status == AppealStatus.PROMISED)
        .order_by(Appeal.decided_at, Appeal.id)
        .with_for_update(of=Appeal)
        .execution_options(populate_existing=True)
    ).all()


def appeals_visible_to(user: User) -> Select[Any]:
    """Own ones, those of applicants and places that `user` coordinates, and for admins all.

    A receiving side sees an appeal once it was asked for a seat.
    """
    everything = select(Appeal).join(Appeal.application).join(Appeal.offer).join(Offer.condition)
    if user.is_admin:
        return everything
    asked = Appeal.status.in_([AppealStatus.ASKED, AppealStatus.PLACED])
    return everything.where(
        or_(
            Application.applicant_id == user.id,
            on_sending_side(user),
            and_(asked, on_receiving_side(user)),
        )
    )


def appeal_page(user: User, page: int) -> Pagination:
    """A page of the appeals that `user` sees: the undecided in front, then the newest."""
    undecided = Appeal.status.in_([AppealStatus.OPEN, AppealStatus.ASKED])
    chosen = (
        appeals_visible_to(user)
        .options(
            contains_eager(Appeal.application).joinedload(Application.applicant),
            contains_eager(Appeal.application).joinedload(Application.call),
            contains_eager(Appeal.application).joinedload(Application.sending),
            contains_eager(Appeal.offer)
            .contains_eager(Offer.condition)
            .joinedload(CooperationCondition.receiving),
        )
        .order_by(case((undecided, 0), else_=1), Appeal.id.desc())
    )
    return db.paginate(chosen, page=page, per_page=PAGE, max_per_page=PAGE)


def appeals_to_answer(user: User) -> int:
    """How many appeals wait for this person: for an admin's answer, or for a seat of theirs."""
    chosen = appeals_visible_to(user)
    if user.is_admin:
        chosen = chosen.where(Appeal.status == AppealStatus.OPEN)
    else:
        chosen = chosen.where(Appeal.status == AppealStatus.ASKED, on_receiving_side(user))
    counted = chosen.with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(counted) or 0


def appeals_in(call: Call) -> Sequence[Appeal]:
    """The appeals of a call, the newest first."""
    return db.session.scalars(
        select(Appeal)
        .join(Appeal.application)
        .where(Application.call_id == call.id)
        .options(
            contains_eager(Appeal.application).joinedload(Application.applicant),
            joinedload(Appeal.offer),
        )
        .order_by(Appeal.id.desc())
    ).all()


def admins() -> Sequence[User]:
    """Everybody who answers for the service."""
    return db.session.scalars(
        select(User)
        .where(User.status == UserStatus.ACTIVE, User.grants.any(RoleGrant.role == Role.ADMIN))
        .order_by(User.id)
    ).all()


def mobilities_left(offer: Offer) -> int:
    """How many more people the condition of a place lets go in the academic year of its call."""
    live = live_under([offer.condition_id], offer.call.academic_year)
    return offer.condition.mobilities_per_year - live[offer.condition_id]


def rows_to_publish(run: Run) -> Sequence[RunRow]:
    """A run's rows with everything that placements and letters need."""
    return db.session.scalars(
        select(RunRow)
        .where(RunRow.run_id == run.id)
        .options(
            joinedload(RunRow.application).joinedload(Application.applicant),
            joinedload(RunRow.offer).joinedload(Offer.condition),
        )
        .order_by(RunRow.id)
    ).all()


def row_page(run: Run, page: int) -> Pagination:
    """A page of a run's rows in pseudonym order."""
    chosen = (
        select(RunRow)
        .join(RunRow.application)
        .where(RunRow.run_id == run.id)
        .options(joinedload(RunRow.application), joinedload(RunRow.offer))
        .order_by(Application.pseudonym)
    )
    return db.paginate(chosen, page=page, per_page=PAGE, max_per_page=PAGE)


def results_of(user: Any) -> Sequence[RunRow]:
    """What published runs gave to a person, the newest first."""
    return db.session.scalars(
        select(RunRow)
        .join(RunRow.run)
        .join(Run.round)
        .join(RunRow.application)
        .where(
            Application.applicant_id == user.id,
            Run.published,
            Round.status == RoundStatus.PUBLISHED,
        )
        .options(
            joinedload(RunRow.application).joinedload(Application.call),
            joinedload(RunRow.placement),
            joinedload(RunRow.offer),
        )
        .order_by(Round.published_at.desc(), RunRow.id)
    ).all()


def placements_of_rows(rows: Sequence[RunRow]) -> dict[int, Placement]:
    """What became of the people of some rows: their placements, by application."""
    ids = [row.application_id for row in rows]
    placements = db.session.scalars(
        select(Placement)
        .where(Placement.application_id.in_(ids))
        .options(joinedload(Placement.offer))
    )
    return {placement.application_id: placement for placement in placements}


def row_of(application: Application) -> RunRow | None:
    """What the published run of the application's call gave to it; None before publication."""
    return db.session.scalar(
        select(RunRow)
        .join(RunRow.run)
        .join(Run.round)
        .where(
            RunRow.application_id == application.id,
            Run.published,
            Round.status == RoundStatus.PUBLISHED,
        )
        .options(joinedload(RunRow.run).joinedload(Run.round), joinedload(RunRow.placement))
    )


def unexplained(run: Run, application_id: int | None) -> dict[str, tuple[int, int | None]]:
    """(row, rank) by pseudonym of all in a run, or of one person, whose reasons are missing."""
    chosen = (
        select(Application.pseudonym, RunRow.id, RunRow.rank)
        .join(RunRow.application)
        .where(RunRow.run_id == run.id, RunRow.told.is_(None))
    )
    if application_id is not None:
        chosen = chosen.where(RunRow.application_id == application_id)
    return {pseudonym: (row, rank) for pseudonym, row, rank in db.session.execute(chosen)}


def explaining(row: RunRow) -> Job | None:
    """The work under way on a person's reasons: their own, else that on the whole run."""
    keys = (explanation_key(row.run_id), explanation_key(row.run_id, row.application_id))
    return db.session.scalar(
        select(Job)
        .where(Job.key.in_(keys), Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
        .order_by(Job.id.desc())
        .limit(1)
    )


def explanation_key(run_id: int, application_id: int | None = None) -> str:
    """Under which a job explains a run, or one person in it."""
    whole = f"rounds.explain.{run_id}"
    return whole if application_id is None else f"{whole}.{application_id}"


def rows_in_scope(round_: Round, user: User, page: int) -> Pagination:
    """What a published round gave to the people in a coordinator's scope, by name."""
    scope = visible_to(user).with_only_columns(Application.id)
    chosen = (
        select(RunRow)
        .join(RunRow.run)
        .join(RunRow.application)
        .where(Run.round_id == round_.id, Run.published, RunRow.application_id.in_(scope))
        .options(
            joinedload(RunRow.application).joinedload(Application.applicant),
            joinedload(RunRow.application).joinedload(Application.sending_unit),
            joinedload(RunRow.offer),
            joinedload(RunRow.placement),
        )
        .order_by(Application.order_key, Application.id)
    )
    return db.paginate(chosen, page=page, per_page=PAGE, max_per_page=PAGE)


def finished_runs(round_: Round) -> list[Run]:
    """The newest finished run by each policy on the present snapshot, the call's policy first."""
    newest = {
        run.policy: run
        for run in round_.runs
        if run.status is RunStatus.DONE and run.snapshot_hash == round_.snapshot_hash
    }
    order = list(POLICIES)
    return sorted(
        newest.values(), key=lambda run: (run.policy != round_.call.policy, order.index(run.policy))
    )


def flows(run: Run) -> list[list[int]]:
    """[sending HEI, receiving HEI, how many] of a run's placements, by their ids."""
    pair = (Application.sending_id, CooperationCondition.receiving_id)
    counted = db.session.execute(
        select(*pair, func.count())
        .select_from(RunRow)
        .join(RunRow.application)
        .join(RunRow.offer)
        .join(Offer.condition)
        .where(RunRow.run_id == run.id)
        .group_by(*pair)
        .order_by(*pair)
    )
    return [list(row) for row in counted]


def fixed_flows(call: Call) -> dict[tuple[int, int], int]:
    """Live placements of other calls of the academic year, by sending and receiving HEI."""
    pair = (CooperationCondition.sending_id, CooperationCondition.receiving_id)
    counted = db.session.execute(
        select(*pair, func.count())
        .select_from(Placement)
        .join(Placement.offer)
        .join(Offer.condition)
        .join(Offer.call)
        .where(Call.term.startswith(f"{call.academic_year}/"), Call.id != call.id, is_live())
        .group_by(*pair)
    )
    return {(one, other): count for one, other, count in counted}


def changed_between(one: Run, other: Run) -> int:
    """How many people got something else in one run than in the other, of the same snapshot."""
    mine, theirs = aliased(RunRow), aliased(RunRow)
    return (
        db.session.scalar(
            select(func.count())
            .select_from(mine)
            .join(theirs, theirs.application_id == mine.application_id)
            .where(
                mine.run_id == one.id,
                theirs.run_id == other.id,
                mine.offer_id.is_distinct_from(theirs.offer_id),
            )
        )
        or 0
    )


def institutions(ids: set[int]) -> dict[int, Institution]:
    """Institutions by their ids."""
    found = db.session.scalars(select(Institution).where(Institution.id.in_(ids)))
    return {one.id: one for one in found}


def calls_to_estimate(policies: Iterable[str], before: datetime) -> list[int]:
    """Open calls that show chances by one of the policies and were not estimated since `before`."""
    moment = clock.now()
    return list(
        db.session.scalars(
            select(Call.id)
            .outerjoin(Chances, Chances.call_id == Call.id)
            .where(
                Call.status == CallStatus.ANNOUNCED,
                Call.opens_at <= moment,
                Call.closes_at > moment,
                Call.shows_chances,
                Call.policy.in_(tuple(policies)),
                Chances.computed_at.is_(None) | (Chances.computed_at <= before),
            )
            .order_by(Call.id)
        )
    )


def chances_of(call_id: int) -> Chances | None:
    return db.session.get(Chances, call_id)


def lists_so_far(call: Call) -> list[tuple[list[int], float | None]]:
    """The submitted lists of a call as offer ids, best first, with the score where it is given."""
    standing = (ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED, ApplicationStatus.APPROVED)
    rows = db.session.execute(
        select(Application.id, Application.score, Choice.offer_id)
        .join(Choice, Choice.application_id == Application.id)
        .where(Application.call_id == call.id, Application.status.in_(standing))
        .order_by(Application.pseudonym, Choice.rank)
    )
    lists: dict[int, tuple[list[int], float | None]] = {}
    for application, score, offer in rows:
        lists.setdefault(application, ([], score))[0].append(offer)
    return list(lists.values())


def snapshot_before(call: Call) -> str | None:
    """What the last published round of the same direction was decided from."""
    return db.session.scalar(
        select(Round.snapshot)
        .join(Round.call)
        .where(
            Round.status == RoundStatus.PUBLISHED,
            Call.direction == call.direction,
            Call.id != call.id,
        )
        .order_by(Round.published_at.desc())
        .limit(1)
    )


def published_rounds(page: int) -> Pagination:
    """Published rounds, newest first."""
    chosen = (
        select(Round)
        .where(Round.status == RoundStatus.PUBLISHED)
        .options(joinedload(Round.call), joinedload(Round.published_run))
        .order_by(Round.published_at.desc(), Round.id.desc())
    )
    return db.paginate(chosen, page=page, per_page=PAGE, max_per_page=PAGE)


def calls_in_matching() -> list[tuple[Call, Round | None]]:
    """Closed calls whose results are not published yet, with their round where one is begun."""
    rows = db.session.execute(
        select(Call, Round)
        .outerjoin(Round, Round.call_id == Call.id)
        .where(
            Call.status == CallStatus.ANNOUNCED,
            Call.closes_at <= clock.now(),
            (Round.id.is_(None)) | (Round.status != RoundStatus.PUBLISHED),
        )
        .order_by(Call.closes_at)
    ).all()
    return [(call, round_) for call, round_ in rows]


def answer_counts(round_: Round) -> dict[str, int]:
    """How the placed of a published round stand: waiting, accepted, declined, lapsed."""
    placements = db.session.scalars(
        select(Placement)
        .join(RunRow, RunRow.placement_id == Placement.id)
        .join(RunRow.run)
        .where(Run.round_id == round_.id, Run.published)
    )
    counts = {"offered": 0, "accepted": 0, "declined": 0, "lapsed": 0}
    for placement in placements:
        counts[placement.answer.value] += 1
    return counts


def seats_by_offer(run: Run) -> list[tuple[Offer, int, int]]:
    """(offer, seats in the snapshot, filled) of a finished run, by code."""
    assert run.stats is not None
    known = offers_by_code(run.round.call)
    filled = run.stats["filled"]
    return [
        (known[code], seats, filled.get(code, 0))
        for code, seats in run.stats["seats_by_offer"].items()
        if code in known
    ]
