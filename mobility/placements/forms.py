"""What is typed about a placement. Each form carries the version it was opened over."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ..forms import Form, stripped


class PlacementForm(Form):
    """The base: `name` is the deed, `said` what was typed about it."""

    name: ClassVar[str]
    version = HiddenField()

    @property
    def said(self) -> Any:
        raise NotImplementedError


class AcceptForm(PlacementForm):
    name = "accept"
    upgrade = BooleanField(
        _l("Move me up if a seat is vacated at a choice I ranked higher"),
        description=_l(
            "You would be moved at once and for good, and this place would go to somebody else. "
            "You can take this back as long as you have not been moved."
        ),
    )

    @property
    def said(self) -> bool:
        return bool(self.upgrade.data)


class DeclineForm(PlacementForm):
    name = "decline"
    reason = TextAreaField(
        _l("Why you decline"),
        description=_l("Only if you like; it helps your coordinator to plan."),
        filters=[stripped],
        validators=[Optional(), Length(max=2000)],
    )

    @property
    def said(self) -> str:
        return self.reason.data or ""


class RejectForm(PlacementForm):
    name = "reject"
    comment = TextAreaField(
        _l("What has to be put right"),
        description=_l("The sending side reads this and may nominate again."),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say why: the sending side has to know what to put right.")),
            Length(max=2000),
        ],
    )

    @property
    def said(self) -> str:
        return self.comment.data or ""


class StayForm(PlacementForm):
    """A day of the stay."""

    @property
    def said(self) -> Any:
        return self.on.data


class ArrivalForm(StayForm):
    name = "arrival"
    on = DateField(_l("Day of arrival"), validators=[InputRequired(_l("Give the day."))])


class DepartureForm(StayForm):
    name = "departure"
    on = DateField(_l("Day of departure"), validators=[InputRequired(_l("Give the day."))])


class CancelForm(PlacementForm):
    name = "cancel"
    reason = TextAreaField(
        _l("Reason"),
        description=_l("It is told to the student and to both sides."),
        filters=[stripped],
        validators=[
            InputRequired(_l("Give the reason: it is told to the student.")),
            Length(max=2000),
        ],
    )

    @property
    def said(self) -> str:
        return self.reason.data or ""
