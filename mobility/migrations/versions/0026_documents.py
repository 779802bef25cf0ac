"""Documents: what a call asks for, what was handed in; when an applicant was reminded."""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "transcript",
                "language",
                "motivation",
                "cv",
                "head_agreement",
                "recommendation",
                "enrolment",
                "other",
                name="document_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("note_ru", sa.Text(), nullable=False),
        sa.Column("note_kk", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_asked_document_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_document")),
        sa.UniqueConstraint("call_id", "kind", name=op.f("uq_asked_document_call_id_kind")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "transcript",
                "language",
                "motivation",
                "cv",
                "head_agreement",
                "recommendation",
                "enrolment",
                "other",
                name="document_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column(
            "file_type",
            sa.Enum(
                "pdf",
                "jpeg",
                "png",
                name="file_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column("uploaded_at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", mobility.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column(
            "cefr",
            sa.Enum(
                "A1",
                "A2",
                "B1",
                "B2",
                "C1",
                "C2",
                name="cefr",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "accepted",
                "rejected",
                name="document_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", mobility.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("raised", sa.Boolean(), nullable=False),
        sa.Column(
            "cefr_before",
            sa.Enum(
                "A1",
                "A2",
                "B1",
                "B2",
                "C1",
                "C2",
                name="cefr_before",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (reviewed_at IS NULL)", name=op.f("ck_document_reviewed_at")
        ),
        sa.CheckConstraint(
            "kind <> 'language' OR status <> 'accepted' OR language IS NOT NULL",
            name=op.f("ck_document_accepted_level"),
        ),
        sa.CheckConstraint(
            "language IS NULL OR kind = 'language'", name=op.f("ck_document_language")
        ),
        sa.CheckConstraint("status <> 'rejected' OR reason <> ''", name=op.f("ck_document_reason")),
        sa.CheckConstraint("(language IS NULL) = (cefr IS NULL)", name=op.f("ck_document_level")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_document_number")),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_size")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_document_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["user.id"], name=op.f("fk_document_reviewed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "application_id", "kind", "number", name=op.f("uq_document_application_id_kind_number")
        ),
        sa.UniqueConstraint("stored_as", name=op.f("uq_document_stored_as")),
    )
    op.create_index(
        "uq_document_current",
        "document",
        ["application_id", "kind"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )

    op.add_column(
        "application",
        sa.Column("reminded_at", mobility.db.UTCDateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_column("reminded_at")
    op.drop_index(
        "uq_document_current",
        "document",
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )

    op.drop_table("document")
    op.drop_table("asked_document")
