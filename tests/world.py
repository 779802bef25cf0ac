"""A small world with at least one of everything, for tests that go over all pages.

`scenes` name what stands in it: a scene is the ids that fill an address.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

from mobility import clock
from mobility.accounts.models import User, UserStatus
from mobility.accounts.tokens import CONFIRM, INVITE, RESET, token_for
from mobility.agreements import services as agreements
from mobility.agreements.models import AgreementStatus, Direction
from mobility.applications.models import (
    Application,
    ApplicationStatus,
    DocumentKind,
    DocumentStatus,
)
from mobility.db import db, transaction
from mobility.laboratories.models import EquipmentStatus
from mobility.laboratories.services import book_slot
from mobility.offers.models import CallStatus, OfferStatus, VacatedSeats
from mobility.offers.rules import RuleKind
from mobility.offers.services import remove_rule
from mobility.partners.models import Contact
from mobility.placements import services as placements
from mobility.projects.models import ProjectResult, ProjectStatus, ResultKind
from mobility.rounds import services as rounds

from . import factories
from .rounds.scenes import finish, finish_second, placement_of

OWNER = "owner@kaznpu.kz"


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
    with app.app_context():
        _Builder(world).build()
    return world


class _Builder:
    """Abai KazNPU sends its owner and others to SUSU; ENU has no part in it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def build(self) -> None:
        with transaction():
            self._places()
            self._people()
            self._agreements()
            self._calls()
            self._applications()
            self._placements()
            self._projects()
            self._laboratories()
            self._teams()
        self._rounds()
        self._several()
        self._sequels()

    def _places(self) -> None:
        self.home = factories.institution("kaznpu.kz", name_en="Abai KazNPU")
        self.host = factories.institution(
            "susu.ru", name_en="SUSU", country="RU", timezone="Asia/Yekaterinburg"
        )
        self.elsewhere = factories.institution("enu.kz", name_en="ENU")
        self.faculty = factories.unit(self.home, name_en="Mathematics")
        self.laboratory = factories.unit(self.host, name_en="Laboratory")
        contact = Contact(institution=self.home, name="Office", email="office@kaznpu.kz")
        db.session.add(contact)
        db.session.flush()
        self.world.stage("", institution=self.home, unit=self.faculty, contact=contact)
        self.world.stage("host", institution=self.host, unit=self.laboratory)
        self.world.stage("", reader="applicant", topic="courses")
        self.world.stage("how-research", reader="sending", topic="research")
        self.world.stage("how-programme", reader="admin", topic="professional-development")
        self.world.stage("how-laboratories", reader="receiving", topic="laboratories")
        self.world.stage("how-projects", reader="receiving", topic="projects")

    def _people(self) -> None:
        studies = {"unit_id": self.faculty.id}
        self.owner = factories.student(
            self.home, name="Owner Student", email=OWNER, profile=studies
        )
        self.admin = factories.admin(name="Admin Person")
        self.sender = factories.coordinator(self.home, name="Sending Coordinator")
        self.world.stage("", view=factories.saved_view(self.sender))
        self.receiver = factories.coordinator(self.host, name="Host Coordinator")
        for name, user in {
            "owner": self.owner,
            "other": factories.student(self.home, name="Other Student", profile=studies),
            "unit": factories.coordinator(self.home, self.faculty, name="Unit Coordinator"),
            "sender": self.sender,
            "host": self.receiver,
            "outside": factories.coordinator(self.elsewhere, name="Outside Coordinator"),
            "admin": self.admin,
        }.items():
            self.world.settle(name, user)
        self.world.stage("", user=self.owner)
        self.world.stage("", grant=self.owner.grants[0])
        self._behind_links()

    def _behind_links(self) -> None:
        """People whose accounts are not in use, and the links that were mailed."""
        unborn = {"password_hash": None, "institution_id": self.home.id}
        invited = factories.user(status=UserStatus.INVITED, **unborn)
        unconfirmed = factories.user(status=UserStatus.UNCONFIRMED, **unborn)
        self.world.stage("invited", user=invited, token=token_for(INVITE, invited))
        self.world.stage("confirm", user=unconfirmed, token=token_for(CONFIRM, unconfirmed))
        forgetful = factories.user(name="Forgetful Person")
        self.world.stage("reset", user=forgetful, token=token_for(RESET, forgetful))
        self.world.stage("used", token="used up")
        self.world.stage("disabled", user=factories.user(status=UserStatus.DISABLED))

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
        self._versions()

    def _versions(self) -> None:
        """An agreement to which notice was given, and one with a new version in preparation."""
        self.world.stage("", number=1)
        courses = {"direction": Direction.COURSES}
        ending = factories.condition(self.host, self.home, **courses).agreement
        last_day = clock.now().date() + timedelta(days=40)
        agreements.give_notice(ending, self.sender, "The partners part.", last_day)
        self.world.stage("ending", agreement=ending)
        amended = factories.condition(self.host, self.home, **courses).agreement
        draft = agreements.open_version(amended, self.admin)
        draft.conditions[0].mobilities_per_year += 5
        self.world.stage("amended", agreement=amended)
        self.world.stage("new-version", agreement=draft, condition=draft.conditions[0])

    def _calls(self) -> None:
        self.call = factories.call(title_en="Internships of the spring")
        self.offer = factories.offer(self.call, self.condition, unit_id=self.laboratory.id)
        self.world.stage("", call=self.call, offer=self.offer)
        rule = factories.eligibility_rule(self.call, RuleKind.LEVEL, levels=[6, 7])
        factories.eligibility_rule(self.call, RuleKind.GRADE, points=5, least=80)
        self.world.stage("", rule=rule, rule_kind="language")
        gone = factories.eligibility_rule(self.call, RuleKind.LEVEL, levels=[8])
        remove_rule(gone, self.admin, reason="Nobody asks for it.")
        self.world.stage("removed", rule=gone)
        draft = factories.call(
            title_en="A call in preparation", rules_en="Fair ones.", status=CallStatus.DRAFT
        )
        hidden = factories.offer(draft, self.condition, status=OfferStatus.DRAFT)
        self.world.stage("draft-call", call=draft, offer=hidden)
        withdrawn = factories.offer(self.call, self.condition, status=OfferStatus.WITHDRAWN)
        self.world.stage("withdrawn-offer", offer=withdrawn)
        exchange = factories.call(title_en="Courses of the spring", direction=Direction.COURSES)
        self.world.stage("courses", call=exchange)
        unopened = factories.offer(self.call, self.condition, status=OfferStatus.DRAFT)
        self.world.stage("draft-offer", offer=unopened)

    def _applications(self) -> None:
        """One application of the owner in each status, in an open and in a closed call."""
        draft = factories.application(
            self.owner, self.call, [self.offer], status=ApplicationStatus.DRAFT
        )
        self.world.stage("", application=draft)
        for status in ApplicationStatus:
            if status is not ApplicationStatus.DRAFT:
                self._application(status.value, status, closes_in_days=7)
                self._application(f"{status.value}-closed", status)
        self._application("ready")
        self._documents()
        self._reviews()

    def _reviews(self) -> None:
        """One of two reviews is in, or both, in calls with criteria."""
        for scene, reviewers in (
            ("reviewed-once", [self.sender]),
            ("reviewed", [self.sender, self.admin]),
        ):
            made = self._application(scene, ApplicationStatus.SUBMITTED, closes_in_days=7)
            made.call.reviews_needed = 2
            made.score = 70 if len(reviewers) == 2 else None
            for name in ("Motivation", "Grades"):
                factories.criterion(made.call, name)
            for reviewer in reviewers:
                factories.review(made, reviewer)

    def _documents(self) -> None:
        """Applications with documents that wait, were accepted, were rejected."""
        for scene, status in (
            ("documents", DocumentStatus.WAITING),
            ("documents-accepted", DocumentStatus.ACCEPTED),
            ("documents-rejected", DocumentStatus.REJECTED),
        ):
            made = self._application(scene, ApplicationStatus.SUBMITTED, closes_in_days=7)
            for kind in (DocumentKind.TRANSCRIPT, DocumentKind.LANGUAGE, DocumentKind.CV):
                required = kind is not DocumentKind.CV
                factories.asked(made.call, kind, required=required, note_en="As a whole.")
            factories.document(made, replaced_at=clock.now())
            second = factories.document(made, status=status, number=2, reviewed_by=self.sender)
            factories.document(made, DocumentKind.LANGUAGE)
            self.world.stage(scene, document=second)
        self.world.scenes[""]["document_id"] = self.world.id_of("document_id", "documents")

    def _application(
        self, scene: str, status=ApplicationStatus.APPROVED, *, closes_in_days: int = -1
    ) -> Application:
        """The owner's application to the one place of a call of its own."""
        call = factories.call(
            title_en=f"A call: {scene}", closes_at=clock.now() + timedelta(days=closes_in_days)
        )
        offer = factories.offer(call, self.condition, unit_id=self.laboratory.id)
        made = factories.application(self.owner, call, [offer], status=status, score=80)
        self.world.stage(scene, call=call, offer=offer, application=made)
        return made

    def _placements(self) -> None:
        """A placement of the owner at each step, reached as people reach it."""
        yesterday = clock.now().date() - timedelta(days=1)
        path = (
            ("offered", None),
            ("accepted", lambda it: placements.accept_place(it, self.owner)),
            ("nominated", lambda it: placements.nominate(it, self.sender)),
            ("verified", lambda it: placements.verify_nomination(it, self.receiver)),
            ("arrived", lambda it: placements.confirm_arrival(it, self.receiver, yesterday)),
            ("departed", lambda it: placements.confirm_departure(it, self.receiver, yesterday)),
        )
        for length, (scene, _) in enumerate(path, start=1):
            made = self._application(scene)
            made.choices[0].offer.starts_on = yesterday
            until = clock.now() + timedelta(days=7)
            placement = placements.place(made, made.choices[0].offer, 1, until, self.admin)
            for _, step in path[1:length]:
                step(placement)
            self.world.stage(scene, placement=placement)
        self._upgrade()
        self.world.scenes[""]["placement_id"] = self.world.id_of("placement_id", "offered")

    def _projects(self) -> None:
        """A project under way that the owner takes part in, with a result, and one in draft."""
        leaders = factories.teacher(self.home), factories.teacher(self.host)
        self.project = factories.project(self.home, self.host, leaders=leaders)
        result = ProjectResult(
            kind=ResultKind.PUBLICATION, title="Soils of the steppe", on=clock.now().date()
        )
        self.project.results.append(result)
        db.session.flush()
        self.world.stage("", project=self.project, result=result)
        draft = factories.project(self.home, self.host, leaders=leaders, status=ProjectStatus.DRAFT)
        self.world.stage("draft-project", project=draft)
        closed = factories.project(
            self.home, self.host, leaders=leaders, status=ProjectStatus.CLOSED
        )
        self.world.stage("closed-project", project=closed)

    def _laboratories(self) -> None:
        """Equipment of the host with slots; the owner, who has a place there, has booked one."""
        factories.condition(self.home, self.host, direction=Direction.LABORATORIES)
        equipment = factories.equipment(self.host, unit=self.laboratory)
        slot = factories.slot(equipment, capacity=5)
        booking = book_slot(slot, self.owner, purpose="Samples")
        self.world.stage("", equipment=equipment, slot=slot, booking=booking)
        self.world.stage("free-slot", slot=factories.slot(equipment, days=8, capacity=9))
        draft = factories.equipment(self.host, unit=self.laboratory, status=EquipmentStatus.DRAFT)
        self.world.stage("draft-equipment", equipment=draft, slot=factories.slot(draft))

    def _teams(self) -> None:
        """Joint research: the owner has a team; another asks the owner's colleague."""
        self.research = factories.condition(self.home, self.host, direction=Direction.RESEARCH)
        call = factories.call(
            title_en="Joint research",
            direction=Direction.RESEARCH,
            teams=True,
            vacated=VacatedSeats.NONE,
            vacated_until=None,
            appeal_days=0,
        )
        offer = factories.offer(
            call, self.research, staff_seats=1, project=self.project, unit_id=self.laboratory.id
        )
        made = factories.application(
            self.owner,
            call,
            [offer],
            status=ApplicationStatus.DRAFT,
            partner=factories.teacher(self.home, name="Partner Teacher"),
        )
        self.world.stage("team", call=call, offer=offer, application=made)

    def _several(self) -> None:
        """A published round that gave the owner two courses; a call that asks for credits."""
        with transaction():
            condition = factories.condition(self.home, self.host, direction=Direction.COURSES)
            several = {
                "direction": Direction.COURSES,
                "max_credits": 15.0,
                "vacated": VacatedSeats.NONE,
                "vacated_until": None,
                "appeal_days": 0,
            }
            for scene, days in (("several", -1), ("several-open", 7)):
                call = factories.call(
                    title_en=f"A call: {scene}",
                    closes_at=clock.now() + timedelta(days=days),
                    **several,
                )
                offers = [
                    factories.offer(
                        call,
                        condition,
                        ects=5.0,
                        unit_id=self.laboratory.id,
                        timetable=[{"day": day, "from": "10:00", "to": "11:30"}],
                    )
                    for day in (1, 2)
                ]
                made = factories.application(
                    self.owner,
                    call,
                    offers,
                    status=ApplicationStatus.APPROVED,
                    credits_wanted=10.0,
                    credits_most=15.0,
                )
                self.world.stage(scene, call=call, offer=offers[0], application=made)
                if scene == "several":
                    closed = call
        round_ = self._published(closed)
        self.world.stage("several", round=round_)

    def _upgrade(self) -> None:
        """The owner accepted a second choice and asked to be moved up."""
        made = self._application("upgrade")
        until = clock.now() + timedelta(days=7)
        placement = placements.place(made, made.choices[0].offer, 2, until, self.admin)
        placements.accept_place(placement, self.owner, upgrade=True)
        self.world.stage("upgrade", placement=placement)

    def _rounds(self) -> None:
        """A round in preparation, frozen, with a run that waits, with a finished one, published."""
        for scene in ("prepared", "frozen", "queued", "run", "planned", "published"):
            with transaction():
                call = self._application(scene).call
                round_ = rounds.open_round(call, self.admin)
                self.world.stage(scene, round=round_)
                if scene == "prepared":
                    continue
                rounds.freeze_round(round_, self.admin)
                if scene == "frozen":
                    continue
                run = rounds.request_run(round_, self.admin)
                self.world.stage(scene, run=run)
            if scene == "queued":
                continue
            finish(run)
            if scene == "planned":
                with transaction():
                    at = clock.now() + timedelta(days=3)
                    rounds.plan_publication(run, self.admin, at)
            if scene == "published":
                with transaction():
                    rounds.publish_run(run, self.admin)
                    self.world.stage(scene, placement=run.rows[0].placement)
        for name in ("round_id", "run_id"):
            self.world.scenes[""][name] = self.world.id_of(name, "published")
        self._overrides()

    def _overrides(self) -> None:
        """A run for comparison; one for which an override is asked; one that was published so."""
        for scene in ("comparison", "overriding", "overridden"):
            with transaction():
                call = self._application(scene).call
                round_ = rounds.open_round(call, self.admin)
                rounds.freeze_round(round_, self.admin)
                run = rounds.request_run(round_, self.admin, policy="rank_maximal")
                self.world.stage(scene, round=round_, run=run)
            finish(run)
            if scene == "comparison":
                continue
            with transaction():
                asked = rounds.ask_override(run, self.admin, "Both partners wish it.")
                self.world.stage(scene, override=asked)
            if scene == "overridden":
                with transaction():
                    rounds.consent_to_override(asked, self.home, self.sender)
                    rounds.consent_to_override(asked, self.host, self.receiver)
                    rounds.publish_run(run, self.admin)

    def _published(self, call):
        """The round of a call, published."""
        with transaction():
            round_ = rounds.open_round(call, self.admin)
            rounds.freeze_round(round_, self.admin)
            run = rounds.request_run(round_, self.admin)
        finish(run)
        with transaction():
            rounds.publish_run(run, self.admin)
        return round_

    def _sequels(self) -> None:
        """Second rounds at each step, and appeals of the owner whom a rival stood before."""
        self._second_rounds()
        for scene, step in {
            "appealable": None,
            "appeal-open": lambda it: it,
            "appeal-asked": lambda it: rounds.ask_for_seat(it, self.admin, "A slip."),
            "appeal-promised": lambda it: rounds.promise_seat(it, self.admin, "A slip."),
            "appeal-dismissed": lambda it: rounds.dismiss_appeal(it, self.admin, "No."),
        }.items():
            with transaction():
                application = self._application(scene)
                offer = application.choices[0].offer
                rival = factories.student(self.home, profile={"unit_id": self.faculty.id})
                offer.seats = 1
                factories.application(
                    rival, application.call, [offer], status=ApplicationStatus.APPROVED, score=90
                )
            self._published(application.call)
            if step is not None:
                with transaction():
                    appeal = rounds.open_appeal(application, self.owner, offer.id, "Look again.")
                    step(appeal)
                    self.world.stage(scene, appeal=appeal)
        self.world.scenes[""]["appeal_id"] = self.world.id_of("appeal_id", "appeal-open")

    def _second_rounds(self) -> None:
        """The owner has declined; a second round can be asked for, is computed, is published."""
        for scene in ("second", "second-queued", "second-done", "second-published"):
            with transaction():
                application = self._application(scene)
            round_ = self._published(application.call)
            with transaction():
                placements.decline_place(placement_of(application), self.owner)
                if scene == "second":
                    continue
                asked = rounds.request_second_round(round_, self.admin)
                self.world.stage(scene, second_round=asked)
            if scene == "second-queued":
                continue
            finish_second(asked)
            if scene == "second-published":
                with transaction():
                    rounds.publish_second_round(asked, self.admin)
                    self.world.stage(scene, round=round_)
