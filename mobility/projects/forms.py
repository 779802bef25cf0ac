"""Forms of projects and of what they bring."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ..accounts.forms import unfold
from ..agreements.forms import named, optional_id, title_field
from ..forms import Form, Versioned, stripped
from ..partners.models import Institution
from .models import Project, ResultKind


def _text(label: Any) -> TextAreaField:
    return TextAreaField(label, filters=[stripped], validators=[Length(max=10_000)])


def _leader(label: Any) -> EmailField:
    return EmailField(
        label,
        filters=[stripped],
        validators=[Optional(), Length(max=254)],
        description=_l("Of somebody who works there and is registered here."),
    )


class WordsForm(Versioned):
    """What may change of a project."""

    title_en = title_field(_l("Title in English"), _l("Give it in at least one language."))
    title_ru = title_field(_l("Title in Russian"))
    title_kk = title_field(_l("Title in Kazakh"))
    description_en = _text(_l("Description in English"))
    description_ru = _text(_l("Description in Russian"))
    description_kk = _text(_l("Description in Kazakh"))
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Give the first day."))])
    ends_on = DateField(_l("Last day"), validators=[InputRequired(_l("Give the last day."))])
    leader_a = _leader(_l("E-mail address of the leader at the first partner"))
    leader_b = _leader(_l("E-mail address of the leader at the second partner"))

    @property
    def values(self) -> dict[str, Any]:
        left_out = {"version", "csrf_token", "partner_a", "partner_b"}
        return {
            name: field.data if field.data is not None else ""
            for name, field in self._fields.items()
            if name not in left_out
        }


class ProjectForm(WordsForm):
    """A new project, with its two partners."""

    partner_a = SelectField(
        _l("First partner"),
        coerce=optional_id,
        validators=[InputRequired(_l("Choose the first partner."))],
    )
    partner_b = SelectField(
        _l("Second partner"),
        coerce=optional_id,
        validators=[InputRequired(_l("Choose the second partner."))],
    )

    def __init__(self, institutions: Iterable[Institution], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.partner_a.choices = self.partner_b.choices = named(institutions, blank=_("choose"))


def words_form(project: Project) -> WordsForm:
    """The form of a project as it stands."""
    emails = {
        name: leader.email if (leader := project.leader_of(hei.id)) else ""
        for name, hei in zip(("leader_a", "leader_b"), project.partners, strict=True)
    }
    return WordsForm(obj=project, data=emails)


class ResultForm(Form):
    kind = SelectField(
        _l("Kind"), choices=lambda: unfold(*((one.value, one.label) for one in ResultKind))
    )
    title = StringField(
        _l("Title"),
        filters=[stripped],
        validators=[InputRequired(_l("Say what the project has brought.")), Length(max=500)],
    )
    link = StringField(
        _l("Address on the web"), filters=[stripped], validators=[Optional(), Length(max=500)]
    )
    on = DateField(_l("Day"), validators=[InputRequired(_l("Give the day."))])
