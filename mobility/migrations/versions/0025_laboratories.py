"""equipment, slot, booking; offer: laboratories, and what places hang from

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

from mobility.db import UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "ru", "kk")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "equipment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("institution_id", sa.Integer(), sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("unit_id", sa.Integer(), sa.ForeignKey("organisational_unit.id")),
        *(sa.Column(f"title_{one}", sa.String(200), nullable=False) for one in LANGUAGES),
        *(sa.Column(f"description_{one}", sa.Text(), nullable=False) for one in LANGUAGES),
        sa.Column("safety_training", sa.Boolean(), nullable=False),
        sa.Column("books_directly", sa.Boolean(), nullable=False),
        sa.Column(
            "status", _enum("equipment_status", "draft", "open", "withdrawn"), nullable=False
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    for column in ("institution_id", "unit_id"):
        op.create_index(op.f(f"ix_equipment_{column}"), "equipment", [column])
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("equipment_id", sa.Integer(), sa.ForeignKey("equipment.id"), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_slot_times")),
        sa.CheckConstraint("capacity BETWEEN 1 AND 100", name=op.f("ck_slot_capacity")),
        sa.CheckConstraint("kept BETWEEN 0 AND capacity", name=op.f("ck_slot_kept")),
        sa.UniqueConstraint("equipment_id", "starts_at"),
    )
    op.create_index(op.f("ix_slot_starts_at"), "slot", ["starts_at"])
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slot_id", sa.Integer(), sa.ForeignKey("slot.id"), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        sa.Column("purpose", sa.String(500), nullable=False),
        sa.Column("trained_on", sa.Date()),
        sa.Column("status", _enum("booking_status", "booked", "cancelled"), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "status <> 'cancelled' OR cancel_reason <> ''", name=op.f("ck_booking_cancel_reason")
        ),
        sa.CheckConstraint("purpose <> ''", name=op.f("ck_booking_purpose")),
    )
    for column in ("slot_id", "user_id", "project_id"):
        op.create_index(op.f(f"ix_booking_{column}"), "booking", [column])
    op.create_index(
        "uq_booking_once",
        "booking",
        ["slot_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("status = 'booked'"),
        postgresql_where=sa.text("status = 'booked'"),
    )
    with op.batch_alter_table("offer") as batch_op:
        for column in ("project_id", "slot_id"):
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_offer_{column}"), column.removesuffix("_id"), [column], ["id"]
            )
        batch_op.create_index(batch_op.f("ix_offer_project_id"), ["project_id"])
        batch_op.create_unique_constraint(batch_op.f("uq_offer_slot_id"), ["slot_id"])


def downgrade() -> None:
    with op.batch_alter_table("offer") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_offer_slot_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_offer_project_id"))
        for column in ("project_id", "slot_id"):
            batch_op.drop_constraint(batch_op.f(f"fk_offer_{column}"), type_="foreignkey")
            batch_op.drop_column(column)
    for table in ("booking", "slot", "equipment"):
        op.drop_table(table)
