"""A form for each kind of eligibility rule."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional

from ..accounts.forms import unfold
from ..agreements.forms import (
    FieldsOfStudy,
    cefr_choices,
    language_choices,
    level_field,
)
from ..forms import NumberField, Versioned
from ..i18n import country_name
from ..partners.queries import countries, institutions
from .forms import reason_field
from .rules import EligibilityRule, RuleKind


class RuleForm(Versioned):
    """What every rule has: whether it bars or gives points, and the reason of a change."""

    worth = RadioField(
        _l("What the rule does"),
        choices=lambda: unfold(
            ("hard", _("required: who does not meet it cannot choose a place")),
            ("points", _("gives points: who meets it gets them on top of the score")),
        ),
        validators=[InputRequired(_l("Say what the rule does."))],
    )
    points = NumberField(
        _l("Points"),
        validators=[Optional()],
        description=_l("Where it gives points. A score with its points never passes 100."),
    )
    reason = reason_field(_l("Kept on the record. Needed once the call has opened."))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        valid = super().validate(*args, **kwargs)
        if self.worth.data == "points" and self.points.data is None and not self.points.errors:
            self.points.errors = [_("Say how many points it gives.")]
            return False
        return valid

    @property
    def given_points(self) -> float | None:
        return self.points.data if self.worth.data == "points" else None

    @property
    def terms(self) -> dict[str, Any]:
        """What the rule asks, by the names of its kind."""
        left_out = {"worth", "points", "reason", "version", "csrf_token"}
        return {name: field.data for name, field in self._fields.items() if name not in left_out}

    @property
    def own(self) -> list[Any]:
        """The fields of the kind."""
        return [self[name] for name in self.terms]


class RemovalForm(Versioned):
    reason = reason_field(_l("Kept on the record. Needed once the call has opened."))


class LevelRule(RuleForm):
    levels = level_field(_l("Levels of study"))


class FieldRule(RuleForm):
    fields = FieldsOfStudy(
        _l("Fields of study (ISCED-F 2013)"),
        validators=[Optional()],
        description=_l("A field means everything below it too."),
    )


class LanguageRule(RuleForm):
    language = SelectField(_l("Language"), validators=[InputRequired(_l("Choose the language."))])
    cefr = SelectField(_l("Level needed (CEFR)"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language.choices = unfold(*language_choices(), blank=_("choose"))
        self.cefr.choices = unfold(*cefr_choices())


class GradeRule(RuleForm):
    least = NumberField(
        _l("Least grade average, in percent"),
        validators=[InputRequired(_l("Give a number."))],
        description=_l(
            "Of the scale of the person's own university: 0 is the lowest grade that passes, 100"
            " the best."
        ),
    )


class CreditsRule(RuleForm):
    least = NumberField(
        _l("Least ECTS credits earned"), validators=[InputRequired(_l("Give a number."))]
    )


class YearRule(RuleForm):
    least = IntegerField(_l("First year of study"), validators=[Optional(), NumberRange(1, 8)])
    most = IntegerField(_l("Last year of study"), validators=[Optional(), NumberRange(1, 8)])


class EarlierRule(RuleForm):
    most = IntegerField(
        _l("Most earlier mobilities"),
        validators=[InputRequired(_l("Give a whole number from 0 to 20.")), NumberRange(0, 20)],
        description=_l("0: only who has not taken part before."),
    )


class SendingRule(RuleForm):
    countries = SelectMultipleField(_l("Countries"), validators=[Optional()])
    institutions = SelectMultipleField(
        _l("Universities"),
        coerce=int,
        validators=[Optional()],
        description=_l("Beside those of the countries ticked above."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.countries.choices = unfold(*((code, country_name(code)) for code in countries()))
        self.institutions.choices = unfold(*((one.id, one.name) for one in institutions()))


RULE_FORMS: dict[RuleKind, type[RuleForm]] = {
    RuleKind.LEVEL: LevelRule,
    RuleKind.FIELD: FieldRule,
    RuleKind.LANGUAGE: LanguageRule,
    RuleKind.GRADE: GradeRule,
    RuleKind.CREDITS: CreditsRule,
    RuleKind.YEAR: YearRule,
    RuleKind.EARLIER: EarlierRule,
    RuleKind.SENDING: SendingRule,
}


def rule_form(kind: RuleKind, rule: EligibilityRule | None = None) -> RuleForm:
    """The form of a kind, with what a rule says."""
    if rule is None:
        return RULE_FORMS[kind](data={"worth": "hard"})
    terms = dict(rule.terms)
    if kind is RuleKind.SENDING:
        terms["institutions"] = [one["id"] for one in terms["institutions"]]
    worth = "hard" if rule.is_hard else "points"
    return RULE_FORMS[kind](
        data={"worth": worth, "points": rule.points, "version": rule.version, **terms}
    )
