"""What an uploaded file is goes by its bytes: what is refused, and what a name becomes."""

import pytest

from mobility.applications import storage
from mobility.applications.content import MOST_BYTES, clean_label, content_of
from mobility.applications.models import FileType
from mobility.errors import Invalid

from . import files

GOOD = {
    "pdf": (files.PDF, FileType.PDF),
    "jpeg": (files.jpeg(), FileType.JPEG),
    "progressive": (files.jpeg(progressive=True), FileType.JPEG),
    "grey JPEG": (files.jpeg(mode="L"), FileType.JPEG),
    "JPEG for printing": (files.jpeg(mode="CMYK"), FileType.JPEG),
    "large JPEG": (files.jpeg(size=(6000, 6000)), FileType.JPEG),
    "png": (files.png(), FileType.PNG),
    "PNG with a palette": (files.png(mode="P"), FileType.PNG),
    "PNG that is transparent": (files.png(mode="RGBA"), FileType.PNG),
    "PNG of 16 bits": (files.png(mode="I;16"), FileType.PNG),
    "largest": (files.pdf(b"x" * (MOST_BYTES - len(files.PDF) - 2)), FileType.PDF),
}


@pytest.mark.parametrize("name", GOOD)
def test_sound_files_are_told_by_their_bytes_and_kept_as_they_are(app, name):
    data, file_type = GOOD[name]
    content = content_of(data, "anything.exe")
    assert (content.data, content.file_type) == (data, file_type)
    assert content.label == f"anything.exe.{file_type.ending}"


REFUSED = {
    "empty": (b"", "empty"),
    "one byte too many": (files.pdf(b"x" * (MOST_BYTES - len(files.PDF) - 1)), "10 MB"),
    "HTML": (files.HTML, "not a PDF"),
    "HTML before a PDF": (files.HTML + files.PDF, "not a PDF"),
    "SVG with a script": (files.SVG, "not a PDF"),
    "a GIF that is JavaScript": (b"GIF89a/*\0\0*/=1;alert(1);//", "not a PDF"),
    "a program": (b"MZ\x90\0" + bytes(100), "not a PDF"),
    "a ZIP": (files.zipped(), "not a PDF"),
    "null bytes": (bytes(1000), "not a PDF"),
    "a PDF cut off": (files.PDF[:120], "broken"),
    "the header of a PDF alone": (b"%PDF-1.7\n", "broken"),
    "a PDF without a version": (files.PDF.replace(b"-1.4", b"-x.y"), "broken"),
    "HTML that begins as a PDF": (b"%PDF-1.4\n" + files.HTML, "broken"),
    "a PDF with much behind its end": (files.PDF + files.zipped() * 20, "broken"),
    "a JPEG cut off": (files.jpeg(size=(400, 400))[:-300], "broken"),
    "the header of a JPEG alone": (b"\xff\xd8\xff\xe0" + files.HTML, "broken"),
    "a JPEG with scans without end": (
        files.jpeg()[:-2] + b"\xff\xda\0\0" * 70 + b"\xff\xd9",
        "broken",
    ),
    "a PNG cut off": (files.png()[:-20], "broken"),
    "a PNG with a ZIP behind it": (files.png() + files.zipped(), "broken"),
    "a PNG with a wrong checksum": (files.png().replace(b"IDAT", b"IDAT!", 1), "broken"),
    "the header of a PNG alone": (b"\x89PNG\r\n\x1a\n", "broken"),
    "a PNG of 41 million pixels": (files.png_of(41_000, 1000), "too many pixels"),
    "a PNG of 100 million pixels": (files.png_of(10_000, 10_000), "too many pixels"),
    "a PNG of 4 billion pixels": (files.png_of(2**16, 2**16), "too many pixels"),
    "a JPEG of 60 million pixels": (files.jpeg(size=(60_000, 1000)), "too many pixels"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_and_broken_files_are_refused_in_words(app, name):
    data, said = REFUSED[name]
    with pytest.raises(Invalid, match=said):
        content_of(data, "transcript.pdf")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Transcript 2026.PDF", "Transcript 2026.pdf"),
        ("транскрипт.pdf", "транскрипт.pdf"),
        ("Қазақша құжат.pdf", "Қазақша құжат.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\cv.pdf", "cv.pdf"),
        ("/absolute/path/", "document.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("cv.pdf\0.exe", "cv.pdf.exe.pdf"),
        ("a\r\nContent-Type: text/html\r\n\r\nb.pdf", "html b.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("lone\ud800surrogate.pdf", "lonesurrogate.pdf"),
        ("two  blanks\u00a0and\u2028lines.pdf", "two blanks and lines.pdf"),
        ('quo"te<b>.pdf', "quo_te_b_.pdf"),
        ("CON: x|y?.pdf", "CON_ x_y_.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("й" * 400 + ".pdf", "й" * 100 + ".pdf"),
        ("scan.jpeg", "scan.pdf"),
    ],
)
def test_a_name_is_a_label_only(given, shown):
    assert clean_label(given, FileType.PDF) == shown


def test_composed_and_decomposed_letters_are_one():
    assert clean_label("и\u0306.pdf", FileType.PDF) == clean_label("й.pdf", FileType.PDF)


def test_files_lie_under_random_names_that_only_we_can_read(app):
    name = storage.store(b"something")
    path = storage.path_of(name)
    assert path.read_bytes() == b"something"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert storage.store(b"something") != name
    assert name in set(storage.names())
    storage.discard(name)
    storage.discard(name)
    assert name not in set(storage.names())


@pytest.mark.parametrize("name", ["", "..", "../secret_key", "a" * 31, "A" * 32, "a" * 33])
def test_only_random_names_lead_to_files(app, name):
    with pytest.raises(ValueError, match="not the name"):
        storage.path_of(name)


def test_the_folder_follows_its_setting(app, monkeypatch, tmp_path):
    assert storage.folder().parent == type(tmp_path)(app.instance_path)
    monkeypatch.setitem(app.config, "DOCUMENTS", str(tmp_path / "elsewhere"))
    name = storage.store(b"something")
    assert (tmp_path / "elsewhere" / name[:2] / name).read_bytes() == b"something"


def test_a_full_disk_leaves_nothing_behind(app, monkeypatch):
    before = set(storage.names())

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mobility.applications.storage.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        storage.store(b"something")
    assert set(storage.names()) == before
