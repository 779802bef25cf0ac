"""How Alembic reaches the service's database and its tables."""

from alembic import context

from mobility.db import db


def run_migrations() -> None:
    """Run in one transaction where the database allows it.

    SQLite changes a table by copying it, and the copy takes the place of one that others refer
    to: their keys are checked at the end instead of in between.
    """
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        copies = connection.dialect.name == "sqlite"
        if copies:
            driver.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            user_module_prefix="mobility.db.",
        )
        with context.begin_transaction():
            context.run_migrations()
            if copies and (broken := driver.execute("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"rows that refer to nothing: {broken[:5]}")
        connection.commit()
        if copies:
            driver.execute("PRAGMA foreign_keys=ON")


run_migrations()
