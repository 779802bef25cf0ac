"""Whole numbers in what a request carries: only those that a column holds are any."""

from flask import request

LARGEST = 2**31 - 1


def is_number(text: str) -> bool:
    """Whether a column holds this number. “²” and “٣” are digits, yet no number here."""
    plain = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))
    return plain and int(text) <= LARGEST


def plain_number(text: str) -> int:
    """The `type` of a number in an address or form. Raises ValueError for what is none."""
    if not is_number(text):
        raise ValueError(text)
    return int(text)


def page_asked() -> int:
    """The page of a list that the address names; the first where it names none."""
    return request.args.get("page", 1, plain_number)
