"""Forms with which admins invite people and give them roles."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from ..forms import Form, stripped
from ..partners.models import Institution, OrganisationalUnit
from ..tables import pages
from .forms import email_field, language_field, name_field, unfold
from .models import Role

ROLES = {role.value: role for role in Role}


class GrantForm(Form):
    """A role and what it is over: "12" is an institution, "12:34" a unit of it."""

    role = RadioField(
        _l("Role"),
        choices=lambda: unfold(
            *(
                (role.value, role.label)
                for role in (Role.COORDINATOR, Role.ADMIN, Role.STUDENT, Role.STAFF)
            )
        ),
        validators=[DataRequired(_l("Choose a role."))],
    )
    scope = SelectField(_l("Institution, or one faculty or department of it"))

    def __init__(self, institutions: list[Institution], **kwargs: Any) -> None:
        self.scopes: dict[str, tuple[Institution, OrganisationalUnit | None]] = {}
        options = [SelectChoice("", _("none"), optgroup="")]
        for institution in institutions:
            for value, unit in _scopes(institution):
                self.scopes[value] = (institution, unit)
                label = unit.name if unit else institution.name
                options.append(SelectChoice(value, label, optgroup=institution.name))
        super().__init__(**kwargs)
        self.scope.choices = options

    @property
    def grant(self) -> dict[str, Any]:
        institution, unit = self.scopes.get(self.scope.data, (None, None))
        return {"role": ROLES[self.role.data], "institution": institution, "unit": unit}


def _scopes(institution: Institution) -> list[tuple[str, OrganisationalUnit | None]]:
    units = [(f"{institution.id}:{unit.id}", unit) for unit in institution.units]
    return [(str(institution.id), None), *units]


class InviteForm(GrantForm):
    email = email_field(_l("Enter the e-mail address."))
    name = name_field(missing=_l("Enter the person's name."))
    language = language_field()


class ImportForm(pages.ImportForm):
    """A file with people, and whose they are."""

    institution = SelectField(
        _l("Institution"),
        coerce=lambda value: int(value) if value else None,
        validators=[InputRequired(_l("Choose the institution."))],
    )

    def __init__(self, institutions: list[Institution], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        blank = _("choose") if len(institutions) > 1 else None
        names = ((one.id, one.name) for one in institutions)
        self.institution.choices = unfold(*names, blank=blank)
        self.institutions = {one.id: one for one in institutions}

    @property
    def chosen(self) -> Institution:
        return self.institutions[self.institution.data]


class ReasonForm(Form):
    reason = StringField(
        _l("Reason"),
        filters=[stripped],
        validators=[
            DataRequired(_l("Give a reason; it is kept in the record.")),
            Length(max=500),
        ],
    )
