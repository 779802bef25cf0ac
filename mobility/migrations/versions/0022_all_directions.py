"""condition, call, offer: research, professional development and laboratories; what places have

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = ("internship", "courses")
NEW = ("research", "professional_development", "laboratories")
LANGUAGES = ("en", "ru", "kk")


def upgrade() -> None:
    _allow((*BEFORE, *NEW))
    with op.batch_alter_table("offer") as batch_op:
        for language in LANGUAGES:
            batch_op.add_column(
                sa.Column(f"requirements_{language}", sa.Text(), nullable=False, server_default="")
            )
        batch_op.add_column(
            sa.Column("staff_seats", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("hours", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("certificate", sa.String(200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("timetable", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_check_constraint(batch_op.f("ck_offer_hours"), "hours BETWEEN 1 AND 2000")
        batch_op.create_check_constraint(batch_op.f("ck_offer_staff_seats"), "staff_seats >= 0")
    with op.batch_alter_table("offer") as batch_op:
        for name in (*_texts(), "staff_seats", "certificate", "timetable"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("offer") as batch_op:
        for name in ("hours", "staff_seats"):
            batch_op.drop_constraint(batch_op.f(f"ck_offer_{name}"), type_="check")
        for name in (*_texts(), "staff_seats", "hours", "certificate", "timetable"):
            batch_op.drop_column(name)
    _allow(BEFORE)


def _texts() -> tuple[str, ...]:
    return tuple(f"requirements_{language}" for language in LANGUAGES)


def _allow(directions: tuple[str, ...]) -> None:
    words = ", ".join(f"'{direction}'" for direction in directions)
    for table in ("cooperation_condition", "call"):
        with op.batch_alter_table(table) as batch_op:
            name = batch_op.f(f"ck_{table}_direction")
            batch_op.drop_constraint(name, type_="check")
            batch_op.create_check_constraint(name, f"direction IN ({words})")
