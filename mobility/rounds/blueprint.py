"""The blueprint of the room, for its modules of pages."""

from flask import Blueprint

bp = Blueprint("rounds", __name__)
