"""How many credits somebody wants of the courses of a call, and how many at most."""

from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from ...errors import Invalid
from ..models import Application, Window

Credits = dict[str, float | None]
"""{"wanted": ECTS credits with which it is enough, "most": that are never passed}."""


def checked_credits(application: Application, credits: Credits | None) -> dict[str, Any]:
    """The attributes that keep the credits; Invalid at credits_wanted or credits_most.

    After the deadline those that stand are kept.
    """
    call = application.call
    if not call.gives_several:
        return {}
    if application.window is Window.MENDING:
        return {}
    assert call.max_credits is not None
    wanted, most = (credits or {}).get("wanted"), (credits or {}).get("most")
    if wanted is None or not 1 <= wanted <= call.max_credits:
        raise Invalid(
            _(
                "Say how many credits you want, from 1 to %(most)s.",
                most=format_decimal(call.max_credits),
            ),
            "credits_wanted",
        )
    if most is None or not wanted <= most <= call.max_credits:
        raise Invalid(
            _(
                "Say how many credits you take at most: no fewer than you want, up to %(most)s.",
                most=format_decimal(call.max_credits),
            ),
            "credits_most",
        )
    return {"credits_wanted": wanted, "credits_most": most}
