"""Form fields of calls and offers: instants in the reader's zone, timetables as text."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import DateTimeLocalField, TextAreaField

from ..errors import Invalid
from ..forms import NumberField as NumberField
from ..i18n import reader_zone
from .timetable import parse_timetable, written


class MomentField(DateTimeLocalField):
    """An instant, typed and shown in the reader's zone; `data` is aware."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)

    def process_formdata(self, valuelist: Any) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        self.data = None
        try:
            typed = datetime.fromisoformat(valuelist[0].strip())
        except ValueError:
            raise ValueError(_("Give a day and a time, like 2027-03-01 18:00.")) from None
        self.data = typed.replace(tzinfo=reader_zone())

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        if self.data is None:
            return ""
        return self.data.astimezone(reader_zone()).strftime("%Y-%m-%dT%H:%M")


class TimetableField(TextAreaField):
    """The meetings of a week as text; `data` is the list of them."""

    def process_formdata(self, valuelist: Any) -> None:
        if not valuelist:
            return
        self.data = []
        try:
            self.data = parse_timetable(valuelist[0])
        except Invalid as error:
            raise ValueError(error.message) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return written(self.data or [])
