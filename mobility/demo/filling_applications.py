"""Applications: who applies in which call, when they submit, and what the sending side does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import clock
from ..accounts.models import User
from ..applications import services
from ..applications.models import Application
from ..applications.queries import offers_to_rank, profile_of
from ..db import transaction
from ..offers.models import Call, Offer
from . import catalogue
from .filling_documents import bring_papers, check_papers, send_papers_back
from .filling_people import invent_students, invent_studies
from .scene import Applied, Scene, Student
from .wishes import wishes_of


@dataclass(frozen=True)
class Plan:
    """How many of which institutions apply in a call, and what becomes of them.

    `last` is the day of the last submission, `reviewed` the first and last day of the review.
    """

    call: str
    applicants: tuple[tuple[str, int], ...]
    fates: tuple[tuple[str, int], ...]
    last: int
    reviewed: tuple[int, int]


DECIDED = Plan(
    "decided",
    (("kaznpu.kz", 196),),
    (
        ("approved", 160),
        ("mended", 11),
        ("rejected", 7),
        ("excluded", 1),
        ("withdrawn", 5),
        ("draft", 12),
    ),
    last=-105,
    reviewed=(-104, -98),
)
REVIEW = Plan(
    "review",
    (("kaznpu.kz", 22), ("kaznu.kz", 7)),
    (
        ("submitted", 14),
        ("scored", 8),
        ("returned", 5),
        ("approved", 10),
        ("mended", 2),
        ("rejected", 2),
        ("withdrawn", 1),
        ("draft", 1),
    ),
    last=-4,
    reviewed=(-3, -1),
)
OPEN = Plan(
    "open",
    (("susu.ru", 61),),
    (
        ("submitted", 22),
        ("scored", 7),
        ("returned", 4),
        ("approved", 7),
        ("mended", 1),
        ("rejected", 2),
        ("withdrawn", 2),
        ("draft", 16),
    ),
    last=-4,
    reviewed=(-3, -1),
)


def fill_applications(scene: Scene, plan: Plan, again: list[Student] | None = None) -> None:
    """Everybody of a plan registers, ranks and submits; then the sending side reviews.

    `again` are people who apply in this call although they took part in one before.
    """
    call = scene.calls[plan.call]
    until = scene.timetable.at(plan.last, 17.5)
    with transaction():
        registered = call.opens_at - timedelta(days=20), call.opens_at
        students = list(again or [])
        for schac, count in plan.applicants:
            students += invent_students(scene, schac, count, registered)
        scene.draw.shuffle(students)
        begun = sorted(_late(scene, call.opens_at, until) for _ in students)
        offers = offers_to_rank(call)
        made = [
            Applied(_apply(scene, call, offers, student, fate, (start, until)), student, fate)
            for student, fate, start in zip(students, scene.some(plan.fates), begun, strict=True)
        ]
    with transaction():
        for one in made:
            if review := REVIEWS.get(one.fate):
                review(scene, plan, one.application, one.student)
    scene.applied[plan.call] = made
    scene.say(f"{len(made)} applications in “{call.title_en}”")


def _late(scene: Scene, first: datetime, last: datetime) -> datetime:
    """Some instant between two, more often near the end: people apply late."""
    return first + (last - first) * scene.draw.random() ** 0.6


def _apply(
    scene: Scene,
    call: Call,
    offers: list[Offer],
    student: Student,
    fate: str,
    window: tuple[datetime, datetime],
) -> Application:
    user, (start, until) = student.user, window
    with clock.at(start):
        wishes = _wishes(scene, user, offers)
        application = services.start_application(call, user)
        if fate == "draft":
            services.save_draft(application, wishes[:2], user)
            return application
    with clock.at(scene.moment(start, until)):
        bring_papers(application)
        services.submit_application(application, wishes, user)
    if fate == "withdrawn":
        with clock.at(until):
            services.withdraw_application(application, user)
    return application


def _wishes(scene: Scene, user: User, offers: list[Offer]) -> list[services.Wish]:
    """What the person ranks. Who fits too few places is invented anew: they would not apply."""
    while True:
        profile = profile_of(user)
        assert profile is not None
        if wishes := wishes_of(profile, offers, user.language, scene.draw):
            return wishes
        invent_studies(scene, user)


Review = Callable[[Scene, Plan, Application, Student], None]


def _return(scene: Scene, plan: Plan, application: Application, student: Student) -> None:
    reviewer = scene.coordinator_of(application.sending_id, application.sending_unit_id)
    # The first note speaks of a second choice.
    variant = scene.draw.randint(0 if len(application.choices) > 1 else 1, 2)
    note = catalogue.remark("return_note", variant, student.user.language)
    with clock.at(_working_hours(scene, plan.reviewed[0])):
        services.return_application(application, note, reviewer)


def _send_back(scene: Scene, plan: Plan, application: Application, student: Student) -> None:
    """Returned for good, with what was handed in rejected too."""
    reviewer = scene.coordinator_of(application.sending_id, application.sending_unit_id)
    with clock.at(scene.timetable.at(plan.reviewed[0], 9)):
        send_papers_back(application, reviewer)
    _return(scene, plan, application, student)


def _mend(scene: Scene, plan: Plan, application: Application, student: Student) -> None:
    """Returned, mended the day after by words to every choice, then approved."""
    _return(scene, plan, application, student)
    title, language = "motivation_internship", student.user.language
    wishes = []
    for number, wish in enumerate(application.submitted_choices):
        offer = next(
            choice.offer for choice in application.choices if choice.offer_id == wish["offer"]
        )
        name = getattr(offer, f"title_{language}")
        more = catalogue.remark(title, number + 3, language, title=name)
        wishes.append({**wish, "motivation": f"{wish['motivation']} {more}".strip()})
    with clock.at(_working_hours(scene, plan.reviewed[0] + 1)):
        services.submit_application(application, wishes, student.user)
    _approve(scene, plan, application, student, first=plan.reviewed[1])


def _score(
    scene: Scene,
    plan: Plan,
    application: Application,
    student: Student,
    *,
    first: int | None = None,
) -> datetime:
    """Score it, near the person's strength, on some day of the review; when."""
    reviewer = scene.coordinator_of(application.sending_id, application.sending_unit_id)
    day = scene.draw.randint(plan.reviewed[0] if first is None else first, plan.reviewed[1])
    moment = _working_hours(scene, day)
    score = min(100.0, max(0.0, student.strength + scene.draw.randint(-6, 6) / 2))
    comment = catalogue.remark("score_comment", scene.draw.randrange(8), reviewer.language)
    with clock.at(moment):
        check_papers(application, reviewer)
        services.score_application(application, score, reviewer, comment=comment)
    return moment


def _only_score(scene: Scene, plan: Plan, application: Application, student: Student) -> None:
    _score(scene, plan, application, student)


def _approve(
    scene: Scene,
    plan: Plan,
    application: Application,
    student: Student,
    *,
    first: int | None = None,
) -> None:
    scored = _score(scene, plan, application, student, first=first)
    reviewer = scene.coordinator_of(application.sending_id, application.sending_unit_id)
    with clock.at(scored + timedelta(minutes=3)):
        services.approve_application(application, reviewer)


def _reject(scene: Scene, plan: Plan, application: Application, student: Student) -> None:
    reviewer = scene.coordinator_of(application.sending_id, application.sending_unit_id)
    reason = catalogue.remark("rejection_reason", scene.draw.randrange(9), student.user.language)
    with clock.at(_working_hours(scene, plan.reviewed[1])):
        services.reject_application(application, reason, reviewer)


def _exclude(scene: Scene, plan: Plan, application: Application, student: Student) -> None:
    """Taken out by the admin on the last day, with a reason that the applicant reads."""
    reason = catalogue.remark("exclusion_reason", 0, student.user.language)
    with clock.at(scene.timetable.at(plan.reviewed[1], 17.5)):
        services.exclude_application(application, reason, scene.admin)


def _working_hours(scene: Scene, day: int) -> datetime:
    return scene.timetable.at(day, 9 + 8 * scene.draw.random())


# What the sending side does, by fate; nothing with drafts, withdrawn ones and those not yet read.
REVIEWS: dict[str, Review] = {
    "scored": _only_score,
    "returned": _send_back,
    "mended": _mend,
    "approved": _approve,
    "rejected": _reject,
    "excluded": _exclude,
}
