"""Sapar: academic mobility and internship matching between partner universities."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from . import access, config, db, errors, health, i18n, jobs, logs, navigation, panels, security
from . import mail as mail  # its table and its job belong to the service even when unused
from .numbers import LARGEST

# The ladder: a room imports only rooms before it.
ROOMS = (
    "partners",
    "accounts",
    "agreements",
    "projects",
    "laboratories",
    "offers",
    "applications",
    "placements",
    "rounds",
    "reports",
    "guide",
    "demo",
)

HERE = Path(__file__).parent
# In a source tree the templates stand beside the package, in a wheel they travel inside it.
TEMPLATES = HERE / "templates" if (HERE / "templates").is_dir() else HERE.parent / "templates"


class DatabaseId(IntegerConverter):
    """An id in an address. What no column holds names nothing: 404 without asking the database."""

    def __init__(self, map_: Map, *, max: int = LARGEST, **kwargs: Any) -> None:
        super().__init__(map_, max=max, **kwargs)


class Service(Flask):
    """Flask, with a transaction around each view: it returns → commit, it raises → roll back."""

    def dispatch_request(self) -> ResponseReturnValue:
        from flask import request  # the request only exists in here

        view = self.view_functions.get(request.endpoint or "")
        if view is None or getattr(view, "own_transaction", False):
            return super().dispatch_request()
        with db.transaction(write=request.method not in {"GET", "HEAD", "OPTIONS"}):
            return self.make_response(super().dispatch_request())


def create_app(settings: dict[str, Any] | None = None) -> Service:
    """The service, with all its rooms. Raises UnguardedEndpoint if a page stands open."""
    app = Service(
        "mobility",
        instance_path=str(config.instance_folder()),
        template_folder=str(TEMPLATES),
    )
    app.url_map.converters["int"] = DatabaseId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    config.configure(app, settings)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for part in (logs, db, i18n, errors, security, navigation, panels, health, jobs):
        part.init_app(app)
    Migrate(app, db.db, directory=str(HERE / "migrations"), render_as_batch=True)
    Bootstrap5(app)
    CSRFProtect(app)
    app.extensions["mobility.limiter"] = Limiter(get_remote_address, app=app)
    app.extensions["mobility.login"] = LoginManager(app)
    app.jinja_env.globals.update(can=_can_current)
    for room in ROOMS:
        _open_room(app, room)
    access.check_guards(app)
    return app


def _can_current(permission: str, subject: Any = None) -> bool:
    from flask_login import current_user  # bound to the request in hand

    return access.can(current_user, permission, subject)


def room_module(room: str, name: str) -> ModuleType | None:
    """The file `name` of a room, where the room has one."""
    full = f"{__name__}.{room}.{name}"
    if find_spec(f"{__name__}.{room}") is None or find_spec(full) is None:
        return None
    return import_module(full)


def _open_room(app: Service, room: str) -> None:
    room_module(room, "models")
    if permissions := room_module(room, "permissions"):
        access.add_rules(app, permissions.RULES)
    room_module(room, "jobs")
    room_module(room, "personal")
    room_module(room, "panels")
    if views := room_module(room, "views"):
        app.register_blueprint(views.bp)
        if prepare := getattr(views, "init_app", None):
            prepare(app)
