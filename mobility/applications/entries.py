"""What a round reads of a call's approved applications: plain rows, however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import LanguageSkill, Profile, Role, User
from ..db import db
from ..offers.models import Call, Offer
from .eligibility import obstacles
from .models import Application, ApplicationStatus, Choice

AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An approved application. `choices`: ids of offers, best first.

    `closed`: those of the choices that are open, but whose conditions the applicant does not meet.
    `profile` says the same as the applicant's own wherever eligibility asks; None without one.
    `agrees`: that the file of the round opens to everybody. `takes`: seats for students and for
    teachers; a team takes one of each, and `partner` is the profile of its other member. `credits`
    wanted and at most, where a call gives several courses.
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

    @property
    def profiles(self) -> list[Profile | None]:
        """Of everybody whom it would send."""
        return [self.profile] if sum(self.takes) == 1 else [self.profile, self.partner]


def entries_of(call: Call, offers: Iterable[Offer]) -> list[Entry]:
    """Everybody approved in a call, in order of pseudonym; `offers`: all that anybody lists."""
    open_offers = {offer.id: offer for offer in offers if offer.is_open}

    @cache
    def closed(profile: Profile | None, offer_id: int) -> bool:
        return bool(obstacles(profile, open_offers[offer_id]))

    lists, profiles = _lists(call), _profiles(call, Application.applicant_id)
    partners = _profiles(call, Application.partner_id) if call.teams else {}
    rows = _rows(
        _approved(
            call,
            Application.id,
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
    for application_id, pseudonym, applicant_id, score, agrees, role, partner_id, *credits in rows:
        entry = Entry(
            application_id,
            pseudonym,
            score,
            choices=lists.get(application_id, []),
            closed=[],
            profile=profiles.get(applicant_id),
            agrees=agrees,
            takes=_takes(role, partner_id),
            partner=partners.get(partner_id),
            credits=(credits[0], credits[1]) if call.gives_several and credits[0] else None,
        )
        entry.closed.extend(
            one
            for one in entry.choices
            if one in open_offers and any(closed(profile, one) for profile in entry.profiles)
        )
        entries.append(entry)
    return sorted(entries, key=lambda entry: entry.pseudonym)


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


def _approved(call: Call, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Application)
        .where(
            Application.call_id.in_(call.together_ids),
            Application.status == ApplicationStatus.APPROVED,
        )
    )


def _rows(statement: Select[Any]) -> Iterable[Any]:
    """Rows as the driver gives them, a slice at a time: a mapper between takes half the time."""
    db.session.flush()
    return db.session.connection().execute(statement, execution_options={"yield_per": AT_ONCE})


def _lists(call: Call) -> dict[int, list[int]]:
    """The ranked offers by application."""
    lists: dict[int, list[int]] = defaultdict(list)
    rows = _rows(
        _approved(call, Choice.application_id, Choice.offer_id)
        .join(Application.choices)
        .order_by(Choice.application_id, Choice.rank)
    )
    for application_id, offer_id in rows:
        lists[application_id].append(offer_id)
    return lists


def _profiles(call: Call, whose: Any) -> dict[int, Profile]:
    """By person a profile equal to theirs in all that `obstacles` reads: few stand for many.

    `whose`: the column of the applicants or of their partners.
    """
    skills: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for profile_id, language, cefr in _rows(
        _approved(call, LanguageSkill.profile_id, LanguageSkill.language, LanguageSkill.cefr)
        .join(Profile, Profile.user_id == whose)
        .join(Profile.skills)
        .order_by(LanguageSkill.profile_id, LanguageSkill.language)
    ):
        skills[profile_id].append((language, cefr.value))
    first: dict[Any, int] = {}
    stands: dict[int, int] = {}
    for user_id, profile_id, *asked in _rows(
        _approved(
            call,
            User.id,
            Profile.id,
            User.institution_id,
            Profile.unit_id,
            Profile.eqf_level,
            Profile.isced_field,
            Profile.position != "",
        )
        .join(User, User.id == whose)
        .join(User.profile)
    ):
        kind = (*asked, *skills.get(profile_id, ()))
        stands[user_id] = first.setdefault(kind, profile_id)
    found = _load(list(first.values()))
    return {user_id: found[profile_id] for user_id, profile_id in stands.items()}


def _load(profile_ids: Sequence[int]) -> dict[int, Profile]:
    options = joinedload(Profile.user), selectinload(Profile.skills)
    found: dict[int, Profile] = {}
    for at in range(0, len(profile_ids), AT_ONCE):
        some = Profile.id.in_(profile_ids[at : at + AT_ONCE])
        rows = db.session.scalars(select(Profile).where(some).options(*options))
        found |= {profile.id: profile for profile in rows}
    return found
