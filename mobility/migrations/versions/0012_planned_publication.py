"""planned_publication: a run that is to be published at a set time

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planned_publication",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["planned_by_id"], ["user.id"], name=op.f("fk_planned_publication_planned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_planned_publication_round_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_planned_publication_run_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_planned_publication")),
    )
    op.create_index(op.f("ix_planned_publication_run_id"), "planned_publication", ["run_id"])


def downgrade() -> None:
    op.drop_table("planned_publication")
