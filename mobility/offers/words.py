"""How calls and places are said on pages."""

from collections.abc import Collection

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..accounts.models import Role
from .rule_words import rule_text, worth
from .terms import term_text
from .timetable import day_name, meetings_on

DEEDS = {
    "call.create": _l("drafted the call"),
    "call.announce": _l("announced it"),
    "call.amend": _l("changed it"),
    "call.close": _l("closed it before its deadline"),
    "call.cancel": _l("cancelled it"),
    "call.ask-documents": _l("changed which documents it asks for"),
    "call.set-criteria": _l("changed how applications are scored"),
    "call.set-eligibility": _l("changed who may choose its places"),
    "offer.create": _l("drafted the place"),
    "offer.open": _l("opened it"),
    "offer.withdraw": _l("withdrew it"),
    "offer.amend": _l("changed it"),
}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        term=term_text,
        day_name=day_name,
        meetings=meetings_on,
        roles=roles_text,
        rule_text=lambda rule: rule_text(rule.kind, rule.terms),
        points_text=worth,
    )


def roles_text(roles: Collection[Role]) -> str:
    """Who a direction sends: "students", "teachers and staff", or both."""
    if len(roles) > 1:
        return _("students, teachers and staff")
    return _("students") if Role.STUDENT in roles else _("teachers and staff")
