"""What the demonstration says on every page."""

from typing import Any

from flask import render_template

from ..panels import panel
from .queries import is_demonstration


@panel("banner")
def say_demonstration(user: Any) -> str | None:
    """That agreements and people are invented, where they are."""
    return render_template("demo/banner.html") if is_demonstration() else None
