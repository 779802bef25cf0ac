"""Fills an empty service with the demonstration, in the order in which it would have happened."""

from collections.abc import Callable

from sqlalchemy import delete

from .. import audit, clock
from ..accounts.passwords import hash_password
from ..db import Base, db, transaction
from .filling_agreements import fill_agreements
from .filling_applications import DECIDED, OPEN, REVIEW, fill_applications
from .filling_calls import fill_calls
from .filling_directions import fill_directions
from .filling_documents import clear_papers
from .filling_laboratories import fill_laboratories, fill_projects
from .filling_letters import keep_letters
from .filling_partners import fill_contacts, fill_partners
from .filling_people import fill_admin, fill_coordinators, fill_fresh_student
from .filling_placements import fill_placements
from .filling_rounds import fill_round
from .filling_views import fill_views
from .guide import PASSWORD, accounts_to_show
from .queries import BEGUN, DEMONSTRATION, FILLED
from .scene import Scene, Student
from .timetable import Timetable

TRY_AGAIN = 14  # of those whom the published round left without a place


def fill(say: Callable[[str], object] = lambda line: None) -> list[dict[str, str]]:
    """Everything, through the services that people use; the accounts to show.

    The service must be empty. `say` hears what has been made.
    """
    scene = Scene(Timetable(clock.now()), hash_password(PASSWORD), say)
    with transaction():
        audit.record(BEGUN, DEMONSTRATION, actor=None)
    fill_admin(scene)
    fill_partners(scene)
    fill_coordinators(scene)
    fill_contacts(scene)
    fill_agreements(scene)
    fill_calls(scene)
    fill_applications(scene, DECIDED)
    placed = fill_round(scene)
    fill_placements(scene)
    fill_applications(scene, REVIEW, again=_unplaced(scene, placed)[:TRY_AGAIN])
    fill_applications(scene, OPEN)
    fill_projects(scene)
    fill_laboratories(scene)
    fill_directions(scene)
    fill_fresh_student(scene, "susu.ru", scene.timetable.at(-2, 19))
    fill_views(scene)
    keep_letters()
    with transaction():
        accounts = accounts_to_show(scene)
        audit.record(FILLED, DEMONSTRATION, actor=None, accounts=accounts)
    return accounts


def _unplaced(scene: Scene, placed: set[int]) -> list[Student]:
    """The approved of the published round whose applications got no place."""
    return [
        one.student
        for one in scene.applied["decided"]
        if one.fate in {"approved", "mended"} and one.application.id not in placed
    ]


def clear() -> None:
    """Take away what an interrupted filling left. Only where nobody real has an account."""
    clear_papers()
    with transaction():
        for table in reversed(Base.metadata.sorted_tables):
            db.session.execute(delete(table))
