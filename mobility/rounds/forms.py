"""What is typed on the way of a round: reasons, which runs, seeds, appeals and their answers."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from ..accounts.forms import unfold
from ..applications.models import Choice
from ..forms import Form, stripped
from ..offers.fields import MomentField
from ..offers.models import POLICIES
from ..partners.models import Institution


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


class PlanForm(Form):
    """When a run is to be published."""

    at = MomentField(
        _l("Time of publication"),
        description=_l(
            "In your time zone, at most 90 days ahead. Until then you may change or cancel it."
        ),
        validators=[InputRequired(_l("Give a day and a time, like 2027-03-01 18:00."))],
    )


class OverrideForm(Form):
    """Why a result by another rule than the frozen one is to be published."""

    reason = TextAreaField(
        _l("Why another rule"),
        description=_l("It stands first on the page of the round and in the letters to all."),
        filters=[stripped],
        validators=[InputRequired(_l("Give the reason.")), Length(max=2000)],
    )


class AuditorForm(Form):
    """Who is to audit a round."""

    email = EmailField(
        _l("E-mail address of the auditor"),
        description=_l(
            "Somebody with an account. They get the file of the round with its publication; who "
            "may have the file reads their name."
        ),
        filters=[stripped],
        validators=[InputRequired(_l("Give the address.")), Length(max=254)],
    )


class ThawForm(Form):
    """Why frozen inputs are given free."""

    reason = TextAreaField(
        _l("Why the inputs are given free"),
        description=_l("It stands in the record of the round."),
        filters=[stripped],
        validators=[InputRequired(_l("Give the reason.")), Length(max=2000)],
    )


class _OfPartner(Form):
    """For which university a coordinator speaks; asked only where there are several."""

    institution = SelectField(_l("University"), coerce=int)

    def __init__(self, institutions: Iterable[Institution], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.institutions = list(institutions)
        self.institution.choices = [(one.id, one.name) for one in self.institutions]
        if len(self.institutions) == 1:
            self.institution.data = self.institutions[0].id


class ConsentForm(_OfPartner):
    """For which university a coordinator consents to an override."""


class CommitForm(_OfPartner):
    """The hash of a seed, before anybody may know the seed."""

    commitment = StringField(
        _l("SHA-256 of your seed"),
        description=_l("64 digits from 0 to 9 and a to f. Keep the seed itself to yourself."),
        filters=[stripped],
        validators=[InputRequired(_l("Give the hash of your seed.")), Length(max=200)],
    )


class SeedForm(_OfPartner):
    """The seed itself, once the inputs are frozen."""

    seed = StringField(
        _l("Your seed"),
        description=_l("64 digits from 0 to 9 and a to f. It stays sealed until all are revealed."),
        filters=[stripped],
        validators=[InputRequired(_l("Give your seed.")), Length(max=200)],
    )


class AppealForm(Form):
    """Which choice somebody should have got, and why."""

    offer = RadioField(
        _l("Which choice you appeal for"),
        coerce=int,
        validators=[InputRequired(_l("Choose what you appeal for."))],
    )
    reason = TextAreaField(
        _l("Why you should have got it"),
        description=_l("Say what was overlooked or wrong. An administrator answers in writing."),
        filters=[stripped],
        validators=[InputRequired(_l("Say why: somebody has to decide on it.")), Length(max=4000)],
    )

    def __init__(self, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offer.choices = unfold(
            *((choice.offer_id, f"{choice.rank}. {choice.offer.title}") for choice in choices)
        )


class AnswerForm(Form):
    """An admin's answer to an appeal."""

    answer = TextAreaField(
        _l("The answer and its reason"),
        description=_l("The participant reads it, and the receiving side if it is asked."),
        filters=[stripped],
        validators=[
            InputRequired(_l("Give the answer and its reason: the participant reads it.")),
            Length(max=4000),
        ],
    )

    @property
    def words(self) -> str:
        return self.answer.data or ""


class RefusalForm(Form):
    """Why a receiving side gives no seat more."""

    comment = TextAreaField(
        _l("Why you give no seat"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say why: the administrators decide anew.")),
            Length(max=2000),
        ],
    )

    @property
    def words(self) -> str:
        return self.comment.data or ""
