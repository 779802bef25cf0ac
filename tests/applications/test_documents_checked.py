"""Documents accepted and rejected one by one; what a certificate does to a profile."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.accounts.models import LanguageSkill, Profile
from mobility.agreements.models import Direction
from mobility.applications import services
from mobility.applications.eligibility import obstacles
from mobility.applications.models import (
    CHECK,
    Application,
    ApplicationStatus,
    Document,
    DocumentKind,
    DocumentStatus,
)
from mobility.applications.queries import asked_documents, profile_of
from mobility.audit import AuditEvent
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.offers.services import create_call

from .. import factories
from ..clients import words
from . import files
from .test_at_once import together

__all__ = ["together"]
S, K, D = ApplicationStatus, DocumentKind, DocumentStatus


def get(document: Document) -> Document:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Document, document.id)


def skills(person) -> dict[str, str]:
    db.session.rollback()
    found = select(LanguageSkill).join(Profile).where(Profile.user_id == person.id)
    return {skill.language: skill.cefr.value for skill in db.session.scalars(found)}


def told(action: str) -> list[dict]:
    db.session.rollback()
    found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
    return [event.details for event in db.session.scalars(found)]


@pytest.fixture
def transcript(scene, one, write):
    with write():
        factories.asked(scene.call)
        return factories.document(one)


@pytest.fixture
def certificate(scene, one, write):
    with write():
        factories.asked(scene.call, K.LANGUAGE)
        return factories.document(one, K.LANGUAGE)


def test_accepting_by_the_page(scene, carla, transcript):
    response = carla.post(f"/documents/{transcript.id}/accept")
    assert (response.status_code, response.location) == (303, "/pipeline/1/review#documents")
    document = get(transcript)
    assert (document.status, document.reviewed_by_id) == (D.ACCEPTED, scene.coordinator.id)
    page = carla.read("/pipeline/1/review")
    assert "Document accepted: transcript of records" in page
    assert "Reject: transcript of records" in page
    assert "Accept: transcript of records" not in page


def test_rejecting_writes_the_applicant_why(scene, carla, visitor, transcript, mailbox):
    form = {f"document-{transcript.id}-text": "The second page is missing."}
    assert carla.post(f"/documents/{transcript.id}/reject", form).status_code == 303
    document = get(transcript)
    assert (document.status, document.reason) == (D.REJECTED, "The second page is missing.")
    [mail] = mailbox()
    assert mail.recipient == scene.student.email
    assert "transcript of records (Transcript.pdf)" in mail.text
    assert "The second page is missing." in mail.text
    assert "/applications/1/documents" in mail.text
    page = visitor(scene.student).read("/applications/1/documents")
    assert "Your coordinator could not accept it: The second page is missing." in page


def test_the_letter_says_what_can_be_done_after_the_deadline(scene, transcript, write, mailbox):
    with clock.at(scene.call.closes_at), write():
        services.reject_document(transcript, "Unreadable.", scene.coordinator)
    [mail] = mailbox()
    assert "once your coordinator returns the application" in " ".join(mail.text.split())


def test_a_rejection_needs_its_reason_at_the_field(carla, transcript):
    response = carla.post(f"/documents/{transcript.id}/reject", {})
    assert response.status_code == 422
    field = f"document-{transcript.id}-text"
    assert f'id="{field}-error"' in response.text
    assert f'href="#{field}"' in response.text
    assert get(transcript).status is D.WAITING


@pytest.mark.parametrize("status", list(D), ids=lambda s: s.value)
@pytest.mark.parametrize("action", CHECK.steps)
def test_each_step_from_each_state(scene, one, write, status, action):
    with write():
        document = factories.document(one, K.LANGUAGE, status=status)
    allowed = {
        "accept": {D.WAITING, D.REJECTED},
        "reject": {D.WAITING, D.ACCEPTED},
        "certify": {D.WAITING, D.REJECTED},
    }[action]
    act = {
        "accept": lambda: services.accept_document(document, scene.coordinator),
        "reject": lambda: services.reject_document(document, "No.", scene.coordinator),
        "certify": lambda: services.certify(document, "de", factories.Cefr.A1, scene.student),
    }[action]
    if status in allowed:
        with write():
            act()
        assert get(document).status is CHECK.steps[action][1]
    else:
        with pytest.raises(Conflict, match="present state"), write():
            act()
        assert get(document).status is status


@pytest.mark.parametrize("status", [s for s in S if s is not S.DRAFT], ids=lambda s: s.value)
def test_documents_are_checked_before_the_decision(scene, write, status):
    with write():
        application = factories.application(
            scene.student, scene.call, scene.offers[:1], status=status
        )
        document = factories.document(application)
    if status in {S.SUBMITTED, S.RETURNED}:
        with write():
            services.accept_document(document, scene.coordinator)
    else:
        with pytest.raises(Conflict, match="before the decision"), write():
            services.accept_document(document, scene.coordinator)


def test_frozen_documents_stay_as_they_are(scene, one, transcript, carla, write):
    with write():
        one.locked_at = clock.now()
    form = {f"document-{transcript.id}-text": "Too late."}
    response = carla.post(f"/documents/{transcript.id}/reject", form)
    assert response.status_code == 409
    assert "frozen" in response.text
    assert "Too late." in words(response.text)
    assert "Accept: " not in carla.read("/pipeline/1/review")


def test_a_version_that_was_replaced_is_no_longer_checked(scene, one, transcript, carla, write):
    with write():
        transcript.replaced_at = clock.now()
        factories.document(one, number=2, data=files.pdf(b"2"))
    response = carla.post(f"/documents/{transcript.id}/accept")
    assert response.status_code == 409
    assert "A newer version of this document" in response.text
    assert get(transcript).status is D.WAITING


@pytest.mark.parametrize("attempt", range(3))
def test_two_coordinators_accept_at_once_and_one_is_told(
    scene, visitor, certificate, together, attempt
):
    carla, dana = visitor(scene.coordinator), visitor(scene.colleague)
    address = f"/documents/{certificate.id}/accept"
    db.session.rollback()
    assert together(lambda: carla.post(address), lambda: dana.post(address)) == [303, 409]
    assert len(told("document.accept")) == len(told("profile.certify")) == 1


# --- Approval -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "not uploaded"),
        (D.REJECTED, "rejected, to be replaced"),
        (D.WAITING, None),
        (D.ACCEPTED, None),
    ],
)
def test_approval_waits_for_required_documents(scene, write, carla, state, said):
    with write():
        factories.asked(scene.call)
        factories.asked(scene.call, K.CV, required=False)
        application = factories.application(scene.student, scene.call, scene.offers[:1], score=70)
        if state:
            factories.document(application, status=state)
    form = {"approve-version": application.version}
    response = carla.post(f"/pipeline/{application.id}/approve", form)
    if said is None:
        assert response.status_code == 303
    else:
        assert response.status_code == 409
        assert f"missing or rejected: transcript of records ({said})." in words(response.text)


def test_an_upload_makes_whoever_decides_look_again(scene, one, carla, visitor, write):
    with write():
        factories.asked(scene.call)
        services.score_application(one, 70, scene.coordinator)
        factories.document(one)
    version = {"approve-version": db.session.get_one(Application, 1).version}
    upload = {"transcript": (files.BytesIO(files.pdf(b"2")), "b.pdf")}
    assert visitor(scene.student).post("/applications/1/documents", upload).status_code == 303
    assert carla.post("/pipeline/1/approve", version).status_code == 409
    assert db.session.get_one(Application, 1).status is S.SUBMITTED


def test_many_at_once_are_looked_at_with_as_many_queries(scene, carla, write, count_queries):
    def add() -> int:
        with write():
            person = factories.student(scene.home)
            made = factories.application(person, scene.call, scene.offers[:1], score=70)
            factories.document(made)
        return made.id

    def queries_of_documents(ids) -> int:
        with count_queries() as statements:
            page = carla.post("/pipeline/bulk", {"action": "approve", "chosen": ids})
        assert page.status_code == 200
        return len([one for one in statements if "FROM document" in one or "asked_doc" in one])

    with write():
        factories.asked(scene.call)
    ids = [add()]
    assert queries_of_documents(ids) == 2
    ids += [add(), add()]
    assert queries_of_documents(ids) == 2


def test_query_count_of_the_review_does_not_grow(scene, one, carla, write, count_queries):
    def visit() -> int:
        with count_queries() as statements:
            assert carla.get("/pipeline/1/review").status_code == 200
        return len(statements)

    def add(kind, versions):
        with write():
            factories.asked(scene.call, kind)
            for number in range(1, versions + 1):
                old = clock.now() if number < versions else None
                reader = factories.coordinator(scene.home)
                factories.document(one, kind, number=number, replaced_at=old, reviewed_by=reader)

    add(K.TRANSCRIPT, 1)
    before = visit()
    add(K.LANGUAGE, 2)
    add(K.CV, 3)
    assert visit() == before


@pytest.mark.parametrize("direction", Direction)
def test_a_call_for_teachers_asks_for_the_agreement_of_the_head(scene, write, direction):
    with write():
        call = create_call(
            scene.admin,
            direction=direction,
            title_en="New",
            term=scene.call.term,
            opens_at=clock.now(),
            closes_at=clock.now() + timedelta(days=3),
        )
        asked = {one.kind: one.required for one in asked_documents(call)}
        teachers = direction is Direction.PROFESSIONAL_DEVELOPMENT
        assert asked == ({K.HEAD_AGREEMENT: True} if teachers else {})
        services.ask_for_documents(call, {}, scene.admin)
        assert list(asked_documents(call)) == []


# --- Certificates ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("has", "after", "raised"),
    [({}, "C1", True), ({"en": "B1"}, "C1", True), ({"en": "C2"}, "C2", False)],
)
def test_an_accepted_certificate_lifts_the_language_and_never_lowers_it(
    scene, write, has, after, raised
):
    with write():
        person = factories.student(scene.home, skills=has)
        application = factories.application(person, scene.call, scene.offers[:1])
        certificate = factories.document(application, K.LANGUAGE)
    with write():
        services.accept_document(certificate, scene.coordinator)
    assert skills(person) == {"en": after}
    on_record = [{
        "document": certificate.id, "language": "en", "cefr": "C1", "before": has.get("en"),
    }]  # fmt: skip
    assert told("profile.certify") == (on_record if raised else [])
    with write():
        services.reject_document(get(certificate), "A slip.", scene.coordinator)
    assert skills(person) == has
    assert len(told("profile.decertify")) == raised


def test_a_level_changed_since_is_left_alone(scene, one, certificate, write):
    with write():
        services.accept_document(certificate, scene.coordinator)
    with write():
        [skill] = profile_of(scene.student).skills
        skill.cefr = factories.Cefr.C2
    with write():
        services.reject_document(get(certificate), "A slip.", scene.coordinator)
    assert skills(scene.student) == {"en": "C2"}


def test_obstacles_see_what_a_certificate_shows(scene, one, certificate, write):
    with write():
        offer = factories.offer(scene.call, scene.condition, language="en", cefr=factories.Cefr.C1)
        assert [o.code for o in obstacles(profile_of(scene.student), offer)] == ["language"]
    with write():
        services.accept_document(certificate, scene.coordinator)
    with write():
        assert obstacles(profile_of(scene.student), offer) == []


def test_a_certificate_without_its_level_is_not_accepted(scene, one, carla, write):
    with write():
        factories.asked(scene.call, K.LANGUAGE)
        bare = factories.document(one, K.LANGUAGE, language=None, cefr=None)
    response = carla.post(f"/documents/{bare.id}/accept")
    assert response.status_code == 409
    assert "has not said which language and level" in response.text
    assert "Accept: " not in carla.read("/pipeline/1/review")


# --- What a call asks for -------------------------------------------------------------------------


def test_an_admin_sets_what_a_call_asks_for(scene, visitor):
    admin, address = visitor(scene.admin), f"/calls/{scene.call.id}/documents"
    with clock.at(scene.call.opens_at - timedelta(hours=1)):
        form = {
            "transcript-asked": "required",
            "transcript-note_en": "Two years.",
            "transcript-note_kk": "Екі жыл.",
            "cv-asked": "optional",
        }
        assert admin.post(address, form).status_code == 303
        assert "Transcript of records required Two years." in visitor().read(
            f"/calls/{scene.call.id}"
        )
        assert (
            admin.post(address, {"transcript-asked": "no", "cv-asked": "required"}).status_code
            == 303
        )
        page = visitor().read(f"/calls/{scene.call.id}")
    assert "Curriculum vitae required" in page
    assert "Transcript" not in page
    assert [details["after"] for details in told("call.ask-documents")] == [
        {"transcript": True, "cv": False},
        {"cv": True},
    ]


def test_an_open_call_may_only_ask_for_less(scene, visitor, write):
    with write():
        factories.asked(scene.call, K.TRANSCRIPT)
        factories.asked(scene.call, K.CV, required=False)
    carla, address = visitor(scene.coordinator), f"/calls/{scene.call.id}/documents"
    stricter = {"transcript-asked": "required", "cv-asked": "required"}
    response = carla.post(address, stricter)
    assert response.status_code == 422
    assert 'id="cv-asked-error"' in response.text
    assert 'href="#cv-asked">Curriculum vitae, Asked for: The call is open, so' in response.text
    eased = {"transcript-asked": "optional", "cv-asked": "no", "other-asked": "optional"}
    assert carla.post(address, eased).status_code == 303
    assert told("call.ask-documents") == [
        {
            "before": {"transcript": True, "cv": False},
            "after": {"transcript": False, "other": False},
        }
    ]


def test_a_closed_call_asks_for_what_it_asked(scene, visitor):
    admin, address = visitor(scene.admin), f"/calls/{scene.call.id}/documents"
    with clock.at(scene.call.closes_at):
        response = admin.post(address, {"cv-asked": "optional"})
        assert response.status_code == 409
        assert "this stands" in response.text


def test_long_notes_are_refused_at_their_field(scene, visitor):
    form = {"cv-asked": "optional", "cv-note_ru": "ж" * 501}
    response = visitor(scene.admin).post(f"/calls/{scene.call.id}/documents", form)
    assert response.status_code == 422
    assert 'id="cv-note_ru-error"' in response.text


def test_services_refuse_a_rejection_without_words(scene, transcript, write):
    with pytest.raises(Invalid, match="Say why"), write():
        services.reject_document(transcript, " ", scene.coordinator)
