"""A copy of one's own data, and the erasure of an account."""

import io
import json
import zipfile

import pytest
from sqlalchemy import or_, select

import mobility.mail
from mobility import audit, clock
from mobility.accounts import own_data, people
from mobility.accounts.models import Consent, Role, User, UserStatus
from mobility.accounts.queries import people_found, user_by_email
from mobility.applications import storage
from mobility.applications.models import Application, ApplicationStatus, Document, Review
from mobility.db import Base, db, transaction
from mobility.errors import Conflict, Invalid
from mobility.jobs import run_due_jobs
from mobility.mail import Mail, queue_letter
from mobility.personal import parts

from .. import factories
from ..applications import files
from ..clients import form_on, words

SECRET = "Ayzhan Very-Rare"
EMAIL = "very.rare@kaznpu.kz"
WROTE = "Nobody else writes this."


@pytest.fixture
def told(write):
    """A student with an application, a document, a letter and a review, and who is around."""
    with write():
        home, host = factories.institution("kaznpu.kz"), factories.institution("susu.ru")
        admin = factories.admin()
        coordinator = factories.coordinator(home)
        student = factories.student(
            home, name=SECRET, email=EMAIL, profile={"position": "Assistant at Rare chair"}
        )
        call = factories.call()
        offer = factories.offer(call, factories.condition(home, host))
        application = factories.application(
            student, call, [offer], status=ApplicationStatus.REJECTED, note=f"No, {SECRET}."
        )
        application.choices[0].motivation = WROTE
        review = factories.review(application, coordinator)
        review.comment = f"{SECRET} is good."
        document = factories.document(application, name="rare name.pdf", data=files.PDF)
        audit.record("user.rename", student, actor=student, before="Somebody", after=SECRET)
        queue_letter(student, _letter)
        db.session.add(
            Consent(
                user_id=student.id, kind="personal-data", version="1", language="en",
                wording="I agree.", at=clock.now(),
            )
        )  # fmt: skip
        db.session.flush()
        ids = {
            "student": student.id, "application": application.id, "review": review.id,
            "document": document.id, "stored": document.stored_as, "admin": admin.id,
            "coordinator": coordinator.id, "number": application.pseudonym,
        }  # fmt: skip
    return ids


def _letter():
    return mobility.mail.Letter(subject="To you", happened=f"Dear {SECRET}, {WROTE}")


def person(told, who="student") -> User:
    return db.session.get_one(User, told[who])


def unpacked(answer) -> zipfile.ZipFile:
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.get_data()
    answer.close()  # the file that was served is open until then
    return zipfile.ZipFile(io.BytesIO(data))


def everything() -> str:
    """Every text in every table."""
    db.session.rollback()
    found = []
    for table in Base.metadata.sorted_tables:
        found += [str(tuple(row)) for row in db.session.execute(select(table))]
    return "\n".join(found)


def test_every_column_that_points_at_people_belongs_to_a_part(app):
    pointing = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "user" for key in column.foreign_keys)
    }
    told = [name for part in parts() for name in part.columns]
    assert sorted(told) == sorted(pointing)


def test_the_copy_holds_what_was_entered_and_the_documents(visitor, told):
    browser = visitor(person(told))
    assert "A copy of your data" in browser.read("/account/data")
    archive = unpacked(browser.post("/account/data/copy"))
    said = json.loads(archive.read("data.json"))
    assert said["account"]["email"] == EMAIL
    assert said["account"]["consents"][0]["wording"] == "I agree."
    assert said["account"]["letters"][0]["subject"] == "To you"
    assert said["account"]["profile"]["position"] == "Assistant at Rare chair"
    [application] = said["applications"]
    assert application["choices"][0]["motivation"] == WROTE
    assert application["told"] == f"No, {SECRET}."
    [document] = application["documents"]
    assert archive.read(document["file"]) == files.PDF
    assert set(archive.namelist()) == {"data.json", document["file"]}
    with transaction(write=False):
        assert audit.history(person(told))[-1].action == "user.export-data"


def test_the_copy_ties_nobody_to_a_row_of_a_file_and_has_no_scores(visitor, told):
    archive = unpacked(visitor(person(told)).post("/account/data/copy"))
    text = archive.read("data.json").decode()
    assert told["number"] not in text
    assert "score" not in text
    assert "is good" not in text


def test_a_document_whose_file_is_gone_is_left_out(visitor, told):
    storage.discard(told["stored"])
    archive = unpacked(visitor(person(told)).post("/account/data/copy"))
    assert archive.namelist() == ["data.json"]


def test_nothing_names_an_erased_person_any_more(visitor, told):
    browser = visitor(person(told))
    page = browser.get("/account/data").text
    answer = browser.post(
        "/account/data/erase", {**form_on(page), "password": factories.PASSWORD, "sure": "y"}
    )
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Your account and your data are erased." in browser.read("/")
    left = everything()
    for word in (
        SECRET,
        "Very-Rare",
        "very.rare",
        WROTE,
        "Rare chair",
        "rare name",
        told["number"],
    ):
        assert word.casefold() not in left.casefold(), word
    assert not storage.path_of(told["stored"]).exists()
    with transaction(write=False):
        erased = person(told)
        assert (erased.status, erased.grants) == (UserStatus.ERASED, [])
        assert (erased.profile.eqf_level, erased.profile.skills) == (6, [])
        assert db.session.get_one(Application, told["application"]).status is (
            ApplicationStatus.REJECTED
        )
        assert db.session.get_one(Review, told["review"]).score == 70
        assert db.session.get(Document, told["document"]) is None
        assert audit.history(erased)[-1].action == "user.erase"
        assert {event.action for event in audit.history(erased)} >= {"user.rename"}


def test_an_erased_person_is_signed_out_and_unknown(visitor, told, service, mailbox):
    browser = visitor(person(told))
    elsewhere = visitor(person(told))
    form = {"password": factories.PASSWORD, "sure": "y"}
    assert browser.post("/account/data/erase", form).status_code == 303
    assert elsewhere.get("/account").location.startswith("/sign-in")
    answer = visitor().post("/sign-in", {"email": EMAIL, "password": factories.PASSWORD})
    assert answer.status_code == 422
    assert mailbox() == []
    with transaction(write=False):
        assert user_by_email(EMAIL) is None


def test_a_letter_that_waited_does_not_leave(told, service, tmp_path, monkeypatch):
    sent = []
    monkeypatch.setattr(mobility.mail, "_send", sent.append)
    with transaction():
        own_data.erase(person(told), person(told))
    run_due_jobs()
    assert sent == []
    with transaction(write=False):
        assert db.session.scalars(select(Mail)).all() == []


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"password": "wrong", "sure": "y"}, "This is not your password."),
        ({"password": factories.PASSWORD}, "Confirm that you know this."),
        ({"sure": "y"}, "Enter your password."),
    ],
)
def test_a_slip_erases_nothing(visitor, told, form, says):
    answer = visitor(person(told)).post("/account/data/erase", form)
    assert answer.status_code == 422
    assert says in words(answer.text)
    assert SECRET in everything()


def test_an_office_has_to_be_given_up_first(visitor, told):
    browser = visitor(person(told, "coordinator"))
    page = browser.read("/account/data")
    assert "An administrator has to take this role away first: coordinator" in page
    assert "Erase everything" not in page
    form = {"password": factories.PASSWORD, "sure": "y"}
    assert browser.post("/account/data/erase", form).status_code == 409
    with transaction(), pytest.raises(Conflict):
        own_data.erase(person(told, "admin"), person(told, "admin"))


def test_an_admin_erases_with_a_reason(visitor, told):
    boss, page = visitor(person(told, "admin")), f"/people/{told['student']}"
    assert "Erase this person's data" in boss.read(page)
    answer = boss.post(f"{page}/erase", {"erase-reason": ""})
    assert answer.status_code == 422
    assert boss.post(f"{page}/erase", {"erase-reason": "Asked by letter."}).status_code == 303
    page = boss.read(page)
    assert "was erased · Asked by letter." in page
    assert "Give a role" not in page
    with transaction():
        gone = person(told)
        with pytest.raises(Conflict):
            people.grant_role(gone, Role.ADMIN, actor=person(told, "admin"))
        with pytest.raises(Conflict):
            own_data.erase(gone, person(told, "admin"))
        assert gone not in people_found().items
        assert people_found(status=UserStatus.ERASED).items == [gone]


def test_a_wrong_password_is_told_at_its_field(told):
    with pytest.raises(Invalid) as refused:
        own_data.erase_own(told["student"], "wrong")
    assert refused.value.field == "password"


def test_what_others_hold_of_an_erased_checker_is_free_again(write, told):
    with write():
        colleague = factories.coordinator(person(told, "coordinator").scopes and _home(told))
        application = db.session.get_one(Application, told["application"])
        application.assigned_to = colleague
        factories.saved_view(colleague)
        db.session.flush()
        colleague.grants.clear()
        own_data.erase(colleague, person(told, "admin"))
        db.session.expire_all()
        assert db.session.get_one(Application, told["application"]).assigned_to is None
        assert not db.session.scalar(select(User.id).where(or_(User.name == "", User.email == "")))


def _home(told):
    return person(told).institution
