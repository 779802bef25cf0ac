"""Pages of applications: the applicant's, and those of the people who check."""

from . import (
    applicant,
    asking,
    bulk,
    criteria,
    documents,
    overriding,
    pipeline,
    ranking,
    reminding,
    review,
    saved_views,
    team,
    undoing,
)
from .blueprint import bp

__all__ = [
    "applicant",
    "asking",
    "bp",
    "bulk",
    "criteria",
    "documents",
    "overriding",
    "pipeline",
    "ranking",
    "reminding",
    "review",
    "saved_views",
    "team",
    "undoing",
]
