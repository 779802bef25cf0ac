"""How calls and places are said on pages."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from .terms import term_text

DEEDS = {
    "call.create": _l("drafted the call"),
    "call.announce": _l("announced it"),
    "call.amend": _l("changed it"),
    "call.close": _l("closed it before its deadline"),
    "call.cancel": _l("cancelled it"),
    "call.ask-documents": _l("changed which documents it asks for"),
    "offer.create": _l("drafted the place"),
    "offer.open": _l("opened it"),
    "offer.withdraw": _l("withdrew it"),
    "offer.amend": _l("changed it"),
}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(term=term_text)
