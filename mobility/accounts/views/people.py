"""Admins keep the list of people: invitations, roles, accounts switched off and on."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ... import audit
from ...access import guard
from ...errors import Invalid
from ...i18n import current_language
from ...numbers import page_asked
from .. import own_data, queries
from .. import people as services
from ..models import DEEDS, Role, User, UserStatus
from ..people_forms import ROLES, GrantForm, InviteForm, ReasonForm
from .blueprint import bp


def to_person(user: User) -> Any:
    return redirect(url_for("accounts.person", user_id=user.id), 303)


@bp.get("/people")
@guard("people:manage")
def people() -> Any:
    roles = {role.value: role for role in Role}
    statuses = {status.value: status for status in UserStatus}
    chosen = {name: request.args.get(name, "").strip() for name in ("q", "role", "status")}
    found = queries.people_found(
        chosen["q"],
        roles.get(chosen["role"]),
        statuses.get(chosen["status"]),
        page_asked(),
    )
    return render_template(
        "accounts/people.html", found=found, chosen=chosen, roles=Role, statuses=UserStatus
    )


@bp.route("/people/invite", methods=["GET", "POST"])
@guard("people:manage")
def invite() -> Any:
    form = InviteForm(
        queries.institutions_with_units(),
        data={"language": current_language(), "role": Role.COORDINATOR.value},
    )
    if form.validate_on_submit():
        try:
            user = services.invite(
                email=form.email.data,
                name=form.name.data,
                language=form.language.data,
                actor=current_user,
                **form.grant,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("%(name)s is invited; the mail is on its way.", name=user.name), "good")
            return to_person(user)
    return render_template("accounts/invite.html", form=form), 422 if form.errors else 200


@bp.get("/people/<int:user_id>")
@guard("person:view", queries.get_person)
def person(user: User) -> Any:
    return _page(user)


@bp.post("/people/<int:user_id>/roles")
@guard("person:manage", queries.get_person)
def grant_role(user: User) -> Any:
    form = GrantForm(queries.institutions_with_units())
    if form.validate_on_submit():
        try:
            grant = services.grant_role(user, actor=current_user, **form.grant)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("%(name)s is now: %(role)s.", name=user.name, role=grant.label), "good")
            return to_person(user)
    return _page(user, grant_form=form), 422


@bp.post("/people/<int:user_id>/roles/<int:grant_id>/revoke")
@guard("person:manage", queries.get_person)
def revoke_role(user: User, grant_id: int) -> Any:
    grant = next((held for held in user.grants if held.id == grant_id), None)
    told = grant.label if grant else ""
    services.revoke_role(user, grant, actor=current_user)
    flash(_("%(name)s is no longer: %(role)s.", name=user.name, role=told), "good")
    return to_person(user)


@bp.post("/people/<int:user_id>/remind")
@guard("person:manage", queries.get_person)
def remind(user: User) -> Any:
    services.remind(user, actor=current_user)
    flash(_("The invitation is sent again to %(email)s.", email=user.email), "good")
    return to_person(user)


@bp.post("/people/<int:user_id>/switch-off")
@guard("person:manage", queries.get_person)
def switch_off(user: User) -> Any:
    form = ReasonForm()
    if form.validate_on_submit():
        services.switch_off(user, reason=form.reason.data, actor=current_user)
        flash(_("The account of %(name)s is switched off.", name=user.name), "good")
        return to_person(user)
    return _page(user, reason_form=form), 422


@bp.post("/people/<int:user_id>/erase")
@guard("person:manage", queries.get_person)
def erase_person(user: User) -> Any:
    form = ReasonForm(prefix="erase")
    if form.validate_on_submit():
        own_data.erase(user, current_user, form.reason.data)
        flash(_("The account and the data of this person are erased."), "good")
        return to_person(user)
    return _page(user, erase_form=form), 422


@bp.post("/people/<int:user_id>/switch-on")
@guard("person:manage", queries.get_person)
def switch_on(user: User) -> Any:
    services.switch_on(user, actor=current_user)
    flash(_("The account of %(name)s is switched on again.", name=user.name), "good")
    return to_person(user)


def _page(
    user: User, *, grant_form: Any = None, reason_form: Any = None, erase_form: Any = None
) -> str:
    """The person's page; a form that was refused stands in it with its errors."""
    fresh = {"formdata": None}
    return render_template(
        "accounts/person.html",
        person=user,
        grant_form=grant_form
        or GrantForm(queries.institutions_with_units(), data={"role": "coordinator"}, **fresh),
        reason_form=reason_form or ReasonForm(**fresh),
        erase_form=erase_form or ReasonForm(prefix="erase", **fresh),
        obstacles=own_data.obstacles(user),
        history=audit.history(user),
        deeds=DEEDS,
        roles=ROLES,
        statuses=UserStatus,
    )
