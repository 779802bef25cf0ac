"""project, project_leader, project_result: joint projects

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

from mobility.db import UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "ru", "kk")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(f"title_{one}", sa.String(200), nullable=False) for one in LANGUAGES),
        *(sa.Column(f"description_{one}", sa.Text(), nullable=False) for one in LANGUAGES),
        sa.Column("partner_a_id", sa.Integer(), sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("partner_b_id", sa.Integer(), sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("status", _enum("project_status", "draft", "open", "closed"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("partner_a_id <> partner_b_id", name=op.f("ck_project_two_partners")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_project_period")),
    )
    for side in ("a", "b"):
        op.create_index(op.f(f"ix_project_partner_{side}_id"), "project", [f"partner_{side}_id"])
    op.create_table(
        "project_leader",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("institution_id", sa.Integer(), sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user.id"), nullable=False),
        sa.UniqueConstraint("project_id", "institution_id"),
    )
    op.create_index(op.f("ix_project_leader_user_id"), "project_leader", ["user_id"])
    op.create_table(
        "project_result",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column(
            "kind",
            _enum("result_kind", "publication", "data", "patent", "event", "other"),
            nullable=False,
        ),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_project_result_title")),
    )
    op.create_index(op.f("ix_project_result_project_id"), "project_result", ["project_id"])


def downgrade() -> None:
    for table in ("project_result", "project_leader", "project"):
        op.drop_table(table)
