"""People may be erased; the files of rounds are kept as they were published

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATUSES = ("invited", "unconfirmed", "active", "disabled")


def upgrade() -> None:
    _allow((*STATUSES, "erased"))
    for table in ("round", "second_round"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("file", sa.Text(), nullable=True))


def downgrade() -> None:
    for table in ("second_round", "round"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("file")
    op.execute("UPDATE \"user\" SET status = 'disabled' WHERE status = 'erased'")
    _allow(STATUSES)


def _allow(statuses: tuple[str, ...]) -> None:
    quoted = ", ".join(f"'{status}'" for status in statuses)
    with op.batch_alter_table("user") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_user_user_status"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_user_user_status"), f"status IN ({quoted})")
