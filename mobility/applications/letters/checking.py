"""What those who check are written. Composed in the reader's language and zone."""

from flask_babel import gettext as _
from flask_babel import ngettext

from ...accounts.models import User
from ...mail import Letter, address_of
from ..models import Application

MOST_NAMED = 20


def _named(applications: list[Application]) -> str:
    rows = [f"– {one.applicant.name}, {one.call.title}" for one in applications[:MOST_NAMED]]
    return "\n".join(rows if len(applications) <= MOST_NAMED else [*rows, "…"])


def assignment_undone(applications: list[Application], by: User) -> Letter:
    """To the colleague to whom applications were given by mistake."""
    count = len(applications)
    happened = ngettext(
        "%(name)s gave you %(num)s application by mistake and took it back.",
        "%(name)s gave you %(num)s applications by mistake and took them back.",
        count,
        name=by.name,
    )
    return Letter(
        subject=ngettext(
            "Correction: %(num)s application is no longer given to you",
            "Correction: %(num)s applications are no longer given to you",
            count,
        ),
        happened=f"{happened}\n\n{_named(applications)}",
        to_do=_("There is nothing to do."),
        link=address_of("applications.pipeline", assigned="mine"),
        link_label=_("Open what is given to you"),
    )


def assigned(applications: list[Application], by: User) -> Letter:
    """To the colleague to whom applications were given."""
    count = len(applications)
    happened = ngettext(
        "%(name)s gave you %(num)s application to check.",
        "%(name)s gave you %(num)s applications to check.",
        count,
        name=by.name,
    )
    return Letter(
        subject=ngettext(
            "%(num)s application is given to you",
            "%(num)s applications are given to you",
            count,
        ),
        happened=f"{happened}\n\n{_named(applications)}",
        to_do=ngettext("Check it.", "Check them.", count),
        link=address_of("applications.pipeline", assigned="mine"),
        link_label=_("Open what is given to you"),
    )
