"""Mail: queued in the transaction of its cause, sent after commit, kept until it is sent."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template
from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .db import Base, UTCDateTime, db, transaction
from .i18n import speaking_to
from .jobs import JobRun, enqueue, job

RETRY_AFTER = timedelta(minutes=2)


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
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
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
    with speaking_to(user):
        letter = compose(*args)
        context = {"letter": letter, "recipient": user}
        text = render_template("mail/letter.txt", **context)
        html = render_template("mail/letter.html", **context)
    domain = parseaddr(current_app.config["MAIL_FROM"])[1].rpartition("@")[2]
    queued = Mail(
        message_id=make_msgid(domain=domain),
        recipient=user.email,
        user_id=user.id,
        language=user.language,
        subject=str(letter.subject),
        text=text,
        html=html,
        queued_at=clock.now(),
    )
    db.session.add(queued)
    enqueue(deliver_outbox, key="mail.outbox")
    return queued


@job("mail.deliver_outbox")
def deliver_outbox(run: JobRun) -> None:
    """Send every mail that waits, each marked in a transaction of its own."""
    send = _sender()
    failed = False
    tried = 0
    while True:
        with transaction(write=False):
            waiting = db.session.scalars(
                select(Mail)
                .where(Mail.sent_at.is_(None), Mail.id > tried)
                .order_by(Mail.id)
                .limit(50)
            ).all()
            batch = [(mail.id, _message(mail)) for mail in waiting]
        if not batch:
            break
        for mail_id, message in batch:
            tried = mail_id
            error = send(message)
            failed = failed or error is not None
            with run.store():
                mail = db.session.get_one(Mail, mail_id)
                mail.attempts += 1
                mail.error = error
                mail.sent_at = None if error else clock.now()
    if failed:
        with transaction():
            enqueue(deliver_outbox, key="mail.outbox", at=clock.now() + RETRY_AFTER)


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = mail.message_id
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.queued_at)
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _sender() -> Callable[[EmailMessage], str | None]:
    """How mail leaves: by SMTP where it is set, else into files that anyone can open."""
    address = current_app.config["SMTP"]
    if address:
        return lambda message: _send_by_smtp(address, message)
    folder = Path(current_app.instance_path, "mail")
    return lambda message: _write_to_file(folder, message)


def _send_by_smtp(address: str, message: EmailMessage) -> str | None:
    parts = urlsplit(address)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname or "localhost", parts.port or 0, timeout=30) as server:
            if parts.scheme == "smtp+starttls":
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        return str(error)
    return None


def _write_to_file(folder: Path, message: EmailMessage) -> str | None:
    folder.mkdir(parents=True, exist_ok=True)
    name = message["Message-ID"].strip("<>").partition("@")[0]
    (folder / f"{name}.eml").write_bytes(message.as_bytes())
    return None
