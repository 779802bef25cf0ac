"""profile, role: teachers and staff have profiles and apply too

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROLES = ("student", "coordinator", "admin")
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
KEPT = "id, user_id, unit_id, eqf_level, isced_field, study_year"


def upgrade() -> None:
    op.create_table(
        "profile",
        *_columns(nullable=True),
        sa.Column("position", sa.String(200), nullable=False),
        *_constraints("profile"),
        sa.CheckConstraint(
            "(eqf_level IS NULL) = (study_year IS NULL)", name=op.f("ck_profile_studies")
        ),
        sa.CheckConstraint(
            "eqf_level IS NOT NULL OR position <> ''", name=op.f("ck_profile_says_something")
        ),
    )
    _move("student_profile", "profile", extra=", position", values=", ''")
    _allow((*ROLES, "staff"))


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE role = 'staff'")
    _allow(ROLES)
    op.create_table("student_profile", *_columns(nullable=False), *_constraints("student_profile"))
    students = "WHERE eqf_level IS NOT NULL"
    op.execute(
        f"DELETE FROM language_skill WHERE profile_id NOT IN (SELECT id FROM profile {students})"
    )
    _move("profile", "student_profile", where=students)


def _columns(*, nullable: bool) -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("eqf_level", sa.Integer(), nullable=nullable),
        sa.Column("isced_field", sa.String(4), nullable=False),
        sa.Column("study_year", sa.Integer(), nullable=nullable),
    )


def _constraints(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.CheckConstraint("eqf_level BETWEEN 5 AND 8", name=op.f(f"ck_{table}_eqf_level")),
        sa.CheckConstraint("study_year BETWEEN 1 AND 8", name=op.f(f"ck_{table}_study_year")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisational_unit.id"], name=op.f(f"fk_{table}_unit_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("user_id", name=op.f(f"uq_{table}_user_id")),
    )


def _move(old: str, new: str, *, extra: str = "", values: str = "", where: str = "") -> None:
    """The rows of one table into the other, and the languages that belong to them along."""
    op.execute(f"INSERT INTO {new} ({KEPT}{extra}) SELECT {KEPT}{values} FROM {old} {where}")
    if op.get_bind().dialect.name == "postgresql":
        _go_on_counting(new)
    op.rename_table("language_skill", "language_skill_before")
    if op.get_bind().dialect.name == "postgresql":  # names of constraints are unique there
        for name in ("pk_language_skill", "uq_language_skill_profile_id_language"):
            op.execute(f"ALTER INDEX {name} RENAME TO {name}_before")
    op.create_table(
        "language_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column(
            "cefr",
            sa.Enum(*LEVELS, name="cefr", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], [f"{new}.id"], name=op.f("fk_language_skill_profile_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_skill")),
        sa.UniqueConstraint(
            "profile_id", "language", name=op.f("uq_language_skill_profile_id_language")
        ),
    )
    columns = "id, profile_id, language, cefr"
    op.execute(
        f"INSERT INTO language_skill ({columns}) SELECT {columns} FROM language_skill_before"
    )
    op.drop_table("language_skill_before")
    op.drop_table(old)
    if op.get_bind().dialect.name == "postgresql":
        _go_on_counting("language_skill")


def _go_on_counting(table: str) -> None:
    op.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
        f" COALESCE((SELECT MAX(id) FROM {table}), 0) + 1, false)"
    )


def _allow(roles: tuple[str, ...]) -> None:
    words = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_role_grant_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_role_grant_role"), f"role IN ({words})")
