"""Who may do what with placements: the placed person, and the coordinators of both sides."""

from typing import Any

from ..access import Rule
from ..laboratories.visits import gives, visits
from ..partners.models import Institution
from ..projects.membership import membership
from ..projects.models import Project
from . import queries
from .models import Placement


def is_placed_person(user: Any, placement: Placement) -> bool:
    return user is not None and placement.application.applicant_id == user.id


def is_in_team(user: Any, placement: Placement) -> bool:
    """The placed person, or the partner of the team."""
    return user is not None and user.id in {
        placement.application.applicant_id,
        placement.application.partner_id,
    }


def coordinates_sending_side(user: Any, placement: Placement) -> bool:
    application = placement.application
    return user is not None and user.coordinates(
        application.sending_id, application.sending_unit_id
    )


def coordinates_receiving_side(user: Any, placement: Placement) -> bool:
    offer = placement.offer
    return user is not None and user.coordinates(offer.condition.receiving_id, offer.unit_id)


def is_admin(user: Any, _placement: Any) -> bool:
    return user is not None and user.is_admin


def may_see(user: Any, placement: Placement) -> bool:
    return (
        is_in_team(user, placement)
        or coordinates_sending_side(user, placement)
        or coordinates_receiving_side(user, placement)
        or is_admin(user, placement)
    )


def may_cancel(user: Any, placement: Placement) -> bool:
    return may_see(user, placement) and not is_in_team(user, placement)


@membership
def placed_in(user: Any, project: Project) -> bool:
    """Who has accepted a place of a project takes part in it."""
    return queries.has_place_in_project(user, project.id)


gives(queries.slot_given_to)


@visits
def placed_at(user: Any, institution: Institution) -> bool:
    """Who has accepted a place at an institution may use its laboratories."""
    return queries.has_place_at(user, institution.id)


RULES: dict[str, Rule] = {
    "placement:list": lambda user, _: user is not None,
    "placement:view": may_see,
    "placement:answer": is_placed_person,
    "placement:nominate-many": lambda user, _: user is not None and user.is_coordinator,
    "placement:nominate": coordinates_sending_side,
    "placement:verify": coordinates_receiving_side,
    "placement:confirm-stay": coordinates_receiving_side,
    "placement:recognise": coordinates_sending_side,
    "placement:cancel": may_cancel,
}
