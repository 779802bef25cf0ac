"""Whether this service holds the demonstration, and what its filling left on record."""

from sqlalchemy import exists, false, select

from ..accounts.models import User
from ..audit import AuditEvent, history
from ..db import db
from ..partners.models import Institution

BEGUN, FILLED = "demonstration.begin", "demonstration.fill"


class Demonstration:
    """What the audit trail speaks of when the demonstration is filled; there is one."""

    __tablename__ = "demonstration"
    id = 1


DEMONSTRATION = Demonstration()


def is_demonstration() -> bool:
    """Whether the demonstration was filled in here: one look at an index, on every page."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    AuditEvent.subject_type == Demonstration.__tablename__,
                    AuditEvent.subject_id == Demonstration.id,
                )
            )
        )
    )


def filled_accounts() -> list[dict[str, str]] | None:
    """The accounts to show, as the filling recorded them; None where it never came to its end."""
    for event in history(DEMONSTRATION):
        if event.action == FILLED:
            accounts: list[dict[str, str]] = event.details["accounts"]
            return accounts
    return None


def is_empty() -> bool:
    """Whether nobody has entered anything: no person, no institution."""
    return not any(
        db.session.scalar(select(exists().select_from(kind))) for kind in (User, Institution)
    )


def holds_people_of_its_own() -> bool:
    """Whether somebody has an account here who is not of the demonstration."""
    return bool(db.session.scalar(select(exists().where(User.is_demo == false()))))
