"""Fifty coordinators decide on the same twenty applications at the same moment, in threads."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from mobility.accounts.models import User
from mobility.applications import services
from mobility.applications.models import Application, ApplicationStatus, Handling
from mobility.audit import AuditEvent
from mobility.db import db, transaction
from mobility.errors import Conflict
from mobility.mail import Mail

from .. import factories

S = ApplicationStatus
PEOPLE, APPLICATIONS, AT_ONCE = 50, 20, 5
ENDS = {"approve": S.APPROVED, "return": S.RETURNED, "reject": S.REJECTED}


@pytest.fixture
def crowd(scene, write):
    """(ids of the coordinators, {id: version} of the applications)."""
    with write():
        people = [factories.coordinator(scene.home).id for _ in range(PEOPLE)]
        made = [
            factories.application(
                factories.student(scene.home), scene.call, scene.offers[:1], score=70
            )
            for _ in range(APPLICATIONS)
        ]
        return people, {one.id: one.version for one in made}


def decide(action: str, application: Application, actor: User, version: int) -> None:
    if action == "approve":
        services.approve_application(application, actor, version=version)
    elif action == "return":
        services.return_application(application, "Sign it.", actor, version=version)
    else:
        services.reject_application(application, "Too late.", actor, version=version)


def test_each_application_ends_as_one_of_fifty_chose_and_the_others_are_told(app, crowd):
    people, versions = crowd
    db.session.remove()
    barrier, ids = Barrier(PEOPLE), sorted(versions)
    chosen = {person: list(ENDS)[number % 3] for number, person in enumerate(people)}

    def work(number: int) -> list[tuple[int, int, str]]:
        """(application, coordinator, what was said); five in a transaction, begun elsewhere."""
        person, said = people[number], []
        groups = [ids[at : at + AT_ONCE] for at in range(0, APPLICATIONS, AT_ONCE)]
        with app.app_context():
            barrier.wait(timeout=60)
            for turn in range(len(groups)):
                try:
                    with transaction():
                        actor = db.session.get_one(User, person)
                        for one in groups[(number + turn) % len(groups)]:
                            application = db.session.get_one(Application, one)
                            try:
                                decide(chosen[person], application, actor, versions[one])
                                said.append((one, person, "done"))
                            except Conflict as error:
                                said.append((one, person, error.message))
                finally:
                    db.session.remove()
        return said

    with ThreadPoolExecutor(PEOPLE) as pool:
        said = [line for lines in pool.map(work, range(PEOPLE)) for line in lines]
    assert len(said) == PEOPLE * APPLICATIONS
    winners = {one: person for one, person, words in said if words == "done"}
    assert Counter(one for one, _person, words in said if words == "done") == dict.fromkeys(ids, 1)
    with transaction(write=False):
        for one in ids:
            application = db.session.get_one(Application, one)
            assert application.status is ENDS[chosen[winners[one]]]
            told = {words for which, _person, words in said if which == one} - {"done"}
            assert told == {
                "This application was changed after you had opened it. "
                f"The present state is “{application.status.label}”."
            }
        kept = db.session.execute(select(Handling.application_id, Handling.actor_id)).all()
        assert sorted(map(tuple, kept)) == sorted(winners.items())
        assert db.session.query(AuditEvent).count() == APPLICATIONS
        assert db.session.query(Mail).count() == APPLICATIONS


def test_one_of_many_gives_an_application_on_and_the_others_are_told(app, crowd):
    people, versions = crowd
    [one, *_], barrier = sorted(versions), Barrier(PEOPLE)
    db.session.remove()

    def take(number: int) -> str:
        with app.app_context():
            barrier.wait(timeout=60)
            try:
                with transaction():
                    actor = db.session.get_one(User, people[number])
                    application = db.session.get_one(Application, one)
                    services.assign_application(application, actor, actor, version=versions[one])
            except Conflict as error:
                return error.message
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(PEOPLE) as pool:
        said = list(pool.map(take, range(PEOPLE)))
    assert said.count("done") == 1
    assert sum("The present state is “submitted”." in words for words in said) == PEOPLE - 1
    with transaction(write=False):
        holder = db.session.get_one(Application, one).assigned_to_id
    assert holder == people[said.index("done")]


def test_an_undo_and_a_decision_at_once_end_in_one_of_both(app, scene, crowd, write):
    people, versions = crowd
    one, batch = min(versions), services.new_batch()
    with write():
        application = db.session.get_one(Application, one)
        services.approve_application(application, scene.coordinator, batch=batch)
        version, carla, dana = application.version, scene.coordinator.id, people[0]
    db.session.remove()
    barrier = Barrier(2)

    def undo() -> bool:
        return bool(services.undo(batch, db.session.get_one(User, carla)).done)

    def reopen() -> bool:
        application = db.session.get_one(Application, one)
        actor = db.session.get_one(User, dana)
        try:
            services.reopen_application(application, "Look again.", actor, version=version)
        except Conflict:
            return False
        return True

    def run(deed) -> bool:
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                with transaction():
                    return deed()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, [undo, reopen])) == [False, True]
    with transaction(write=False):
        assert db.session.get_one(Application, one).status is S.SUBMITTED
        assert db.session.query(AuditEvent).count() == 2
