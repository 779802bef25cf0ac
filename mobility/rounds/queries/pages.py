"""A page of a list."""

from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select

from ...db import db

ROWS = 25


def page_of(chosen: Select[Any], page: int) -> Pagination:
    """The page of that number of what is chosen; pages have ROWS rows and count from 1."""
    return db.paginate(chosen, page=page, per_page=ROWS, max_per_page=ROWS)
