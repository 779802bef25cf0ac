"""What applicants do: begin, keep a draft, submit, withdraw."""

import secrets
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from ... import audit, clock
from ...accounts.models import Role, User
from ...db import db
from ...errors import Conflict, Invalid
from ...i18n import moment_text
from ...mail import queue_letter
from ...offers.models import Call, CallStatus, Phase
from .. import letters
from ..eligibility import Obstacle, obstacles
from ..models import WORKFLOW, Application, ApplicationStatus, Choice, Lack, Window
from ..queries import application_of, ids_to_rank, lacks_of, offers_to_rank, profile_of
from .checking import said
from .credits import Credits, checked_credits
from .holding import check_unlocked, hold
from .teams import check_team

LONGEST_MOTIVATION = 3000
Wish = dict[str, Any]  # {"offer": id, "motivation": text}


class ChoicesRefused(Invalid):
    """Choices that cannot stand; `rows` says what is wrong with which offer."""

    def __init__(self, message: str, rows: dict[int, list[str]] | None = None) -> None:
        super().__init__(message, field="choices")
        self.rows = rows or {}


class DocumentsMissing(Invalid):
    """Documents that the call requires are not there; the message names them."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="documents")


def check_documents(application: Application) -> None:
    """Refuse a submission without the documents that its call requires.

    A rejected one was handed in: it keeps nobody from changing their choices, only from approval.
    """
    lacks = {k: lack for k, lack in lacks_of(application).items() if lack is not Lack.REJECTED}
    if lacks:
        raise DocumentsMissing(
            _(
                "This call requires documents that are lacking: %(documents)s.",
                documents=said(lacks),
            )
        )


def start_application(call: Call, applicant: User) -> Application:
    """Begin an application in an open call; the one already begun is returned as it is.

    Raises Conflict when the call is not open, Invalid without institution or profile.
    """
    if existing := application_of(applicant, call):
        return existing
    if call.phase is not Phase.OPEN:
        raise Conflict(why_not_open(call))
    profile = profile_of(applicant)
    if applicant.institution_id is None or profile is None:
        raise Invalid(
            _("Complete your profile first: field, languages, and level or position decide.")
        )
    application = Application(
        call=call,
        applicant=applicant,
        pseudonym=secrets.token_hex(6),
        sending_id=applicant.institution_id,
        sending_unit_id=profile.unit_id,
        applies_as=Role.STUDENT if _as_student(call, applicant) else Role.STAFF,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(application)
    except IntegrityError:  # the same button pressed in another window a moment ago
        return db.session.scalars(
            select(Application).where(
                Application.call_id == call.id, Application.applicant_id == applicant.id
            )
        ).one()
    audit.record("application.start", application, actor=applicant)
    return application


def _as_student(call: Call, applicant: User) -> bool:
    """Whether somebody takes a student's seat: who studies and works applies as a student."""
    return applicant.is_student and Role.STUDENT in call.direction.sends


def why_not_open(call: Call) -> str:
    """What to tell somebody for whom a call is not open."""
    if call.status is CallStatus.CANCELLED:
        return _("This call was cancelled.")
    if call.phase is Phase.UPCOMING:
        return _("The call opens on %(moment)s.", moment=moment_text(call.opens_at))
    return _(
        "The call closed on %(moment)s; ask your coordinator.", moment=moment_text(call.closes_at)
    )


def save_draft(
    application: Application,
    choices: Iterable[Wish],
    actor: User,
    credits: Credits | None = None,
) -> None:
    """Keep choices as they stand on the ranking page, finished or not.

    `credits` wanted and at most, where the call gives several courses.

    A draft binds nobody, so it may be saved at any time; it leaves status and version alone, so
    that it never gets in the way of somebody who is checking what was submitted.
    """
    _keep_draft(application, _tidy(application, choices), credits)


def _keep_draft(application: Application, wishes: list[Wish], credits: Credits | None) -> None:
    kept: dict[str, Any] = {"draft_choices": wishes, "draft_saved_at": clock.now()}
    if application.call.gives_several:
        kept["draft_credits"] = credits
    db.session.execute(
        update(Application)
        .where(Application.id == application.id)
        .values(**kept)
        .execution_options(synchronize_session=False)
    )
    for name, value in kept.items():
        set_committed_value(application, name, value)


def _tidy(application: Application, choices: Iterable[Wish]) -> list[Wish]:
    """The choices in stored form. Raises ChoicesRefused for what can never be a draft."""
    wishes = [
        {"offer": int(wish["offer"]), "motivation": _lines(wish.get("motivation") or "")}
        for wish in choices
    ]
    ids = [wish["offer"] for wish in wishes]
    strangers = set(ids) - ids_to_rank(application.call)
    if strangers:
        raise ChoicesRefused(_("A place among your choices does not belong to this call."))
    if len(set(ids)) < len(ids):
        raise ChoicesRefused(_("A place stands twice among your choices."))
    return wishes


def _lines(text: str) -> str:
    """Text with one kind of line end, whether a form or a script sent it."""
    return "\n".join(text.strip().splitlines())


def submit_application(
    application: Application,
    choices: Iterable[Wish],
    actor: User,
    credits: Credits | None = None,
) -> Application:
    """Let these choices stand, best first, and send the receipt.

    `credits` wanted and at most, where the call gives several courses: Invalid at the field where
    they cannot be.

    Before the deadline as often as the applicant likes; after it only a returned application,
    until the mending date, with its offers in the same order. The same choices sent twice are one
    submission. Raises Conflict when it is too late, ChoicesRefused for what cannot stand,
    DocumentsMissing without what the call requires.
    """
    hold(application)
    wishes = _tidy(application, choices)
    if (
        application.status is ApplicationStatus.SUBMITTED
        and wishes == application.submitted_choices
        and (credits == application.submitted_credits or not application.call.gives_several)
    ):
        return application
    check_unlocked(application)
    window = application.window
    if window is Window.SHUT:
        raise Conflict(why_shut(application))
    if window is Window.MENDING:
        _check_ranks_kept(application, wishes)
    else:
        _check_choices(application, wishes)
        check_team(application)
    check_documents(application)
    values = {**checked_credits(application, credits), "submitted_at": clock.now(), "note": ""}
    action = "mend" if window is Window.MENDING else "submit"
    WORKFLOW.advance(application, action, actor=actor, values=values, choices=len(wishes))
    _refresh_origin(application)
    _replace_choices(application, wishes)
    _keep_draft(application, wishes, application.submitted_credits)
    db.session.flush()  # choices replaced before anybody reads them
    queue_letter(application.applicant, letters.receipt, application)
    return application


def why_shut(application: Application) -> str:
    """Why an applicant can no longer change anything, and what to do."""
    if application.status is ApplicationStatus.REJECTED:
        return _("This application was rejected; ask your coordinator.")
    if application.status is ApplicationStatus.EXCLUDED:
        return _("This application was excluded from the round; ask your coordinator.")
    if application.status is ApplicationStatus.RETURNED and application.call.phase is Phase.CLOSED:
        return _(
            "The time for mending ended on %(moment)s; ask your coordinator.",
            moment=moment_text(application.call.mending_until),
        )
    return why_not_open(application.call)


def _refresh_origin(application: Application) -> None:
    """The scope of the check follows the profile until the deadline, then stays."""
    profile = profile_of(application.applicant)
    if application.call.phase is Phase.OPEN and profile is not None:
        application.sending_unit_id = profile.unit_id


def _check_choices(application: Application, wishes: list[Wish]) -> None:
    call = application.call
    if not call.min_choices <= len(wishes) <= call.max_choices:
        raise ChoicesRefused(how_many(call, len(wishes)))
    offers = {offer.id: offer for offer in offers_to_rank(call)}
    profiles = [(person, profile_of(person)) for person in application.people]
    rows = {
        wish["offer"]: [
            _said(obstacle, person, application)
            for person, profile in profiles
            for obstacle in obstacles(profile, offers[wish["offer"]])
        ]
        for wish in wishes
    }
    rows = {offer: texts for offer, texts in rows.items() if texts}
    _add_long_motivations(wishes, rows)
    if rows:
        raise ChoicesRefused(
            _("Some of your choices cannot stand; see what is said at each."), rows
        )


def _said(obstacle: Obstacle, person: User, application: Application) -> str:
    """An obstacle in words; of a partner with the name before it."""
    if person.id == application.applicant_id:
        return str(obstacle.text)
    return f"{person.name}: {obstacle.text}"


def how_many(call: Call, given: int) -> str:
    """What to say when too few or too many places are ranked."""
    if given > call.max_choices:
        return _(
            "This call takes at most %(most)s choices; you ranked %(given)s.",
            most=call.max_choices,
            given=given,
        )
    return _(
        "This call asks for at least %(least)s choices; you ranked %(given)s.",
        least=call.min_choices,
        given=given,
    )


def _add_long_motivations(wishes: list[Wish], rows: dict[int, list[str]]) -> None:
    for wish in wishes:
        if len(wish["motivation"]) > LONGEST_MOTIVATION:
            text = _("A motivation may have %(most)s characters.", most=LONGEST_MOTIVATION)
            rows.setdefault(wish["offer"], []).append(text)


def _check_ranks_kept(application: Application, wishes: list[Wish]) -> None:
    """After the deadline the words may be mended, the ranks may not."""
    if [wish["offer"] for wish in wishes] != [choice.offer_id for choice in application.choices]:
        raise ChoicesRefused(
            _("The call has closed, so your choices and their order stay; mend the rest.")
        )
    rows: dict[int, list[str]] = {}
    _add_long_motivations(wishes, rows)
    if rows:
        raise ChoicesRefused(
            _("Some of your choices cannot stand; see what is said at each."), rows
        )


def _replace_choices(application: Application, wishes: list[Wish]) -> None:
    application.choices.clear()
    db.session.flush()  # the old ranks go before the new ones come
    for rank, wish in enumerate(wishes, start=1):
        application.choices.append(
            Choice(rank=rank, offer_id=wish["offer"], motivation=wish["motivation"])
        )


def agree_to_open_file(application: Application, actor: User, *, agrees: bool) -> None:
    """Agree that the file of the round opens to everybody, or take that back; until the freeze.

    Like a draft it leaves status and version alone. Raises Conflict where the call's rules do not
    open the file, or when the inputs are frozen.
    """
    hold(application)
    check_unlocked(application)
    if not application.call.public_file:
        raise Conflict(_("The rules of this call keep the file with those who take part."))
    if application.agrees_to_open_file == agrees:
        return
    db.session.execute(
        update(Application)
        .where(Application.id == application.id)
        .values(agrees_to_open_file=agrees)
        .execution_options(synchronize_session=False)
    )
    set_committed_value(application, "agrees_to_open_file", agrees)
    action = "agree-open-file" if agrees else "refuse-open-file"
    audit.record(f"application.{action}", application, actor=actor)


def withdraw_application(application: Application, actor: User) -> None:
    """Take an application back before the deadline; it can be submitted again until then."""
    hold(application)
    check_unlocked(application)
    if application.call.phase is not Phase.OPEN:
        raise Conflict(why_not_open(application.call))
    WORKFLOW.advance(application, "withdraw", actor=actor, values={"note": ""})
    db.session.flush()
    queue_letter(application.applicant, letters.withdrawn, application)
