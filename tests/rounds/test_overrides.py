"""A result by another rule than the frozen one: reason, consents, and said first to everybody."""

import pytest
from sqlalchemy import func, select

from mobility import audit
from mobility.applications.models import ApplicationStatus
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.placements.models import Placement
from mobility.rounds import queries, services
from mobility.rounds.checking import check_file
from mobility.rounds.files import file_of
from mobility.rounds.models import OverrideConsent, RuleOverride
from tests import factories

from .scenes import explained, finish, frozen, scene

WHY = "Both partners agreed on first choices."


def compared(at, write, policy: str = "rank_maximal"):
    """A finished run by another rule than that of the call."""
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin, policy=policy)
    finish(run)
    return run


def asked(at, write):
    run = compared(at, write)
    with write():
        return services.ask_override(run, at.admin, WHY)


def agreed(at, write):
    override = asked(at, write)
    with write():
        services.consent_to_override(override, at.home, at.sender)
        services.consent_to_override(override, at.host, at.receiver)
    return override


def test_another_rule_is_published_with_reason_and_both_consents_alone(app, write):
    at = scene()
    run = compared(at, write)
    with pytest.raises(Conflict, match="comparison only"), write():
        services.publish_run(run, at.admin)
    with pytest.raises(Invalid, match="reason"), write():
        services.ask_override(run, at.admin, "  ")
    with write():
        override = services.ask_override(run, at.admin, WHY)
    with pytest.raises(Conflict, match="waits for the consent of"), write():
        services.publish_run(run, at.admin)
    with write():
        services.consent_to_override(override, at.home, at.sender)
    with pytest.raises(Conflict, match=at.host.name_en), write():
        services.publish_run(run, at.admin)
    with write():
        services.consent_to_override(override, at.host, at.receiver)
        services.publish_run(run, at.admin)
    assert db.session.scalar(select(func.count(Placement.id))) > 0
    with write():
        told = [(event.action, event.actor_id, event.reason) for event in audit.history(run.round)]
    assert [one for one in told if "override" in one[0]] == [
        ("round.ask-override", at.admin.id, WHY),
        ("round.consent-override", at.sender.id, None),
        ("round.consent-override", at.receiver.id, None),
    ]


def test_a_consent_is_given_once_and_by_partners_alone(app, write):
    at = scene()
    override = asked(at, write)
    with write():
        services.consent_to_override(override, at.home, at.sender)
        stranger = factories.institution("enu.kz")
    for hei in (at.home, stranger):
        with pytest.raises(Conflict, match="already"), write():
            services.consent_to_override(override, hei, at.sender)


def test_the_rule_of_the_call_needs_no_override(app, write):
    at = scene()
    run = compared(at, write, "linear_assignment")
    with pytest.raises(Conflict, match="needs no override"), write():
        services.ask_override(run, at.admin, WHY)


def test_what_nobody_could_check_is_not_published(app, write):
    """Frozen by merit, the file keeps the order of scores alone; costs need the scores."""
    at = scene()
    with write():
        at.call.policy, at.call.keeps_annual_quotas = "serial_dictatorship", False
    run = compared(at, write, "linear_assignment")
    with pytest.raises(Conflict, match="nobody could check"), write():
        services.ask_override(run, at.admin, WHY)


def test_a_withdrawn_override_and_thawed_inputs_leave_a_comparison(app, write):
    at = scene()
    override = agreed(at, write)
    run = override.run
    with write():
        services.withdraw_override(override, at.admin)
    db.session.expire_all()
    with pytest.raises(Conflict, match="comparison only"), write():
        services.publish_run(run, at.admin)
    with write():
        again = services.ask_override(run, at.admin, WHY)
        services.consent_to_override(again, at.home, at.sender)
    with write():
        services.thaw_round(run.round, at.admin, "A wrong score.")
    for table in (RuleOverride, OverrideConsent):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize(
    "policy",
    ["rank_maximal", "generous_maximum", "greedy_maximum", "deferred_acceptance"],
)
def test_the_file_of_an_override_can_be_checked_and_says_so(app, write, policy):
    at = scene()
    run = compared(at, write, policy)
    with write():
        override = services.ask_override(run, at.admin, WHY)
        services.consent_to_override(override, at.home, at.sender)
        services.consent_to_override(override, at.host, at.receiver)
        services.publish_run(run, at.admin)
    text = file_of(run.round, run, queries.seeds(run.round.call))
    report = check_file(text.encode(), run.round.file_digest)
    said = f"An override: the result is by the rule {policy}, while linear_assignment was frozen."
    assert said in report.said


def test_everybody_who_applied_is_told_first(app, write, mailbox, visitor):
    at = scene()
    with write():
        late = factories.application(
            factories.student(at.home), at.call, [at.a], status=ApplicationStatus.WITHDRAWN
        )
        unfinished = factories.application(
            factories.student(at.home), at.call, [at.a], status=ApplicationStatus.DRAFT
        )
    override = agreed(at, write)
    before = len(mailbox())
    with write():
        services.publish_run(override.run, at.admin)
    letters = {mail.recipient: mail.text for mail in mailbox()[before:]}
    everybody = (at.ayan, at.bota, at.chingiz, at.dana, late)
    assert set(letters) == {application.applicant.email for application in everybody}
    assert unfinished.applicant.email not in letters
    for text in letters.values():
        first = text.split("\n\n")[1]
        assert "was not found by the rule that was frozen at its opening" in first
        assert WHY in first
    for address in ("", "/report"):
        page = visitor().read(f"/rounds/{override.run.round_id}{address}")
        place = page.index("Override: this result is not by the rule that was frozen.")
        assert place < page.index("The rule: Rank-maximal")
        assert WHY in page
        assert "1 override" in page


def test_an_override_from_the_run_to_the_consents(app, write, mailbox, visitor):
    at = scene()
    run = compared(at, write)
    admin = visitor(at.admin)
    assert "Ask for an override" in admin.read(f"/runs/{run.id}")
    assert admin.post(f"/runs/{run.id}/override", data={"reason": ""}).status_code == 422
    before = len(mailbox())
    answer = admin.post(f"/runs/{run.id}/override", data={"reason": WHY})
    assert answer.status_code == 303
    asked_ = {mail.recipient for mail in mailbox()[before:]}
    assert {at.sender.email, at.receiver.email} <= asked_
    explained(run)
    for person, hei in ((at.sender, at.home), (at.receiver, at.host)):
        coordinator = visitor(person)
        assert "asks to publish a result by another rule" in coordinator.read("/")
        page = coordinator.read(answer.location)
        assert WHY in page
        assert f"{hei.name_en}: no consent yet" in page
        given = coordinator.post(f"{answer.location}/consent")
        assert given.status_code == 303
        assert f"{hei.name_en}: consented" in coordinator.read(answer.location)
        assert "asks to publish a result by another rule" not in coordinator.read("/")
    assert "Override: run" in admin.read(f"/calls/{at.call.id}/round")
    assert "Publish the results" in admin.read(f"/runs/{run.id}")
    assert admin.post(f"/runs/{run.id}/publish").status_code == 303
    reasons = visitor(at.chingiz.applicant).read(f"/applications/{at.chingiz.id}/explanation")
    assert "Rank-maximal" in reasons


def test_who_is_asked_to_consent_sees_no_figure_of_the_result(app, write, visitor):
    at = scene()
    override = asked(at, write)
    page = visitor(at.sender).read(f"/overrides/{override.id}")
    for application in (at.ayan, at.bota, at.chingiz, at.dana):
        assert application.pseudonym not in page.split()
        assert application.applicant.name not in page
    for figure in ("Proved", "seats filled", "no place", "Row by row"):
        assert figure not in page
