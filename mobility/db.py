"""The database: one session a request, one transaction a use case.

On SQLite a transaction that may write starts with BEGIN IMMEDIATE, so that two writers queue
instead of failing half-way; the driver's own begin is switched off for that.
"""

import enum
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Enum, MetaData, Table, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in, UTC in the database, aware UTC out. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


Base.registry.update_type_annotation_map({datetime: UTCDateTime()})

db = SQLAlchemy(model_class=Base)


def value_enum(kind: type[enum.Enum], name: str) -> Enum:
    """Column type of an enum: stored by value, checked by a constraint called `name`."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        name=name,
    )


_writing: ContextVar[bool] = ContextVar("writing", default=False)
_open: ContextVar[bool] = ContextVar("transaction", default=False)


@contextmanager
def transaction(*, write: bool = True) -> Iterator[Session]:
    """Commit what the block did, or nothing of it. Raises RuntimeError when nested."""
    if _open.get():
        raise RuntimeError("transactions do not nest")
    opened, writing = _open.set(True), _writing.set(write)
    session = db.session()
    # What was read before (to answer the question who is asking) belongs to another snapshot.
    session.rollback()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        _undo(session)
        raise
    finally:
        _open.reset(opened)
        _writing.reset(writing)
    session.info.pop("after_rollback", None)
    for task in session.info.pop("after_commit", []):
        task()


def _undo(session: Session) -> None:
    """Do what was kept for a failure, last first; one that fails hides nothing else."""
    for task in reversed(session.info.pop("after_rollback", [])):
        with suppress(OSError):
            task()


def in_transaction() -> bool:
    """Whether the caller stands inside `transaction()`."""
    return _open.get()


def insert_rows(table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows of the columns of these names: by COPY on PostgreSQL, in half the time.

    Values are converted as the columns say; columns not named get the defaults of the database.
    """
    connection = db.session.connection()
    dialect = connection.dialect
    as_stored = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    values = (
        [to(value) if to else value for value, to in zip(row, as_stored, strict=True)]
        for row in rows
    )
    quote = dialect.identifier_preparer.quote
    columns = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    cursor = connection.connection.cursor()
    if dialect.name == "postgresql":
        with cursor.copy(f"COPY {columns} FROM STDIN") as copy:
            for one in values:
                copy.write_row(one)
    else:
        places = ", ".join("?" for _ in names)
        cursor.executemany(f"INSERT INTO {columns} VALUES ({places})", list(values))


def after_commit(task: Callable[[], object]) -> None:
    """Call `task` once the open transaction is committed; never if it is rolled back."""
    db.session().info.setdefault("after_commit", []).append(task)


def after_rollback(task: Callable[[], object]) -> None:
    """Call `task` if the open transaction fails, to undo what no database can: a file written."""
    db.session().info.setdefault("after_rollback", []).append(task)


@event.listens_for(Session, "after_rollback")
def _forget_tasks(session: Session) -> None:
    session.info.pop("after_commit", None)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # BEGIN is ours, see _begin
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def init_app(app: Flask) -> None:
    db.init_app(app)


# The letters of Russian and Kazakh in the order of the Kazakh alphabet.
_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_PLACE = {letter: f"~{index:02d}" for index, letter in enumerate(_ALPHABET)}


def search_key(text: str) -> str:
    """`text` as it is compared in a search: case, accents of Latin letters and ё ignored.

    SQLite's lower() knows no Cyrillic, so this is stored beside the name.
    """
    plain = []
    for letter in text.casefold().replace("ё", "е"):
        base = unicodedata.normalize("NFD", letter)[0]
        plain.append(base if base.isascii() else letter)
    return " ".join("".join(plain).split())


def sort_key(text: str) -> str:
    """An ASCII string whose order is the order of the Kazakh and Russian alphabets."""
    return "".join(
        _PLACE.get(letter, letter if letter.isascii() else f"~~{ord(letter):05x}")
        for letter in text.casefold()
    )
