"""What an uploaded file is, read from its bytes; what it calls itself counts for nothing.

The bytes are kept as they came. Whatever else may hide in a sound PDF or picture (a script in a
comment, a page of HTML between two objects) stays harmless because of how it is served: as an
attachment of this type, which no browser looks into.
"""

import re
import threading
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from flask_babel import gettext as _
from PIL import Image

from ..errors import Invalid
from .models import FileType

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_SCANS = 64  # of a JPEG; a progressive one has about ten, a trap has thousands
LONGEST_LABEL = 100

_BEGINNINGS = {
    b"%PDF-": FileType.PDF,
    b"\xff\xd8\xff": FileType.JPEG,
    b"\x89PNG\r\n\x1a\n": FileType.PNG,
}
_PNG_END = b"IEND\xaeB`\x82"
_PDF_TAIL = 1024  # bytes; readers look for the trailer in so many
_one_picture = threading.Lock()  # however many are sent at once, one takes memory


@dataclass(frozen=True)
class Content:
    """An uploaded file that was looked at: its bytes, what they are, and a name to show."""

    data: bytes
    file_type: FileType
    label: str

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()


def content_of(data: bytes, name: str) -> Content:
    """Look at an uploaded file. Raises Invalid for what is no sound PDF, JPEG or PNG.

    `data` may be one byte longer than MOST_BYTES, which tells that there is more of it.
    """
    if not data:
        raise Invalid(_("This file is empty. Choose another one."))
    if len(data) > MOST_BYTES:
        raise Invalid(
            _("A file may have up to 10 MB; this one is larger. Save it smaller and try again.")
        )
    file_type = _type_of(data)
    if file_type is None:
        raise Invalid(
            _("This is not a PDF, JPG or PNG file, whatever its name says. Save it as one of them.")
        )
    if file_type is FileType.PDF:
        _check_pdf(data)
    else:
        _check_picture(data, file_type)
    return Content(data, file_type, clean_label(name, file_type))


def _type_of(data: bytes) -> FileType | None:
    found = (kind for beginning, kind in _BEGINNINGS.items() if data.startswith(beginning))
    return next(found, None)


def _check_pdf(data: bytes) -> None:
    """A header with a version, a place where the table of objects starts, and the end mark."""
    tail = data[-_PDF_TAIL:]
    whole = re.match(rb"%PDF-[12]\.\d", data) and b"%%EOF" in tail and b"startxref" in tail
    if not whole:
        raise Invalid(
            _("This PDF is broken or cut off. Open it, save it again as PDF and try once more.")
        )


def _check_picture(data: bytes, file_type: FileType) -> None:
    broken = Invalid(_("This picture is broken or cut off. Save it again and try once more."))
    if file_type is FileType.PNG and not data.endswith(_PNG_END):
        raise broken  # cut off, or something is hidden behind the end
    if file_type is FileType.JPEG and data.count(b"\xff\xda") > MOST_SCANS:
        raise broken
    try:
        with _one_picture:
            small = _reads_through(data, file_type)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        small = False
    except Exception:  # a hostile file may break a decoder in any way it likes
        raise broken from None
    if not small:
        raise Invalid(
            _("This picture has too many pixels. Make it smaller, up to 40 million, and try again.")
        )


def _reads_through(data: bytes, file_type: FileType) -> bool:
    """Whether a picture is small enough; then it is read through, as far as that is cheap.

    Of a PNG the checksum of each chunk is compared, of a JPEG everything is decoded at an eighth
    of its size, so that neither takes the memory of the whole picture.
    """
    with Image.open(BytesIO(data), formats=[file_type.value.upper()]) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            return False
        if file_type is FileType.JPEG:
            picture.draft(picture.mode, (max(1, width // 8), max(1, height // 8)))
            picture.load()
        else:
            picture.verify()
    return True


def clean_label(name: str, file_type: FileType) -> str:
    """The given name as it may be shown and offered: no path, nothing invisible, the true ending.

    Control and formatting characters go (they turn the direction of a name or end it early), so
    do those that some systems refuse in names.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in last
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    stem = re.sub(r'[<>:"|?*]', "_", " ".join(seen.split()))
    stem = re.sub(r"\.(pdf|jpe?g|png)$", "", stem, flags=re.IGNORECASE)
    stem = stem[:LONGEST_LABEL].strip(" .")
    return f"{stem or 'document'}.{file_type.ending}"
