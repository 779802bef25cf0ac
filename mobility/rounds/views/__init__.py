"""Pages of rounds: their preparation, their results, and what follows."""

from . import appeals, cockpit, draw, explanations, overrides, published, runs, second_rounds
from .blueprint import bp

__all__ = [
    "appeals",
    "bp",
    "cockpit",
    "draw",
    "explanations",
    "overrides",
    "published",
    "runs",
    "second_rounds",
]
