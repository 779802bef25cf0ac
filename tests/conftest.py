"""What every test can ask for: the service on a fresh database, clients, people.

`pytest --database=postgresql` runs the tests that need a database on PostgreSQL instead of SQLite.
"""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import g

from mobility import create_app
from mobility.catalogues import compile_catalogues
from mobility.db import db, transaction
from mobility.memory import keep_what_is_loaded

from .clients import Visitor
from .databases import DATABASES


def pytest_addoption(parser):
    parser.addoption("--database", choices=sorted(DATABASES), default="sqlite")


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL run what touches a database; the rest has run on SQLite already."""
    if config.getoption("--database") == "sqlite":
        return
    kept = [item for item in items if "database_server" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture(scope="session", autouse=True)
def catalogues():
    compile_catalogues()


@pytest.fixture(scope="session")
def database_server(request):
    server = DATABASES[request.config.getoption("--database")]()
    yield server
    server.stop()


def _forget_the_last_visitor() -> None:
    for name in list(g):
        g.pop(name)


@pytest.fixture(scope="session")
def service(database_server, catalogues):
    """The application, made once; its database is new for each test."""
    with tempfile.TemporaryDirectory(prefix="sapar-instance-") as folder:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MOBILITY_INSTANCE", folder)
            app = create_app(
                {
                    "TESTING": True,
                    "SECRET_KEY": "for tests only",
                    "DATABASE_URL": database_server.url,
                    "WTF_CSRF_ENABLED": False,
                    "RATE_LIMITS": False,
                    "JOBS": "none",
                }
            )
        # The `app` fixture's context outlives a request: who asks and in which language must not.
        app.before_request_funcs.setdefault(None, []).insert(0, _forget_the_last_visitor)
        database_server.make_template(app)
        keep_what_is_loaded()  # the tests themselves, gathered by the thousand, most of all
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def database(service, database_server):
    """A freshly migrated, empty database."""
    database_server.reset(service)


@pytest.fixture
def app(service, database):
    """The service on a fresh database, with an application context for services and queries."""
    with service.app_context():
        yield service
        db.session.remove()


@pytest.fixture
def write(app):
    """`with write():` is a transaction, for arranging and acting in tests of services."""
    return transaction


@pytest.fixture
def visitor(app):
    """`visitor(user)` is a browser without JavaScript in which `user` has signed in."""

    def sign_in(user=None) -> Visitor:
        return Visitor(app, user)

    return sign_in


@pytest.fixture
def mailbox(app):
    """The mails in the outbox, oldest first."""
    from sqlalchemy import select

    from mobility.mail import Mail

    def read() -> list[Mail]:
        db.session.rollback()
        return list(db.session.scalars(select(Mail).order_by(Mail.id)))

    return read


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the source tree."""
    return Path(__file__).parent.parent


@pytest.fixture
def count_queries(app):
    """`with count_queries() as statements:` gathers what is sent to the database."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @contextmanager
    def counting():
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting
