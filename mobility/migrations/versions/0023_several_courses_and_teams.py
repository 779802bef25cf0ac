"""call, application, run_row, placement: several courses a person, and teams

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

from mobility.db import UTCDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CALL_CHECKS = {
    "max_credits": "max_credits BETWEEN 1 AND 60",
    "several_courses": "max_credits IS NULL OR direction = 'courses'",
    "teams": "NOT teams OR direction = 'research'",
}
APPLICATION_CHECKS = {
    "applies_as": "applies_as IN ('student', 'staff', 'coordinator', 'admin')",
    "credits_wanted": "credits_wanted BETWEEN 1 AND credits_most",
    "credits_most": "credits_most <= 60",
    "credits_together": "(credits_wanted IS NULL) = (credits_most IS NULL)",
    "two_in_a_team": "partner_id <> applicant_id",
    "partner_agreed": "partner_agreed_at IS NULL OR partner_id IS NOT NULL",
}
PART_CHECKS = {
    "placement": "part >= 1",
    "run_row": "part >= 1 AND (part = 1 OR offer_id IS NOT NULL)",
}


def upgrade() -> None:
    with op.batch_alter_table("call") as batch_op:
        batch_op.add_column(sa.Column("max_credits", sa.Double(), nullable=True))
        batch_op.add_column(
            sa.Column("teams", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        _add_checks(batch_op, "call", CALL_CHECKS)
    with op.batch_alter_table("application") as batch_op:
        batch_op.add_column(
            sa.Column("applies_as", sa.String(32), nullable=False, server_default="student")
        )
        batch_op.add_column(sa.Column("credits_wanted", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("credits_most", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("draft_credits", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("partner_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("partner_agreed_at", UTCDateTime(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_application_partner_id"), "user", ["partner_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_application_partner_id"), ["partner_id"])
        _add_checks(batch_op, "application", APPLICATION_CHECKS)
    for table in ("placement", "run_row"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="1"))
            _add_checks(batch_op, table, {"part": PART_CHECKS[table]})
    with op.batch_alter_table("placement") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_placement_application_id"), type_="unique")
        for name in ("part", "offer_id"):
            batch_op.create_unique_constraint(
                batch_op.f(f"uq_placement_application_id_{name}"), ["application_id", name]
            )
    with op.batch_alter_table("run_row") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_run_row_run_id_application_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_run_row_run_id_application_id_part"),
            ["run_id", "application_id", "part"],
        )
    for table, column in (
        ("call", "teams"), ("application", "applies_as"), ("placement", "part"), ("run_row", "part")
    ):  # fmt: skip
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM run_row WHERE part > 1")
    op.execute("DELETE FROM placement WHERE part > 1")
    with op.batch_alter_table("run_row") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_run_row_run_id_application_id_part"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_run_row_run_id_application_id"), ["run_id", "application_id"]
        )
    with op.batch_alter_table("placement") as batch_op:
        for name in ("part", "offer_id"):
            batch_op.drop_constraint(
                batch_op.f(f"uq_placement_application_id_{name}"), type_="unique"
            )
        batch_op.create_unique_constraint(
            batch_op.f("uq_placement_application_id"), ["application_id"]
        )
    for table in ("placement", "run_row"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_part"), type_="check")
            batch_op.drop_column("part")
    with op.batch_alter_table("application") as batch_op:
        for name in APPLICATION_CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_application_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_application_partner_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_application_partner_id"))
        for name in (
            "applies_as", "credits_wanted", "credits_most", "draft_credits", "partner_id",
            "partner_agreed_at",
        ):  # fmt: skip
            batch_op.drop_column(name)
    with op.batch_alter_table("call") as batch_op:
        for name in CALL_CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_call_{name}"), type_="check")
        for name in ("max_credits", "teams"):
            batch_op.drop_column(name)


def _add_checks(batch_op, table: str, checks: dict[str, str]) -> None:
    for name, rule in checks.items():
        batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{name}"), rule)
