"""What coordinators have named in the pipeline, to come back to by one click."""

from flask_babel import gettext as _

from ..applications.models import ApplicationStatus
from ..applications.queries import Filters
from ..applications.services import save_view
from ..db import transaction
from ..i18n import speaking_to
from .scene import Scene

SENDERS = {"kaznpu.kz": "review", "susu.ru": "open"}


def fill_views(scene: Scene) -> None:
    """The call in hand, first by what is still to be read."""
    with transaction():
        for schac, key in SENDERS.items():
            coordinator = scene.coordinators[schac, ""]
            filters = Filters(call=scene.calls[key].id, status=ApplicationStatus.SUBMITTED)
            with speaking_to(coordinator):
                name = _("To read")
            save_view(name, filters.address(), coordinator)
