"""rule_change.told_at: when everybody who has applied was written to

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rule_change") as batch_op:
        batch_op.add_column(
            sa.Column("told_at", mobility.db.UTCDateTime(timezone=True), nullable=True)
        )
    op.execute("UPDATE rule_change SET told_at = at")  # what is old is no news


def downgrade() -> None:
    with op.batch_alter_table("rule_change") as batch_op:
        batch_op.drop_column("told_at")
