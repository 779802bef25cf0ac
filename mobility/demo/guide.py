"""Whom to sign in as in the demonstration, and what they will see."""

from collections.abc import Iterable

from sqlalchemy import select

from ..accounts.models import User
from ..db import db
from ..offers.models import Offer
from ..placements.models import MobilityStatus, Placement, PlacementStatus
from .scene import Scene

# Everybody's; demonstration accounts sign in only on the machine that runs the service.
PASSWORD = "chelyabinsk-2017"  # noqa: S105 (printed for everybody to read)


def accounts_to_show(scene: Scene) -> list[dict[str, str]]:
    """One account of each kind: role, address, what stands there to look at and to do."""
    placed, unplaced, returned = _placed(scene), _unplaced(scene), _returned(scene)
    coordinators = scene.coordinators
    shown = [
        (
            "admin",
            scene.admin,
            "the published round and its second one; a closed call to decide, freeze and run",
        ),
        (
            "coordinator, Abai KazNPU",
            coordinators["kaznpu.kz", ""],
            "a pipeline to review; people to nominate; courses to look after",
        ),
        (
            "unit coordinator, Abai KazNPU",
            coordinators["kaznpu.kz", "IMPI"],
            "the same for the Institute of Mathematics, Physics and Informatics",
        ),
        (
            "coordinator, SUSU",
            coordinators["susu.ru", ""],
            "an agreement to approve; nominations to verify; the open call's pipeline",
        ),
        (
            "unit coordinator, SUSU",
            coordinators["susu.ru", "ILIC"],
            "the Institute of Linguistics and International Communications",
        ),
        (
            "coordinator, ENU",
            coordinators["enu.kz", ""],
            "an agreement that the other side has not approved yet",
        ),
        ("student, Abai KazNPU", placed, "placed, accepted and arrived at SUSU"),
        ("student, Abai KazNPU", unplaced, "not placed: why, and what comes next"),
        ("student, Abai KazNPU", returned, "an application returned for mending"),
        (
            "student, SUSU",
            _placed_in(scene, "several"),
            "several courses: the week, and what kept the others",
        ),
        (
            "student in a team, Abai KazNPU",
            _placed_in(scene, "research", team=True),
            "placed in joint research together with a teacher",
        ),
        (
            "teacher, Abai KazNPU",
            _leader(scene),
            "leads a joint project: its page, laboratory slots and bookings",
        ),
        (
            "student, SUSU",
            scene.fresh,
            "the open call: rank courses, with chances beside them, and submit",
        ),
    ]
    return [
        {"role": role, "email": user.email, "sees": sees}
        for role, user, sees in shown
        if user is not None
    ]


def _english_first(people: Iterable[User]) -> User | None:
    """One who reads English where there is one, so that the guide's reader can read along."""
    return min(people, key=lambda user: (user.language != "en", user.id), default=None)


def _placed(scene: Scene) -> User | None:
    live = db.session.scalars(
        select(Placement).where(Placement.mobility_status == MobilityStatus.LIVE)
    )
    return _english_first(placement.application.applicant for placement in live)


def _placed_in(scene: Scene, key: str, *, team: bool = False) -> User | None:
    """One who accepted what the round of another direction gave, the most of it."""
    accepted = db.session.scalars(
        select(Placement)
        .join(Placement.offer)
        .where(Offer.call_id == scene.calls[key].id, Placement.status == PlacementStatus.ACCEPTED)
        .order_by(Placement.part.desc(), Placement.id)
    ).all()
    if not accepted:
        return None
    most = accepted[0].part
    return _english_first(
        placement.application.applicant
        for placement in accepted
        if (placement.application.partner is not None if team else placement.part == most)
    )


def _leader(scene: Scene) -> User | None:
    """Who leads a joint project at Abai KazNPU."""
    home = scene.institutions["kaznpu.kz"].id
    leaders = (project.leader_of(home) for project in scene.projects.values())
    return _english_first(leader for leader in leaders if leader is not None)


def _unplaced(scene: Scene) -> User | None:
    """One who has not tried again in the next call."""
    placed = set(db.session.scalars(select(Placement.application_id)))
    again = {one.student.user.id for one in scene.applied["review"]}
    return _english_first(
        one.student.user
        for one in scene.applied["decided"]
        if one.fate in {"approved", "mended"}
        and one.application.id not in placed
        and one.student.user.id not in again
    )


def _returned(scene: Scene) -> User | None:
    return _english_first(
        one.student.user for one in scene.applied["review"] if one.fate == "returned"
    )
