"""What applications show on other rooms' pages: the next step, and the way in."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from .. import clock
from ..access import can
from ..accounts.models import User
from ..offers.models import Call, Offer, Phase
from ..panels import panel
from . import services
from .eligibility import obstacles
from .models import Application, ApplicationStatus, Window
from .queries import (
    Filters,
    Lacks,
    application_of,
    applications_of,
    asked_documents,
    has_places_for,
    lacking,
    open_calls_without,
    pipeline_counts,
    profile_of,
    team_applications_of,
)
from .trying import tried

S = ApplicationStatus


@panel("home", order=10)
def next_step_of_student(user: User) -> str | None:
    """One card: what to do, one button, until when."""
    if not user.is_applicant or user.profile is None:  # the profile comes first, says its own room
        return None
    step = _unfinished(user) or _beginning(user)
    return render_template("applications/panel_next.html", **step) if step else None


def _unfinished(user: User) -> dict | None:
    """The most urgent application that its applicant can still do something about."""
    open_ = [a for a in applications_of(user) if a.window is not Window.SHUT]
    lacks = lacking(open_)
    for urgent in (S.RETURNED, S.DRAFT, S.SUBMITTED):
        for application in sorted(open_, key=lambda a: a.call.closes_at):
            if application.status is urgent and (step := _step(application, lacks)):
                href = url_for("applications.choices", application_id=application.id)
                return {"href": href, **step}
    return None


def _step(application: Application, lacks: dict[int, Lacks]) -> dict | None:
    call = application.call
    if application.status is S.RETURNED:
        mending = application.window is Window.MENDING
        return {
            "title": _("Mend your application in “%(call)s”", call=call.title),
            "text": _("Your coordinator wrote: %(note)s", note=application.note),
            "label": _("Mend my application"),
            "deadline": call.mending_until if mending else call.closes_at,
        }
    count = len(application.draft_choices)
    if application.status is S.DRAFT:
        return {
            "title": _("Submit your application in “%(call)s”", call=call.title),
            "text": ngettext(
                "%(num)s place stands in your draft. Only what you submit counts.",
                "%(num)s places stand in your draft. Only what you submit counts.",
                count,
            ),
            "label": _("Open my choices"),
            "deadline": call.closes_at,
        }
    if lacks[application.id]:
        return {
            "title": _("Complete your documents in “%(call)s”", call=call.title),
            "text": services.said(lacks[application.id]),
            "href": url_for("applications.documents", application_id=application.id),
            "label": _("Open your documents"),
            "deadline": call.closes_at,
        }
    if application.draft_differs:
        return {
            "title": _("Submit your changes in “%(call)s”", call=call.title),
            "text": _("Until you submit again, the choices you submitted before count."),
            "label": _("Open my choices"),
            "deadline": call.closes_at,
        }
    return None


def _beginning(user: User) -> dict | None:
    """Where somebody without an open application begins."""
    calls = open_calls_without(user, clock.now())
    if not calls:
        return None
    return {
        "title": _("Apply in “%(call)s”", call=calls[0].title),
        "text": _("Rank the places you would go to; you can change your mind until the deadline."),
        "href": url_for("applications.mine"),
        "label": _("See open calls"),
        "deadline": calls[0].closes_at,
    }


@panel("home", order=9)
def asked_as_partner(user: User) -> str | None:
    """Somebody asks to apply together: read and answer, while the call is open."""
    asked = team_applications_of(user) if user.is_applicant else []
    waiting = [
        one for one in asked if one.partner_agreed_at is None and one.call.phase is Phase.OPEN
    ]
    if not waiting:
        return None
    return render_template(
        "applications/panel_next.html",
        title=_("%(name)s asks you to apply as a team", name=waiting[0].applicant.name),
        text=_("In the call “%(call)s”.", call=waiting[0].call.title),
        href=url_for("applications.show", application_id=waiting[0].id),
        label=_("Read and answer"),
        deadline=waiting[0].call.closes_at,
    )


@panel("home", order=40)
def applications_of_student(user: User) -> str | None:
    """A student's applications and their state."""
    applications = applications_of(user) if user.is_applicant else []
    if not applications:
        return None
    return render_template("applications/panel_mine.html", applications=applications)


@panel("home", order=15)
def next_step_of_coordinator(user: User) -> str | None:
    """The same for a coordinator: how many applications wait for a check."""
    waiting = pipeline_counts(user, Filters())[S.SUBMITTED] if user.is_coordinator else 0
    if not waiting:
        return None
    return render_template(
        "applications/panel_next.html",
        title=ngettext(
            "%(num)s application waits for your check",
            "%(num)s applications wait for your check",
            waiting,
        ),
        text=_("Check eligibility and motivation, score, then approve, return or reject."),
        href=url_for("applications.pipeline", status=S.SUBMITTED.value),
        label=_("Open the pipeline"),
        deadline=None,
    )


@panel("home", order=35)
def quiet_pipeline_of_coordinator(user: User) -> str | None:
    """Where nothing waits for a check: what is with the applicants, and the way to the rest."""
    if not user.is_coordinator:
        return None
    counts = pipeline_counts(user, Filters())
    if counts[S.SUBMITTED] or not any(counts.values()):
        return None
    return render_template(
        "applications/panel_pipeline.html", returned=counts[S.RETURNED], status=S.RETURNED.value
    )


@panel("call", order=10)
def way_into_call(call: Call) -> str | None:
    """The button to apply or to go on, or why there is none."""
    if call.phase not in {Phase.OPEN, Phase.UPCOMING, Phase.CLOSED}:
        return None
    student = current_user if current_user.is_authenticated else None
    if student is not None and not call.direction.takes(student):
        return None
    application = application_of(student, call) if student else None
    if application is None and call.phase is Phase.CLOSED:
        return None
    strange = student is not None and application is None and not has_places_for(call, student)
    return render_template(
        "applications/panel_call.html",
        call=call,
        application=application,
        strange=strange,
        closed_because=None if call.phase is Phase.OPEN else services.why_not_open(call),
    )


@panel("offer", order=10)
def way_to_offer(offer: Offer) -> str | None:
    """Whether the reader is eligible for a place, with every reason against, and the way in."""
    if not current_user.is_authenticated:
        return way_into_call(offer.call)
    if not offer.call.direction.takes(current_user):
        return None
    application = application_of(current_user, offer.call)
    return render_template(
        "applications/panel_offer.html",
        offer=offer,
        call=offer.call,
        application=application,
        obstacles=obstacles(profile_of(current_user), offer),
        ranked=application is not None
        and offer.id in {wish["offer"] for wish in application.draft_choices},
        is_open=offer.call.phase is Phase.OPEN,
    )


@panel("call-rules", order=60)
def documents_of_call(call: Call) -> str | None:
    """What applicants hand in, for everybody; and the way to set it, for those who may."""
    asked = asked_documents(call)
    may_ask = can(current_user, "call:ask-documents", call) and call.phase not in {
        Phase.CLOSED,
        Phase.CANCELLED,
    }
    if not asked and not may_ask:
        return None
    return render_template("applications/panel_asked.html", call=call, asked=asked, may_ask=may_ask)


@panel("call-rules", order=55)
def scoring_of_call(call: Call) -> str | None:
    """By what applications are scored, where the call says it; and the way to set it."""
    may_set = can(current_user, "call:edit", call) and call.phase not in {
        Phase.CLOSED,
        Phase.CANCELLED,
    }
    if not call.has_sheets and not may_set:
        return None
    return render_template("applications/panel_criteria.html", call=call, may_set=may_set)


@panel("call-eligibility", order=10)
def who_meets_the_rules(call: Call) -> str | None:
    """How many of the profiles that there are meet each rule of a call, and all of them."""
    if not call.eligibility_rules:
        return None
    return render_template("applications/panel_tried.html", tried=tried(call))
