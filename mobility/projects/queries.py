"""Reading projects: the public list, and those that places and slots may hang from."""

from collections.abc import Sequence
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..db import db
from .models import Project, ProjectLeader, ProjectResult, ProjectStatus

PER_PAGE = 25


def get_project(project_id: int) -> Project | None:
    return db.session.get(Project, project_id)


def get_result(result_id: int) -> ProjectResult | None:
    return db.session.get(ProjectResult, result_id)


def locked(project: Project) -> Project:
    """The project read again, held until the transaction ends."""
    db.session.flush()
    db.session.refresh(project, with_for_update={"of": Project})
    return project


def _visible_to(user: User | None) -> ColumnElement[bool]:
    public = Project.status != ProjectStatus.DRAFT
    if user is None:
        return public
    if user.is_admin:
        return true()
    own = user.whole_institutions
    leads = select(ProjectLeader.project_id).where(ProjectLeader.user_id == user.id)
    return or_(
        public,
        Project.partner_a_id.in_(own),
        Project.partner_b_id.in_(own),
        Project.id.in_(leads),
    )


def projects_page(user: User | None, page: int) -> Pagination:
    """A page of the projects that somebody sees, those that end last first."""
    chosen = (
        select(Project)
        .where(_visible_to(user))
        .options(
            joinedload(Project.partner_a),
            joinedload(Project.partner_b),
            selectinload(Project.results),
        )
        .order_by(Project.ends_on.desc(), Project.id.desc())
    )
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


def open_projects(institutions: Any) -> Sequence[Project]:
    """Open projects in which any of these institutions is a partner, by id."""
    ids = set(institutions)
    return db.session.scalars(
        select(Project)
        .where(
            Project.status == ProjectStatus.OPEN,
            or_(Project.partner_a_id.in_(ids), Project.partner_b_id.in_(ids)),
        )
        .options(selectinload(Project.leaders))
        .order_by(Project.id)
    ).all()


def leaderships_of(user: User) -> Sequence[ProjectLeader]:
    """What a person leads, by project."""
    return db.session.scalars(
        select(ProjectLeader)
        .where(ProjectLeader.user_id == user.id)
        .options(joinedload(ProjectLeader.project), joinedload(ProjectLeader.institution))
        .order_by(ProjectLeader.project_id)
    ).all()
