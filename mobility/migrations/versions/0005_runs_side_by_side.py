"""runs side by side: a time limit, and runs and jobs that are cancelled

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = ("queued", "running", "done", "failed")
STATUSES = (("run", "run_status"), ("job", "job_status"))


def upgrade() -> None:
    _allow((*BEFORE, "cancelled"))
    with op.batch_alter_table("run") as batch_op:
        batch_op.add_column(
            sa.Column("limit_seconds", sa.Integer(), nullable=False, server_default="600")
        )
        batch_op.create_check_constraint(batch_op.f("ck_run_limit_seconds"), "limit_seconds > 0")
    with op.batch_alter_table("run") as batch_op:
        batch_op.alter_column("limit_seconds", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("run") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_run_limit_seconds"), type_="check")
        batch_op.drop_column("limit_seconds")
    op.execute("UPDATE run SET status = 'failed', error = 'cancelled' WHERE status = 'cancelled'")
    op.execute("UPDATE job SET status = 'failed' WHERE status = 'cancelled'")
    _allow(BEFORE)


def _allow(values: tuple[str, ...]) -> None:
    """Let the statuses of runs and jobs be these."""
    listed = ", ".join(f"'{value}'" for value in values)
    for table, name in STATUSES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
            batch_op.create_check_constraint(
                batch_op.f(f"ck_{table}_{name}"), f"status IN ({listed})"
            )
