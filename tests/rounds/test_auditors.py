"""Auditors: named by an admin, they get the file of a published round and nothing else."""

import pytest

from mobility.db import transaction
from mobility.errors import Conflict, Invalid
from mobility.rounds import queries, services
from tests import factories
from tests.rounds.scenes import computed, frozen, published, scene


@pytest.fixture
def at(app):
    return scene()


@pytest.fixture
def journalist(at):
    with transaction():
        return factories.student(factories.institution("kaznu.kz"), name="Aruzhan Critic")


def name(round_, user, admin):
    with transaction():
        services.name_auditor(round_, f" {user.email.upper()} ", admin)


def test_an_auditor_gets_the_file_from_the_publication_on(at, journalist, visitor, mailbox):
    run = computed(at)
    name(run.round, journalist, at.admin)
    assert journalist.id not in [mail.user_id for mail in mailbox()]
    assert visitor(journalist).get(f"/rounds/{run.round_id}/file").status_code == 404
    with transaction():
        services.publish_run(run, at.admin)
    [letter] = [mail for mail in mailbox() if mail.user_id == journalist.id]
    assert run.round.file_digest in letter.text
    assert visitor(journalist).get(f"/rounds/{run.round_id}/file").status_code == 200
    assert visitor(journalist).get(f"/rounds/{run.round_id}/partner-file").status_code == 403
    assert visitor(journalist).get(f"/rounds/{run.round_id}/explanations").status_code == 403
    page = visitor(at.bota.applicant).read(f"/rounds/{run.round_id}")
    assert "Auditors, named by an administrator: Aruzhan Critic." in page
    assert "Aruzhan" not in visitor(None).read(f"/rounds/{run.round_id}")


def test_named_after_the_publication_they_are_written_to_at_once(at, journalist, mailbox):
    run = published(at)
    name(run.round, journalist, at.admin)
    assert [mail.user_id for mail in mailbox()][-1] == journalist.id


def test_an_auditor_is_dismissed_in_the_cockpit(at, journalist, visitor):
    run = published(at)
    admin = visitor(at.admin)
    page = f"/calls/{at.call.id}/round"
    said = admin.post(f"{page}/auditors", {"email": journalist.email}, follow_redirects=True)
    assert "The auditor is named." in said.text
    assert "An auditor was named." in said.text
    said = admin.post(f"{page}/auditors/dismiss", {"auditor": journalist.id}, follow_redirects=True)
    assert "Aruzhan Critic audits this round no longer." in said.text
    assert visitor(journalist).get(f"/rounds/{run.round_id}/file").status_code == 403
    assert admin.post(f"{page}/auditors/dismiss", {"auditor": "x"}).status_code == 409


def test_who_has_no_account_is_refused_at_the_field(at, journalist, visitor):
    round_ = frozen(at)
    said = visitor(at.admin).post(
        f"/calls/{at.call.id}/round/auditors", {"email": "nobody@example.org"}
    )
    assert said.status_code == 422
    assert "They have to register first." in said.text.split('id="email-error"')[1]
    assert "nobody@example.org" in said.text
    assert queries.auditors(round_) == []


def test_nobody_is_named_twice_or_dismissed_twice(at, journalist):
    round_ = frozen(at)
    name(round_, journalist, at.admin)
    with pytest.raises(Invalid, match="audits this round already"):
        name(round_, journalist, at.admin)
    with transaction():
        services.dismiss_auditor(round_, journalist, at.admin)
    with pytest.raises(Conflict, match="does not audit"), transaction():
        services.dismiss_auditor(round_, journalist, at.admin)
