"""second_round.file_digest: of the file by which everybody checks it

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("second_round", sa.Column("file_digest", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("second_round") as batch_op:
        batch_op.drop_column("file_digest")
