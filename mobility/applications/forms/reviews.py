"""The reviewer's sheet, and the form in which a call's criteria are set."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ...accounts.forms import unfold
from ...forms import Form, Versioned, stripped
from ...offers.criteria import Criterion
from .applications import LONGEST_TEXT, ScoreField, ScoreForm

MOST_ROWS = 10


def score_form(criteria: Sequence[Criterion], **kwargs: Any) -> ScoreForm:
    """One score, or a mark for each criterion of the call."""
    if not criteria:
        return ScoreForm(**kwargs)

    class Sheet(ScoreForm):
        score = None  # type: ignore[assignment]  # takes the field away

    for one in criteria:
        label = _("%(name)s, 0 to 100 (weight %(weight)s)", name=one.name, weight=one.weight)
        setattr(Sheet, f"mark_{one.id}", ScoreField(label, validators=[InputRequired()]))
    return Sheet(**kwargs)


def marks_of(form: ScoreForm) -> dict[int, Decimal]:
    """The marks by the id of the criterion."""
    return {
        int(name.removeprefix("mark_")): field.data
        for name, field in form._fields.items()
        if name.startswith("mark_") and field.data is not None
    }


class CriterionForm(Form):
    class Meta(Form.Meta):
        csrf = False  # a row of the criteria's form, which carries the token

    name_en = StringField(_l("Name in English"), filters=[stripped], validators=[Length(max=200)])
    name_ru = StringField(_l("Name in Russian"), filters=[stripped], validators=[Length(max=200)])
    name_kk = StringField(_l("Name in Kazakh"), filters=[stripped], validators=[Length(max=200)])
    weight = IntegerField(_l("Weight"), validators=[Optional(), NumberRange(1, 100)])

    @property
    def values(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("name_en", "name_ru", "name_kk", "weight")}

    @property
    def is_filled(self) -> bool:
        return any(value not in (None, "") for value in self.values.values())


class CriteriaForm(Versioned):
    criteria = FieldList(
        FormField(CriterionForm), label=_l("Criteria"), min_entries=4, max_entries=MOST_ROWS
    )
    reviews_needed = RadioField(
        _l("Reviewers of each application"),
        coerce=int,
        choices=lambda: unfold(
            (1, _("one; colleagues may change the score in turn")),
            (2, _("two; neither sees the other's before both are in, and the mean counts")),
        ),
        validators=[InputRequired()],
    )
    reason = TextAreaField(
        _l("Reason of the change"),
        filters=[stripped],
        validators=[Length(max=LONGEST_TEXT)],
        description=_l("Kept on the record. Needed once the call has opened."),
    )

    @property
    def filled(self) -> list[dict[str, Any]]:
        """The rows in which something stands."""
        return [row.form.values for row in self.criteria if row.form.is_filled]
