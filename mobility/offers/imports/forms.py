"""The form with which a file of courses is sent, and what its rows need not say."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from ...accounts.forms import unfold
from ...agreements.forms import language_choices, optional_id
from ...agreements.models import CooperationCondition
from ...forms import stripped
from ...tables import pages
from ..fields import NumberField
from ..forms import condition_label
from .catalogue import Defaults


class CatalogueForm(pages.ImportForm):
    file = FileField(
        _l("File with courses"), validators=[FileRequired(_l("Choose a CSV, XLSX or ICS file."))]
    )
    condition = SelectField(
        _l("Condition of an agreement"), coerce=optional_id, validators=[Optional()]
    )
    seats = IntegerField(_l("Seats"), validators=[Optional(), NumberRange(1, 500)])
    ects = NumberField(_l("ECTS credits"), validators=[Optional()])
    language = SelectField(_l("Language of the place"), validators=[Optional()])
    reason = StringField(
        _l("Reason of the change"),
        filters=[stripped],
        validators=[Length(max=2000)],
        description=_l(
            "Kept on the record. Needed when an open place changes after the call has opened."
        ),
    )

    def __init__(self, conditions: Iterable[CooperationCondition], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conditions = {one.id: one for one in conditions}
        labels = ((one.id, condition_label(one)) for one in self.conditions.values())
        blank = _("as each row says") if len(self.conditions) != 1 else None
        self.condition.choices = unfold(*labels, blank=blank)
        self.language.choices = unfold(*language_choices(), blank=_("as each row says"))

    @property
    def defaults(self) -> Defaults:
        return Defaults(
            condition=self.conditions.get(self.condition.data),
            seats=self.seats.data,
            ects=self.ects.data,
            language=self.language.data or "",
            reason=self.reason.data or "",
        )
