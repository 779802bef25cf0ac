"""Pages of calls and of the places in them."""

from typing import Any

from .. import words
from . import calls as calls
from . import imports as imports
from . import places as places
from . import rules as rules
from .blueprint import bp as bp


def init_app(app: Any) -> None:
    words.init_app(app)
