"""call.decided_with_id: in whose round a call is decided

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("call") as batch_op:
        batch_op.add_column(sa.Column("decided_with_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_call_decided_with_id_call"), "call", ["decided_with_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_call_decided_with_id"), ["decided_with_id"])


def downgrade() -> None:
    with op.batch_alter_table("call") as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_decided_with_id"))
        batch_op.drop_constraint(batch_op.f("fk_call_decided_with_id_call"), type_="foreignkey")
        batch_op.drop_column("decided_with_id")
