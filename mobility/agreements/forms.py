"""Forms in which agreements and their conditions are written."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from .. import isced
from ..accounts.forms import LANGUAGES_KNOWN, unfold
from ..accounts.models import EQF_LEVELS, Cefr
from ..forms import Form, Versioned, stripped
from ..i18n import OWN_NAMES, languages_by_name
from ..partners.models import Institution, OrganisationalUnit
from .models import OF_VERSIONS, AgreementStatus, Direction
from .queries import this_year


def optional_id(text: Any) -> int | None:
    """The id in a select's value; None for its empty option."""
    return int(text) if text not in (None, "", "None") else None


def named(things: Iterable[Any], blank: Any = None) -> list[Any]:
    """Options of a select by id and name."""
    return unfold(*((thing.id, thing.name) for thing in things), blank=blank)


def title_field(label: Any, hint: Any = "") -> StringField:
    return StringField(label, filters=[stripped], validators=[Length(max=200)], description=hint)


def languages_field(label: Any, *validators: Any) -> SelectField:
    return SelectField(label, validators=list(validators) or [Optional()])


def language_choices(present: str | None = None) -> list[tuple[str, str]]:
    """The languages of instruction by name, those of the two countries and English first."""
    codes = LANGUAGES_KNOWN if present in (None, "", *LANGUAGES_KNOWN) else (
        *LANGUAGES_KNOWN, present)  # fmt: skip
    return languages_by_name(codes, first=3)


def cefr_choices() -> list[tuple[str, str]]:
    return [(level.value, level.value) for level in Cefr]


def level_field(label: Any, hint: Any = "") -> SelectMultipleField:
    return SelectMultipleField(
        label,
        coerce=int,
        choices=unfold(*EQF_LEVELS.items()),
        description=hint,
        validators=[Optional()],
    )


class FieldsOfStudy(SelectMultipleField):
    """Fields of ISCED-F at any depth; drawn as a tree that opens field by field."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, choices=unfold(*isced.FIELDS.items()), **kwargs)

    @property
    def tree(self) -> list[tuple[str, list[tuple[str, list[str]]]]]:
        """[(broad, [(narrow, [detailed])])]."""
        return [
            (broad, [(narrow, _below(narrow, 4)) for narrow in _below(broad, 3)])
            for broad in _below("", 2)
        ]

    def chosen_below(self, code: str) -> int:
        """How many chosen fields lie in the field `code` or are it."""
        return sum(1 for one in self.data or () if one.startswith(code))


def _below(code: str, digits: int) -> list[str]:
    return [one for one in isced.FIELDS if len(one) == digits and one.startswith(code)]


class ReasonForm(Form):
    """The reason of a step that others will ask about."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        validators=[InputRequired(_l("Give a reason.")), Length(max=2000)],
    )


class NoticeForm(ReasonForm):
    """The notice by which an agreement ends on a day."""

    last_day = DateField(
        _l("Last day"),
        validators=[InputRequired(_l("Give the last day on which the agreement is in force."))],
        description=_l("At most two years ahead. Until then the agreement stays in force."),
    )


class ImportForm(Form):
    file = FileField(
        _l("File with agreements"),
        validators=[FileRequired(_l("Choose a CSV, XLSX or JSON file."))],
    )


class WordsForm(Versioned):
    """The words of an agreement; its partners are fixed once it stands."""

    title_en = title_field(_l("Title in English"), _l("Give it in at least one language."))
    title_ru = title_field(_l("Title in Russian"))
    title_kk = title_field(_l("Title in Kazakh"))
    signed_on = DateField(
        _l("Signed on"),
        validators=[Optional()],
        description=_l("The day on the paper, where there is one."),
    )
    text = TextAreaField(
        _l("Text"),
        filters=[stripped],
        validators=[Length(max=50_000)],
        description=_l("Read by both partners; the public sees the conditions only."),
    )

    @property
    def words(self) -> dict[str, Any]:
        return {
            "signed_on": self.signed_on.data,
            "text": self.text.data or "",
            **{f"title_{code}": self[f"title_{code}"].data or "" for code, _name in OWN_NAMES},
        }


class AgreementForm(WordsForm):
    """A new agreement: its two partners and its words."""

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
        choices = named(institutions, blank=_("choose"))
        self.partner_a.choices = self.partner_b.choices = choices


def year_choices(*present: int | None) -> list[Any]:
    """Academic years from ten ago to fifteen ahead, and those that stand already."""
    now = this_year()
    years = {*range(now - 10, now + 16), *(year for year in present if year)}
    return unfold(*((year, f"{year}/{year + 1}") for year in sorted(years)))


class ConditionForm(Versioned):
    """A cooperation condition of an agreement."""

    direction = RadioField(
        _l("What people go for"),
        coerce=lambda value: value if isinstance(value, Direction) else Direction(value),
        validators=[InputRequired(_l("Choose what people go for."))],
    )
    sending = SelectField(
        _l("Sending partner"),
        coerce=optional_id,
        validators=[InputRequired(_l("Choose who sends."))],
    )
    sending_unit = SelectField(
        _l("Faculty or department that sends"), coerce=optional_id, validators=[Optional()]
    )
    receiving = SelectField(
        _l("Receiving partner"),
        coerce=optional_id,
        validators=[InputRequired(_l("Choose who receives."))],
    )
    receiving_unit = SelectField(
        _l("Faculty or department that receives"), coerce=optional_id, validators=[Optional()]
    )
    first_year = SelectField(_l("First academic year"), coerce=int, validators=[InputRequired()])
    last_year = SelectField(_l("Last academic year"), coerce=int, validators=[InputRequired()])
    mobilities_per_year = IntegerField(
        _l("Mobilities a year"),
        validators=[
            InputRequired(_l("Give the number of people a year.")),
            NumberRange(0, 10_000, _l("Give a number from 0 to 10,000.")),
        ],
    )
    months_per_year = IntegerField(
        _l("Months a year, all together"),
        validators=[Optional(), NumberRange(0, 10_000, _l("Give a number from 0 to 10,000."))],
    )
    eqf_levels = level_field(_l("Levels of study"), _l("None ticked means every level."))
    isced_fields = FieldsOfStudy(
        _l("Fields of study (ISCED-F 2013)"),
        validators=[Optional()],
        description=_l("None ticked means every field. A broad field holds all below it."),
    )
    language = languages_field(_l("Recommended language"))
    cefr = SelectField(_l("Level of the language (CEFR)"), validators=[Optional()])
    blended = BooleanField(_l("Part of it may be virtual (blended mobility)"))
    other_terms = TextAreaField(
        _l("Other terms"), filters=[stripped], validators=[Length(max=10_000)]
    )

    def __init__(
        self,
        partners: Iterable[Institution],
        units: Iterable[OrganisationalUnit],
        *,
        condition: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.direction.choices = unfold(*((one.value, one.label) for one in Direction))
        for field in (self.sending, self.receiving):
            field.choices = named(partners, blank=_("choose"))
        for field in (self.sending_unit, self.receiving_unit):
            field.choices = unfold(
                *((unit.id, f"{unit.institution.name}: {unit.name}") for unit in units),
                blank=_("all of the institution"),
            )
        for field in (self.first_year, self.last_year):
            field.choices = year_choices(getattr(condition, field.name, None))
        self.language.choices = unfold(
            *language_choices(getattr(condition, "language", None)), blank=_("none")
        )
        self.cefr.choices = unfold(*cefr_choices(), blank=_("none"))


class FilterForm(Form):
    """What a reader asks of a list, kept in its address; it changes nothing."""

    class Meta(Form.Meta):
        csrf = False

    def asked(self, name: str) -> Any:
        """The value asked for; None where it is empty or makes no sense."""
        field = self[name]
        return None if field.errors or field.data in (None, "") else field.data


class AgreementFilter(FilterForm):
    q = StringField(_l("Partner"), filters=[stripped])
    status = SelectField(_l("State"), validators=[Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.status.choices = unfold(
            *((one.value, one.label) for one in AgreementStatus if one not in OF_VERSIONS),
            blank=_("all"),
        )

    @property
    def narrowed(self) -> dict[str, Any]:
        """What was asked for, as queries take it."""
        status = self.asked("status")
        return {
            "text": self.asked("q") or "",
            "status": AgreementStatus(status) if status else None,
        }
