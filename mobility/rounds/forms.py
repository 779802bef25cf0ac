"""What an admin types on the way of a round: reasons."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from ..forms import Form, stripped


class CloseForm(Form):
    """Why a call closes before its deadline."""

    reason = TextAreaField(
        _l("Why the call closes early"),
        description=_l("It stands in the record of the call."),
        filters=[stripped],
        validators=[InputRequired(_l("Give the reason.")), Length(max=2000)],
    )


class ThawForm(Form):
    """Why frozen inputs are given free."""

    reason = TextAreaField(
        _l("Why the inputs are given free"),
        description=_l("It stands in the record of the round."),
        filters=[stripped],
        validators=[InputRequired(_l("Give the reason.")), Length(max=2000)],
    )
