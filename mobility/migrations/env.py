"""How Alembic reaches the service's database and its tables."""

from alembic import context

from mobility.db import db


def run_migrations() -> None:
    """Run in one transaction where the database allows it."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            user_module_prefix="mobility.db.",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run_migrations()
