"""Eligibility rules of calls, grade scales, what rules measure in profiles

Revision ID: 0051
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0027"
branch_labels = None
depends_on = None

KINDS = ("level", "field", "language", "grade", "credits", "year", "earlier", "sending")
CHECKS = {
    "grade_percent": "grade_percent BETWEEN 0 AND 100",
    "grade": "(grade_average IS NULL) = (grade_percent IS NULL)",
    "credits_earned": "credits_earned BETWEEN 0 AND 1000",
    "earlier_mobilities": "earlier_mobilities BETWEEN 0 AND 20",
}


def upgrade() -> None:
    op.create_table(
        "grade_scale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("best", sa.Double(), nullable=False),
        sa.Column("passing", sa.Double(), nullable=False),
        sa.CheckConstraint("best <> passing", name=op.f("ck_grade_scale_two_ends")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_grade_scale_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_scale")),
        sa.UniqueConstraint("institution_id", name=op.f("uq_grade_scale_institution_id")),
    )
    op.create_table(
        "eligibility_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="rule_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.CheckConstraint("points > 0 AND points <= 100", name=op.f("ck_eligibility_rule_points")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_eligibility_rule_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_rule")),
    )
    op.create_index("ix_eligibility_rule_call_id", "eligibility_rule", ["call_id"])
    with op.batch_alter_table("profile") as batch_op:
        batch_op.add_column(sa.Column("grade_average", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("grade_percent", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("credits_earned", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("earlier_mobilities", sa.Integer(), nullable=True))
        for name, text in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_profile_{name}"), text)
    with op.batch_alter_table("application") as batch_op:
        batch_op.add_column(sa.Column("points", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("application") as batch_op:
        batch_op.drop_column("points")
    with op.batch_alter_table("profile") as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_profile_{name}"), type_="check")
        for name in ("earlier_mobilities", "credits_earned", "grade_percent", "grade_average"):
            batch_op.drop_column(name)
    op.drop_table("eligibility_rule")
    op.drop_table("grade_scale")
