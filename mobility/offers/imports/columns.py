"""The columns of a course catalogue, and how a place stands in them."""

from collections.abc import Mapping
from typing import Any

from ...tables.columns import Column, Columns, Kind
from ..services import OFFER_VALUES

COLUMNS = Columns(
    (
        Column("code", ("place code", "код", "шифр", "коды"), longest=40),
        Column("course_code", ("code in the catalogue", "код дисциплины", "пән коды"), longest=40),
        Column("condition", ("условие", "шарт", "sending", "отправляющий вуз", "жіберуші ЖОО")),
        Column("unit", ("unit code", "faculty", "факультет", "бөлімше"), longest=40),
        Column("title_en", ("title", "название на английском", "ағылшынша атауы")),
        Column("title_ru", ("название", "название на русском", "орысша атауы")),
        Column("title_kk", ("атауы", "название на казахском", "қазақша атауы")),
        Column("description_en", ("description", "описание на английском", "ағылшынша сипаттамасы"),
               Kind.TEXT, 10_000),
        Column("description_ru", ("описание", "описание на русском", "орысша сипаттамасы"),
               Kind.TEXT, 10_000),
        Column("description_kk", ("сипаттамасы", "описание на казахском", "қазақша сипаттамасы"),
               Kind.TEXT, 10_000),
        Column("ects", ("credits", "кредиты ECTS", "ECTS кредиттері"), Kind.NUMBER),
        Column("local_credits", ("local credits", "зачётные единицы", "жергілікті кредиттер"),
               Kind.NUMBER),
        Column("seats", ("мест", "места", "орын саны", "орындар"), Kind.NUMBER),
        Column("language", ("язык", "тіл", "тілі")),
        Column("cefr", ("language level", "уровень языка", "тіл деңгейі")),
        Column("starts_on", ("first day", "начало", "первый день", "басталуы"), Kind.DAY),
        Column("ends_on", ("last day", "конец", "последний день", "аяқталуы"), Kind.DAY),
        Column("supervisor", ("teacher", "преподаватель", "оқытушы")),
        Column("timetable", ("расписание", "кесте", "сабақ кестесі"), Kind.LIST, 2_000),
    ),
    required=("code",),
)  # fmt: skip
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Slots = list[dict[str, Any]]


def timetable_text(slots: Slots) -> str:
    """The slots as `parse_timetable` reads them, in the order of the week."""
    in_order = sorted((slot["day"], slot["from"], slot["to"]) for slot in slots)
    return "; ".join(f"{DAYS[day - 1]} {begin}-{end}" for day, begin, end in in_order)


def as_texts(values: Mapping[str, Any], condition: str) -> dict[str, str]:
    """A place's values as the cells of a row; `condition` as it is said in the file."""
    texts = {name: _text(values.get(name)) for name in COLUMNS.names}
    return {**texts, "condition": condition, "timetable": timetable_text(values["timetable"] or [])}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return format(value, ".15g")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(getattr(value, "code", getattr(value, "value", value)))


def written(values: dict[str, Any]) -> dict[str, Any]:
    """What the services of places take; the one place that decides about the timetable."""
    return {name: value for name, value in values.items() if name in OFFER_VALUES}
