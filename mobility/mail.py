"""Mail: queued in the transaction of its cause, sent after commit, kept until it is sent."""

import smtplib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, make_msgid, parseaddr
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from flask import current_app, render_template
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .db import Base, UTCDateTime, db, transaction
from .i18n import speaking_to
from .jobs import JobRun, enqueue, enqueue_each, job

log = structlog.get_logger("mail")

FIRST_RETRY = timedelta(minutes=2)
MAX_TRIES = 12
AT_ONCE = 100
"""Letters that are written in one statement: more would be held in memory at once."""


@dataclass(frozen=True)
class Letter:
    """What a mail says: what happened, what to do, until when, one link."""

    subject: str
    happened: str
    to_do: str = ""
    until: datetime | None = None
    link: str | None = None
    link_label: str = ""


class Mail(Base):
    """One mail in the outbox. Its Message-ID is fixed here, so a second copy can be told."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The sentinel tells which of many new rows got which id, so that they go in one statement.
    message_id: Mapped[str] = mapped_column(String(200), unique=True, insert_sentinel=True)
    recipient: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime())
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)


def address_of(endpoint: str, **ids: Any) -> str:
    """The absolute address of a page, for a letter: it is composed with or without a request."""
    adapter = current_app.url_map.bind("")
    path = adapter.build(endpoint, ids, force_external=False)
    return current_app.config["BASE_URL"].rstrip("/") + path


def queue_letter(user: Any, compose: Callable[..., Letter], *args: Any) -> Mail:
    """Put a letter to `user` in the outbox, composed in their language and time zone.

    `compose(*args)` is called with the recipient's language set.
    """
    (mail,) = _queue([(user, compose, *args)])
    return mail


def queue_letters(letters: Iterable[tuple[Any, ...]]) -> None:
    """Put many letters in the outbox, each given as `queue_letter` takes it, in few statements."""
    letters = iter(letters)
    while some := list(islice(letters, AT_ONCE)):
        _queue(some)


def _queue(letters: Iterable[tuple[Any, ...]]) -> list[Mail]:
    mails = [_mail(*letter) for letter in letters]
    db.session.add_all(mails)
    db.session.flush()  # the jobs need their ids
    enqueue_each(deliver, [{"mail_id": mail.id} for mail in mails])
    return mails


def _mail(user: Any, compose: Callable[..., Letter], *args: Any) -> Mail:
    with speaking_to(user):
        letter = compose(*args)
        context = {"letter": letter, "recipient": user}
        text = render_template("mail/letter.txt", **context)
        html = render_template("mail/letter.html", **context)
    domain = parseaddr(current_app.config["MAIL_FROM"])[1].rpartition("@")[2]
    return Mail(
        message_id=make_msgid(domain=domain),
        recipient=user.email,
        user_id=user.id,
        language=user.language,
        subject=str(letter.subject),
        text=text,
        html=html,
        queued_at=clock.now(),
    )


def _later(_error: str, mail_id: int) -> None:
    """Something broke around a mail: it stays in the outbox and is tried again."""
    mail = db.session.get(Mail, mail_id)
    if mail is not None:
        mail.attempts += 1
        _try_again(mail)


def _try_again(mail: Mail) -> None:
    if mail.attempts < MAX_TRIES:
        enqueue(deliver, at=clock.now() + FIRST_RETRY * 2 ** (mail.attempts - 1), mail_id=mail.id)
    else:
        log.error("mail given up", mail=mail.id, error=mail.error)


@job("mail.deliver", on_failure=_later)
def deliver(run: JobRun, mail_id: int) -> None:
    """Send one mail. Refused, it is tried again after 2, 4, 8 … minutes, for about three days.

    A mail that is gone was to somebody who has been erased.
    """
    with transaction(write=False):
        mail = db.session.get(Mail, mail_id)
        if mail is None or mail.sent_at is not None:
            return
        message = _message(mail)
    error = _send(message)
    with run.store():
        mail = db.session.get(Mail, mail_id)
        if mail is None:
            return
        mail.attempts += 1
        mail.error = error
        if error is None:
            mail.sent_at = clock.now()
        else:
            _try_again(mail)


class _WholeSubjects(EmailPolicy):
    """Folds a subject by whole encoded words: left to itself the library loses blanks between."""

    def fold(self, name: str, value: Any) -> str:
        if name != "Subject":
            return super().fold(name, value)
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name != "Subject":
            return super().fold_binary(name, value)
        return self.fold(name, value).encode("ascii")


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage(policy=_WholeSubjects())
    message["Message-ID"] = mail.message_id
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.queued_at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    # Last: a Content- header set earlier would move into the text part alone.
    message["Content-Language"] = mail.language
    return message


def _send(message: EmailMessage) -> str | None:
    """Let a mail leave: by SMTP where it is set, else into a file that anyone can open."""
    if address := current_app.config["SMTP"]:
        return _send_by_smtp(address, message)
    return _write_to_file(Path(current_app.instance_path, "mail"), message)


def _send_by_smtp(address: str, message: EmailMessage) -> str | None:
    parts = urlsplit(address)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    taken = False
    try:
        with kind(parts.hostname or "localhost", parts.port or 0, timeout=30) as server:
            if parts.scheme == "smtp+starttls":
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
            taken = True
    except (OSError, smtplib.SMTPException) as error:
        if not taken:
            return str(error)
        log.warning("the mail server took a mail but not the farewell", error=str(error))
    return None


def _write_to_file(folder: Path, message: EmailMessage) -> str | None:
    folder.mkdir(parents=True, exist_ok=True)
    name = message["Message-ID"].strip("<>").partition("@")[0]
    (folder / f"{name}.eml").write_bytes(message.as_bytes())
    return None
