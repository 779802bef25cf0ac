"""Versions of an agreement, notice before its end, reminders of renewal

Revision ID: 0027
Revises: 0026
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

import mobility.db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

STATUSES = ("draft", "proposed", "approved", "terminated")
OPEN = "status IN ('draft', 'proposed')"
PENDING = "version_id IS NULL"
TERMS = (
    "direction", "first_year", "last_year", "mobilities_per_year", "months_per_year",
    "eqf_levels", "isced_fields", "language", "cefr", "blended", "other_terms",
)  # fmt: skip


def upgrade() -> None:
    _agreement()
    with op.batch_alter_table("cooperation_condition") as batch_op:
        batch_op.add_column(sa.Column("amends_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_cooperation_condition_amends_id"),
            "cooperation_condition",
            ["amends_id"],
            ["id"],
        )
    op.create_table(
        "agreement_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("condition_ids", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("concluded_at", mobility.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_version_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint(
            "agreement_id", "number", name=op.f("uq_agreement_version_agreement_id_number")
        ),
    )
    with op.batch_alter_table("approval") as batch_op:
        batch_op.add_column(sa.Column("version_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_approval_version_id"), "agreement_version", ["version_id"], ["id"]
        )
        batch_op.drop_constraint(
            batch_op.f("uq_approval_agreement_id_institution_id_content_hash"), type_="unique"
        )
        batch_op.create_index(
            "uq_approval_pending",
            ["agreement_id", "institution_id", "content_hash"],
            unique=True,
            sqlite_where=sa.text(PENDING),
            postgresql_where=sa.text(PENDING),
        )
        batch_op.create_index(
            "uq_approval_of_version", ["version_id", "institution_id"], unique=True
        )
    _keep_what_was_approved()


def _agreement() -> None:
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("amends_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("renewal_year", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("renewal_reminders", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_agreement_amends_id"), "agreement", ["amends_id"], ["id"]
        )
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.alter_column("renewal_reminders", server_default=None)
    _allow((*STATUSES, "applied", "dropped"), "'draft', 'terminated', 'dropped'")
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_agreement_amendment"),
            "amends_id IS NULL OR status NOT IN ('approved', 'terminated')",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_agreement_own_states"),
            "amends_id IS NOT NULL OR status NOT IN ('applied', 'dropped')",
        )
        batch_op.create_index(
            "uq_agreement_open_version",
            ["amends_id"],
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        )


def downgrade() -> None:
    """The words in force stay; older versions, drafts of new ones and notices are forgotten."""
    _forget_drafts()
    _cut_ended_conditions()
    with op.batch_alter_table("approval") as batch_op:
        batch_op.drop_index("uq_approval_of_version")
        batch_op.drop_index(
            "uq_approval_pending",
            sqlite_where=sa.text(PENDING),
            postgresql_where=sa.text(PENDING),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_approval_agreement_id_institution_id_content_hash"),
            ["agreement_id", "institution_id", "content_hash"],
        )
        batch_op.drop_constraint(batch_op.f("fk_approval_version_id"), type_="foreignkey")
        batch_op.drop_column("version_id")
    op.drop_table("agreement_version")
    with op.batch_alter_table("cooperation_condition") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_cooperation_condition_amends_id"), type_="foreignkey"
        )
        batch_op.drop_column("amends_id")
        batch_op.drop_column("ended_on")
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.drop_index(
            "uq_agreement_open_version",
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        )
        for name in ("amendment", "own_states"):
            batch_op.drop_constraint(batch_op.f(f"ck_agreement_{name}"), type_="check")
    _allow(STATUSES, "'draft', 'terminated'")
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_agreement_amends_id"), type_="foreignkey")
        for name in ("ends_on", "amends_id", "renewal_year", "renewal_reminders"):
            batch_op.drop_column(name)


def _allow(statuses: tuple[str, ...], unhashed: str) -> None:
    known = ", ".join(f"'{status}'" for status in statuses)
    with op.batch_alter_table("agreement") as batch_op:
        for name in ("agreement_status", "hashed"):
            batch_op.drop_constraint(batch_op.f(f"ck_agreement_{name}"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_agreement_agreement_status"), f"status IN ({known})"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_agreement_hashed"),
            f"status IN ({unhashed}) OR content_hash IS NOT NULL",
        )


def _keep_what_was_approved() -> None:
    """The present content of each agreement that both approved becomes its first version."""
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(
        connection,
        only=["agreement", "agreement_version", "approval", "cooperation_condition",
              "institution", "organisational_unit"],
    )  # fmt: skip
    agreements, versions, approvals = (
        tables.tables[name] for name in ("agreement", "agreement_version", "approval")
    )
    institutions, units = tables.tables["institution"], tables.tables["organisational_unit"]
    schacs = dict(connection.execute(sa.select(institutions.c.id, institutions.c.schac)).all())
    codes = dict(connection.execute(sa.select(units.c.id, units.c.code)).all())
    for row in connection.execute(
        sa.select(agreements).where(
            agreements.c.status.in_(["approved", "terminated"]),
            agreements.c.content_hash.is_not(None),
        )
    ).mappings().all():  # fmt: skip
        content, ids = _content(
            connection, tables.tables["cooperation_condition"], row, schacs, codes
        )
        mine = (approvals.c.agreement_id == row["id"]) & (
            approvals.c.content_hash == row["content_hash"]
        )
        at = connection.scalar(sa.select(sa.func.max(approvals.c.at)).where(mine))
        connection.execute(
            versions.insert().values(
                agreement_id=row["id"],
                number=1,
                content=content,
                condition_ids=ids,
                content_hash=row["content_hash"],
                concluded_at=at or row["created_at"],
            )
        )
        kept = connection.scalar(
            sa.select(versions.c.id).where(versions.c.agreement_id == row["id"])
        )
        connection.execute(approvals.update().where(mine).values(version_id=kept))


def _content(
    connection: Any, conditions: Any, row: Any, schacs: dict[int, str], codes: dict[int, str]
) -> tuple[dict[str, Any], list[int]]:
    """The canonical form of an agreement as it was hashed when this was written."""
    found = []
    for one in connection.execute(
        sa.select(conditions).where(conditions.c.agreement_id == row["id"])
    ).mappings():
        values = {name: one[name] for name in TERMS}
        values["blended"] = bool(values["blended"])
        for side in ("sending", "receiving"):
            values[side] = schacs[one[f"{side}_id"]]
            values[f"{side}_unit"] = codes.get(one[f"{side}_unit_id"])
        found.append((json.dumps(values, sort_keys=True), one["id"], values))
    found.sort()
    content = {
        "partners": sorted(schacs[row[f"partner_{side}_id"]] for side in "ab"),
        "titles": {language: row[f"title_{language}"] for language in ("en", "kk", "ru")},
        "signed_on": None if row["signed_on"] is None else row["signed_on"].isoformat(),
        "text": row["text"],
        "conditions": [values for _key, _id, values in found],
    }
    return content, [id_ for _key, id_, _values in found]


def _forget_drafts() -> None:
    op.execute("UPDATE approval SET version_id = NULL")
    drafts = "(SELECT id FROM agreement WHERE amends_id IS NOT NULL)"
    op.execute(f"DELETE FROM approval WHERE agreement_id IN {drafts}")
    op.execute(f"DELETE FROM cooperation_condition WHERE agreement_id IN {drafts}")
    op.execute("DELETE FROM agreement WHERE amends_id IS NOT NULL")
    op.execute(
        "DELETE FROM approval WHERE id NOT IN (SELECT MAX(id) FROM approval"
        " GROUP BY agreement_id, institution_id, content_hash)"
    )
    op.execute("UPDATE agreement SET status = 'terminated' WHERE ends_on < CURRENT_DATE")


def _cut_ended_conditions() -> None:
    """What a later version took out ends with the year before that in which it was."""
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["cooperation_condition"])
    conditions = tables.tables["cooperation_condition"]
    for row in connection.execute(
        sa.select(conditions.c.id, conditions.c.ended_on, conditions.c.first_year).where(
            conditions.c.ended_on.is_not(None)
        )
    ).all():
        last = row.ended_on.year - (0 if row.ended_on.month >= 9 else 1) - 1
        connection.execute(
            conditions.update()
            .where(conditions.c.id == row.id)
            .values(last_year=max(row.first_year, last))
        )
