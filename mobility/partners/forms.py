"""Forms of institutions, units and contacts."""

from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    EmailField,
    FloatField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.validators import DataRequired, Email, Length, Optional

from ..forms import Form, stripped
from ..i18n import ZONES, city_of_zone
from ..tables import pages
from .models import Institution
from .particulars import TEXTS, Particulars

FIRST_COUNTRIES = ("KZ", "RU")


def country_choices() -> list[SelectChoice]:
    """Every country by its name, the two that the service is made for first."""
    names = (get_locale() or Locale("en")).territories
    codes = [str(code) for code in names if len(str(code)) == 2 and code not in _NO_STATES]
    rest = sorted(set(codes) - set(FIRST_COUNTRIES), key=names.__getitem__)
    return [SelectChoice(code, names[code]) for code in (*FIRST_COUNTRIES, *rest)]


_NO_STATES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def zone_choices() -> list[SelectChoice]:
    return [SelectChoice(zone, f"{city_of_zone(zone)} ({zone})") for zone in ZONES]


def _text(label: Any, most: int, **kwargs: Any) -> StringField:
    return StringField(label, filters=[stripped], validators=[Length(max=most)], **kwargs)


class InstitutionForm(Form):
    schac = StringField(
        _l("Code (SCHAC)"),
        filters=[stripped],
        validators=[DataRequired(_l("Enter the code.")), Length(max=120)],
    )
    name_en = _text(_l("Name in English"), 200)
    name_ru = _text(_l("Name in Russian"), 200)
    name_kk = _text(_l("Name in Kazakh"), 200)
    country = SelectField(_l("Country"), choices=country_choices, validators=[DataRequired()])
    city_en = _text(_l("City in English"), 100)
    city_ru = _text(_l("City in Russian"), 100)
    city_kk = _text(_l("City in Kazakh"), 100)
    timezone = SelectField(_l("Time zone"), choices=zone_choices, validators=[DataRequired()])
    latitude = FloatField(_l("Latitude"), validators=[Optional()])
    longitude = FloatField(_l("Longitude"), validators=[Optional()])
    website = URLField(_l("Website"), filters=[stripped], validators=[Length(max=200)])
    domains = TextAreaField(_l("E-mail domains of its people"), validators=[Length(max=2000)])
    version = HiddenField()

    @classmethod
    def of(cls, institution: Institution) -> "InstitutionForm":
        """The form with what is stored, or what was sent."""
        stored = {name: getattr(institution, name) for name in TEXTS}
        domains = "\n".join(domain.domain for domain in institution.domains)
        form = cls(data={**stored, "domains": domains, "version": institution.version})
        if form.timezone.data not in ZONES and institution.timezone == form.timezone.data:
            zone = institution.timezone
            form.timezone.choices = [SelectChoice(zone, city_of_zone(zone)), *zone_choices()]
        return form

    @property
    def particulars(self) -> Particulars:
        values: dict[str, Any] = {name: self[name].data for name in TEXTS}
        for name, value in values.items():
            if value is None and name not in {"latitude", "longitude"}:
                values[name] = ""
        return Particulars(**values, domains=tuple((self.domains.data or "").split()))

    def differences(self, institution: Institution) -> list[str]:
        """What stands there now where something else was typed."""
        return [
            _("%(field)s: now “%(value)s”.", field=self[name].label.text, value=present)
            for name in TEXTS
            if (present := getattr(institution, name)) != getattr(self.particulars, name)
        ]


class ImportForm(pages.ImportForm):
    file = FileField(
        _l("File with institutions"), validators=[FileRequired(_l("Choose a CSV or XLSX file."))]
    )


class UnitForm(Form):
    code = StringField(
        _l("Short code"),
        filters=[stripped],
        validators=[DataRequired(_l("Enter a code.")), Length(max=40)],
    )
    name_en = _text(_l("Name in English"), 200)
    name_ru = _text(_l("Name in Russian"), 200)
    name_kk = _text(_l("Name in Kazakh"), 200)

    @property
    def values(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in ("code", "name_en", "name_ru", "name_kk")}


class ContactForm(Form):
    name = StringField(
        _l("Office or person"),
        filters=[stripped],
        validators=[DataRequired(_l("Enter the name.")), Length(max=200)],
    )
    purpose = _text(_l("What to write to them about"), 200)
    unit_id = SelectField(
        _l("Faculty or department"), coerce=lambda text: int(text) if text else None
    )
    email = EmailField(
        _l("E-mail address"),
        filters=[stripped],
        validators=[
            DataRequired(_l("Enter the e-mail address.")),
            Email(_l("This is not an e-mail address, such as office@kaznpu.kz.")),
            Length(max=254),
        ],
    )
    phone = TelField(_l("Telephone"), filters=[stripped], validators=[Length(max=40)])

    def __init__(self, institution: Institution, **kwargs: Any) -> None:
        self.units = {unit.id: unit for unit in institution.units}
        super().__init__(**kwargs)
        self.unit_id.choices = [
            SelectChoice("", _("the whole institution")),
            *(SelectChoice(unit.id, unit.name) for unit in self.units.values()),
        ]

    @property
    def values(self) -> dict[str, Any]:
        given = {name: self[name].data or "" for name in ("name", "purpose", "email", "phone")}
        return {**given, "unit": self.units.get(self.unit_id.data)}
