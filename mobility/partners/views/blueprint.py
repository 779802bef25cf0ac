"""The blueprint that the pages of partners share."""

from flask import Blueprint

bp = Blueprint("partners", __name__)
