"""A closed call of any size in an empty database, filled row by row without the service's help.

One HEI sends to fifty others. Everybody meets the conditions of what they list, no quota binds,
and there is a seat for each applicant, so that the time is that of the size alone.
"""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import Table, insert

from benchmarks.rounds_grid import draw_lists, spread
from mobility import clock
from mobility.accounts.models import Cefr, LanguageSkill, Profile, User, UserStatus
from mobility.applications.models import Application, ApplicationStatus, Choice
from mobility.db import db, transaction
from mobility.offers.models import Call, Offer, OfferStatus
from tests import factories

HOSTS = 50
SLICE = 10_000
SEED = 2027
ZIPF = 0.7


def fill(applicants: int, choices: int, offers: int) -> tuple[int, int]:
    """The call with so many applicants, choices each and offers: (id of the call, of an admin)."""
    random = np.random.default_rng(SEED)
    lists = draw_lists(random, applicants, offers, ZIPF)[:, :choices]
    with transaction():
        admin, home = factories.admin(), factories.institution("kaznpu.kz")
        call = factories.call(closes_at=clock.now() - timedelta(days=1), max_choices=choices)
        places = _offers(call, home, spread(applicants, offers).tolist())
        people = _people(home.id, applicants)
        scores = random.integers(0, 10_001, applicants) / 100
        applications = _applications(call.id, home.id, people, scores.tolist())
        _insert(
            Choice,
            (
                {
                    "application_id": application,
                    "rank": rank,
                    "offer_id": places[place],
                    "motivation": "",
                }
                for application, wanted in zip(applications, lists.tolist(), strict=True)
                for rank, place in enumerate(wanted, start=1)
            ),
        )
        return call.id, admin.id


def _offers(call: Call, home: Any, seats: list[int]) -> list[int]:
    conditions = [
        factories.condition(home, factories.institution(), mobilities_per_year=sum(seats))
        for _ in range(HOSTS)
    ]
    shared = {
        "call_id": call.id,
        "status": OfferStatus.OPEN,
        "language": "en",
        "cefr": Cefr.B1,
        "eqf_levels": [6, 7],
        "isced_fields": ["0541"],
        "version": 1,
    }
    first = factories.offer(call, conditions[0], status=OfferStatus.DRAFT)
    shared |= {"starts_on": first.starts_on, "ends_on": first.ends_on}
    return _insert(
        Offer,
        (
            {
                **shared,
                "condition_id": conditions[at % HOSTS].id,
                "code": f"{at:05d}",
                "title_en": f"Place {at}",
                "seats": each,
            }
            for at, each in enumerate(seats)
        ),
    )


def _people(home: int, count: int) -> list[int]:
    people = _insert(
        User,
        (
            {
                "email": f"student{at}@kaznpu.kz",
                "name": f"Student {at}",
                "password_hash": "unused",
                "status": UserStatus.ACTIVE,
                "session_key": "",
                "institution_id": home,
                "created_at": clock.now(),
            }
            for at in range(count)
        ),
    )
    profiles = _insert(
        Profile,
        (
            {"user_id": person, "eqf_level": 6, "isced_field": "0541", "study_year": 3}
            for person in people
        ),
    )
    _insert(
        LanguageSkill,
        ({"profile_id": profile, "language": "en", "cefr": Cefr.B2} for profile in profiles),
    )
    return people


def _applications(call: int, home: int, people: list[int], scores: list[float]) -> list[int]:
    return _insert(
        Application,
        (
            {
                "call_id": call,
                "applicant_id": person,
                "pseudonym": secrets.token_hex(8),
                "sending_id": home,
                "status": ApplicationStatus.APPROVED,
                "draft_choices": [],
                "submitted_at": clock.now(),
                "score": score,
                "created_at": clock.now(),
                "version": 1,
            }
            for person, score in zip(people, scores, strict=True)
        ),
    )


def _insert(model: Any, rows: Iterator[dict[str, Any]]) -> list[int]:
    """Insert in slices; the ids in the order of the rows."""
    table: Table = model.__table__
    found: list[int] = []
    batch: list[dict[str, Any]] = []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    for row in rows:
        batch.append(row)
        if len(batch) == SLICE:
            found += db.session.connection().execute(statement, batch).scalars()
            batch = []
    if batch:
        found += db.session.connection().execute(statement, batch).scalars()
    return found
