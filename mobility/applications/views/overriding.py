"""What admins decide over the rules, with a reason: placed before the round, or kept out of it."""

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...offers.models import Offer
from .. import services
from ..forms import PrePlaceForm
from ..models import Application
from ..queries import choices_of, get_application
from .blueprint import bp
from .review import decide, decide_in_words, places_to_give


@bp.post("/pipeline/<int:application_id>/pre-place")
@guard("application:override", get_application)
def pre_place(application: Application) -> Any:
    form = PrePlaceForm(prefix="pre-place-")
    form.offer.choices = places_to_give(application)
    return decide(
        application,
        form,
        lambda: services.pre_place_application(
            application,
            _place_to_give(application, form.offer.data),
            form.text.data,
            current_user,
            version=form.seen,
        ),
        _(
            "%(name)s: placed before the round; a letter is on its way.",
            name=application.applicant.name,
        ),
        onward=False,
    )


@bp.post("/pipeline/<int:application_id>/release")
@guard("application:override", get_application)
def release(application: Application) -> Any:
    return decide_in_words(
        application,
        "release",
        services.release_application,
        _("%(name)s: takes part in the round again.", name=application.applicant.name),
        onward=False,
    )


@bp.post("/pipeline/<int:application_id>/exclude")
@guard("application:override", get_application)
def exclude(application: Application) -> Any:
    return decide_in_words(
        application,
        "exclude",
        services.exclude_application,
        _("%(name)s: excluded; the reason is on its way.", name=application.applicant.name),
    )


@bp.post("/pipeline/<int:application_id>/readmit")
@guard("application:override", get_application)
def readmit(application: Application) -> Any:
    return decide_in_words(
        application,
        "readmit",
        services.readmit_application,
        _("%(name)s: open for checking again.", name=application.applicant.name),
        onward=False,
    )


def _place_to_give(application: Application, offer_id: int) -> Offer:
    return next(choice.offer for choice in choices_of(application) if choice.offer_id == offer_id)
