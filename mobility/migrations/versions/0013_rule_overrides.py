"""rule_override, override_consent: publishing a result by another rule than the frozen one

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_rule_override_reason")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_rule_override_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_rule_override_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_override")),
        sa.UniqueConstraint("run_id", name=op.f("uq_rule_override_run_id")),
    )
    op.create_table(
        "override_consent",
        sa.Column("override_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name=op.f("fk_override_consent_institution_id"),
        ),
        sa.ForeignKeyConstraint(
            ["override_id"], ["rule_override.id"], name=op.f("fk_override_consent_override_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_override_consent_user_id")),
        sa.PrimaryKeyConstraint("override_id", "institution_id", name=op.f("pk_override_consent")),
    )


def downgrade() -> None:
    op.drop_table("override_consent")
    op.drop_table("rule_override")
