"""Who reads reports: admins everything, who coordinates a whole HEI what concerns it."""

from typing import Any

from ..access import Rule


def reads(user: Any, _subject: Any) -> bool:
    return user is not None and (user.is_admin or bool(user.whole_institutions))


RULES: dict[str, Rule] = {"report:view": reads}
