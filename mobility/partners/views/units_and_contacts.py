"""Admins enter the faculties of an institution and whom to write to."""

from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import Invalid
from .. import queries, services
from ..forms import ContactForm, UnitForm
from ..models import Contact, Institution, OrganisationalUnit
from .blueprint import bp
from .institutions import to_partner


@bp.route("/partners/<int:institution_id>/units/new", methods=["GET", "POST"])
@guard("partner:edit", queries.get_institution)
def new_unit(institution: Institution) -> Any:
    form = UnitForm()
    if form.validate_on_submit():
        try:
            unit = services.add_unit(institution, actor=current_user, **form.values)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("%(name)s is added.", name=unit.name), "good")
            return to_partner(institution)
    return _unit_page(form, institution, None)


@bp.route("/units/<int:unit_id>/edit", methods=["GET", "POST"])
@guard("unit:edit", queries.get_unit)
def edit_unit(unit: OrganisationalUnit) -> Any:
    form = UnitForm(obj=unit)
    if form.validate_on_submit():
        try:
            services.change_unit(unit, actor=current_user, **form.values)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("%(name)s is saved.", name=unit.name), "good")
            return to_partner(unit.institution)
    return _unit_page(form, unit.institution, unit)


def _unit_page(form: UnitForm, institution: Institution, unit: Any) -> tuple[str, int]:
    page = render_template("partners/unit_form.html", form=form, partner=institution, unit=unit)
    return page, 422 if form.errors else 200


@bp.route("/partners/<int:institution_id>/contacts/new", methods=["GET", "POST"])
@guard("partner:edit", queries.get_institution)
def new_contact(institution: Institution) -> Any:
    form = ContactForm(institution)
    if form.validate_on_submit():
        contact = services.add_contact(institution, actor=current_user, **form.values)
        flash(_("%(name)s is added.", name=contact.name), "good")
        return to_partner(institution)
    return _contact_page(form, institution, None)


@bp.route("/contacts/<int:contact_id>/edit", methods=["GET", "POST"])
@guard("contact:edit", queries.get_contact)
def edit_contact(contact: Contact) -> Any:
    form = ContactForm(contact.institution, obj=contact)
    if form.validate_on_submit():
        services.change_contact(contact, actor=current_user, **form.values)
        flash(_("%(name)s is saved.", name=contact.name), "good")
        return to_partner(contact.institution)
    return _contact_page(form, contact.institution, contact)


@bp.post("/contacts/<int:contact_id>/remove")
@guard("contact:edit", queries.get_contact)
def remove_contact(contact: Contact) -> Any:
    institution, name = contact.institution, contact.name
    services.remove_contact(contact, actor=current_user)
    flash(_("%(name)s is taken out.", name=name), "good")
    return to_partner(institution)


def _contact_page(form: ContactForm, institution: Institution, contact: Any) -> tuple[str, int]:
    page = render_template(
        "partners/contact_form.html", form=form, partner=institution, contact=contact
    )
    return page, 422 if form.errors else 200
