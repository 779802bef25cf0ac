"""Second rounds and appeals."""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "published",
                name="second_round_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("standing_hash", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("stats", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("certificate", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("prices", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", mobility.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("published_at", mobility.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_second_round_published_at"),
        ),
        sa.CheckConstraint(
            "status <> 'failed' OR error IS NOT NULL", name=op.f("ck_second_round_failed_has_error")
        ),
        sa.CheckConstraint(
            "status NOT IN ('done', 'published') OR stats IS NOT NULL",
            name=op.f("ck_second_round_done_has_stats"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_second_round_job_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user.id"], name=op.f("fk_second_round_requested_by_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_second_round_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_round")),
    )
    with op.batch_alter_table("second_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_round_round_id"), ["round_id"], unique=False)
        batch_op.create_index(
            "uq_second_round_published",
            ["round_id"],
            unique=True,
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "asked",
                "promised",
                "placed",
                "dismissed",
                "withdrawn",
                name="appeal_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", mobility.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_appeal_reason")),
        sa.CheckConstraint(
            "status NOT IN ('asked', 'promised', 'placed', 'dismissed') OR answer <> ''",
            name=op.f("ck_appeal_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_appeal_application_id")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_appeal_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint(
            "application_id", "offer_id", name=op.f("uq_appeal_application_id_offer_id")
        ),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_offer_id"), ["offer_id"], unique=False)
        batch_op.create_index(
            "uq_appeal_undecided",
            ["application_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('open', 'asked', 'promised')"),
            postgresql_where=sa.text("status IN ('open', 'asked', 'promised')"),
        )

    op.create_table(
        "second_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("second_round_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("held_rank", sa.Integer(), nullable=True),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(offer_id IS NULL) = (rank IS NULL)", name=op.f("ck_second_row_placed")
        ),
        sa.CheckConstraint(
            "held_rank IS NULL OR (rank IS NOT NULL AND rank <= held_rank)",
            name=op.f("ck_second_row_never_worse"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_second_row_application_id")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_second_row_offer_id")),
        sa.ForeignKeyConstraint(
            ["second_round_id"], ["second_round.id"], name=op.f("fk_second_row_second_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_row")),
        sa.UniqueConstraint(
            "second_round_id",
            "application_id",
            name=op.f("uq_second_row_second_round_id_application_id"),
        ),
    )
    with op.batch_alter_table("second_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_second_row_application_id"), ["application_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("second_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_second_row_application_id"))

    op.drop_table("second_row")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_appeal_undecided",
            sqlite_where=sa.text("status IN ('open', 'asked', 'promised')"),
            postgresql_where=sa.text("status IN ('open', 'asked', 'promised')"),
        )
        batch_op.drop_index(batch_op.f("ix_appeal_offer_id"))

    op.drop_table("appeal")
    with op.batch_alter_table("second_round", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_second_round_published",
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )
        batch_op.drop_index(batch_op.f("ix_second_round_round_id"))

    op.drop_table("second_round")
