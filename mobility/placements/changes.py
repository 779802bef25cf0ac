"""Who is told that placements changed: a register, filled as the rooms to the right load.

An answer can free a seat, or let somebody go who stood before others in a waiting order.
"""

from collections.abc import Callable, Sequence

from .models import Placement

Listener = Callable[[Sequence[Placement]], None]
_listeners: list[Listener] = []


def on_change(listener: Listener) -> Listener:
    """Register a function that is called in the transaction of each change."""
    _listeners.append(listener)
    return listener


def tell_change(*placements: Placement) -> None:
    for listener in _listeners:
        listener(placements)
