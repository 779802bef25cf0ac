"""How slots are said: days and times of the laboratory's own place."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from ..i18n import day
from .models import Slot

DEEDS = {
    "equipment.create": _l("drafted it"),
    "equipment.amend": _l("changed it"),
    "equipment.open": _l("opened it"),
    "equipment.withdraw": _l("withdrew it"),
    "equipment.add-slots": _l("opened slots"),
    "equipment.remove-slot": _l("took out a slot"),
}


def day_name(day: int) -> str:
    """The name of a day of the week, 1 for Monday, in the reader's language."""
    locale = get_locale()
    assert locale is not None
    name: str = locale.days["stand-alone"]["wide"][day - 1]
    return name.capitalize()


def local(slot: Slot, moment: datetime) -> datetime:
    """A moment in the time of the laboratory."""
    return moment.astimezone(ZoneInfo(slot.equipment.institution.timezone))


def slot_day(slot: Slot) -> str:
    """The day of a slot: "Monday, 1 March 2027"."""
    here = local(slot, slot.starts_at)
    return f"{day_name(here.isoweekday())}, {day(here.date())}"


def slot_times(slot: Slot) -> str:
    """Its times there: "10:00–12:00"."""
    begin, end = local(slot, slot.starts_at), local(slot, slot.ends_at)
    return f"{begin:%H:%M}–{end:%H:%M}"


def slot_moment(slot: Slot) -> str:
    """Both in a sentence: "1 March 2027, 10:00–12:00"."""
    return f"{day(local(slot, slot.starts_at).date())}, {slot_times(slot)}"


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(slot_day=slot_day, slot_times=slot_times)
