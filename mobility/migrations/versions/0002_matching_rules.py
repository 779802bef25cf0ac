"""A call's matching rules as columns, minimums of places, and what changed after the opening."""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("call") as batch_op:
        for column in _call_columns():
            batch_op.add_column(column)
        batch_op.create_check_constraint(
            batch_op.f("ck_call_vacated_seats"),
            "vacated IN ('second_round', 'waiting_order', 'none')",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_call_balance_tolerance"), "balance_tolerance BETWEEN 0 AND 10000"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_call_appeal_days"), "appeal_days BETWEEN 0 AND 60"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_call_constraints_need_policy"),
            "policy = 'linear_assignment' OR "
            "(NOT keeps_annual_quotas AND balance_tolerance IS NULL)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_call_vacated_until"), "vacated <> 'none' OR vacated_until IS NULL"
        )
    with op.batch_alter_table("offer") as batch_op:
        for column in _offer_columns():
            batch_op.add_column(column)
        batch_op.create_check_constraint(
            batch_op.f("ck_offer_min_seats"), "min_seats BETWEEN 0 AND seats"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_offer_may_close"), "NOT may_close OR min_seats > 0"
        )
    # the defaults were for the rows of before; new ones say what they are
    for table, columns in (("call", _call_columns()), ("offer", _offer_columns())):
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                if column.server_default is not None:
                    batch_op.alter_column(
                        column.name, existing_type=column.type, server_default=None
                    )
    op.create_table(
        "rule_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_rule_change_reason")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_rule_change_call_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_rule_change_offer_id")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user.id"], name=op.f("fk_rule_change_actor_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_change")),
    )
    op.create_index(op.f("ix_rule_change_call_id"), "rule_change", ["call_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_rule_change_call_id"), table_name="rule_change")
    op.drop_table("rule_change")
    with op.batch_alter_table("offer") as batch_op:
        for name in ("may_close", "min_seats"):
            batch_op.drop_constraint(batch_op.f(f"ck_offer_{name}"), type_="check")
        for column in _offer_columns():
            batch_op.drop_column(column.name)
    with op.batch_alter_table("call") as batch_op:
        for name in (
            "vacated_until", "constraints_need_policy", "appeal_days", "balance_tolerance",
            "vacated_seats",
        ):  # fmt: skip
            batch_op.drop_constraint(batch_op.f(f"ck_call_{name}"), type_="check")
        for column in _call_columns():
            batch_op.drop_column(column.name)


def _call_columns() -> list[sa.Column]:
    """The new columns; the default is what the calls of before get."""
    moment = mobility.db.UTCDateTime(timezone=True)
    return [
        sa.Column("policy", sa.String(40), nullable=False, server_default="linear_assignment"),
        sa.Column("keeps_annual_quotas", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("balance_tolerance", sa.Integer(), nullable=True),
        sa.Column("vacated", sa.String(32), nullable=False, server_default="second_round"),
        sa.Column("vacated_until", moment, nullable=True),
        sa.Column("appeal_days", sa.Integer(), nullable=False, server_default="7"),
        sa.Column("public_file", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("shows_chances", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


def _offer_columns() -> list[sa.Column]:
    return [
        sa.Column("min_seats", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("may_close", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]
