"""Eligibility rules have versions; one that was removed stays as a row

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("eligibility_rule") as batch_op:
        batch_op.add_column(
            sa.Column("removed_at", mobility.db.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("eligibility_rule") as batch_op:
        batch_op.alter_column("version", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM eligibility_rule WHERE removed_at IS NOT NULL")
    with op.batch_alter_table("eligibility_rule") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("removed_at")
