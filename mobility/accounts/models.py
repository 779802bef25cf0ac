"""Users, the roles granted to them, and what an applicant says of themselves once."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base, search_key, sort_key, value_enum
from ..partners.models import Institution, OrganisationalUnit
from ..status import Kind, Labelled, Status
from ..workflow import Workflow


class UserStatus(Status):
    INVITED = "invited", _l("invited"), Kind.WAITING
    UNCONFIRMED = "unconfirmed", _l("address not confirmed"), Kind.WAITING
    ACTIVE = "active", _l("active"), Kind.GOOD
    DISABLED = "disabled", _l("switched off"), Kind.STOPPED
    ERASED = "erased", _l("erased"), Kind.STOPPED


ACCOUNT = Workflow(
    "user",
    "status",
    {
        "confirm": ({UserStatus.UNCONFIRMED}, UserStatus.ACTIVE),
        "accept-invitation": ({UserStatus.INVITED}, UserStatus.ACTIVE),
        "remind": ({UserStatus.INVITED}, None),
        "switch-off": ({UserStatus.ACTIVE}, UserStatus.DISABLED),
        "withdraw-invitation": ({UserStatus.INVITED}, UserStatus.DISABLED),
        "switch-on": ({UserStatus.DISABLED}, UserStatus.ACTIVE),
        "invite-again": ({UserStatus.DISABLED}, UserStatus.INVITED),
        "erase": (set(UserStatus) - {UserStatus.ERASED}, UserStatus.ERASED),
    },
)


# What the record of a person says was done.
DEEDS = {
    "user.register": _l("registered"),
    "user.invite": _l("was invited"),
    "user.remind": _l("was sent the invitation again"),
    "user.confirm": _l("confirmed the address"),
    "user.accept-invitation": _l("accepted the invitation"),
    "user.set-password": _l("got a new password"),
    "user.rename": _l("changed the name"),
    "user.grant-role": _l("was given a role"),
    "user.revoke-role": _l("lost a role"),
    "user.switch-off": _l("was switched off"),
    "user.switch-on": _l("was switched on again"),
    "user.withdraw-invitation": _l("had the invitation withdrawn"),
    "user.invite-again": _l("was invited again"),
    "user.export-data": _l("took a copy of the own data"),
    "user.erase": _l("was erased"),
}


class Role(Labelled):
    STUDENT = "student", _l("student")
    STAFF = "staff", _l("teacher or staff")
    COORDINATOR = "coordinator", _l("coordinator")
    ADMIN = "admin", _l("administrator")


class Cefr(Labelled):
    """Levels of the Common European Framework of Reference, rising."""

    A1 = "A1", "A1"
    A2 = "A2", "A2"
    B1 = "B1", "B1"
    B2 = "B2", "B2"
    C1 = "C1", "C1"
    C2 = "C2", "C2"

    def reaches(self, least: "Cefr") -> bool:
        return self.value >= least.value


EQF_LEVELS = {
    5: _l("short cycle (EQF 5)"),
    6: _l("bachelor (EQF 6)"),
    7: _l("master (EQF 7)"),
    8: _l("doctorate (EQF 8)"),
}


class User(UserMixin, Base):
    """A person with an account. `session_key` changes with the password and ends old sessions."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("language IN ('en', 'ru', 'kk')", name="language"),
        CheckConstraint(
            "status <> 'active' OR password_hash IS NOT NULL", name="active_has_password"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[UserStatus] = mapped_column(value_enum(UserStatus, "user_status"))
    language: Mapped[str] = mapped_column(String(2), default="en")
    timezone: Mapped[str] = mapped_column(String(40), default="UTC")
    session_key: Mapped[str] = mapped_column(String(32))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    search: Mapped[str] = mapped_column(String(500), default="")
    order_key: Mapped[str] = mapped_column(String(800), default="", index=True)

    institution: Mapped[Institution | None] = relationship()
    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )
    profile: Mapped["Profile | None"] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )

    def get_id(self) -> str:
        return f"{self.id}.{self.session_key}"

    @property
    def is_active(self) -> bool:
        return self.status is UserStatus.ACTIVE

    def has_role(self, role: Role) -> bool:
        return any(grant.role is role for grant in self.grants)

    @property
    def is_admin(self) -> bool:
        return self.has_role(Role.ADMIN)

    @property
    def is_student(self) -> bool:
        return self.has_role(Role.STUDENT)

    @property
    def is_staff(self) -> bool:
        return self.has_role(Role.STAFF)

    @property
    def is_applicant(self) -> bool:
        """Whether this person may take part in calls: as a student, a teacher or staff."""
        return self.is_student or self.is_staff

    @property
    def is_coordinator(self) -> bool:
        return self.has_role(Role.COORDINATOR)

    @property
    def scopes(self) -> list[tuple[int, int | None]]:
        """What this person coordinates: (institution id, unit id or None for all of it)."""
        return [
            (grant.institution_id, grant.unit_id)
            for grant in self.grants
            if grant.role is Role.COORDINATOR and grant.institution_id is not None
        ]

    @property
    def whole_institutions(self) -> set[int]:
        """The ids of the institutions that this person coordinates as a whole."""
        return {institution for institution, unit in self.scopes if unit is None}

    def coordinates(self, institution_id: int | None, unit_id: int | None = None) -> bool:
        """Whether this person coordinates the institution, or exactly this unit of it."""
        return any(
            scope == institution_id and (unit is None or (unit_id is not None and unit == unit_id))
            for scope, unit in self.scopes
        )


@event.listens_for(User, "before_insert")
@event.listens_for(User, "before_update")
def _keep_keys(_mapper: Any, _connection: Any, user: User) -> None:
    """Search and order keys follow name and address; see db.search_key for why they are stored."""
    user.search = search_key(f"{user.name} {user.email}")[:500]
    user.order_key = sort_key(user.name)[:800]


class RoleGrant(Base):
    """A role of a person: of a coordinator over an institution or over one unit of it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "role <> 'coordinator' OR institution_id IS NOT NULL", name="coordinator_scope"
        ),
        CheckConstraint("unit_id IS NULL OR role = 'coordinator'", name="unit_scope"),
        Index(
            "uq_role_grant_scope",
            "user_id",
            "role",
            "institution_id",
            "unit_id",
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role] = mapped_column(value_enum(Role, "role"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisational_unit.id"))

    user: Mapped[User] = relationship(back_populates="grants")
    institution: Mapped[Institution | None] = relationship(lazy="joined")
    unit: Mapped[OrganisationalUnit | None] = relationship(lazy="joined")

    @property
    def label(self) -> str:
        """The role with its scope, in the reader's language."""
        scope = [part.name for part in (self.institution, self.unit) if part is not None]
        return f"{self.role.label} ({', '.join(scope)})" if scope else str(self.role.label)


class Profile(Base):
    """What eligibility is decided by: field, unit and languages, filled once for all forms.

    A student has a level and a year of study, a teacher or staff a position; a doctoral student
    who teaches has both. `grade_average` is as the own university gives it, `grade_percent` the
    same in percent of its scale (`GradeScale`). `earlier_mobilities`: how many a person had, None
    where they do not say.
    """

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint("eqf_level BETWEEN 5 AND 8", name="eqf_level"),
        CheckConstraint("study_year BETWEEN 1 AND 8", name="study_year"),
        CheckConstraint("(eqf_level IS NULL) = (study_year IS NULL)", name="studies"),
        CheckConstraint("eqf_level IS NOT NULL OR position <> ''", name="says_something"),
        CheckConstraint("grade_percent BETWEEN 0 AND 100", name="grade_percent"),
        CheckConstraint("(grade_average IS NULL) = (grade_percent IS NULL)", name="grade"),
        CheckConstraint("credits_earned BETWEEN 0 AND 1000", name="credits_earned"),
        CheckConstraint("earlier_mobilities BETWEEN 0 AND 20", name="earlier_mobilities"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisational_unit.id"))
    eqf_level: Mapped[int | None]
    isced_field: Mapped[str] = mapped_column(String(4))
    study_year: Mapped[int | None]
    position: Mapped[str] = mapped_column(String(200), default="")
    grade_average: Mapped[float | None]
    grade_percent: Mapped[float | None]
    credits_earned: Mapped[float | None]
    earlier_mobilities: Mapped[int | None]

    user: Mapped[User] = relationship(back_populates="profile")
    unit: Mapped[OrganisationalUnit | None] = relationship()
    skills: Mapped[list["LanguageSkill"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="LanguageSkill.language"
    )


class LanguageSkill(Base):
    """How well somebody knows a language (ISO 639-1)."""

    __tablename__ = "language_skill"
    __table_args__ = (UniqueConstraint("profile_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"))
    language: Mapped[str] = mapped_column(String(2))
    cefr: Mapped[Cefr] = mapped_column(value_enum(Cefr, "cefr"))

    profile: Mapped[Profile] = relationship(back_populates="skills")


class GradeScale(Base):
    """The scale on which an institution gives grade averages.

    Higher is better where `best` stands above `passing`, else lower is better.
    """

    __tablename__ = "grade_scale"
    __table_args__ = (CheckConstraint("best <> passing", name="two_ends"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), unique=True)
    best: Mapped[float]
    passing: Mapped[float]

    institution: Mapped[Institution] = relationship()

    @property
    def higher_is_better(self) -> bool:
        return self.best > self.passing

    def holds(self, grade: float) -> bool:
        """Whether a grade lies between passing and best."""
        return min(self.best, self.passing) <= grade <= max(self.best, self.passing)

    def percent(self, grade: float) -> float:
        """A grade in percent of the way from passing (0) to best (100), two decimals."""
        return round(100 * (grade - self.passing) / (self.best - self.passing), 2)


class Consent(Base):
    """What a person agreed to: which wording, in which language, when. Never changed."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    wording: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class FailedSignIn(Base):
    """A refused sign-in. The address typed is not kept: people type passwords there by mistake."""

    __tablename__ = "failed_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    remote: Mapped[str] = mapped_column(String(45))
