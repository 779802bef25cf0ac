"""Languages, time zones and the words of the page.

Sentences are English in the code and translated by the catalogues in `translations/`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_timedelta
from flask import Flask, g, has_request_context, request, session
from flask_babel import (
    Babel,
    force_locale,
    format_date,
    format_datetime,
    format_decimal,
    get_locale,
    get_timezone,
)
from flask_login import current_user
from markupsafe import Markup

from . import clock
from .db import sort_key

LANGUAGES = ("en", "ru", "kk")
OWN_NAMES = (("en", "English"), ("ru", "Русский"), ("kk", "Қазақша"))
TRANSLATIONS = Path(__file__).parent / "translations"

# The zones of the two countries first; any other IANA zone is accepted too.
ZONES = (
    "Asia/Yekaterinburg",
    "Asia/Almaty",
    "Europe/Moscow",
    "Europe/Kaliningrad",
    "Europe/Samara",
    "Asia/Omsk",
    "Asia/Novosibirsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Kamchatka",
    "UTC",
)


def current_language() -> str:
    """The reader's language: en, ru or kk."""
    locale = get_locale()
    return locale.language if locale else LANGUAGES[0]


def _choose_language() -> str:
    if not has_request_context():
        return LANGUAGES[0]
    chosen = session.get("language")
    if chosen is None and "failed" not in g and current_user.is_authenticated:
        chosen = current_user.language
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _choose_timezone() -> str | None:
    if has_request_context() and current_user.is_authenticated:
        return current_user.timezone
    return None


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let gettext, names and dates be in `language` inside the block."""
    with force_locale(language):
        yield


_zone_spoken: ContextVar[str | None] = ContextVar("zone", default=None)


@contextmanager
def speaking_to(reader: Any) -> Iterator[None]:
    """Let words be in the language of `reader`, a user, and times in their zone."""
    token = _zone_spoken.set(reader.timezone)
    try:
        with speaking(reader.language):
            yield
    finally:
        _zone_spoken.reset(token)


def reader_zone() -> ZoneInfo:
    """The zone in which times are shown: the reader's, else the service's."""
    return ZoneInfo(_zone_spoken.get() or str(get_timezone()))


@contextmanager
def standalone(language: str) -> Iterator[None]:
    """Give gettext to a command that has no service around it: no database, no instance folder."""
    app = Flask("mobility")
    Babel(app, default_translation_directories=str(TRANSLATIONS))
    with app.app_context(), speaking(language):
        yield


def localized(subject: Any, attribute: str) -> str:
    """`subject.<attribute>_<language>` in the reader's language, else the first that stands."""
    for language in (current_language(), *LANGUAGES):
        if text := getattr(subject, f"{attribute}_{language}"):
            return text
    return ""


def timezone_known(name: str) -> bool:
    return name in _zones()


@cache
def _zones() -> set[str]:
    return available_timezones()


def city_of_zone(name: str) -> str:
    """A zone's city in the reader's language: "Asia/Almaty" → "Алматы"."""
    locale = get_locale() or Locale("en")
    city = locale.time_zones.get(name, {}).get("city")
    return city or name.rpartition("/")[2].replace("_", " ")


def _pattern_of_days() -> str:
    return "y 'ж'. d MMMM" if current_language() == "kk" else "d MMMM y"


def moment_text(value: datetime, *, zone: bool = True) -> str:
    """An instant in the reader's zone, with the zone's city behind it, as plain text."""
    local = value.astimezone(reader_zone())
    text = format_datetime(local, f"{_pattern_of_days()}, HH:mm", rebase=False)
    return f"{text} ({city_of_zone(reader_zone().key)})" if zone else text


def moment(value: datetime | None, *, zone: bool = True) -> Markup:
    """The same as a `<time>` element; a dash for None."""
    if value is None:
        return Markup("—")
    return Markup('<time datetime="{}">{}</time>').format(
        value.isoformat(), moment_text(value, zone=zone)
    )


def day(value: date | datetime | None) -> str:
    """A date, "12 March 2027"; in Kazakh the year leads."""
    if isinstance(value, datetime):
        value = value.astimezone(reader_zone()).date()
    return "—" if value is None else format_date(value, _pattern_of_days())


def period(first: date, last: date) -> str:
    """The days from a first to a last, "12 March 2027 – 14 March 2027"; a single day once."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def ago(value: datetime) -> str:
    """How far an instant is from now: "in 3 days", "2 hours ago"."""
    return format_timedelta(
        value - clock.now(), granularity="minute", add_direction=True, locale=get_locale() or "en"
    )


def number(value: float | int) -> str:
    return format_decimal(value)


def language_name(code: str) -> str:
    """A language by its ISO 639-1 code, in the reader's language."""
    return (get_locale() or Locale("en")).languages.get(code, code)


def languages_by_name(codes: Iterable[str], first: int = 0) -> list[tuple[str, str]]:
    """Languages with their names: the `first` as they stand, the rest by the alphabet."""
    named = [(code, language_name(code)) for code in codes]
    return [*named[:first], *sorted(named[first:], key=lambda one: sort_key(one[1]))]


def country_name(code: str) -> str:
    """A country by its ISO 3166-1 code, in the reader's language."""
    return (get_locale() or Locale("en")).territories.get(code, code)


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=_choose_language,
        timezone_selector=_choose_timezone,
    )
    app.jinja_env.filters.update(
        moment=moment,
        moment_text=moment_text,
        day=day,
        period=period,
        ago=ago,
        number=number,
        language_name=language_name,
        languages_by_name=languages_by_name,
        country_name=country_name,
    )
    app.jinja_env.globals.update(current_language=current_language, LANGUAGES=OWN_NAMES)
