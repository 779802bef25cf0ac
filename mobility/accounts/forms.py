"""Forms of one's own account."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from .. import clock, isced
from ..forms import Form, NumberField, stripped
from ..i18n import (
    OWN_NAMES,
    ZONES,
    city_of_zone,
    language_name,
    languages_by_name,
    timezone_known,
)
from .consents import PERSONAL_DATA
from .models import EQF_LEVELS, Cefr, GradeScale, Role
from .passwords import LEAST_LETTERS, MOST_LETTERS
from .registration import is_address

# Languages of instruction and study that partners use; ISO 639-1.
LANGUAGES_KNOWN = (
    "en", "ru", "kk", "ar", "de", "es", "fr", "it", "ja", "ko", "ky", "mn", "pl", "tg", "tr",
    "tt", "ug", "uz", "zh",
)  # fmt: skip


def unfold(*choices: tuple[Any, Any], blank: Any = None) -> list[SelectChoice]:
    """Options of a select, with an empty one on top where `blank` says what it means."""
    first = [] if blank is None else [SelectChoice("", blank)]
    return [*first, *(SelectChoice(value, label) for value, label in choices)]


def zone_choices(present: str | None = None) -> list[SelectChoice]:
    """Time zones with their distance from UTC, the two countries' first; `present` among them."""
    names = ZONES if present in (None, *ZONES) else (present, *ZONES)
    return unfold(*((name, f"{city_of_zone(name)} ({_offset(name)})") for name in names))


def _offset(zone: str) -> str:
    offset = clock.now().astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


class ZoneField(SelectField):
    """A time zone: the usual ones to choose from, any other of the IANA database accepted."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, choices=[], **kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        known = self.data if self.data and timezone_known(self.data) else None
        self.choices = zone_choices(known)

    def pre_validate(self, form: Any) -> None:
        if not self.data or not timezone_known(self.data):
            raise ValidationError(_("Choose a time zone from the list."))


class NewPassword:
    """A validator: long enough to be hard to guess, and not what anyone would try first."""

    def __call__(self, form: Any, field: Any) -> None:
        password = field.data or ""
        if len(password) < LEAST_LETTERS:
            raise ValidationError(
                _(
                    "Use at least %(count)s characters; a short sentence is good.",
                    count=LEAST_LETTERS,
                )
            )
        if len(password) > MOST_LETTERS:
            raise ValidationError(_("Use at most %(count)s characters.", count=MOST_LETTERS))
        if len(set(password)) < 4:
            raise ValidationError(_("This is too easy to guess. A short sentence is good."))


def email_field(missing: Any = None) -> EmailField:
    """The reader's own address, unless `missing` asks for somebody else's."""
    return EmailField(
        _l("E-mail address"),
        filters=[stripped],
        validators=[
            DataRequired(missing or _l("Enter your e-mail address.")),
            Length(max=254),
        ],
    )


def name_field(label: Any = None, missing: Any = None) -> StringField:
    """The reader's own name, unless `missing` asks for somebody else's."""
    return StringField(
        label or _l("Name"),
        filters=[stripped],
        validators=[DataRequired(missing or _l("Enter your name.")), Length(max=200)],
    )


def language_field() -> RadioField:
    return RadioField(
        _l("Language of pages and mails"), choices=unfold(*OWN_NAMES), validators=[DataRequired()]
    )


def consent_field() -> BooleanField:
    return BooleanField(
        PERSONAL_DATA.text,
        validators=[DataRequired(_l("Without this consent your university cannot take you in."))],
    )


def new_password_field(label: Any) -> PasswordField:
    return PasswordField(label, validators=[DataRequired(_l("Choose a password.")), NewPassword()])


class SignInForm(Form):
    email = email_field()
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password.")), Length(max=MOST_LETTERS)],
    )


class RegisterForm(Form):
    role = RadioField(
        _l("You are"),
        choices=lambda: unfold(*((one.value, one.label) for one in (Role.STUDENT, Role.STAFF))),
        validators=[DataRequired(_l("Say whether you study or work at the university."))],
    )
    name = name_field(_l("Name, as in your passport"))
    email = email_field()
    language = language_field()
    timezone = ZoneField(_l("Time zone in which you read times"), validators=[DataRequired()])
    consent = consent_field()

    def validate_email(self, field: Any) -> None:
        if not is_address(field.data):
            raise ValidationError(_("This is not an e-mail address, such as name@kaznpu.kz."))


class ForgotPasswordForm(Form):
    email = email_field()


class NewPasswordForm(Form):
    """Behind a mailed link."""

    password = new_password_field(_l("Choose a password"))


class InvitationForm(NewPasswordForm):
    name = name_field()


class ApplicantInvitationForm(InvitationForm):
    """A student, teacher or staff who was invited agrees to what who registers agrees to."""

    consent = consent_field()


class AccountForm(Form):
    name = name_field()
    language = language_field()
    timezone = ZoneField(_l("Time zone in which you read times"), validators=[DataRequired()])


class ChangePasswordForm(Form):
    current = PasswordField(
        _l("Present password"),
        validators=[DataRequired(_l("Enter your present password.")), Length(max=MOST_LETTERS)],
    )
    password = new_password_field(_l("New password"))


class EraseForm(Form):
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password.")), Length(max=MOST_LETTERS)],
    )
    sure = BooleanField(
        _l("I know that this cannot be undone."),
        validators=[InputRequired(_l("Confirm that you know this."))],
    )


class SkillForm(Form):
    class Meta(Form.Meta):
        csrf = False  # a row of the profile's form, which carries the token

    language = SelectField(_l("Language"), default="")
    cefr = SelectField(_l("Level"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = languages_by_name(LANGUAGES_KNOWN, first=3)
        self.language.choices = unfold(*known, blank=_("none"))
        self.cefr.choices = unfold(*((level.value, level.value) for level in Cefr), blank="—")

    def validate_cefr(self, field: Any) -> None:
        if self.language.data and not field.data:
            raise ValidationError(_("Choose the level of this language."))

    def validate_language(self, field: Any) -> None:
        if self.cefr.data and not field.data:
            raise ValidationError(_("Choose the language of this level."))


class ProfileForm(Form):
    """A student gives level and year, a teacher or staff the position; the rest is for both."""

    unit_id = SelectField(
        _l("Faculty or department"), coerce=lambda text: int(text) if text else None
    )
    position = StringField(
        _l("Position"),
        filters=[stripped],
        validators=[DataRequired(_l("Give your position.")), Length(max=200)],
    )
    eqf_level = SelectField(_l("Level of study"), coerce=int, validators=[InputRequired()])
    isced_field = SelectField(
        _l("Field (ISCED-F)"),
        validators=[DataRequired(_l("Choose your field."))],
    )
    study_year = SelectField(_l("Year of study"), coerce=int, validators=[InputRequired()])
    grade_average = NumberField(_l("Grade average"), validators=[Optional()])
    credits_earned = NumberField(
        _l("ECTS credits earned so far"), validators=[Optional(), NumberRange(0, 1000)]
    )
    earlier_mobilities = IntegerField(
        _l("Earlier mobilities"), validators=[Optional(), NumberRange(0, 20)]
    )
    skills = FieldList(FormField(SkillForm), label=_l("Languages"), min_entries=4, max_entries=12)

    def __init__(
        self,
        units: list[Any],
        *,
        studies: bool,
        works: bool,
        scale: GradeScale | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not studies:
            del self.eqf_level, self.study_year, self.credits_earned
        if not studies or scale is None:
            del self.grade_average
        else:
            self.grade_average.description = scale_text(scale)
        if not works:
            del self.position
        self.unit_id.choices = unfold(
            *((unit.id, unit.name) for unit in units), blank=_("not in the list")
        )
        self.isced_field.choices = fields_by_narrow()
        if studies:
            self.eqf_level.choices = unfold(*EQF_LEVELS.items())
            self.study_year.choices = unfold(*((year, str(year)) for year in range(1, 9)))

    def validate_skills(self, field: Any) -> None:
        named = [row.language.data for row in field if row.language.data]
        if doubled := {code for code in named if named.count(code) > 1}:
            raise ValidationError(
                _("%(language)s stands twice.", language=language_name(sorted(doubled)[0]))
            )

    @property
    def values(self) -> dict[str, Any]:
        """What the form says beside the languages, as far as it asks."""
        asked = ("unit_id", "position", "eqf_level", "isced_field", "study_year")
        return {name: self[name].data for name in asked if name in self}

    @property
    def standing(self) -> dict[str, Any]:
        """What the form says of how far somebody has come."""
        asked = ("grade_average", "credits_earned", "earlier_mobilities")
        return {name: self[name].data for name in asked if name in self}

    @property
    def skills_given(self) -> dict[str, Cefr]:
        """{language: level} of the rows that are filled."""
        levels = {level.value: level for level in Cefr}
        return {
            row.language.data: levels[row.cefr.data] for row in self.skills if row.language.data
        }


def scale_text(scale: GradeScale) -> str:
    """A grade scale in one sentence."""
    words = {"best": format_decimal(scale.best), "passing": format_decimal(scale.passing)}
    if scale.higher_is_better:
        return _("From %(passing)s, just passed, up to %(best)s, the best.", **words)
    return _("From %(best)s, the best, down to %(passing)s, just passed.", **words)


class GradeScaleForm(Form):
    best = NumberField(_l("The best grade"), validators=[InputRequired(_l("Give a number."))])
    passing = NumberField(
        _l("The lowest grade that passes"), validators=[InputRequired(_l("Give a number."))]
    )
    direction = RadioField(
        _l("Which grades are better"),
        choices=lambda: unfold(("higher", _("higher is better")), ("lower", _("lower is better"))),
        validators=[InputRequired(_l("Say which grades are better."))],
    )

    def validate_direction(self, field: Any) -> None:
        best, passing = self.best.data, self.passing.data
        if best is None or passing is None:
            return
        if best == passing or (field.data == "higher") != (best > passing):
            raise ValidationError(
                _("Where higher is better the best grade is above the lowest that passes.")
                if field.data == "higher"
                else _("Where lower is better the best grade is below the lowest that passes.")
            )


def fields_by_narrow() -> list[SelectChoice]:
    """The detailed fields of ISCED-F under their narrow fields, after an empty option."""
    groups = dict(isced.choices("narrow"))
    options = [SelectChoice("", _("Choose your field"))]
    for code, label in isced.choices("detailed"):
        options.append(SelectChoice(code, label, optgroup=groups[code[:3]]))
    return options
