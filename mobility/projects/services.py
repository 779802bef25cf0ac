"""Writing projects: drafting, leaders, opening, closing, results."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from .. import clock
from ..accounts.models import User, UserStatus
from ..accounts.queries import user_by_email
from ..audit import record
from ..db import db
from ..errors import Conflict, Invalid
from ..i18n import LANGUAGES
from ..partners.models import Institution
from .models import (
    PROJECT_WORKFLOW,
    Project,
    ProjectLeader,
    ProjectResult,
    ProjectStatus,
    ResultKind,
)
from .queries import locked

WORDS = tuple(f"{part}_{language}" for part in ("title", "description") for language in LANGUAGES)
VALUES = (*WORDS, "starts_on", "ends_on")


def create_project(
    actor: User,
    *,
    partner_a: Institution,
    partner_b: Institution,
    leader_a: str = "",
    leader_b: str = "",
    **values: Any,
) -> Project:
    """Draft a project of two partners; a coordinator only with their own institution.

    `values`: those of VALUES. Leaders are addresses of people of each partner. Raises Invalid at
    the field.
    """
    if partner_a.id == partner_b.id:
        raise Invalid(_("A joint project has two different partners."), "partner_b")
    if not actor.is_admin and not actor.whole_institutions & {partner_a.id, partner_b.id}:
        raise Invalid(_("One of the two partners is your own institution."), "partner_a")
    project = Project(
        partner_a=partner_a, partner_b=partner_b, created_at=clock.now(), **_checked(values)
    )
    db.session.add(project)
    db.session.flush()
    _set_leaders(project, leader_a, leader_b)
    record("project.create", project, actor=actor)
    return project


def edit_project(
    project: Project,
    actor: User,
    *,
    leader_a: str = "",
    leader_b: str = "",
    version: int | None = None,
    **values: Any,
) -> None:
    """Change a project that is not closed. Raises Invalid at the field, Conflict when stale."""
    _check_version(locked(project), version)
    checked = _checked(values)
    _set_leaders(project, leader_a, leader_b)
    if project.status is ProjectStatus.OPEN:
        _check_led(project)
    for name, value in checked.items():
        setattr(project, name, value)
    PROJECT_WORKFLOW.advance(project, "amend", actor=actor)
    db.session.flush()


def open_project(project: Project, actor: User) -> None:
    """Make a project public; it has a leader at both partners."""
    _check_led(locked(project))
    PROJECT_WORKFLOW.advance(project, "open", actor=actor)
    db.session.flush()


def close_project(project: Project, actor: User, reason: str) -> None:
    """End a project before its last day; what hangs from it stays."""
    locked(project)
    if not reason.strip():
        raise Invalid(_("Give a reason: it is kept on the record."), "reason")
    PROJECT_WORKFLOW.advance(project, "close", actor=actor, reason=reason.strip())
    db.session.flush()


def add_result(
    project: Project, actor: User, *, kind: ResultKind, title: str, on: date, link: str = ""
) -> ProjectResult:
    """Note what a project has brought. Raises Invalid at the field."""
    if not title.strip():
        raise Invalid(_("Say what the project has brought."), "title")
    link = link.strip()
    if link and not link.startswith(("https://", "http://")):
        raise Invalid(_("An address begins with https://."), "link")
    if on > clock.now().date():
        raise Invalid(_("A result lies in the past; give the day when it was there."), "on")
    result = ProjectResult(kind=kind, title=title.strip(), on=on, link=link)
    project.results.append(result)
    db.session.flush()
    record("project.add-result", project, actor=actor, result=result.title)
    return result


def remove_result(result: ProjectResult, actor: User) -> None:
    """Take out a result that was noted by mistake."""
    record("project.remove-result", result.project, actor=actor, result=result.title)
    result.project.results.remove(result)
    db.session.flush()


def _check_version(project: Project, version: int | None) -> None:
    if version is not None and version != project.version:
        raise Conflict(
            _(
                "This was changed after you had opened it. What you typed stands below;"
                " open the page in another tab, compare, and send it again."
            )
        )


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    values = {name: values.get(name) or "" for name in WORDS} | {
        name: values[name] for name in ("starts_on", "ends_on")
    }
    if not any(values[f"title_{language}"].strip() for language in LANGUAGES):
        raise Invalid(_("Give a title in at least one language."), "title_en")
    if values["ends_on"] < values["starts_on"]:
        raise Invalid(_("The last day is not before the first."), "ends_on")
    return values


def without_leader(project: Project) -> dict[str, str]:
    """Which leaders a project lacks to be open, at the fields where they are named."""
    sides = {"leader_a": project.partner_a, "leader_b": project.partner_b}
    return {
        field: _(
            "A project has a leader at both partners. Name one of %(institution)s.",
            institution=hei.name,
        )
        for field, hei in sides.items()
        if project.leader_of(hei.id) is None
    }


def _check_led(project: Project) -> None:
    if missing := without_leader(project):
        raise Conflict(next(iter(missing.values())))


def _set_leaders(project: Project, leader_a: str, leader_b: str) -> None:
    found = {
        hei.id: _leader(hei, email.strip(), field)
        for hei, email, field in (
            (project.partner_a, leader_a, "leader_a"),
            (project.partner_b, leader_b, "leader_b"),
        )
    }
    for leader in list(project.leaders):
        if found.get(leader.institution_id) is None:
            project.leaders.remove(leader)
    known = {leader.institution_id: leader for leader in project.leaders}
    for institution_id, user in found.items():
        if user is None:
            continue
        if institution_id in known:
            known[institution_id].user = user
        else:
            project.leaders.append(ProjectLeader(institution_id=institution_id, user=user))
    db.session.flush()


def _leader(institution: Institution, email: str, field: str) -> User | None:
    """The person with an address at a partner; None for no address."""
    if not email:
        return None
    user = user_by_email(email)
    if user is None or user.status is not UserStatus.ACTIVE or not _works_at(user, institution):
        raise Invalid(
            _(
                "Nobody who works at %(institution)s is registered with this address.",
                institution=institution.name,
            ),
            field,
        )
    return user


def _works_at(user: User, institution: Institution) -> bool:
    """Staff of an institution, or a coordinator of it or of a unit."""
    staff = user.is_staff and user.institution_id == institution.id
    return staff or any(hei == institution.id for hei, _unit in user.scopes)
