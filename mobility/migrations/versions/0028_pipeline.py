"""Applications are given to colleagues; views of the pipeline have names; deeds can be undone

The reads of the pipeline get indices.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


INDICES = {
    "ix_application_scope": [
        "sending_id",
        "status",
        "sending_unit_id",
        "call_id",
        "assigned_to_id",
        "applicant_id",
        "partner_id",
    ],
    "ix_application_list": ["sending_id", "order_key", "id"],
}


def upgrade() -> None:
    with op.batch_alter_table("application") as batch_op:
        batch_op.add_column(sa.Column("assigned_to_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_application_assigned_to_id_user"), "user", ["assigned_to_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_application_assigned_to_id"), ["assigned_to_id"])
    for name, columns in INDICES.items():
        op.create_index(name, "application", columns)
    op.create_table(
        "handling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("undone_at", mobility.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "action IN ('approve', 'return', 'reject', 'assign')", name=op.f("ck_handling_action")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_handling_application_id_application"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_handling_actor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling")),
    )
    with op.batch_alter_table("handling") as batch_op:
        batch_op.create_index(batch_op.f("ix_handling_batch"), ["batch"])
        batch_op.create_index(batch_op.f("ix_handling_application_id"), ["application_id"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_view_name")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_view_user_id_name")),
    )


def downgrade() -> None:
    op.drop_table("handling")
    for name in INDICES:
        op.drop_index(name, "application")
    op.drop_table("saved_view")
    with op.batch_alter_table("application") as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_assigned_to_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_application_assigned_to_id_user"), type_="foreignkey"
        )
        batch_op.drop_column("assigned_to_id")
