"""Who sees agreements, who edits them and who approves them for a partner."""

from typing import Any

from .models import Agreement, AgreementStatus, CooperationCondition
from .queries import coordinated_institutions, is_partner, notice_to_withdraw


def anybody(user: Any, subject: Any) -> bool:
    return True


def reads_in_full(user: Any, agreement: Agreement) -> bool:
    """Texts, people and history are for the two partners and admins."""
    return user is not None and (user.is_admin or is_partner(user, agreement))


def sees(user: Any, agreement: Agreement) -> bool:
    """What both partners approved is public; anything else concerns them alone."""
    public = agreement.status is AgreementStatus.APPROVED and not agreement.is_over
    return public or reads_in_full(user, agreement)


def creates(user: Any, subject: Any) -> bool:
    return user is not None and (user.is_admin or bool(coordinated_institutions(user, whole=True)))


def exports(user: Any, subject: Any) -> bool:
    """Whoever reads some agreement in full takes those along as a file."""
    return user is not None and (user.is_admin or user.is_coordinator)


def manages(user: Any, agreement: Agreement) -> bool:
    """Admins, and whoever coordinates the whole of a partner."""
    return user is not None and (user.is_admin or is_partner(user, agreement, whole=True))


def approves(user: Any, agreement: Agreement) -> bool:
    """Only a coordinator of the whole of a partner; nobody approves on its behalf."""
    return user is not None and is_partner(user, agreement, whole=True)


def withdraws_notice(user: Any, agreement: Agreement) -> bool:
    """Admins, and the partner that gave it; whoever manages it where none stands."""
    return manages(user, agreement) and (
        not agreement.notices or notice_to_withdraw(agreement, user) is not None
    )


RULES: dict[str, Any] = {
    "agreement:list": anybody,
    "agreement:view": sees,
    "agreement:read-in-full": reads_in_full,
    "agreement:create": creates,
    "agreement:edit": manages,
    "agreement:propose": manages,
    "agreement:withdraw": manages,
    "agreement:approve": approves,
    "agreement:amend": manages,
    "agreement:drop": manages,
    "agreement:terminate": manages,
    "agreement:withdraw-notice": withdraws_notice,
    "agreement:export": exports,
    "agreement:import": creates,
    "agreement-version:view": lambda user, version: reads_in_full(user, version.agreement),
    "condition:view": lambda user, condition: sees(user, _frame(condition)),
    "condition:edit": lambda user, condition: manages(user, _frame(condition)),
}


def _frame(condition: CooperationCondition) -> Agreement:
    return condition.agreement
