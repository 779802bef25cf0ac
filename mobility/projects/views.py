"""Pages of joint projects: the list, the page that ties everything together, and its forms."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ..access import can, guard
from ..agreements.forms import ReasonForm
from ..agreements.queries import people
from ..agreements.views import attempt
from ..audit import history
from ..numbers import page_asked
from ..partners.queries import institutions
from . import queries, services
from .forms import ProjectForm, ResultForm, words_form
from .models import Project, ProjectResult, ResultKind

bp = Blueprint("projects", __name__)

DEEDS = {
    "project.create": _l("drafted the project"),
    "project.open": _l("opened it"),
    "project.close": _l("closed it"),
    "project.amend": _l("changed it"),
    "project.add-result": _l("noted a result"),
    "project.remove-result": _l("took out a result"),
}


def _to(project: Project) -> Any:
    return redirect(url_for(".project", project_id=project.id), 303)


@bp.get("/projects")
@guard("project:browse")
def index() -> Any:
    reader = current_user if current_user.is_authenticated else None
    found = queries.projects_page(reader, page_asked())
    return render_template("projects/index.html", found=found)


@bp.get("/projects/<int:project_id>")
@guard("project:view", queries.get_project)
def project(project: Project) -> Any:
    keeps = can(current_user, "project:edit", project)
    events = history(project) if keeps else []
    return render_template(
        "projects/project.html",
        project=project,
        keeps=keeps,
        lacking=services.without_leader(project),
        events=events,
        people=people({event.actor_id for event in events if event.actor_id}),
        deeds=DEEDS,
    )


@bp.route("/projects/new", methods=["GET", "POST"])
@guard("project:create")
def create() -> Any:
    known = {hei.id: hei for hei in institutions()}
    form = ProjectForm(known.values())
    made: list[Project] = []

    def act() -> None:
        made.append(
            services.create_project(
                current_user,
                partner_a=known[form.partner_a.data],
                partner_b=known[form.partner_b.data],
                **form.values,
            )
        )

    done, status = attempt(form, act)
    if done:
        flash(_("The project is drafted. Read it once more, then open it."), "good")
        return _to(made[0])
    return render_template("projects/form.html", form=form, project=None), status


@bp.route("/projects/<int:project_id>/edit", methods=["GET", "POST"])
@guard("project:edit", queries.get_project)
def edit(project: Project) -> Any:
    form = words_form(project)

    def act() -> None:
        services.edit_project(project, current_user, version=form.seen, **form.values)

    done, status = attempt(form, act, over=project)
    if done:
        flash(_("The project is changed."), "good")
        return _to(project)
    return render_template("projects/form.html", form=form, project=project), status


@bp.post("/projects/<int:project_id>/open")
@guard("project:edit", queries.get_project)
def open_project(project: Project) -> Any:
    services.open_project(project, current_user)
    flash(_("The project is open to everybody."), "good")
    return _to(project)


@bp.route("/projects/<int:project_id>/close", methods=["GET", "POST"])
@guard("project:edit", queries.get_project)
def close_project(project: Project) -> Any:
    form = ReasonForm()
    done, status = attempt(
        form, lambda: services.close_project(project, current_user, form.reason.data)
    )
    if done:
        flash(_("The project is closed."), "neutral")
        return _to(project)
    page = render_template(
        "agreements/reason.html",
        form=form,
        back=url_for(".project", project_id=project.id),
        title=_("Close “%(title)s”", title=project.title),
        text=_("Places and bookings that hang from it stay as they are."),
        label=_("Close the project"),
    )
    return page, status


@bp.route("/projects/<int:project_id>/results/new", methods=["GET", "POST"])
@guard("project:edit", queries.get_project)
def add_result(project: Project) -> Any:
    form = ResultForm()

    def act() -> None:
        services.add_result(
            project,
            current_user,
            kind=ResultKind(form.kind.data),
            title=form.title.data or "",
            on=form.on.data,
            link=form.link.data or "",
        )

    done, status = attempt(form, act)
    if done:
        flash(_("The result is noted."), "good")
        return _to(project)
    return render_template("projects/result.html", form=form, project=project), status


@bp.post("/results/<int:result_id>/remove")
@guard("result:edit", queries.get_result)
def remove_result(result: ProjectResult) -> Any:
    project = result.project
    services.remove_result(result, current_user)
    flash(_("The result is taken out."), "neutral")
    return _to(project)
