"""Who sees projects and who keeps them: both partners' coordinators, and the leaders."""

from typing import Any

from .models import Project, ProjectResult, ProjectStatus


def anybody(user: Any, subject: Any) -> bool:
    return True


def creates(user: Any, subject: Any) -> bool:
    return user is not None and (user.is_admin or bool(user.whole_institutions))


def keeps(user: Any, project: Project) -> bool:
    """Admins, coordinators of the whole of a partner, and the leaders."""
    return user is not None and (
        user.is_admin
        or bool(user.whole_institutions & project.partner_ids)
        or any(leader.user_id == user.id for leader in project.leaders)
    )


def sees(user: Any, project: Project) -> bool:
    return project.status is not ProjectStatus.DRAFT or keeps(user, project)


RULES: dict[str, Any] = {
    "project:browse": anybody,
    "project:create": creates,
    "project:view": sees,
    "project:edit": keeps,
    "result:view": lambda user, result: sees(user, _frame(result)),
    "result:edit": lambda user, result: keeps(user, _frame(result)),
}


def _frame(result: ProjectResult) -> Project:
    return result.project
