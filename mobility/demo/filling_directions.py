"""The other directions, each decided and published: courses, research, teachers, laboratories."""

from datetime import timedelta
from typing import Any

from .. import clock
from ..accounts.models import Role
from ..agreements.models import Direction
from ..applications import services
from ..applications.eligibility import obstacles
from ..applications.models import Application
from ..applications.queries import offers_to_rank, profile_of
from ..db import db, transaction
from ..i18n import LANGUAGES
from ..offers.models import Call, Offer, VacatedSeats
from ..offers.rules import RuleKind
from ..offers.services import add_rule, announce_call, create_call, create_offer, open_offer
from ..placements.models import Placement, PlacementStatus
from ..placements.services import accept_all
from ..rounds.queries import get_run
from ..rounds.services import freeze_round, open_round, publish_run, request_run
from . import catalogue
from .filling_documents import bring_papers, check_papers
from .filling_laboratories import slots_of
from .filling_letters import carry_due_jobs
from .filling_people import invent_person
from .scene import Scene, Student
from .wishes import wishes_of

DRAFTED, OPENED, CLOSED, REVIEWED, FROZEN, PUBLISHED, ANSWERED = -46, -40, -22, -21, -20, -19, -16
ANSWER_DAYS = 10


def fill_directions(scene: Scene) -> None:
    """Each call filled, applied to, reviewed, frozen, run and published; most have accepted."""
    for entry in catalogue.directions()["calls"]:
        with transaction():
            call = scene.calls[entry["key"]] = _fill_call(scene, entry)
        with clock.at(call.opens_at):
            carry_due_jobs()
        with transaction():
            applied = _apply(scene, call, entry)
        with transaction():
            for application, strength in applied:
                _approve(scene, application, strength)
        _decide(scene, call)
        with transaction():
            _answer(scene, call)
    scene.say("a published round of each other direction")


def _fill_call(scene: Scene, entry: dict[str, Any]) -> Call:
    days, term = scene.timetable, scene.timetable.next_term()
    condition = scene.conditions[entry["agreement"], entry["direction"]]
    sender = scene.institutions[entry["sender"]]
    if condition.sending is not sender:
        condition = next(
            one for one in condition.agreement.conditions
            if one.direction is condition.direction and one.sending is sender
        )  # fmt: skip
    words = {}
    for language in LANGUAGES:
        words[f"title_{language}"] = entry["title"][language].format(term=term.name(language))
        words[f"rules_{language}"] = entry["rules"][language].format(
            least=entry["min_choices"], most=entry["max_choices"]
        )
    with clock.at(days.at(DRAFTED)):
        call = create_call(
            scene.admin,
            direction=Direction(entry["direction"]),
            term=term.code,
            opens_at=days.at(OPENED, 9),
            closes_at=days.at(CLOSED, 18),
            mending_until=days.at(CLOSED, 19),
            answer_days=ANSWER_DAYS,
            min_choices=entry["min_choices"],
            max_choices=entry["max_choices"],
            max_credits=entry.get("max_credits"),
            teams=entry.get("teams", False),
            vacated=VacatedSeats.NONE,
            vacated_until=None,
            appeal_days=0,
            **words,
        )
        for rule in entry.get("eligibility", ()):
            kind, points = RuleKind(rule["kind"]), rule.get("points")
            add_rule(call, kind, rule["terms"], scene.admin, points=points)
        if "criteria" in entry:
            needed = entry["reviews_needed"]
            services.set_criteria(call, entry["criteria"], scene.admin, reviews_needed=needed)
        for place in entry["offers"]:
            unit = scene.units[condition.receiving.schac, place["unit"]]
            actor = scene.coordinator_of(condition.receiving_id, unit.id)
            offer = create_offer(
                call, actor, condition=condition, unit=unit, **_particulars(scene, place)
            )
            open_offer(offer, actor)
        announce_call(call, scene.admin)
    return call


def _particulars(scene: Scene, place: dict[str, Any]) -> dict[str, Any]:
    begins = scene.timetable.next_term().begins
    kept = ("code", "seats", "language", "cefr", "ects", "course_code", "hours", "timetable",
            "certificate", "staff_seats")  # fmt: skip
    framed: dict[str, Any] = {}
    if "project" in place:
        framed["project"] = scene.projects[place["project"]]
    if "slot" in place:
        framed["slot"] = slots_of(scene, "microscope")[place["slot"]]
    return {
        **{name: place[name] for name in kept if name in place},
        **{f"title_{one}": place["title"][one] for one in LANGUAGES},
        **{f"description_{one}": place["description"][one] for one in LANGUAGES},
        "local_credits": place.get("ects"),
        "starts_on": begins,
        "ends_on": begins + timedelta(weeks=15),
        **framed,
    }


def _apply(scene: Scene, call: Call, entry: dict[str, Any]) -> list[tuple[Application, float]]:
    offers = offers_to_rank(call)
    applied = []
    for kind, count in entry["people"].items():
        for _ in range(count):
            role = Role.STAFF if kind == "teacher" else Role.STUDENT
            person, wishes = _person(scene, entry["sender"], role, offers)
            partner = None
            if kind == "team":
                partner, wishes = _partner(scene, entry["sender"], offers, wishes)
            moment = scene.moment(call.opens_at, call.closes_at - timedelta(hours=1))
            with clock.at(moment):
                applied.append((_sent(scene, call, person, wishes, partner), person.strength))
    return applied


def _person(
    scene: Scene, schac: str, role: Role, offers: list[Offer]
) -> tuple[Student, list[services.Wish]]:
    """Somebody who fits enough places to apply, and what they rank."""
    while True:
        person = invent_person(scene, schac, role, scene.timetable.at(DRAFTED - 1))
        profile = person.user.profile
        assert profile is not None
        if wishes := wishes_of(profile, offers, person.user.language, scene.draw):
            return person, wishes


def _partner(
    scene: Scene, schac: str, offers: list[Offer], wishes: list[services.Wish]
) -> tuple[Student, list[services.Wish]]:
    """A teacher who fits some of what a student ranks, and these choices."""
    by_id = {offer.id: offer for offer in offers}
    while True:
        partner = invent_person(scene, schac, Role.STAFF, scene.timetable.at(DRAFTED - 1))
        shared = [
            wish for wish in wishes if not obstacles(profile_of(partner.user), by_id[wish["offer"]])
        ]
        if shared:
            return partner, shared


def _sent(
    scene: Scene,
    call: Call,
    person: Student,
    wishes: list[services.Wish],
    partner: Student | None,
) -> Application:
    application = services.start_application(call, person.user)
    if partner is not None:
        services.ask_partner(application, partner.user.email, person.user)
        services.agree_as_partner(application, partner.user)
    credits: services.Credits | None = None
    if call.max_credits is not None:
        wanted = float(scene.draw.choice((5, 10, 10, 15)))
        credits = {"wanted": wanted, "most": min(wanted + 4, call.max_credits)}
    bring_papers(application)
    return services.submit_application(application, wishes, person.user, credits)


def _approve(scene: Scene, application: Application, strength: float) -> None:
    call = application.call
    reviewer = scene.coordinator_of(application.sending_id, application.sending_unit_id)
    with clock.at(scene.timetable.at(REVIEWED, 9 + 8 * scene.draw.random())):
        check_papers(application, reviewer)
        if call.has_sheets:
            for one in (reviewer, scene.admin):
                services.review_application(application, one, marks=_marks(scene, call, strength))
        else:
            services.score_application(application, strength, reviewer)
        services.approve_application(application, reviewer)


def _marks(scene: Scene, call: Call, strength: float) -> dict[int, float]:
    """What a reviewer gives by criterion: near the strength of a person, not the same."""
    return {
        one.id: min(100.0, max(0.0, round(strength + scene.draw.uniform(-9, 9))))
        for one in call.criteria
    }


def _decide(scene: Scene, call: Call) -> None:
    with clock.at(scene.timetable.at(FROZEN, 10)):
        with transaction():
            round_ = open_round(call, scene.admin)
            freeze_round(round_, scene.admin)
            asked = request_run(round_, scene.admin).id
        carry_due_jobs()
    with clock.at(scene.timetable.at(PUBLISHED, 10)), transaction():
        run = get_run(asked)
        assert run is not None
        publish_run(run, scene.admin)


def _answer(scene: Scene, call: Call) -> None:
    """Four of five accept what they got."""
    rows = db.session.query(Placement).join(Placement.offer).filter(Offer.call_id == call.id)
    waiting = {
        one.application_id: one.application
        for one in rows.order_by(Placement.id)
        if one.status is PlacementStatus.OFFERED
    }
    for application in waiting.values():
        if scene.draw.random() < 0.8:
            with clock.at(scene.timetable.at(ANSWERED, 9 + 8 * scene.draw.random())):
                accept_all(application, application.applicant)
