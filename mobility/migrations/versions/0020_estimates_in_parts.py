"""estimate, estimate_part: chances are drawn in parts, by as many workers as there are

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

from mobility.db import UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "estimate",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("call_id", sa.Integer(), sa.ForeignKey("call.id"), nullable=False, unique=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "estimate_part",
        sa.Column("estimate_id", sa.Integer(), sa.ForeignKey("estimate.id"), primary_key=True),
        sa.Column("begin", sa.Integer(), primary_key=True),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("got", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("estimate_part")
    op.drop_table("estimate")
