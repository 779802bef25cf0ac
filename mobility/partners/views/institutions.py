"""Admins enter and change institutions."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import Invalid
from .. import queries, services
from ..forms import InstitutionForm
from ..models import Institution
from .blueprint import bp


def to_partner(institution: Institution) -> Any:
    return redirect(url_for("partners.partner", institution_id=institution.id), 303)


@bp.route("/partners/new", methods=["GET", "POST"])
@guard("partner:create")
def new() -> Any:
    form = InstitutionForm()
    if form.validate_on_submit():
        try:
            institution = services.register_institution(form.particulars, actor=current_user)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("%(name)s is entered. Add its faculties next.", name=institution.name), "good")
            return to_partner(institution)
    return _page(form, None)


@bp.route("/partners/<int:institution_id>/edit", methods=["GET", "POST"])
@guard("partner:edit", queries.get_institution)
def edit(institution: Institution) -> Any:
    form = InstitutionForm.of(institution)
    if form.validate_on_submit():
        if form.version.data != str(institution.version):
            return _changed_meanwhile(form, institution)
        try:
            services.change_institution(institution, form.particulars, actor=current_user)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("%(name)s is saved.", name=institution.name), "good")
            return to_partner(institution)
    return _page(form, institution)


def _changed_meanwhile(form: InstitutionForm, institution: Institution) -> Any:
    """What was typed stays in the form; saving again puts it over what stands there now."""
    form.form_errors = [
        _("This entry was changed after you had opened it. Compare, then save again."),
        *form.differences(institution),
    ]
    form.version.data = str(institution.version)
    return _page(form, institution)[0], 409


def _page(form: InstitutionForm, institution: Institution | None) -> tuple[str, int]:
    page = render_template("partners/institution_form.html", form=form, partner=institution)
    return page, 422 if form.errors else 200
