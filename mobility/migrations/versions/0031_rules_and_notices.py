"""Eligibility rules have versions and stay when removed; notices are of the partner that gave them

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# By the coordinator on record who gave it; the partner is not known where that was an admin.
NOTICES = """
INSERT INTO notice (agreement_id, institution_id, last_day)
SELECT agreement.id, (
    SELECT role_grant.institution_id
    FROM audit_event JOIN role_grant ON role_grant.user_id = audit_event.actor_id
    WHERE audit_event.action = 'agreement.give_notice'
    AND audit_event.subject_id = agreement.id
    AND role_grant.role = 'coordinator' AND role_grant.unit_id IS NULL
    AND role_grant.institution_id IN (agreement.partner_a_id, agreement.partner_b_id)
    ORDER BY audit_event.id DESC LIMIT 1
), agreement.ends_on
FROM agreement WHERE agreement.ends_on IS NOT NULL
"""


def upgrade() -> None:
    with op.batch_alter_table("eligibility_rule") as batch_op:
        batch_op.add_column(
            sa.Column("removed_at", mobility.db.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("eligibility_rule") as batch_op:
        batch_op.alter_column("version", server_default=None)
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_notice_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_notice_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "agreement_id", "institution_id", name=op.f("uq_notice_agreement_id_institution_id")
        ),
    )
    op.execute(NOTICES)


def downgrade() -> None:
    op.drop_table("notice")
    op.execute("DELETE FROM eligibility_rule WHERE removed_at IS NOT NULL")
    with op.batch_alter_table("eligibility_rule") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("removed_at")
