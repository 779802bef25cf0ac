"""The matching rules of a call in plain words: what decides, what binds, what follows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...i18n import moment_text
from ...offers.criteria import Criterion
from ...offers.models import POLICIES, Call, VacatedSeats
from ...offers.queries import places_with_minimum
from ...offers.rule_changes import RuleChange
from ...offers.rule_words import plain_text


def steps(call: Call) -> list[str]:
    """What decides, in the order in which it decides."""
    return [
        _("Nobody gets a place that is not on their list."),
        *_policy_steps(call),
        _("What is still equal is decided by one lottery, never by who submitted first."),
    ]


def _policy_steps(call: Call) -> list[str]:
    if call.gives_several:
        return _steps_of_courses(call)
    most = _("As many people as possible get a place. This comes first.")
    if call.policy == "linear_assignment" and call.merit_weight:
        return [
            most,
            _(
                "Among all ways to do that, the one is taken that suits wishes and scores best: a"
                " higher choice counts more, and more so for people with a higher score."
            ),
        ]
    if call.policy == "linear_assignment":
        return [
            most,
            _(
                "Among all ways to do that, the one is taken that suits wishes best: a higher"
                " choice counts more. Scores do not count in this call."
            ),
        ]
    if call.policy == "rank_maximal":
        return [
            _("As many people as possible get their first choice. This comes first."),
            _(
                "Among all ways to do that, as many as possible get their second choice, and so"
                " on. Scores do not count in this call."
            ),
        ]
    if call.policy == "greedy_maximum":
        return [
            most,
            _(
                "Among all ways to do that, as many as possible get their first choice, then their"
                " second, and so on. Scores do not count in this call."
            ),
        ]
    if call.policy == "generous_maximum":
        return [
            most,
            _(
                "Among all ways to do that, as few as possible get their last choice, then the one"
                " before it, and so on. Scores do not count in this call."
            ),
        ]
    if call.policy == "deferred_acceptance":
        return [
            _("Each place keeps the people with the highest scores who want it most."),
            _(
                "Whoever is not kept goes on to their next choice, until nobody has to move. So"
                " nobody is passed over for a lower score."
            ),
        ]
    return [_("In order of score, each person takes the best choice that is left.")]


def _steps_of_courses(call: Call) -> list[str]:
    whole = _(
        "Among all ways to do that, the one is taken in which the sum of wishes met is greatest: a"
        " higher choice counts more, and a course that is not given counts nothing."
    )
    if call.merit_weight:
        whole += " " + _("Each counts the more the higher the score of the person is.")
    return [
        _(
            "Everybody gets courses of their list until the credits they want are reached, never"
            " more than they take at most, and never two that meet at one time."
        ),
        whole,
    ]


def limits(call: Call) -> list[str]:
    """What no result may break, however good it would be."""
    said = []
    if call.keeps_annual_quotas:
        said.append(
            _(
                "No condition of an agreement sends more people in the academic year than it"
                " foresees; placements that live already count."
            )
        )
    if call.balance_tolerance is not None:
        said.append(
            ngettext(
                "Between two universities the exchange of the academic year, over all directions,"
                " differs by at most %(count)s person.",
                "Between two universities the exchange of the academic year, over all directions,"
                " differs by at most %(count)s people.",
                call.balance_tolerance,
                count=format_decimal(call.balance_tolerance),
            )
            + " "
            + _("The page of the round says how many seats this cost.")
        )
    if call.has_pools:
        said.append(_("Seats for students go to students, seats for teachers to teachers."))
    if call.teams:
        said.append(
            _("A student and a teacher who apply as a team get a seat each at one place, or none.")
        )
    said.extend(_minimum(offer) for offer in places_with_minimum(call))
    return said


def _minimum(offer: Any) -> str:
    words = {"place": offer.title, "count": format_decimal(offer.min_seats)}
    if offer.may_close:
        return ngettext(
            "“%(place)s” takes at least %(count)s person or nobody.",
            "“%(place)s” takes at least %(count)s people or nobody.",
            offer.min_seats,
            **words,
        )
    return ngettext(
        "“%(place)s” takes at least %(count)s person.",
        "“%(place)s” takes at least %(count)s people.",
        offer.min_seats,
        **words,
    )


def sequel(call: Call) -> list[str]:
    """What follows the results."""
    return [
        ngettext(
            "Whoever got a place answers within %(num)s day. Silence declines.",
            "Whoever got a place answers within %(num)s days. Silence declines.",
            call.answer_days,
        ),
        vacated(call),
        ngettext(
            "You can appeal within %(num)s day of the results, with a reason.",
            "You can appeal within %(num)s days of the results, with a reason.",
            call.appeal_days,
        )
        if call.appeal_days
        else _("The results cannot be appealed in this call."),
        _(
            "The file that proves the result may open to everybody, without names, if everybody in"
            " it agrees and at least 50 people take part."
        )
        if call.public_file
        else _(
            "The file that proves the result goes to those who took part, to both partners and to"
            " administrators, without names; everybody else sees its hash and the sums."
        ),
    ]


def vacated(call: Call) -> str:
    """What becomes of declined seats, and until when."""
    text = {
        VacatedSeats.SECOND_ROUND: _(
            "Declined seats are given in a second round, among the choices of the first; who"
            " accepted keeps the place unless they asked for a better one."
        ),
        VacatedSeats.WAITING_ORDER: _(
            "Declined seats go down the waiting order: by score, then by lottery, among those who"
            " ranked the place above what they hold."
        ),
        VacatedSeats.NONE: _("Declined seats stay empty."),
    }[call.vacated]
    if call.vacated_until is None:
        return text
    return text + " " + _("This ends on %(moment)s.", moment=moment_text(call.vacated_until))


# --- Changes after the opening --------------------------------------------------------------------

RULE_NAMES: dict[str, Any] = {
    "policy": _l("Rule by which places are given"),
    "merit_weight": _l("Weight of merit"),
    "keeps_annual_quotas": _l("Annual quotas are kept"),
    "balance_tolerance": _l("Greatest difference of the exchange between two universities"),
    "min_choices": _l("Least number of choices"),
    "max_choices": _l("Greatest number of choices"),
    "max_credits": _l("Most credits a student may take"),
    "teams": _l("A student and a teacher may apply as a team"),
    "answer_days": _l("Days to answer"),
    "vacated": _l("Declined seats"),
    "vacated_until": _l("Declined seats are given until"),
    "appeal_days": _l("Days to appeal"),
    "public_file": _l("The file may open to everybody"),
    "shows_chances": _l("Chances are shown before the deadline"),
    "min_seats": _l("Least number of people"),
    "may_close": _l("May stay empty"),
    "eligibility": _l("Rules of eligibility"),
    "criteria": _l("Criteria of the score"),
    "reviews_needed": _l("Reviewers of each application"),
}


@dataclass(frozen=True)
class Changed:
    """One rule of a change: its name, and what it said before and after."""

    name: str
    before: str
    after: str


def changed(change: RuleChange) -> list[Changed]:
    """The rules that a change touched, in words."""
    return [
        Changed(str(RULE_NAMES[name]), _value(name, before), _value(name, after))
        for name, (before, after) in change.changes.items()
    ]


def _value(name: str, value: Any) -> str:
    if value is None:
        return "—"
    if name == "eligibility":
        return "; ".join(plain_text(rule) for rule in value) or "—"
    if name == "criteria":
        return "; ".join(f"{Criterion(**one).name} ({one['weight']})" for one in value) or "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "policy":
        return str(POLICIES.get(value, value))
    if name == "vacated":
        return str(VacatedSeats(value).label)
    if name == "vacated_until":
        return moment_text(datetime.fromisoformat(value))
    return format_decimal(value)
