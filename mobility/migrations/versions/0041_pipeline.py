"""Applications are given to colleagues

Revision ID: 0041
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("application") as batch_op:
        batch_op.add_column(sa.Column("assigned_to_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_application_assigned_to_id_user"), "user", ["assigned_to_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_application_assigned_to_id"), ["assigned_to_id"])


def downgrade() -> None:
    with op.batch_alter_table("application") as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_assigned_to_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_application_assigned_to_id_user"), type_="foreignkey"
        )
        batch_op.drop_column("assigned_to_id")
