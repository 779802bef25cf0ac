"""The digest of the file by which a published round is checked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round") as batch_op:
        batch_op.add_column(sa.Column("file_digest", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("round") as batch_op:
        batch_op.drop_column("file_digest")
