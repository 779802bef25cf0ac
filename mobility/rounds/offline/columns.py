"""The columns of the offline job's files and their names in three languages.

The first name in a language is the one that is written; all are understood, whatever their case
and however their words are joined ("choice_1", "Choice 1", "1-таңдау").
"""

import re
import unicodedata

PLACES = ("code", "institution", "title", "seats")
REQUESTS = ("applicant", "merit")
PLACEMENTS = ("applicant", "place", "institution", "title", "rank", "reason")
KNOWN_EXTRAS = ("level", "field")
"""Simulated requests carry them; places may, for the simulation. Matching does not look at them."""

NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "code": {
        "en": ("code", "place code"),
        "ru": ("код", "код места"),
        "kk": ("орын коды", "код", "коды"),
    },
    "institution": {
        "en": ("institution", "university"),
        "ru": ("вуз", "университет", "организация"),
        "kk": ("жоғары оқу орны", "ЖОО", "университет", "ұйым"),
    },
    "title": {
        "en": ("title", "name"),
        "ru": ("название", "наименование"),
        "kk": ("атауы", "атау"),
    },
    "seats": {
        "en": ("seats", "number of seats"),
        "ru": ("мест", "места", "число мест", "количество мест"),
        "kk": ("орын саны", "орындар", "орындар саны"),
    },
    "applicant": {
        "en": ("applicant", "student"),
        "ru": ("заявитель", "студент", "участник"),
        "kk": ("өтініш беруші", "үміткер", "студент"),
    },
    "merit": {
        "en": ("merit", "score"),
        "ru": ("балл", "баллы", "рейтинг"),
        "kk": ("балл", "ұпай", "рейтинг"),
    },
    "level": {
        "en": ("level", "EQF level"),
        "ru": ("уровень", "уровень ЕРК"),
        "kk": ("деңгей", "деңгейі"),
    },
    "field": {
        "en": ("field", "subject area"),
        "ru": ("направление", "область"),
        "kk": ("бағыт", "сала"),
    },
    "place": {"en": ("place",), "ru": ("место",), "kk": ("орын",)},
    "rank": {"en": ("rank",), "ru": ("приоритет",), "kk": ("таңдау реті",)},
    "reason": {"en": ("reason",), "ru": ("причина",), "kk": ("себебі",)},
}
_CHOICE_WORDS = {"en": "choice", "ru": "выбор", "kk": "таңдау"}
_CHOICE = re.compile(
    r"(?:{words})(?P<after>\d{{1,3}})|(?P<before>\d{{1,3}})(?:й|ый|ой|ий|st|nd|rd|th)?(?:{words})".format(
        words="|".join(_CHOICE_WORDS.values())
    )
)


def name(field: str, language: str) -> str:
    """How the column of `field` is headed in `language`; "choice_3" is a field too."""
    if rank := choice_rank(field):
        word = _CHOICE_WORDS[language]
        return f"{rank}-{word}" if language == "kk" else f"{word}_{rank}"
    return NAMES[field][language][0]


def names(field: str) -> str:
    """The name to use in each language, for a message: "seats / мест / орын саны"."""
    return " / ".join(dict.fromkeys(name(field, language) for language in _CHOICE_WORDS))


def choice_field(rank: int) -> str:
    return f"choice_{rank}"


def choice_rank(header: str) -> int | None:
    """The rank that a column is for, None if it is not for a choice."""
    match = _CHOICE.fullmatch(folded(header))
    if match is None:
        return None
    return int(match["after"] or match["before"]) or None


def known_field(header: str, fields: tuple[str, ...]) -> str | None:
    """Which of `fields` a column's header means; None for none."""
    wanted = folded(header)
    for field in fields:
        if any(folded(name) == wanted for names in NAMES[field].values() for name in names):
            return field
    return None


def folded(text: str) -> str:
    """For comparison: without case, spaces, underscores and hyphens; ё as е."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return re.sub(r"[\s_\-.\u2010-\u2015]+", "", plain)
