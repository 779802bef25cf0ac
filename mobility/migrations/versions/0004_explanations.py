"""explanations: what each person is told, and what closed a choice at the freeze

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("choice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("obstacles", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("choice", schema=None) as batch_op:
        batch_op.drop_column("obstacles")
    with op.batch_alter_table("run_row", schema=None) as batch_op:
        batch_op.drop_column("told")
