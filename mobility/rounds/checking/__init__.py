"""The checking of a published file by whoever has it: no database, no trust in what it says.

In this order: the digest of its bytes, the canonical form, the lottery from the seeds, what the
result must keep, the proof by prices or the rule, and the result by solving the snapshot again.
"""

import json
import re

from flask_babel import gettext as _

from ..files import FORMAT, SECOND
from ..snapshot import canonical, digest_of
from .first import KNOWN, check_result
from .inputs import check_inputs
from .second import KNOWN_SECOND, check_second
from .verdict import Refused, Report, Unreadable

__all__ = ["Refused", "Report", "Unreadable", "check_file"]

_BEGIN = b'{"body":'
_END = re.compile(rb',"digest":"([0-9a-f]{64})"\}\n')
_END_LENGTH = 78
_WRONG_KIND = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)


def check_file(data: bytes, expected: str | None = None) -> Report:
    """Check the bytes of a file. Raises Unreadable, or Refused with the reason.

    `expected` is the digest from the page of the round or from a letter: it tells a file that
    holds together, but is of another round, from the one that was published.
    """
    body, digest = _opened(data)
    if expected is not None and expected != digest:
        raise Refused(
            _("The digest of the file is %(own)s, not the one that you gave.", own=digest)
        )
    report = Report(digest)
    report.said.append(_("Every byte is under the digest %(digest)s.", digest=digest))
    try:
        _check_body(body, report)
    except Refused:
        raise
    except (*_WRONG_KIND, _engine_error()) as error:
        raise Refused(_("The file does not hold together: %(why)s.", why=error)) from error
    return report


def _engine_error() -> type[Exception]:
    from matching import MatchingError  # numpy: no other command should wait for it

    return MatchingError


def _opened(data: bytes) -> tuple[str, str]:
    """The body as text and its digest, which fits."""
    end = _END.fullmatch(data[-_END_LENGTH:])
    begins = data.startswith(_BEGIN)
    if not begins and end is None:
        raise Unreadable(_("This is not the file of a round."))
    body = data[len(_BEGIN) : -_END_LENGTH]
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = None
    if not begins or end is None or text is None or digest_of(text) != end[1].decode():
        raise Refused(_("A byte was changed: the digest does not fit what the file says."))
    return text, end[1].decode()


def _check_body(text: str, report: Report) -> None:
    body = json.loads(text)
    if canonical(body) != text:
        raise Refused(_("The file is not in canonical form."))
    if body["format"] == FORMAT:
        check_result(body, check_inputs(body, KNOWN, report), report)
    elif body["format"] == SECOND:
        check_second(body, check_inputs(body, KNOWN_SECOND, report), report)
    else:
        raise Unreadable(_("This file is of a form that this version cannot read."))
