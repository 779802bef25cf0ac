"""The blueprint of the room, and what its templates may ask for by name."""

from typing import Any

from flask import Blueprint

from ..words import publishing, rules, wording

bp = Blueprint("rounds", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"wording": wording, "rules": rules, "publishing": publishing}
