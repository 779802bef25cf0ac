"""The ranking page's form, and those of the people who check."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import TextInput

from ...accounts.models import User
from ...forms import Form, RankedChoices, Versioned, stripped
from ...numbers import is_number
from ...offers.fields import NumberField
from ...offers.models import Call
from ..models import LONGEST_NAME

LONGEST_TEXT = 2000


class RankingForm(Form):
    """Ranks of places and a motivation for each, named `motivation-<offer id>`.

    `documents` takes nothing: what is said of missing documents stands there.
    """

    choices: RankedChoices
    documents = Field(_l("Documents"))

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        given = self.meta.wrap_formdata(self, formdata)
        self._texts = {
            int(key.removeprefix("motivation-")): given.get(key, "")
            for key in given or ()
            if key.startswith("motivation-") and is_number(key.removeprefix("motivation-"))
        }
        super().process(formdata, *args, **kwargs)

    @property
    def wishes(self) -> list[dict[str, Any]]:
        """What was ranked, best first, as far as the ranks make sense: the form of a draft."""
        numbered = [
            (int(rank), item) for item, rank in self.choices.ranks.items() if is_number(rank)
        ]
        return [
            {"offer": item, "motivation": self._texts.get(item, "")}
            for _rank, item in sorted(numbered)
        ]

    @property
    def credits(self) -> dict[str, float | None] | None:
        """The credits typed; None where the call asks for none."""
        if "credits_wanted" not in self:
            return None
        return {"wanted": self["credits_wanted"].data, "most": self["credits_most"].data}

    def motivation(self, offer_id: int) -> str:
        return self._texts.get(offer_id, "")

    def use_draft(
        self, wishes: list[dict[str, Any]], credits: dict[str, float | None] | None = None
    ) -> None:
        """Show a draft instead of what was sent."""
        self.choices.process(None, [wish["offer"] for wish in wishes])
        for name, value in (credits or {}).items():
            if f"credits_{name}" in self:
                self[f"credits_{name}"].process(None, value)
        self._texts = {wish["offer"]: wish["motivation"] for wish in wishes}

    def doubled(self) -> set[int]:
        """Places that share their rank with another."""
        ranks = list(self.choices.ranks.values())
        return {item for item, rank in self.choices.ranks.items() if ranks.count(rank) > 1}


def ranking_form(call: Call) -> RankingForm:
    """The form of a call: ranks go up to its limit, and credits are asked where they count."""

    class RankingFormOfCall(RankingForm):
        choices = RankedChoices(_l("Your choices"), limit=call.max_choices)

    class RankingFormWithCredits(RankingFormOfCall):
        credits_wanted = NumberField(
            _l("Credits you want"),
            validators=[Optional()],
            description=_l("ECTS. When your courses reach them you get no more."),
        )
        credits_most = NumberField(
            _l("Credits you take at most"),
            validators=[Optional()],
            description=_l("Your courses together never pass them."),
        )

    return RankingFormWithCredits() if call.gives_several else RankingFormOfCall()


class PartnerForm(Form):
    email = StringField(
        _l("E-mail address of your partner"),
        filters=[stripped],
        validators=[InputRequired(_l("Give the address.")), Length(max=254)],
        description=_l("Of your own university, as it is registered here."),
    )


class ScoreField(Field):
    """A number with a decimal point or comma, shown as it was typed."""

    widget = TextInput()
    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else f"{self.data:g}"

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip().replace(",", ".") if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValueError(_("“%(text)s” is not a number.", text=valuelist[0]))
        self.data = number


class ScoreForm(Versioned):
    score = ScoreField(_l("Score, 0 to 100"), validators=[InputRequired()])
    comment = TextAreaField(
        _l("Comment for colleagues"), filters=[stripped], validators=[Length(max=LONGEST_TEXT)]
    )
    reason = StringField(
        _l("Why the score changes"), filters=[stripped], validators=[Length(max=500)]
    )


class ApproveForm(Versioned):
    """A button only."""


class ReturnForm(Versioned):
    text = TextAreaField(
        _l("What is to be mended"),
        filters=[stripped],
        validators=[InputRequired(), Length(max=LONGEST_TEXT)],
    )


class RejectForm(Versioned):
    text = TextAreaField(
        _l("Reason of the rejection"),
        filters=[stripped],
        validators=[InputRequired(), Length(max=LONGEST_TEXT)],
    )


class ExcludeForm(Versioned):
    text = TextAreaField(
        _l("Reason of the exclusion"),
        description=_l("An override: the applicant reads the reason, the round's page counts it."),
        filters=[stripped],
        validators=[InputRequired(), Length(max=LONGEST_TEXT)],
    )


class PrePlaceForm(Versioned):
    offer = SelectField(_l("Place"), coerce=int)
    text = TextAreaField(
        _l("Reason of the placement before the round"),
        description=_l(
            "An override: the applicant reads the reason, the seat leaves the round, and the "
            "round's page counts it."
        ),
        filters=[stripped],
        validators=[InputRequired(), Length(max=LONGEST_TEXT)],
    )


class ReleaseForm(Versioned):
    text = StringField(
        _l("Why the placement before the round is taken back"),
        filters=[stripped],
        validators=[InputRequired(), Length(max=500)],
    )


class ReadmitForm(Versioned):
    text = StringField(
        _l("Why the exclusion is taken back"),
        filters=[stripped],
        validators=[InputRequired(), Length(max=500)],
    )


class ReopenForm(Versioned):
    text = StringField(
        _l("Why the decision is taken back"),
        filters=[stripped],
        validators=[InputRequired(), Length(max=500)],
    )


class AssignForm(Versioned):
    """To whom an application is given; 0 is nobody."""

    colleague = SelectField(_l("Given to"), coerce=int)

    def offer(self, people: list[User]) -> None:
        """The people to choose from."""
        self.colleague.choices = people_to_choose(people)


def people_to_choose(people: list[User]) -> list[tuple[int, Any]]:
    """Nobody, and then each of them."""
    nobody: list[tuple[int, Any]] = [(0, _l("nobody"))]
    return nobody + [(one.id, one.name) for one in people]


class ViewForm(Form):
    name = StringField(
        _l("Name of the view"),
        filters=[stripped],
        validators=[InputRequired(_l("Give the view a name.")), Length(max=LONGEST_NAME)],
    )


class BulkForm(Form):
    """What holds for everybody chosen: the words of a note or a reason, or who checks them."""

    colleague = SelectField(_l("Give them to"), coerce=int)
    text = TextAreaField(filters=[stripped], validators=[Length(max=LONGEST_TEXT)])

    def offer(self, people: list[User]) -> None:
        """The people to choose from."""
        self.colleague.choices = people_to_choose(people)

    def ask(self, label: Any) -> None:
        """The words that everybody chosen reads, which have to be given."""
        said = DataRequired(_("Say it in words; every applicant will read it."))
        self.text.label.text = label
        self.text.validators = [said, *self.text.validators]
        self.text.flags.required = True
