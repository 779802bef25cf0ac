"""Pages of rounds: their preparation, their results, and what follows."""

from . import (
    appeals,
    auditors,
    cockpit,
    draw,
    explanations,
    overrides,
    published,
    runs,
    second_rounds,
)
from .blueprint import bp

__all__ = [
    "appeals",
    "auditors",
    "bp",
    "cockpit",
    "draw",
    "explanations",
    "overrides",
    "published",
    "runs",
    "second_rounds",
]
