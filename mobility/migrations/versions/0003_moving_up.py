"""Who asked to be moved up, what gave a place, and how often people were reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHECKS = {
    "placement_origin": "origin IN ('round', 'second_round', 'waiting_order', 'appeal')",
    "upgrade": "NOT upgrade OR (status = 'accepted' AND rank > 1)",
    "upgrade_or_host": "NOT upgrade OR host_answer IS NULL",
    "reminders": "reminders >= 0",
}


def upgrade() -> None:
    with op.batch_alter_table("placement") as batch_op:
        for column in _columns():
            batch_op.add_column(column)
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_placement_{name}"), rule)
    # the defaults were for the rows of before; new ones say what they are
    with op.batch_alter_table("placement") as batch_op:
        for column in _columns():
            batch_op.alter_column(column.name, existing_type=column.type, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("placement") as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_placement_{name}"), type_="check")
        for column in _columns():
            batch_op.drop_column(column.name)


def _columns() -> list[sa.Column]:
    return [
        sa.Column("origin", sa.String(32), nullable=False, server_default="round"),
        sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("upgrade", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]
