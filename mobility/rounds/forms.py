"""What an admin types on the way of a round: reasons, and which runs."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from ..forms import Form, stripped
from ..offers.models import POLICIES


class CloseForm(Form):
    """Why a call closes before its deadline."""

    reason = TextAreaField(
        _l("Why the call closes early"),
        description=_l("It stands in the record of the call."),
        filters=[stripped],
        validators=[InputRequired(_l("Give the reason.")), Length(max=2000)],
    )


class RunsForm(Form):
    """Which rules to compute by, side by side, and how long each may take."""

    policies = SelectMultipleField(
        _l("Rules"),
        description=_l(
            "Only the result by the rule of this call can be published. "
            "Others are for comparison: for the report, and for the rules of the next call."
        ),
        choices=[SelectChoice(policy, title) for policy, title in POLICIES.items()],
        validators=[InputRequired(_l("Choose at least one rule."))],
    )
    minutes = IntegerField(
        _l("Time limit of each, in minutes"),
        default=10,
        validators=[InputRequired(_l("Give the time limit.")), NumberRange(1, 240)],
    )


class ThawForm(Form):
    """Why frozen inputs are given free."""

    reason = TextAreaField(
        _l("Why the inputs are given free"),
        description=_l("It stands in the record of the round."),
        filters=[stripped],
        validators=[InputRequired(_l("Give the reason.")), Length(max=2000)],
    )
