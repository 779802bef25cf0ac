"""What is typed about a placement. Each form carries the version it was opened over."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ..forms import Form, stripped


class PlacementForm(Form):
    """The base: `name` is the deed, `says` the field of what was typed about it."""

    name: ClassVar[str]
    says: ClassVar[str]
    version = HiddenField()

    @property
    def said(self) -> Any:
        return self[self.says].data


class AcceptForm(PlacementForm):
    name = "accept"
    says = "upgrade"
    upgrade = BooleanField(
        _l("Move me up if a seat is vacated at a choice I ranked higher"),
        description=_l(
            "You would be moved at once and for good, and this place would go to somebody else. "
            "You can take this back as long as you have not been moved."
        ),
    )


class DeclineForm(PlacementForm):
    name = "decline"
    says = "reason"
    reason = TextAreaField(
        _l("Why you decline"),
        default="",
        description=_l("Only if you like; it helps your coordinator to plan."),
        filters=[stripped],
        validators=[Optional(), Length(max=2000)],
    )


class RejectForm(PlacementForm):
    name = "reject"
    says = "comment"
    comment = TextAreaField(
        _l("What has to be put right"),
        description=_l("The sending side reads this and may nominate again."),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say why: the sending side has to know what to put right.")),
            Length(max=2000),
        ],
    )


class ArrivalForm(PlacementForm):
    name = "arrival"
    says = "on"
    on = DateField(
        _l("Day of arrival"),
        id="arrived-on",
        validators=[InputRequired(_l("Give the day."))],
    )


class DepartureForm(PlacementForm):
    name = "departure"
    says = "on"
    on = DateField(
        _l("Day of departure"),
        id="departed-on",
        validators=[InputRequired(_l("Give the day."))],
    )


class CancelForm(PlacementForm):
    name = "cancel"
    says = "reason"
    reason = TextAreaField(
        _l("Reason"),
        description=_l("It is told to the person and to both sides."),
        filters=[stripped],
        validators=[
            InputRequired(_l("Give the reason: it is told to the person.")),
            Length(max=2000),
        ],
    )
