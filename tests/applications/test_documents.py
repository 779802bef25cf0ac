"""Documents handed in by their applicant: the page, what is refused, and versions."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from mobility.applications import handing, services, storage
from mobility.applications.models import (
    ApplicationStatus,
    Document,
    DocumentKind,
    DocumentStatus,
)
from mobility.audit import AuditEvent
from mobility.db import db
from mobility.errors import Invalid

from .. import factories
from ..clients import form_on, words
from . import files

S, K = ApplicationStatus, DocumentKind


def rows() -> list[Document]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Document).order_by(Document.id)))


def deeds() -> list[str]:
    db.session.rollback()
    found = select(AuditEvent.action).where(AuditEvent.subject_type == "document")
    return list(db.session.scalars(found.order_by(AuditEvent.id)))


def sent(**given) -> dict:
    """A form with files: bytes, or bytes and a name, by kind; and other fields."""
    fields = {}
    for name, value in given.items():
        if isinstance(value, bytes):
            value = value, f"{name}.pdf"
        fields[name] = (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
    return fields


def post_large(browser, address, **given):
    """Send files so large that the client keeps them in one of its own, which is closed here."""
    response = browser.post(address, sent(**given))
    response.request.environ["wsgi.input"].close()
    return response


@pytest.fixture
def begun(scene, write):
    """A draft in a call that requires a transcript and a certificate, and takes a CV."""
    with write():
        factories.asked(scene.call, K.TRANSCRIPT, note_en="Of the last two years.")
        factories.asked(scene.call, K.LANGUAGE)
        factories.asked(scene.call, K.CV, required=False)
        return factories.application(scene.student, scene.call, scene.offers[:2], status=S.DRAFT)


@pytest.fixture
def student(scene, visitor):
    return visitor(scene.student)


@pytest.fixture
def address(begun):
    return f"/applications/{begun.id}/documents"


def test_page_says_what_is_asked_for(student, address):
    page = student.read(address)
    assert "Transcript of records required Of the last two years. Nothing uploaded yet." in page
    assert "Curriculum vitae optional Nothing uploaded yet." in page
    assert student.get(address).text.count('type="file"') == 3


def test_a_call_that_asks_for_nothing_says_so(scene, student, write):
    with write():
        bare = factories.application(scene.student, scene.call, status=S.DRAFT)
    assert "No documents are asked for" in student.read(f"/applications/{bare.id}/documents")
    assert "Documents" not in student.read(f"/applications/{bare.id}/choices").split("main")[0]


def test_upload_keeps_the_bytes_and_a_label(student, address):
    response = student.post(address, sent(transcript=(files.PDF, "..\\Мой  транскрипт.PDF")))
    assert (response.status_code, response.location) == (303, address)
    [document] = rows()
    assert (document.kind, document.number, document.label) == (
        K.TRANSCRIPT,
        1,
        "Мой транскрипт.pdf",
    )
    assert (document.status, document.size) == (DocumentStatus.WAITING, len(files.PDF))
    path = storage.path_of(document.stored_as)
    assert path.read_bytes() == files.PDF
    assert "транскрипт" not in str(path)
    assert deeds() == ["document.upload"]
    assert "1 document is kept: transcript of records." in student.read(address)


def test_several_at_once_the_sound_ones_stay(student, address):
    response = student.post(
        address, sent(transcript=files.PDF, cv=(files.SVG, "cv.pdf"), language=files.jpeg())
    )
    assert response.status_code == 422
    page = response.text
    assert [document.kind for document in rows()] == [K.TRANSCRIPT, K.LANGUAGE]
    assert "2 documents are kept: transcript of records, language certificate." in words(page)
    assert 'href="#cv">Curriculum vitae: This is not a PDF, JPG or PNG file' in page
    assert 'id="cv-error"' in page
    assert 'id="transcript-error"' not in page


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (files.HTML, "transcript.pdf", "not a PDF, JPG or PNG"),
        (files.SVG, "transcript.svg", "not a PDF, JPG or PNG"),
        (files.png() + files.zipped(), "transcript.png", "broken or cut off"),
        (files.png_of(2**16, 2**16), "transcript.png", "too many pixels"),
        (b"", "transcript.pdf", "is empty"),
    ],
)
def test_hostile_files_are_refused_at_the_field(student, address, data, name, said):
    before = set(storage.names())
    response = student.post(address, sent(transcript=(data, name)))
    assert response.status_code == 422
    [at_field] = [line for line in response.text.splitlines() if 'id="transcript-error"' in line]
    assert said in at_field
    assert rows() == []
    assert set(storage.names()) == before


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.ini", "boot.ini.pdf"),
        ("nul\0l.pdf", "null.pdf"),
        ("й" * 3000 + ".pdf", "й" * 100 + ".pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("Қазақша.pdf", "Қазақша.pdf"),
        ("<script>alert(1)</script>", "script_.pdf"),
    ],
)
def test_a_name_never_becomes_a_path(student, address, name, label):
    assert student.post(address, sent(transcript=(files.PDF, name))).status_code == 303
    [document] = rows()
    assert document.label == label
    assert storage.path_of(document.stored_as).parent.parent == storage.folder()
    assert "<script>alert" not in student.get(address).text


def test_eleven_megabytes_at_every_field_are_read_and_refused(student, address):
    large = b"x" * 11 * 2**20
    response = post_large(student, address, transcript=large, cv=large, language=large)
    assert response.status_code == 422
    assert response.text.count("up to 10 MB; this one is larger") == 6  # at the field and on top


def test_too_much_for_one_request_is_an_error_page(scene, begun, student, visitor, address):
    response = post_large(student, address, transcript=b"x" * 90 * 2**20)
    assert response.status_code == 413
    assert "A file may have up to 10 MB" in words(response.text)
    stranger = post_large(visitor(), address, transcript=b"x" * 13 * 2**20)
    assert stranger.status_code == 413


def test_nothing_chosen_changes_nothing(student, address):
    assert student.post(address, sent(transcript=(b"", ""))).status_code == 303
    assert "choose a file first" in student.read(address)
    assert rows() == []


def test_a_file_that_the_call_does_not_ask_for_is_left_aside(student, address):
    assert student.post(address, sent(other=files.PDF)).status_code == 303
    assert rows() == []


def test_service_refuses_what_the_call_does_not_ask_for(scene, begun, write):
    with pytest.raises(Invalid, match="does not ask"), write():
        content = handing.content_of(files.PDF, "a.pdf")
        services.keep_document(begun, K.OTHER, content, "0" * 32, scene.student)


def test_replacing_keeps_the_versions(student, address):
    for number in range(3):
        student.post(address, sent(transcript=(files.pdf(b"%d" % number), f"T{number}.pdf")))
    assert [(d.number, d.is_current) for d in rows()] == [(1, False), (2, False), (3, True)]
    assert deeds() == ["document.upload", "document.replace", "document.replace"]
    page = student.read(address)
    assert "2 earlier versions" in page
    assert page.index("T2.pdf") < page.index("T1.pdf") < page.index("T0.pdf")
    for number, document in enumerate(rows()):
        address_of = f"/documents/{document.id}"
        with student.get(address_of) as response:
            assert response.data == files.pdf(b"%d" % number)


def test_the_same_file_twice_is_one_version(student, address):
    student.post(address, sent(transcript=files.PDF))
    stored = set(storage.names())
    assert student.post(address, sent(transcript=files.PDF)).status_code == 303
    assert [document.number for document in rows()] == [1]
    assert set(storage.names()) == stored


def test_versions_have_an_end(begun, student, address, write):
    with write():
        factories.document(begun, number=services.documents.MOST_VERSIONS)
    response = student.post(address, sent(transcript=files.pdf(b"one more")))
    assert response.status_code == 422
    assert "was uploaded 20 times; ask your coordinator." in response.text
    assert len(rows()) == 1


def test_the_rejected_file_is_not_taken_again(scene, begun, student, address, write):
    with write():
        factories.document(begun, status=DocumentStatus.REJECTED)
    response = student.post(address, sent(transcript=files.PDF))
    assert response.status_code == 422
    assert "the very file that was rejected" in response.text
    assert student.post(address, sent(transcript=files.pdf(b"new"))).status_code == 303
    assert [document.status for document in rows()] == [
        DocumentStatus.REJECTED,
        DocumentStatus.WAITING,
    ]


def test_a_certificate_without_its_level_is_kept_and_asked_about(student, address):
    bare = student.post(address, sent(language=files.PDF))
    assert bare.status_code == 422
    assert "Language it certifies: The certificate is kept. Say which language" in bare.text
    half = student.post(address, sent(certified_language="de"))
    assert half.status_code == 422
    assert (
        'href="#certified_level">Level it certifies: Choose the level of this language.'
        in half.text
    )
    [document] = rows()
    assert (document.language, document.lacks_level) == (None, True)
    level = {"certified_language": "de", "certified_level": "B2"}
    assert student.post(address, sent(**level)).status_code == 303
    [document] = rows()
    assert (document.language, document.cefr.value) == ("de", "B2")
    shown = form_on(student.get(address).text)
    assert (shown["certified_language"], shown["certified_level"]) == (["de"], ["B2"])
    student.post(address, sent(language=files.pdf(b"2"), **level))
    assert [(d.language, d.number) for d in rows()] == [("de", 1), ("de", 2)]


def test_a_level_without_a_certificate_is_refused_at_its_field(student, address):
    response = student.post(address, sent(certified_language="de", certified_level="B2"))
    assert response.status_code == 422
    assert 'href="#language">Language certificate: Upload the certificate too.' in response.text


def test_query_count_does_not_grow_with_documents(scene, begun, student, write, count_queries):
    def visit(page) -> int:
        with count_queries() as statements:
            assert student.get(page).status_code == 200
        return len(statements)

    pages = [
        f"/applications/{begun.id}/documents",
        f"/applications/{begun.id}/choices",
        f"/applications/{begun.id}",
        f"/calls/{scene.call.id}",
    ]
    with write():
        factories.document(begun, K.TRANSCRIPT)
    before = [visit(page) for page in pages]
    with write():
        factories.document(begun, K.LANGUAGE)
        factories.document(begun, K.CV, reviewed_by=scene.coordinator)
    assert [visit(page) for page in pages] == before
    assert db.session.scalar(select(func.count(Document.id))) == 3
