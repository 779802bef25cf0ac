"""Sending a file of people to the page that imports them, and reading what it answers."""

import io
import re

from sqlalchemy import func, select

from mobility.accounts.models import LanguageSkill, Profile, RoleGrant, User
from mobility.audit import AuditEvent
from mobility.db import db, transaction
from mobility.mail import Mail

from ..clients import form_on, words

TABLES = (User, RoleGrant, Profile, LanguageSkill, AuditEvent, Mail)


def send(browser, institution, text, *, name="students.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    sent = {"file": (io.BytesIO(data), name), "institution": institution.id}
    return browser.post("/people/import", sent)


def confirm(browser, page):
    fields = form_on(page)
    assert set(fields) >= {"name", "content", "digest", "institution"}
    return browser.post("/people/import/apply", fields)


def counts():
    with transaction(write=False):
        return [db.session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def told(answer, *, name="students.csv"):
    """What is wrong in the file: "2, column B “name”: …" for each."""
    start = rf"<li>({re.escape(name)}.*?)</li>"
    return [words(item).removeprefix(f"{name}, line ") for item in re.findall(start, answer.text)]
