"""Pages of applications: the applicant's, and those of the people who check."""

from . import applicant, bulk, pipeline, ranking, review, team
from .blueprint import bp

__all__ = ["applicant", "bp", "bulk", "pipeline", "ranking", "review", "team"]
