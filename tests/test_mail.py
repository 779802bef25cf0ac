"""Mail is queued with its cause, composed in the reader's language, sent once and never lost."""

import email
import socket
from datetime import UTC, datetime
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask_babel import format_date
from sqlalchemy import select

from mobility.db import db, transaction
from mobility.jobs import Job, JobStatus, run_due_jobs
from mobility.mail import Letter, address_of, queue_letter

from . import factories

MOMENT = datetime(2027, 3, 12, 13, tzinfo=UTC)


def compose(word: str) -> Letter:
    return Letter(subject=f"About {word}", happened=f"{word} <b>happened</b>.", link="http://x/1")


def test_mail_is_written_to_a_file_after_commit(app, mailbox):
    with transaction():
        queue_letter(factories.user(email="a@mail.example"), compose, "tea")
    folder = Path(app.instance_path, "mail")
    before = set(folder.glob("*.eml")) if folder.exists() else set()
    run_due_jobs()
    (written,) = set(folder.glob("*.eml")) - before
    message = email.message_from_bytes(written.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"]) == ("a@mail.example", "About tea")
    assert message["Message-ID"] == mailbox()[0].message_id
    assert "&lt;b&gt;" in message.get_body(("html",)).get_content()
    assert "tea <b>happened</b>." in message.get_body(("plain",)).get_content()
    assert mailbox()[0].sent_at is not None


def test_mail_of_a_failed_transaction_is_never_queued(app, mailbox):
    with pytest.raises(ZeroDivisionError), transaction():
        queue_letter(factories.user(), compose, "tea")
        _ = 1 / 0
    assert mailbox() == []


class Refusing:
    """An SMTP server that refuses the first message it sees, then takes all."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.refused = 0

    async def handle_DATA(self, server, session, envelope):
        if not self.refused:
            self.refused += 1
            return "451 try again"
        self.taken.append(
            email.message_from_bytes(envelope.content, policy=policy.default)["Message-ID"]
        )
        return "250 taken"


def test_mail_refused_by_the_server_is_kept_and_tried_again(app, mailbox, monkeypatch):
    server = Refusing()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        monkeypatch.setitem(app.config, "SMTP", f"smtp://127.0.0.1:{port}")
        with transaction():
            reader = factories.user()
            queue_letter(reader, compose, "one")
            queue_letter(reader, compose, "two")
        run_due_jobs()
        assert [mail.sent_at is None for mail in mailbox()] == [True, False]
        assert "451" in mailbox()[0].error
        with transaction():  # the retry is due in a while: let it be now
            waiting = db.session.scalar(select(Job).where(Job.status == JobStatus.QUEUED))
            waiting.due_at = waiting.created_at
        run_due_jobs()
        assert all(mail.sent_at for mail in mailbox())
        assert sorted(server.taken) == sorted(mail.message_id for mail in mailbox())
    finally:
        controller.stop()


def deadline() -> Letter:
    return Letter(
        subject=format_date(MOMENT, "MMMM"), happened="…", until=MOMENT, link="http://x/1"
    )


@pytest.mark.parametrize(
    ("language", "zone", "subject", "until"),
    [
        ("ru", "Asia/Yekaterinburg", "марта", "12 марта 2027, 18:00 (Екатеринбург)"),
        ("kk", "Asia/Almaty", "наурыз", "12 наурыз 2027, 18:00 (Алматы)"),
        ("en", "UTC", "March", "12 March 2027, 13:00 (UTC)"),
    ],
)
def test_letter_speaks_the_readers_language_and_zone(app, mailbox, language, zone, subject, until):
    with transaction():
        queue_letter(factories.user(language=language, timezone=zone), deadline)
    (mail,) = mailbox()
    assert mail.subject.startswith(subject[:4])
    assert until in mail.text


def test_address_of_a_page_is_absolute_with_and_without_a_request(app, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://sapar.example/")
    assert address_of("health", part="a b") == "https://sapar.example/health?part=a+b"
    with app.test_request_context(base_url="http://elsewhere.example"):
        assert address_of("health") == "https://sapar.example/health"
