"""Applications may be placed before the round, with a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATUSES = ("draft", "submitted", "returned", "approved", "rejected", "excluded", "withdrawn")
NOTED = ("rejected", "returned", "excluded")
ORIGINS = ("round", "second_round", "waiting_order", "appeal")


def upgrade() -> None:
    with op.batch_alter_table("application") as batch_op:
        batch_op.add_column(sa.Column("pre_placed_offer_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_application_pre_placed_offer_id_offer"),
            "offer",
            ["pre_placed_offer_id"],
            ["id"],
        )
    _allow((*STATUSES, "pre_placed"), (*NOTED, "pre_placed"))
    with op.batch_alter_table("application") as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_application_pre_placed"),
            "(status = 'pre_placed') = (pre_placed_offer_id IS NOT NULL)",
        )
    _know(("pre_placement", *ORIGINS))


def downgrade() -> None:
    op.execute("UPDATE placement SET origin = 'round' WHERE origin = 'pre_placement'")
    _know(ORIGINS)
    with op.batch_alter_table("application") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_application_pre_placed"), type_="check")
    op.execute("UPDATE application SET status = 'approved' WHERE status = 'pre_placed'")
    _allow(STATUSES, NOTED)
    with op.batch_alter_table("application") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_application_pre_placed_offer_id_offer"), type_="foreignkey"
        )
        batch_op.drop_column("pre_placed_offer_id")


def _allow(statuses: tuple[str, ...], noted: tuple[str, ...]) -> None:
    with op.batch_alter_table("application") as batch_op:
        for name in ("application_status", "noted"):
            batch_op.drop_constraint(batch_op.f(f"ck_application_{name}"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_application_application_status"), f"status IN ({_quoted(statuses)})"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_application_noted"), f"status NOT IN ({_quoted(noted)}) OR note <> ''"
        )


def _know(origins: tuple[str, ...]) -> None:
    with op.batch_alter_table("placement") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_placement_placement_origin"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_placement_placement_origin"), f"origin IN ({_quoted(origins)})"
        )


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
