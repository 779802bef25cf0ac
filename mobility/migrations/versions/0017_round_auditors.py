"""round_auditor: who else may have the file of a round

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from mobility.db import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_auditor",
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("round.id"), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user.id"), primary_key=True),
        sa.Column("named_at", UTCDateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("round_auditor")
