"""The menu: what stands in it, and for whom, decided by the same rules as the pages."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from .access import can


@dataclass(frozen=True)
class Item:
    """One entry: its words, the endpoint it leads to, the permission that shows it."""

    label: Any
    endpoint: str
    permission: str

    @property
    def href(self) -> str:
        return url_for(self.endpoint)

    @property
    def current(self) -> bool:
        return request.endpoint == self.endpoint


MENU: tuple[Item, ...] = (
    Item(_l("Places"), "offers.catalogue", "offer:browse"),
    Item(_l("Calls"), "offers.calls", "call:browse"),
    Item(_l("My applications"), "applications.mine", "application:apply"),
    Item(_l("Pipeline"), "applications.pipeline", "application:review-any"),
    Item(_l("Placements"), "placements.index", "placement:list"),
    Item(_l("Rounds"), "rounds.index", "round:browse"),
    Item(_l("Projects"), "projects.index", "project:browse"),
    Item(_l("Laboratories"), "laboratories.index", "equipment:browse"),
    Item(_l("Reports"), "reports.index", "report:view"),
    Item(_l("Agreements"), "agreements.index", "agreement:list"),
    Item(_l("Partners"), "partners.index", "partner:browse"),
    Item(_l("Import people"), "accounts.import_people", "people:import-own"),
    Item(_l("People"), "accounts.people", "people:manage"),
)


def menu() -> list[Item]:
    """The entries the reader may open, in order."""
    return [item for item in MENU if can(current_user, item.permission)]


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(menu=menu)
