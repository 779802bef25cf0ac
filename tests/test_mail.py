"""Mail is queued with its cause, composed in the reader's language, sent once and never lost."""

import email
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask_babel import format_date

import mobility.mail
from mobility import clock
from mobility.db import transaction
from mobility.jobs import run_due_jobs
from mobility.mail import (
    AT_ONCE,
    FIRST_RETRY,
    MAX_TRIES,
    Letter,
    address_of,
    queue_letter,
    queue_letters,
)

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
    assert message["Content-Language"] == "en"
    assert "&lt;b&gt;" in message.get_body(("html",)).get_content()
    assert "tea <b>happened</b>." in message.get_body(("plain",)).get_content()
    assert mailbox()[0].sent_at is not None


def test_many_letters_are_queued_in_few_statements(app, mailbox, count_queries):
    with transaction():
        readers = [factories.user(language=language) for language in ("ru", "kk", "en")]
        many = [(readers[at % 3], compose, str(at)) for at in range(2 * AT_ONCE + 1)]
        with count_queries() as statements:
            queue_letters(many)
    assert sum("INSERT" in one for one in statements) == 6
    run_due_jobs()
    assert [(one.subject, one.language) for one in mailbox()] == [
        (f"About {word}", reader.language) for reader, _compose, word in many
    ]
    assert all(one.sent_at for one in mailbox())


@pytest.mark.parametrize(
    "subject",
    [
        "About tea",
        "Ваш ответ принят, место не закреплено: Казахский язык для начинающих",
        "Орын берілді: қазақ тілін жаңа бастаушыларға арналған курс, Челябі, 2027 ж. көктемі",
        "Ё" * 200,
        "Место " * 40 + "“Статистика”",
        "x" * 200,
    ],
)
def test_a_subject_of_any_length_arrives_as_it_was_written(app, mailbox, subject):
    with transaction():
        queue_letter(factories.user(), lambda: Letter(subject=subject, happened="Tea is ready."))
    message = mobility.mail._message(mailbox()[0])
    for end in ("\n", "\r\n"):
        sent = message.as_bytes(policy=message.policy.clone(linesep=end))
        assert email.message_from_bytes(sent, policy=policy.default)["Subject"] == subject
        header, _, _ = sent.partition(2 * end.encode())
        assert header.isascii()
        assert max(len(line) for line in header.split(b"\n") if b"utf-8" in line) <= 79


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


@contextmanager
def serving(server) -> Iterator[str]:
    """The address at which a server of mails answers meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def test_mail_refused_by_the_server_is_kept_and_tried_again(app, mailbox, monkeypatch):
    server = Refusing()
    with serving(server) as address:
        monkeypatch.setitem(app.config, "SMTP", address)
        with transaction():
            reader = factories.user()
            queue_letter(reader, compose, "one")
            queue_letter(reader, compose, "two")
        run_due_jobs()
        assert [mail.sent_at is None for mail in mailbox()] == [True, False]
        assert "451" in mailbox()[0].error
        assert run_due_jobs() == 0
        with clock.at(clock.now() + FIRST_RETRY):
            run_due_jobs()
        assert all(mail.sent_at for mail in mailbox())
        assert sorted(server.taken) == sorted(mail.message_id for mail in mailbox())


class Curt:
    """An SMTP server that takes every message and answers the farewell with an error."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(
            email.message_from_bytes(envelope.content, policy=policy.default)["Message-ID"]
        )
        return "250 taken"

    async def handle_QUIT(self, server, session, envelope):
        return "421 going away"


def test_mail_the_server_took_is_not_sent_again_for_a_bad_farewell(app, mailbox, monkeypatch):
    server = Curt()
    with serving(server) as address:
        monkeypatch.setitem(app.config, "SMTP", address)
        with transaction():
            queue_letter(factories.user(), compose, "one")
        run_due_jobs()
        with clock.at(clock.now() + FIRST_RETRY):
            run_due_jobs()
        [mail] = mailbox()
        assert mail.sent_at is not None
        assert server.taken == [mail.message_id]


def test_mail_that_nobody_takes_is_given_up_after_days(app, mailbox, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setitem(app.config, "SMTP", f"smtp://127.0.0.1:{free.getsockname()[1]}")
    with transaction():
        queue_letter(factories.user(), compose, "tea")
    begun = clock.now()
    tried = []
    for hours in range(120):
        with clock.at(begun + timedelta(hours=hours)):
            tried.extend([hours] * run_due_jobs())
    (mail,) = mailbox()
    assert (mail.attempts, mail.sent_at, len(tried)) == (MAX_TRIES, None, MAX_TRIES)
    assert tried[-1] > 48


def test_a_failure_on_our_side_keeps_the_mail_and_holds_up_no_other(app, mailbox):
    folder = Path(app.instance_path, "mail")
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("a file where the folder of mails should be")
    with transaction():
        reader = factories.user()
        queue_letter(reader, compose, "one").recipient = "no\naddress"
        queue_letter(reader, compose, "two")
    run_due_jobs()
    folder.unlink()
    assert [mail.sent_at for mail in mailbox()] == [None, None]
    with clock.at(clock.now() + FIRST_RETRY):
        run_due_jobs()
    assert [mail.sent_at is None for mail in mailbox()] == [True, False]


def deadline() -> Letter:
    return Letter(
        subject=format_date(MOMENT, "MMMM"), happened="…", until=MOMENT, link="http://x/1"
    )


@pytest.mark.parametrize(
    ("language", "zone", "subject", "until"),
    [
        ("ru", "Asia/Yekaterinburg", "марта", "12 марта 2027, 18:00 (Екатеринбург)"),
        ("kk", "Asia/Almaty", "наурыз", "2027 ж. 12 наурыз, 18:00 (Алматы)"),
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
