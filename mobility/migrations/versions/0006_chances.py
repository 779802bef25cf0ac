"""chances: the last estimate of each open call

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chances",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("computed_at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.Boolean(), nullable=False),
        sa.Column("middle_score", sa.Double(), nullable=True),
        sa.Column("got", sa.JSON(), nullable=False),
        sa.CheckConstraint("draws > 0 AND people > 0", name=op.f("ck_chances_counts")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_chances_call_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_chances")),
    )


def downgrade() -> None:
    op.drop_table("chances")
