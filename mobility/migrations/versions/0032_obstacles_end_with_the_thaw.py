"""What closes a choice is noted while its round is frozen alone, and no longer after a thaw

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE choice SET obstacles = NULL WHERE obstacles IS NOT NULL AND application_id IN"
        " (SELECT id FROM application WHERE locked_at IS NULL)"
    )


def downgrade() -> None:
    """Each freeze of the version before notes all of it anew."""
