"""outweighed: unplaced although seats were left, which a quota or a minimum kept back

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = ("no_choices", "no_seats", "all_full")


def upgrade() -> None:
    _allow((*BEFORE, "outweighed"))


def downgrade() -> None:
    op.execute("UPDATE run_row SET reason = 'all_full' WHERE reason = 'outweighed'")
    _allow(BEFORE)


def _allow(reasons: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    with op.batch_alter_table("run_row") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_run_row_unplaced_reason"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_run_row_unplaced_reason"), f"reason IN ({listed})"
        )
