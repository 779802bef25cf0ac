"""Things to test with, with unsurprising defaults. All flush; the caller holds the transaction."""

import secrets
from datetime import date, timedelta
from itertools import count

from mobility import clock
from mobility.accounts.models import (
    Cefr,
    GradeScale,
    LanguageSkill,
    Profile,
    Role,
    RoleGrant,
    User,
    UserStatus,
)
from mobility.agreements.models import (
    OF_VERSIONS,
    Agreement,
    AgreementStatus,
    Approval,
    CooperationCondition,
    Direction,
)
from mobility.agreements.services import keep_version
from mobility.applications import storage
from mobility.applications.content import content_of
from mobility.applications.models import (
    Application,
    ApplicationStatus,
    AskedDocument,
    Choice,
    Document,
    DocumentKind,
    DocumentStatus,
    Review,
    SavedView,
)
from mobility.db import db
from mobility.laboratories.models import Equipment, EquipmentStatus, Slot
from mobility.offers.criteria import Criterion
from mobility.offers.models import Call, CallStatus, Offer, OfferStatus, VacatedSeats
from mobility.offers.rules import EligibilityRule, RuleKind
from mobility.partners.models import EmailDomain, Institution, OrganisationalUnit
from mobility.projects.models import Project, ProjectLeader, ProjectStatus

from .applications.files import pdf

# The argon2 hash of "correct horse", made with the cheapest parameters: tests sign in often.
PASSWORD = "correct horse"
_numbers = count(1)


def password_hash() -> str:
    from argon2 import PasswordHasher

    global _hash
    if _hash is None:
        _hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    return _hash


_hash: str | None = None


def _add(thing):
    db.session.add(thing)
    db.session.flush()
    return thing


def institution(schac: str | None = None, **values) -> Institution:
    """An institution whose own people have addresses at its SCHAC code."""
    number = next(_numbers)
    schac = schac or f"hei{number}.example"
    values = {
        "name_en": f"University {number}",
        "name_ru": f"Университет {number}",
        "name_kk": f"{number}-университет",
        "country": "KZ",
        "city_en": "Almaty",
        "city_ru": "Алматы",
        "city_kk": "Алматы",
        "timezone": "Asia/Almaty",
        **values,
    }
    made = Institution(schac=schac, **values)
    made.domains.append(EmailDomain(domain=schac))
    return _add(made)


def unit(of: Institution, **values) -> OrganisationalUnit:
    number = next(_numbers)
    values = {"code": f"u{number}", "name_en": f"Faculty {number}", **values}
    return _add(OrganisationalUnit(institution=of, **values))


def user(**values) -> User:
    """An active person without a role."""
    number = next(_numbers)
    values = {
        "email": f"person{number}@mail.example",
        "name": f"Person {number}",
        "status": UserStatus.ACTIVE,
        "password_hash": password_hash(),
        "language": "en",
        "timezone": "Asia/Almaty",
        "session_key": secrets.token_hex(8),
        "created_at": clock.now(),
        **values,
    }
    return _add(User(**values))


def admin(**values) -> User:
    made = user(**values)
    made.grants.append(RoleGrant(role=Role.ADMIN))
    return _add(made)


def coordinator(of: Institution, unit: OrganisationalUnit | None = None, **values) -> User:
    """A coordinator of an institution, or of one unit of it."""
    made = user(institution_id=of.id, **values)
    made.grants.append(
        RoleGrant(
            role=Role.COORDINATOR, institution_id=of.id, unit_id=None if unit is None else unit.id
        )
    )
    return _add(made)


def student(of: Institution, *, skills: dict[str, str] | None = None, profile=None, **values):
    """A student of an institution: third-year bachelor in computer science, English B2."""
    made = user(institution_id=of.id, **values)
    made.grants.append(RoleGrant(role=Role.STUDENT))
    made.profile = Profile(
        **{"eqf_level": 6, "isced_field": "0613", "study_year": 3, **(profile or {})}
    )
    for language, cefr in ({"en": "B2"} if skills is None else skills).items():
        made.profile.skills.append(LanguageSkill(language=language, cefr=Cefr(cefr)))
    return _add(made)


def teacher(of: Institution, *, skills: dict[str, str] | None = None, profile=None, **values):
    """A teacher of an institution: senior lecturer in computer science, English B2."""
    made = user(institution_id=of.id, **values)
    made.grants.append(RoleGrant(role=Role.STAFF))
    made.profile = Profile(
        **{"isced_field": "0613", "position": "Senior lecturer", **(profile or {})}
    )
    for language, cefr in ({"en": "B2"} if skills is None else skills).items():
        made.profile.skills.append(LanguageSkill(language=language, cefr=Cefr(cefr)))
    return _add(made)


def agreement(
    a: Institution, b: Institution, *, status=AgreementStatus.APPROVED, **values
) -> Agreement:
    """An agreement; approved by a coordinator of each partner unless `status` says otherwise."""
    values = {"title_en": "Memorandum", "created_at": clock.now(), **values}
    made = _add(Agreement(partner_a=a, partner_b=b, status=AgreementStatus.DRAFT, **values))
    return settle(made, status)


def settle(made: Agreement, status: AgreementStatus) -> Agreement:
    """Bring an agreement into `status` with its content as it stands.

    States that only the draft of a new version has make it one.
    """
    if status in OF_VERSIONS and made.amends is None:
        made.amends = agreement(*made.partners)
    if status is not AgreementStatus.DRAFT:
        made.content_hash = made.digest()
    made.approvals.clear()
    if status in {AgreementStatus.APPROVED, AgreementStatus.TERMINATED}:
        for partner in made.partners:
            made.approvals.append(
                Approval(
                    institution_id=partner.id,
                    user=coordinator(partner),
                    content_hash=made.content_hash,
                    at=clock.now(),
                )
            )
    made.status = status
    db.session.flush()
    if made.approvals and not made.versions:
        keep_version(made)
    return made


def condition(
    sending: Institution,
    receiving: Institution,
    *,
    direction=Direction.INTERNSHIP,
    agreement_status=AgreementStatus.APPROVED,
    **values,
) -> CooperationCondition:
    """A condition, by default of an agreement in force from this year on."""
    year = clock.now().year
    values = {
        "first_year": year - 1,
        "last_year": year + 4,
        "mobilities_per_year": 20,
        "eqf_levels": [6, 7],
        "isced_fields": [],
        **values,
    }
    frame = agreement(sending, receiving, status=AgreementStatus.DRAFT)
    made = CooperationCondition(direction=direction, sending=sending, receiving=receiving, **values)
    frame.conditions.append(made)
    db.session.flush()
    settle(frame, agreement_status)
    return made


def call(*, direction=Direction.INTERNSHIP, status=CallStatus.ANNOUNCED, **values) -> Call:
    """A call that opened yesterday and closes in a week."""
    now = clock.now()
    closes_at = values.pop("closes_at", now + timedelta(days=7))
    values = {
        "title_en": "Internships",
        "term": f"{now.year}/{now.year + 1}-1",
        "opens_at": min(now, closes_at) - timedelta(days=1),
        "closes_at": closes_at,
        "mending_until": closes_at + timedelta(days=3),
        "max_choices": 3,
        "created_at": now,
        "vacated_until": None
        if values.get("vacated") is VacatedSeats.NONE
        else max(now, closes_at) + timedelta(days=60),
        **values,
    }
    return _add(Call(direction=direction, status=status, **values))


def eligibility_rule(of: Call, kind: RuleKind, points: float | None = None, **terms):
    """A rule of a call; hard unless it gives points."""
    made = EligibilityRule(kind=kind, terms=terms, points=points)
    of.eligibility_rules.append(made)
    db.session.flush()
    return made


def criterion(of: Call, name: str = "Motivation", weight: int = 60) -> Criterion:
    """A criterion by which reviewers of a call score."""
    made = Criterion(name_en=name, weight=weight)
    of.criteria.append(made)
    db.session.flush()
    return made


def review(of: Application, by: User, score: float = 70) -> Review:
    """A review that gives every criterion of the call the same."""
    marks = {str(one.id): score for one in of.call.criteria}
    return _add(Review(application=of, reviewer=by, score=score, marks=marks, at=clock.now()))


def grade_scale(of: Institution, best: float = 4, passing: float = 1) -> GradeScale:
    """A scale of grade averages, by default one on which higher is better."""
    return _add(GradeScale(institution_id=of.id, best=best, passing=passing))


def offer(in_call: Call, under: CooperationCondition, **values) -> Offer:
    """An open place with two seats, in English, for anyone whom the condition covers."""
    number = next(_numbers)
    values = {
        "code": f"P{number}",
        "title_en": f"Place {number}",
        "seats": 2,
        "status": OfferStatus.OPEN,
        "language": "en",
        "eqf_levels": [],
        "isced_fields": [],
        "starts_on": date(clock.now().year + 1, 2, 1),
        "ends_on": date(clock.now().year + 1, 5, 31),
        **values,
    }
    return _add(Offer(call=in_call, condition=under, **values))


def project(a: Institution, b: Institution, **values) -> Project:
    """A joint project under way, with a teacher of each partner as its leader."""
    today = clock.now().date()
    leaders = values.pop("leaders", None) or (teacher(a), teacher(b))
    values = {
        "title_en": "Joint project",
        "status": ProjectStatus.OPEN,
        "starts_on": today - timedelta(days=30),
        "ends_on": today + timedelta(days=300),
        "created_at": clock.now(),
        **values,
    }
    made = Project(partner_a=a, partner_b=b, **values)
    for hei, leader in zip((a, b), leaders, strict=True):
        made.leaders.append(ProjectLeader(institution_id=hei.id, user=leader))
    return _add(made)


def equipment(of: Institution, **values) -> Equipment:
    """Open equipment of an institution that people book themselves, without training."""
    values = {
        "title_en": "Electron microscope",
        "safety_training": False,
        "status": EquipmentStatus.OPEN,
        "created_at": clock.now(),
        **values,
    }
    return _add(Equipment(institution=of, **values))


def slot(at: Equipment, *, days: float = 7, hours: float = 2, capacity: int = 1) -> Slot:
    """A slot that begins in so many days."""
    begin = clock.now() + timedelta(days=days)
    return _add(
        Slot(
            equipment=at,
            starts_at=begin,
            ends_at=begin + timedelta(hours=hours),
            capacity=capacity,
        )
    )


def application(
    by: User, in_call: Call, offers=(), *, status=ApplicationStatus.SUBMITTED, **values
) -> Application:
    """An application with these offers ranked in this order."""
    submitted = status is not ApplicationStatus.DRAFT
    values = {
        "pseudonym": secrets.token_hex(8),
        "sending_id": by.institution_id,
        "sending_unit_id": by.profile.unit_id if by.profile else None,
        "submitted_at": clock.now() if submitted else None,
        "score": 80 if status is ApplicationStatus.APPROVED else None,
        "note": "Because."
        if status
        in {
            ApplicationStatus.REJECTED,
            ApplicationStatus.RETURNED,
            ApplicationStatus.EXCLUDED,
            ApplicationStatus.PRE_PLACED,
        }
        else "",
        "pre_placed_offer": offers[0] if status is ApplicationStatus.PRE_PLACED else None,
        "draft_choices": [{"offer": offer.id, "motivation": ""} for offer in offers],
        "created_at": clock.now(),
        **values,
    }
    made = Application(call=in_call, applicant=by, status=status, **values)
    if submitted:
        for rank, wanted in enumerate(offers, start=1):
            made.choices.append(Choice(rank=rank, offer=wanted))
    return _add(made)


def saved_view(of: User, name="Mine to check", **filters) -> SavedView:
    """A named view of a coordinator's pipeline."""
    filters = filters or {"status": "submitted"}
    return _add(SavedView(user_id=of.id, name=name, filters=filters, created_at=clock.now()))


def asked(by_call: Call, kind=DocumentKind.TRANSCRIPT, *, required=True, **values) -> AskedDocument:
    """A document that a call asks for."""
    return _add(AskedDocument(call=by_call, kind=kind, required=required, **values))


def document(
    of: Application,
    kind=DocumentKind.TRANSCRIPT,
    *,
    status=DocumentStatus.WAITING,
    data: bytes | None = None,
    name="Transcript.pdf",
    **values,
) -> Document:
    """The first version of a document, its file stored; a certificate shows English at C1."""
    content = content_of(data or pdf(), name)
    reviewed = status is not DocumentStatus.WAITING
    certifies = {"language": "en", "cefr": Cefr.C1} if kind is DocumentKind.LANGUAGE else {}
    values = {
        "number": 1,
        "label": content.label,
        "file_type": content.file_type,
        "size": len(content.data),
        "digest": content.digest,
        "stored_as": storage.store(content.data),
        "uploaded_at": clock.now(),
        "reviewed_at": clock.now() if reviewed else None,
        "reason": "Because." if status is DocumentStatus.REJECTED else "",
        **certifies,
        **values,
    }
    return _add(Document(application=of, kind=kind, status=status, **values))
