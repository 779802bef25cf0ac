"""Applications may be excluded from a round, with a reason."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATUSES = ("draft", "submitted", "returned", "approved", "rejected", "withdrawn")


def upgrade() -> None:
    _allow((*STATUSES, "excluded"), noted=("rejected", "returned", "excluded"))


def downgrade() -> None:
    op.execute("UPDATE application SET status = 'rejected' WHERE status = 'excluded'")
    _allow(STATUSES, noted=("rejected", "returned"))


def _allow(statuses: tuple[str, ...], noted: tuple[str, ...]) -> None:
    with op.batch_alter_table("application") as batch_op:
        for name in ("application_status", "noted"):
            batch_op.drop_constraint(batch_op.f(f"ck_application_{name}"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_application_application_status"), f"status IN ({_quoted(statuses)})"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_application_noted"), f"status NOT IN ({_quoted(noted)}) OR note <> ''"
        )


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
