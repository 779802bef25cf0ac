"""What a right-hand room shows on a left-hand page: a register filled as rooms load."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from markupsafe import Markup

Panel = Callable[[Any], str | None]
_panels: dict[str, list[tuple[int, Panel]]] = {}


def panel(place: str, *, order: int = 100) -> Callable[[Panel], Panel]:
    """Register a function that renders markup for `place`, or None where it has nothing to say."""

    def decorate(render: Panel) -> Panel:
        entries = _panels.setdefault(place, [])
        entries.append((order, render))
        entries.sort(key=lambda entry: entry[0])
        return render

    return decorate


def panels(place: str, subject: Any) -> Markup:
    """All panels of `place` about `subject`, in order."""
    rendered = (render(subject) for _, render in _panels.get(place, ()))
    return Markup("\n").join(Markup(part) for part in rendered if part)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(panels=panels)
