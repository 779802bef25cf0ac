"""Forms of equipment, slots and bookings."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ..accounts.forms import unfold
from ..agreements.forms import optional_id, title_field
from ..forms import Form, Versioned, stripped
from ..partners.models import Institution, OrganisationalUnit
from ..projects.models import Project
from .words import day_name

Scope = tuple[Institution, OrganisationalUnit | None]


def _text(label: Any) -> TextAreaField:
    return TextAreaField(label, filters=[stripped], validators=[Length(max=10_000)])


class EquipmentForm(Versioned):
    title_en = title_field(_l("Title in English"), _l("Give it in at least one language."))
    title_ru = title_field(_l("Title in Russian"))
    title_kk = title_field(_l("Title in Kazakh"))
    description_en = _text(_l("Description in English"))
    description_ru = _text(_l("Description in Russian"))
    description_kk = _text(_l("Description in Kazakh"))
    safety_training = BooleanField(
        _l("only for people who had the safety training"),
        default=True,
        description=_l("They give its day when they book."),
    )
    books_directly = BooleanField(
        _l("people book slots themselves"),
        default=True,
        description=_l("Otherwise slots are given by a call, by preference."),
    )

    @property
    def values(self) -> dict[str, Any]:
        left_out = {"version", "csrf_token", "scope"}
        return {n: field.data for n, field in self._fields.items() if n not in left_out}


class NewEquipmentForm(EquipmentForm):
    """With where it stands: "12" is an institution, "12:34" a unit of it."""

    scope = SelectField(
        _l("Faculty or department that shares it"),
        validators=[InputRequired(_l("Choose who shares it."))],
    )

    def __init__(self, scopes: Iterable[Scope], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scopes = {
            f"{hei.id}:{unit.id}" if unit else str(hei.id): (hei, unit) for hei, unit in scopes
        }
        self.scope.choices = unfold(
            *(
                (key, f"{hei.name}: {unit.name}" if unit else hei.name)
                for key, (hei, unit) in self.scopes.items()
            ),
            blank=_("choose"),
        )


class SlotsForm(Form):
    first = DateField(_l("First day"), validators=[InputRequired(_l("Give the first day."))])
    last = DateField(_l("Last day"), validators=[InputRequired(_l("Give the last day."))])
    days = SelectMultipleField(
        _l("Days of the week"), coerce=int, validators=[InputRequired(_l("Choose the days."))]
    )
    begin = TimeField(_l("From"), validators=[InputRequired(_l("Give the time."))])
    end = TimeField(_l("To"), validators=[InputRequired(_l("Give the time."))])
    capacity = IntegerField(
        _l("People at one time"),
        default=1,
        validators=[InputRequired(_l("Give how many people.")), NumberRange(1, 100)],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.days.choices = unfold(*((day, day_name(day)) for day in range(1, 8)))

    @property
    def values(self) -> dict[str, Any]:
        return {n: field.data for n, field in self._fields.items() if n != "csrf_token"}


class BookingForm(Form):
    project_id = SelectField(_l("For the project"), coerce=optional_id, validators=[Optional()])
    purpose = StringField(
        _l("What you need it for"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say what you need the equipment for.")),
            Length(max=500),
        ],
    )
    trained_on = DateField(
        _l("Day of your safety training"),
        validators=[
            InputRequired(_l("Give the day of your safety training; without it nobody works here."))
        ],
        description=_l("Show the record of it to the laboratory when you come."),
    )

    def __init__(self, projects: Sequence[Project], *, asks_training: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.projects = {project.id: project for project in projects}
        self.project_id.choices = unfold(
            *((project.id, project.title) for project in projects),
            blank=_("none: during my stay"),
        )
        if not asks_training:
            del self.trained_on


class CallOffForm(Form):
    reason = StringField(
        _l("Reason"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Give the reason: it is told to the person.")),
            Length(max=500),
        ],
    )
