"""A small world with at least one of everything, for tests that go over all pages.

`scenes` name what stands in it: a scene is the ids that fill an address.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

from mobility import clock
from mobility.accounts.models import User, UserStatus
from mobility.agreements.models import AgreementStatus, Direction
from mobility.applications.models import ApplicationStatus
from mobility.db import transaction
from mobility.offers.models import CallStatus, OfferStatus

from . import factories


@dataclass(frozen=True)
class Person:
    """Somebody of the world, without their row: enough to sign in."""

    email: str
    session_id: str

    def get_id(self) -> str:
        return self.session_id


@dataclass
class World:
    """Who lives in it, and the ids of what stands in it, by scene."""

    people: dict[str, Person] = field(default_factory=dict)
    scenes: dict[str, dict[str, Any]] = field(default_factory=lambda: {"": {}})

    def id_of(self, name: str, scene: str = "") -> Any:
        """What fills `name` in an address. KeyError names what the world lacks."""
        return {**self.scenes[""], **self.scenes[scene]}[name]

    def settle(self, name: str, user: User) -> None:
        self.people[name] = Person(user.email, user.get_id())

    def stage(self, scene: str, **things: Any) -> None:
        """Note the ids of `things`: offer=… stands for `offer_id` in an address."""
        ids = {
            (f"{name}_id" if hasattr(thing, "id") else name): getattr(thing, "id", thing)
            for name, thing in things.items()
        }
        self.scenes.setdefault(scene, {}).update(ids)


def build_world(app: Flask) -> World:
    """Fill an empty, migrated database."""
    world = World()
    with app.app_context(), transaction():
        _Builder(world).build()
    return world


class _Builder:
    """Abai KazNPU sends its owner and others to SUSU; ENU has no part in it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def build(self) -> None:
        self._places()
        self._people()
        self._agreements()
        self._calls()
        self._applications()

    def _places(self) -> None:
        self.home = factories.institution("kaznpu.kz", name_en="Abai KazNPU")
        self.host = factories.institution(
            "susu.ru", name_en="SUSU", country="RU", timezone="Asia/Yekaterinburg"
        )
        self.elsewhere = factories.institution("enu.kz", name_en="ENU")
        self.faculty = factories.unit(self.home, name_en="Mathematics")
        self.laboratory = factories.unit(self.host, name_en="Laboratory")
        self.world.stage("", institution=self.home, unit=self.faculty)
        self.world.stage("host", institution=self.host, unit=self.laboratory)

    def _people(self) -> None:
        studies = {"unit_id": self.faculty.id}
        self.owner = factories.student(self.home, name="Owner Student", profile=studies)
        self.admin = factories.admin(name="Admin Person")
        for name, user in {
            "owner": self.owner,
            "other": factories.student(self.home, name="Other Student", profile=studies),
            "unit": factories.coordinator(self.home, self.faculty, name="Unit Coordinator"),
            "sender": factories.coordinator(self.home, name="Sending Coordinator"),
            "host": factories.coordinator(self.host, name="Host Coordinator"),
            "outside": factories.coordinator(self.elsewhere, name="Outside Coordinator"),
            "admin": self.admin,
        }.items():
            self.world.settle(name, user)
        self.world.stage("", user=self.owner)
        invited = factories.user(
            status=UserStatus.INVITED, password_hash=None, email="invited@susu.ru"
        )
        self.world.stage("invited", user=invited)

    def _agreements(self) -> None:
        self.condition = factories.condition(self.home, self.host)
        self.courses = factories.condition(self.host, self.home, direction=Direction.COURSES)
        self.world.stage("", agreement=self.condition.agreement, condition=self.condition)
        for status in (
            AgreementStatus.DRAFT,
            AgreementStatus.PROPOSED,
            AgreementStatus.TERMINATED,
        ):
            made = factories.condition(self.home, self.host, agreement_status=status)
            self.world.stage(f"{status.value}-agreement", agreement=made.agreement, condition=made)

    def _calls(self) -> None:
        self.call = factories.call(title_en="Internships of the spring")
        self.offer = factories.offer(self.call, self.condition, unit_id=self.laboratory.id)
        self.world.stage("", call=self.call, offer=self.offer)
        draft = factories.call(title_en="A call in preparation", status=CallStatus.DRAFT)
        hidden = factories.offer(draft, self.condition, status=OfferStatus.DRAFT)
        self.world.stage("draft-call", call=draft, offer=hidden)
        withdrawn = factories.offer(self.call, self.condition, status=OfferStatus.WITHDRAWN)
        self.world.stage("withdrawn-offer", offer=withdrawn)
        unopened = factories.offer(self.call, self.condition, status=OfferStatus.DRAFT)
        self.world.stage("draft-offer", offer=unopened)

    def _applications(self) -> None:
        """One application of the owner in each status, each in a call of its own."""
        draft = factories.application(
            self.owner, self.call, [self.offer], status=ApplicationStatus.DRAFT
        )
        self.world.stage("", application=draft)
        for status in ApplicationStatus:
            if status is ApplicationStatus.DRAFT:
                continue
            for scene, closes in ((status.value, 7), (f"{status.value}-closed", -1)):
                call = factories.call(
                    title_en=f"A call with one {scene}",
                    closes_at=clock.now() + timedelta(days=closes),
                )
                offer = factories.offer(call, self.condition, unit_id=self.laboratory.id)
                made = factories.application(self.owner, call, [offer], status=status)
                self.world.stage(scene, call=call, offer=offer, application=made)
