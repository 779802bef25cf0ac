"""Small files of each kind that may be uploaded, and hostile ones, made as bytes."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n"
    b"trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n107\n%%EOF\n"
)
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def pdf(words: bytes = b"") -> bytes:
    """A sound PDF that differs by `words`, which stand in a comment."""
    return PDF.replace(b"\n", b"\n%" + words + b"\n", 1) if words else PDF


def picture(kind: str, size: tuple[int, int] = (20, 10), mode: str = "RGB", **options) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def jpeg(**options) -> bytes:
    return picture("JPEG", **options)


def png(**options) -> bytes:
    return picture("PNG", **options)


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises a picture of this size, with checksums that are right."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def zipped() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("index.html", HTML)
    return out.getvalue()
