"""Eligibility rules of calls, grade scales, what rules measure in profiles, criteria of scores

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0029"
down_revision = "0028"
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
    _scores()


def _scores() -> None:
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("name_ru", sa.String(200), nullable=False),
        sa.Column("name_kk", sa.String(200), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name=op.f("ck_criterion_weight")),
        sa.CheckConstraint(
            "name_en <> '' OR name_ru <> '' OR name_kk <> ''", name=op.f("ck_criterion_named")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_criterion_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
    )
    op.create_index("ix_criterion_call_id", "criterion", ["call_id"])
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_review_score")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_application_id")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "application_id", "reviewer_id", name=op.f("uq_review_application_id_reviewer_id")
        ),
    )
    op.create_index("ix_review_reviewer_id", "review", ["reviewer_id"])
    with op.batch_alter_table("call") as batch_op:
        batch_op.add_column(
            sa.Column("reviews_needed", sa.Integer(), nullable=False, server_default="1")
        )
    with op.batch_alter_table("call") as batch_op:
        batch_op.alter_column("reviews_needed", server_default=None)
        batch_op.create_check_constraint(
            batch_op.f("ck_call_reviews_needed"), "reviews_needed BETWEEN 1 AND 2"
        )


def downgrade() -> None:
    with op.batch_alter_table("call") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_call_reviews_needed"), type_="check")
        batch_op.drop_column("reviews_needed")
    op.drop_table("review")
    op.drop_table("criterion")
    with op.batch_alter_table("application") as batch_op:
        batch_op.drop_column("points")
    with op.batch_alter_table("profile") as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_profile_{name}"), type_="check")
        for name in ("earlier_mobilities", "credits_earned", "grade_percent", "grade_average"):
            batch_op.drop_column(name)
    op.drop_table("eligibility_rule")
    op.drop_table("grade_scale")
