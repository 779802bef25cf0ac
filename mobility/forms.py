"""The base of every form, the field in which choices are ranked, numbers with a comma."""

from collections.abc import Callable
from typing import Any

from flask import g
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FloatField, HiddenField
from wtforms.validators import ValidationError

from .errors import Conflict, Invalid
from .numbers import is_number


class Form(FlaskForm):
    """A form in the reader's language whose services' refusals stand at their field."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            locale = get_locale()
            self.locales = [locale.language if locale else "en"]
            # FlaskForm would ask flask-babel's catalogue; WTForms' own has all three languages.
            from wtforms.i18n import get_translations  # only forms in use pay for the catalogue

            return get_translations(self.locales)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        valid = super().validate(*args, **kwargs)
        for field in self:
            if field.name in g.get("held_nul", ()):
                valid = False
                field.errors = [
                    _(
                        "There was a character in this that no text can hold. It has been taken"
                        " out: look at what is left and send it again."
                    )
                ]
            if isinstance(field.errors, list | tuple):  # lazy sentences would fall into letters
                errors = [
                    str(error) if isinstance(error, LazyString) else error for error in field.errors
                ]
                # what is no number at all is not said to be too large beside
                most = None if isinstance(field, FieldList) else len(field.process_errors) or 1
                field.errors = errors[:most]
        return valid

    def attempt(self, act: Callable[[], object]) -> int:
        """Validate and act; what the service refuses stands in the form.

        The status to answer with: 200 done, 422 for what was typed, 409 for the state of things.
        """
        if not self.validate():
            return Invalid.status
        try:
            act()
        except (Invalid, Conflict) as error:
            self.refuse(error)
            return error.status
        return 200

    def refuse(self, error: Invalid | Conflict) -> None:
        """Show a service's refusal, all of it, at the fields it names, or on top of the form."""
        named = error.field if isinstance(error, Invalid) else None
        if named and named in self._fields:
            field = self._fields[named]
            field.errors = [*field.errors, error.message]
        else:
            self.form_errors.append(error.message)
        for other in error.others if isinstance(error, Invalid) else ():
            self.refuse(other)


class Versioned(Form):
    """A form that knows over which state of its subject it was filled in."""

    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """The version that was on the page."""
        text = str(self.version.data or "")
        return int(text) if is_number(text) else None

    def overtaken_by(self, subject: Any) -> bool:
        """Whether its subject has changed since; what is sent next is sent in view of that."""
        older = self.seen not in {None, subject.version}
        self.version.data = str(subject.version)
        return older


class RankedChoices(Field):
    """Ranks given to numbered items: {item id: rank}, ranks 1..k without gap or repetition.

    Each item has an own input named `<field>-<item id>` whose value is its rank or empty, so that
    ranking works with plain selects. `data` is the list of item ids, best first.
    """

    def __init__(self, label: Any = None, *, limit: int = 5, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.limit = limit
        self.ranks: dict[int, str] = {}

    def process(self, formdata: Any, data: Any = None, **kwargs: Any) -> None:
        self.process_errors: list[str] = []
        self.data = list(data or [])
        self.ranks = {item: str(place) for place, item in enumerate(self.data, start=1)}
        if formdata is None:
            return
        prefix = f"{self.name}-"
        given = {
            key.removeprefix(prefix): formdata.get(key, "").strip()
            for key in formdata
            if key.startswith(prefix)
        }
        self.ranks = {int(item): rank for item, rank in given.items() if is_number(item) and rank}
        self._order()

    def _order(self) -> None:
        """Put the items in order of their ranks, or say what is wrong with the ranks."""
        by_rank: dict[int, int] = {}
        for item, rank in self.ranks.items():
            if not is_number(rank) or not 1 <= int(rank) <= self.limit:
                self.process_errors.append(
                    _("“%(rank)s” is not a rank from 1 to %(limit)s.", rank=rank, limit=self.limit)
                )
            elif int(rank) in by_rank:
                self.process_errors.append(
                    _("Rank %(rank)s is given twice; each rank goes to one place.", rank=rank)
                )
            else:
                by_rank[int(rank)] = item
        self.data = [by_rank[rank] for rank in sorted(by_rank)]
        missing = [rank for rank in range(1, max(by_rank, default=0)) if rank not in by_rank]
        if missing and not self.process_errors:
            self.process_errors.append(
                _("Rank %(rank)s is missing: ranks go 1, 2, 3 without a gap.", rank=missing[0])
            )


class NumberField(FloatField):
    """A number whose decimals may stand behind a point or a comma."""

    def process_formdata(self, valuelist: Any) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = float(valuelist[0].replace(",", "."))
        except ValueError:
            self.data = None
            raise ValueError(_("Give a number.")) from None


def stripped(text: str | None) -> str | None:
    """A field filter: no blanks around what was typed."""
    return text.strip() if isinstance(text, str) else text


class Together:
    """A validator: this field and the named one are both given or both empty."""

    def __init__(self, other: str) -> None:
        self.other = other

    def __call__(self, form: Any, field: Any) -> None:
        if bool(field.data) != bool(form[self.other].data):
            raise ValidationError(_("Give both or neither."))
