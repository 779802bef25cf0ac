"""Who may read a document, and how it is served: exact bytes that no browser looks into."""

from urllib.parse import quote

import pytest
from sqlalchemy import select

from mobility.applications import storage
from mobility.applications.cli import check_documents
from mobility.applications.handing import compare_store
from mobility.applications.models import ApplicationStatus, Document, DocumentKind
from mobility.applications.permissions import RULES
from mobility.audit import AuditEvent
from mobility.db import db

from .. import factories
from . import files
from .test_permissions import REVIEWERS, ROLES, cast

__all__ = ["cast"]
S, K = ApplicationStatus, DocumentKind
MB = 2**20

POLYGLOTS = {
    "plain": files.PDF,
    "PDF with HTML inside": files.pdf(files.HTML),
    "PDF with JavaScript": files.pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"),
    "PDF with HTML close behind its end": files.PDF + files.HTML,
    "PDF with null bytes": files.pdf(bytes(64)),
    "JPEG with a script in its comment": files.jpeg(comment=files.HTML),
    "JPEG with HTML behind its end": files.jpeg() + files.HTML,
    "PNG": files.png(),
}


def fetched(browser, document_id):
    """The bytes and headers of a document."""
    with browser.get(f"/documents/{document_id}") as response:
        assert response.status_code == 200
        return response.data, response.headers


def downloads() -> list[tuple[int | None, int]]:
    db.session.rollback()
    found = select(AuditEvent).where(AuditEvent.action == "document.download")
    ordered = db.session.scalars(found.order_by(AuditEvent.id))
    return [(event.actor_id, event.subject_id) for event in ordered]


@pytest.mark.parametrize("name", POLYGLOTS)
def test_served_as_exact_bytes_in_a_sealed_attachment(scene, one, write, visitor, name):
    data = POLYGLOTS[name]
    with write():
        document = factories.document(one, data=data, name="scan.html")
    body, headers = fetched(visitor(scene.student), document.id)
    media_type = {b"%PDF": "application/pdf", b"\x89PNG": "image/png"}.get(data[:4], "image/jpeg")
    ending = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[media_type]
    assert body == data
    assert {name: headers.get(name) for name in SEAL} == {
        "Content-Type": media_type,
        "Content-Disposition": f"attachment; filename=scan.html.{ending}",
        "Content-Length": str(len(data)),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
        "ETag": None,
        "Last-Modified": None,
        "Accept-Ranges": None,
        "Set-Cookie": None,
    }


SEAL = {
    "Content-Type", "Content-Disposition", "Content-Length", "Content-Security-Policy",
    "X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Cache-Control", "ETag",
    "Last-Modified", "Accept-Ranges", "Set-Cookie",
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ("Қазақша құжат.pdf", "Қазақша құжат.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ('a";filename="b.html', "a_;filename=_b.html.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("../../../etc/passwd\0.pdf", "passwd.pdf"),
        ("й" * 5000, "й" * 100 + ".pdf"),
    ],
)
def test_strange_names_are_offered_cleaned(scene, one, write, visitor, given, offered):
    with write():
        document = factories.document(one, name=given)
    _, headers = fetched(visitor(scene.student), document.id)
    said = headers["Content-Disposition"]
    assert said.startswith("attachment; filename=")
    if offered.isascii():
        assert offered in said
    else:
        assert said.endswith(f"filename*=UTF-8''{quote(offered)}")
    assert "Set-Cookie" not in headers
    page = visitor(scene.coordinator).get(f"/pipeline/{one.id}/review").text
    assert "\u202e" not in page


def test_the_given_name_is_text_on_the_page(scene, one, write, visitor):
    with write():
        factories.document(one, name="<img src=x onerror=alert(1)>&amp;.pdf")
    page = visitor(scene.coordinator).get(f"/pipeline/{one.id}/review").text
    assert "<img src=x" not in page
    assert "_img src=x onerror=alert(1)_&amp;amp;.pdf" in page


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", list(S), ids=lambda s: s.value)
def test_documents_belong_to_those_who_see_the_application(scene, cast, write, role, status):
    user = cast[role]
    with write():
        application = factories.application(
            scene.student, scene.call, scene.offers[:1], status=status
        )
        document = factories.document(application)
        reviewed = role in REVIEWERS and status is not S.DRAFT
        rules = {name: rule for name, rule in RULES.items() if name.startswith("document:")}
        assert {name: rule(user, document) for name, rule in rules.items()} == {
            "document:view": role == "student" or reviewed,
            "document:review": reviewed,
        }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", [S.DRAFT, S.SUBMITTED], ids=lambda s: s.value)
def test_the_address_answers_those_alone(scene, cast, write, visitor, role, status):
    with write():
        application = factories.application(
            scene.student, scene.call, scene.offers[:1], status=status
        )
        document = factories.document(application)
    with visitor(cast[role]).get(f"/documents/{document.id}") as response:
        reads = role == "student" or (role in REVIEWERS and status is S.SUBMITTED)
        assert response.status_code == (200 if reads else 303 if role == "nobody" else 404)
        assert (response.data == files.PDF) == reads


@pytest.mark.parametrize("role", ROLES)
def test_who_sets_what_a_call_asks_for(scene, cast, write, role):
    with write():
        asks = RULES["call:ask-documents"](cast[role], scene.call)
    assert asks == (role in {"admin", "coordinator", "colleague"})


def test_nobody_checks_documents_of_their_own(scene, write):
    with write():
        both = factories.student(scene.home)
        both.grants.append(
            factories.RoleGrant(role=factories.Role.COORDINATOR, institution_id=scene.home.id)
        )
        own = factories.document(factories.application(both, scene.call, scene.offers[:1]))
        assert not RULES["document:review"](both, own)


def test_earlier_versions_stay_readable(scene, one, write, visitor):
    with write():
        old = factories.document(one, replaced_at=one.created_at)
        factories.document(one, data=files.pdf(b"new"), number=2)
    assert fetched(visitor(scene.coordinator), old.id)[0] == files.PDF


def test_downloads_by_others_are_on_record(scene, one, write, visitor):
    with write():
        document = factories.document(one)
    fetched(visitor(scene.student), document.id)
    assert downloads() == []
    fetched(visitor(scene.coordinator), document.id)
    fetched(visitor(scene.admin), document.id)
    assert downloads() == [
        (scene.coordinator.id, document.id),
        (scene.admin.id, document.id),
    ]
    assert "download" not in visitor(scene.coordinator).read(f"/pipeline/{one.id}/review")


def test_a_file_that_is_gone_is_said_to_be(scene, one, write, visitor):
    with write():
        document = factories.document(one)
    storage.discard(document.stored_as)
    response = visitor(scene.student).get(f"/documents/{document.id}")
    assert response.status_code == 404
    assert "no longer where it was kept" in response.text


def test_stored_files_have_no_address_of_their_own(scene, one, write, visitor):
    with write():
        document = factories.document(one)
    name = document.stored_as
    for address in (
        f"/static/{name}",
        f"/documents/{name}",
        f"/static/../documents/{name[:2]}/{name}",
    ):
        assert visitor(scene.admin).get(address).status_code == 404
    assert str(storage.folder()) not in visitor(scene.admin).get(f"/pipeline/{one.id}/review").text


def test_the_store_is_compared_with_the_rows(app, scene, one, write):
    import os

    with write():
        sound = factories.document(one)
        lost = factories.document(one, K.CV)
        changed = factories.document(one, K.OTHER)
    storage.discard(lost.stored_as)
    storage.path_of(changed.stored_as).write_bytes(b"other")
    young, stray = storage.store(b"young"), storage.store(b"stray")
    os.utime(storage.path_of(stray), (0, 0))
    found = compare_store()
    assert (found.sound, found.missing, found.changed) == (
        1,
        [lost.stored_as],
        [changed.stored_as],
    )
    assert stray in found.stray
    assert {young, sound.stored_as}.isdisjoint(found.stray)
    result = app.test_cli_runner().invoke(check_documents, ["--remove-stray"])
    assert db.session.get_one(Document, lost.id).stored_as in result.output
    assert result.exit_code == 1
    assert stray not in set(storage.names())
    assert young in set(storage.names())
