"""Committed seeds of the lottery, and when they are revealed."""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = mobility.db.UTCDateTime(timezone=True)
    op.create_table(
        "seed_commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("seed", sa.String(64), nullable=True),
        sa.Column("committed_at", moment, nullable=False),
        sa.Column("committed_by_id", sa.Integer(), nullable=True),
        sa.Column("handed_in_at", moment, nullable=True),
        sa.Column("voided_at", moment, nullable=True),
        sa.CheckConstraint("length(commitment) = 64", name=op.f("ck_seed_commitment_commitment")),
        sa.CheckConstraint(
            "handed_in_at IS NULL OR seed IS NOT NULL", name=op.f("ck_seed_commitment_handed_in")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_seed_commitment_call_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_seed_commitment_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["committed_by_id"],
            ["user.id"],
            name=op.f("fk_seed_commitment_committed_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seed_commitment")),
    )
    op.create_index(op.f("ix_seed_commitment_call_id"), "seed_commitment", ["call_id"])
    for name, columns, where in _LIVE:
        op.create_index(
            name,
            "seed_commitment",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    with op.batch_alter_table("round") as batch_op:
        batch_op.alter_column("seed", existing_type=sa.String(40), type_=sa.String(80))
        batch_op.add_column(sa.Column("reveal_at", moment, nullable=True))
        batch_op.add_column(sa.Column("revealed_at", moment, nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_round_drawn_from_snapshot"),
            "revealed_at IS NULL OR (seed IS NOT NULL AND snapshot IS NOT NULL)",
        )
    with op.batch_alter_table("run") as batch_op:
        batch_op.alter_column("seed", existing_type=sa.String(40), type_=sa.String(80))


def downgrade() -> None:
    with op.batch_alter_table("run") as batch_op:
        batch_op.alter_column("seed", existing_type=sa.String(80), type_=sa.String(40))
    with op.batch_alter_table("round") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_round_drawn_from_snapshot"), type_="check")
        batch_op.drop_column("revealed_at")
        batch_op.drop_column("reveal_at")
        batch_op.alter_column("seed", existing_type=sa.String(80), type_=sa.String(40))
    for name, _columns, _where in _LIVE:
        op.drop_index(name, table_name="seed_commitment")
    op.drop_index(op.f("ix_seed_commitment_call_id"), table_name="seed_commitment")
    op.drop_table("seed_commitment")


# One living commitment of each HEI and one of the service in a call.
_LIVE = (
    (
        "uq_seed_commitment_institution",
        ["call_id", "institution_id"],
        "voided_at IS NULL AND institution_id IS NOT NULL",
    ),
    (
        "uq_seed_commitment_service",
        ["call_id"],
        "voided_at IS NULL AND institution_id IS NULL",
    ),
)
