"""How the bytes of a spreadsheet's text file become characters.

UTF-8, with or without its mark, is taken; Windows-1251 only where it is unmistakable; anything
else is refused, because a wrong guess would put wrong names into a result.
"""

import codecs
import re
from dataclasses import dataclass

from flask_babel import gettext as _

UTF8 = "utf-8"
CYRILLIC = "cp1251"

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_RUSSIAN = re.compile("[А-Яа-яЁё]")
_WORD = re.compile(r"[^\W\d_]+")
_FREQUENT = frozenset("оеаинтсрвлк")
_LEAST_LETTERS = 8


@dataclass(frozen=True)
class Encoding:
    """The codec's name, and whether the UTF-8 mark (BOM) stands in front."""

    name: str = UTF8
    marked: bool = False


class Undecodable(Exception):
    """The bytes are not text that can be read; `line` and `character` where that is known."""

    def __init__(self, text: str, line: int | None = None, character: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.line = line
        self.character = character


def decode(data: bytes) -> tuple[str, Encoding]:
    """The text of `data` and its encoding; raises Undecodable. O(len(data))."""
    if data.startswith(_WIDE_MARKS) or _looks_wide(data):
        raise Undecodable(_("is saved as UTF-16 (“Unicode text”). %(how)s", how=how_to_save()))
    if b"\0" in data:
        raise Undecodable(_("is not a text file. %(how)s", how=how_to_save()))
    marked = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if marked else data
    try:
        return body.decode(UTF8), Encoding(UTF8, marked)
    except UnicodeDecodeError as error:
        if not marked and (text := unmistakable_cyrillic(body)) is not None:
            return text, Encoding(CYRILLIC)
        raise _not_utf8(body, error) from error


def unmistakable_cyrillic(data: bytes) -> str | None:
    """The text, if it can only be Russian in Windows-1251.

    All bytes are defined there; every letter beyond ASCII is one of the 33 Russian ones, and
    there are at least eight; no word mixes Latin and Cyrillic; half the Cyrillic letters or more
    are among the eleven most frequent of Russian (о е а и н т с р в л к: two thirds of any Russian
    text, but a third or less when KOI8-R, ISO 8859-5 or Greek is read as Windows-1251). The
    Kazakh letters proper do not exist in Windows-1251.
    """
    try:
        text = data.decode(CYRILLIC)
    except UnicodeDecodeError:
        return None
    foreign = [char for char in text if not char.isascii() and char.isalpha()]
    if len(foreign) < _LEAST_LETTERS or not all(_RUSSIAN.match(char) for char in foreign):
        return None
    if any(_RUSSIAN.search(word) and re.search("[A-Za-z]", word) for word in _WORD.findall(text)):
        return None
    frequent = sum(char.lower() in _FREQUENT for char in foreign)
    return text if 2 * frequent >= len(foreign) else None


def how_to_save() -> str:
    return _("In Excel choose File, Save As, “CSV UTF-8 (Comma delimited)”, or save it as .xlsx.")


def _looks_wide(data: bytes) -> bool:
    """UTF-16 without a mark: every second byte of plain letters is zero."""
    head = data[:4000]
    return len(head) >= 4 and max(head[0::2].count(0), head[1::2].count(0)) * 4 > len(head)


def _not_utf8(body: bytes, error: UnicodeDecodeError) -> Undecodable:
    before = body[: error.start].decode(UTF8)
    lines = before.splitlines() if not before.endswith(("\r", "\n")) else [*before.splitlines(), ""]
    return Undecodable(
        _(
            "the byte %(byte)s is neither UTF-8 nor clearly Windows-1251. %(how)s",
            byte=f"0x{body[error.start]:02X}",
            how=how_to_save(),
        ),
        max(len(lines), 1),
        len(lines[-1]) + 1 if lines else 1,
    )
