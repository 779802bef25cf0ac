"""What a round reads of a call's approved applications: plain rows, however many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import Cefr, LanguageSkill, Profile, Role, User
from ..db import db
from ..offers.models import Call, Offer
from ..offers.rules import MEASURED, EligibilityRule
from .eligibility import obstacles
from .evening import corrections_of, evened
from .models import Application, ApplicationStatus, Choice
from .rules import points_of, with_points, within

AT_ONCE = 10_000


class Entry(NamedTuple):
    """An approved application. `choices`: ids of offers, best first.

    `closed`: those of the choices that are open, but whose conditions the applicant does not meet.
    `profile` says the same as the applicant's own wherever eligibility asks; None without one.
    `agrees`: that the file of the round opens to everybody. `takes`: seats for students and for
    teachers; a team takes one of each, and `partner` is the profile of its other member. `credits`
    wanted and at most, where a call gives several courses. `points`: what the rules of the call add
    to what the reviewers gave; the `score` has them, and is evened out where two review.
    """

    application_id: int
    pseudonym: str
    score: float
    choices: list[int]
    closed: list[int]
    profile: Profile | None
    agrees: bool
    takes: tuple[int, int] = (1, 0)
    partner: Profile | None = None
    credits: tuple[float, float] | None = None
    points: float = 0.0

    @property
    def profiles(self) -> list[Profile | None]:
        """Of everybody whom it would send."""
        return [self.profile] if sum(self.takes) == 1 else [self.profile, self.partner]


def entries_of(call: Call, offers: Iterable[Offer]) -> list[Entry]:
    """Everybody approved in a call, in order of pseudonym; `offers`: all that anybody lists."""
    open_offers = {offer.id: offer for offer in offers if offer.is_open}

    @cache
    def known(everybody: tuple[Profile | None, ...], call_id: int) -> tuple[_Bars, float]:
        return _Bars(everybody, open_offers), points_of(everybody, calls[call_id])

    calls = {one.id: one for one in call.together}
    lists, profiles = _lists(call), _profiles(call, Application.applicant_id)
    partners = _profiles(call, Application.partner_id) if call.teams else {}
    shifts, several = corrections_of(call), call.gives_several
    rows = _rows(
        _approved(
            call,
            Application.id,
            Application.call_id,
            Application.pseudonym,
            Application.applicant_id,
            Application.score,
            Application.agrees_to_open_file,
            Application.applies_as,
            Application.partner_id,
            Application.credits_wanted,
            Application.credits_most,
        )
    )
    entries = []
    for application_id, call_id, pseudonym, applicant_id, score, agrees, role, *rest in rows:
        partner_id, wanted, most = rest
        profile, partner = profiles.get(applicant_id), partners.get(partner_id)
        everybody = (profile,) if partner_id is None else (profile, partner)
        choices = lists.get(application_id, [])
        bars, added = known(everybody, call_id)
        entries.append(
            Entry(
                application_id,
                pseudonym,
                with_points(evened(score, shifts.get(application_id, 0.0)), added),
                choices=choices,
                closed=list(filter(bars.__getitem__, choices)),
                profile=profile,
                agrees=agrees,
                takes=_takes(role, partner_id),
                partner=partner,
                credits=(wanted, most) if several and wanted else None,
                points=added,
            )
        )
    return sorted(entries, key=lambda entry: entry.pseudonym)


class _Bars(dict[int, bool]):
    """By offer whether one of `everybody` is kept out of it though it is open; asked about once."""

    def __init__(
        self, everybody: Sequence[Profile | None], open_offers: Mapping[int, Offer]
    ) -> None:
        self._everybody, self._open_offers = everybody, open_offers

    def __missing__(self, offer_id: int) -> bool:
        offer = self._open_offers.get(offer_id)
        self[offer_id] = offer is not None and any(
            obstacles(profile, offer) for profile in self._everybody
        )
        return self[offer_id]


def points_in(call: Call, statuses: Collection[ApplicationStatus]) -> dict[int, float]:
    """What the rules add by application, where they add anything; {} without rules that do."""
    calls = {one.id: one for one in call.together}
    if all(rule.is_hard for one in calls.values() for rule in one.eligibility_rules):
        return {}
    applicants = _profiles(call, Application.applicant_id, statuses)
    partners = _profiles(call, Application.partner_id, statuses)
    found: dict[int, float] = {}
    known: dict[Any, float] = {}
    columns = (Application.id, Application.call_id, Application.applicant_id)
    for application_id, call_id, *people in _rows(
        _taking_part(call, statuses, *columns, Application.partner_id)
    ):
        applicant_id, partner_id = people
        profiles: tuple[Profile | None, ...] = (applicants.get(applicant_id),)
        if partner_id is not None:
            profiles = (*profiles, partners.get(partner_id))
        kind = (call_id, *profiles)
        if kind not in known:
            known[kind] = points_of(profiles, calls[call_id])
        found[application_id] = known[kind]
    return found


def _takes(role: Role, partner_id: int | None) -> tuple[int, int]:
    """Seats for students, and for teachers, that an application takes."""
    if partner_id is not None:
        return (1, 1)
    return (0, 1) if role is Role.STAFF else (1, 0)


@dataclass(frozen=True, slots=True)
class PrePlaced:
    """Somebody whom an override has placed before the round, at the choice of `rank`."""

    pseudonym: str
    offer_id: int
    rank: int
    agrees: bool


def pre_placed_of(call: Call) -> list[PrePlaced]:
    """Everybody placed before the round of a call, in order of pseudonym."""
    rows = db.session.execute(
        select(
            Application.pseudonym,
            Choice.offer_id,
            Choice.rank,
            Application.agrees_to_open_file,
        )
        .join(
            Choice,
            (Choice.application_id == Application.id)
            & (Choice.offer_id == Application.pre_placed_offer_id),
        )
        .where(Application.call_id.in_(call.together_ids))
        .order_by(Application.pseudonym)
    )
    return [PrePlaced(*row) for row in rows]


APPROVED = (ApplicationStatus.APPROVED,)


def _approved(call: Call, *columns: Any) -> Select[Any]:
    return _taking_part(call, APPROVED, *columns)


def _taking_part(call: Call, statuses: Collection[ApplicationStatus], *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Application)
        .where(Application.call_id.in_(call.together_ids), Application.status.in_(statuses))
    )


def _rows(statement: Select[Any]) -> Iterator[Any]:
    """Rows as the driver gives them, a slice at a time: a mapper between takes half the time."""
    db.session.flush()
    found = db.session.connection().execute(statement, execution_options={"yield_per": AT_ONCE})
    return chain.from_iterable(found.partitions())


def _lists(call: Call) -> dict[int, list[int]]:
    """The ranked offers by application."""
    lists: dict[int, list[int]] = defaultdict(list)
    rows = _rows(
        _approved(call, Choice.application_id, Choice.offer_id)
        .join(Application.choices)
        .order_by(Application.id, Choice.rank)
    )
    for application_id, offer_id in rows:
        lists[application_id].append(offer_id)
    return lists


def _profiles(
    call: Call, whose: Any, statuses: Collection[ApplicationStatus] = APPROVED
) -> dict[int, Profile]:
    """By person a profile equal to theirs in all that `obstacles` reads: few stand for many.

    `whose`: the column of the applicants or of their partners. Numbers that rules measure are
    nearly as many as people: they are told apart by what the rules say of them (`asked_of`).
    """
    rules = [rule for one in call.together for rule in one.eligibility_rules]
    measured = [rule for rule in rules if rule.kind in MEASURED]
    columns = [getattr(Profile, MEASURED[rule.kind]) for rule in measured]
    skills: dict[int, list[tuple[str, Cefr]]] = defaultdict(list)
    for profile_id, language, cefr in _rows(
        _taking_part(
            call, statuses, LanguageSkill.profile_id, LanguageSkill.language, LanguageSkill.cefr
        )
        .join(Profile, Profile.user_id == whose)
        .join(Profile.skills)
        .order_by(LanguageSkill.profile_id, LanguageSkill.language)
    ):
        skills[profile_id].append((language, cefr))
    first: dict[Any, int] = {}
    stands: dict[int, int] = {}
    for user_id, profile_id, institution_id, unit_id, level, field, works, *values in _rows(
        _taking_part(
            call,
            statuses,
            User.id,
            Profile.id,
            User.institution_id,
            Profile.unit_id,
            Profile.eqf_level,
            Profile.isced_field,
            Profile.position != "",
            *columns,
        )
        .join(User, User.id == whose)
        .join(User.profile)
    ):
        kind = (
            *(institution_id, unit_id, level, field, works),
            *(asked_of(measured, values) if measured else ()),
            *skills.get(profile_id, ()),
        )
        stands[user_id] = first.setdefault(kind, profile_id)
    found = _load(list(first.values()))
    return {user_id: found[profile_id] for user_id, profile_id in stands.items()}


def asked_of(rules: Sequence[EligibilityRule], values: Sequence[Any]) -> list[Any]:
    """What obstacles and points tell apart of numbers: who meets a rule, and how far others are.

    An obstacle names the number, so those whom a hard rule bars stand for themselves alone.
    """
    return [
        (met := within(value, rule.terms), None if met or not rule.is_hard else value)
        for rule, value in zip(rules, values, strict=True)
    ]


def _load(profile_ids: Sequence[int]) -> dict[int, Profile]:
    options = joinedload(Profile.user).joinedload(User.institution), selectinload(Profile.skills)
    found: dict[int, Profile] = {}
    for at in range(0, len(profile_ids), AT_ONCE):
        some = Profile.id.in_(profile_ids[at : at + AT_ONCE])
        rows = db.session.scalars(select(Profile).where(some).options(*options))
        found |= {profile.id: profile for profile in rows}
    return found
