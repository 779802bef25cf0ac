"""Several rules on one snapshot: run, cancelled, limited in time, compared; nobody is named."""

import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.db import db, transaction
from mobility.errors import Conflict, Invalid
from mobility.jobs import Job, JobStatus, run_due_jobs
from mobility.offers.models import POLICIES
from mobility.placements.services import place
from mobility.rounds import queries, services
from mobility.rounds.figures import comparison
from mobility.rounds.models import Run, RunRow, RunStatus
from tests import factories

from .scenes import Scene, finish, frozen, scene


def several(at: Scene, policies=tuple(POLICIES)) -> list[Run]:
    """Finished runs of the scene by several rules."""
    round_ = frozen(at)
    return more(at, round_, policies)


def more(at: Scene, round_, policies) -> list[Run]:
    with transaction():
        runs = services.request_runs(round_, at.admin, policies)
    for run in runs:
        finish(run)
    return runs


def told(at: Scene) -> comparison.Comparison:
    return comparison.side_by_side(at.call, queries.finished_runs(queries.round_of(at.call)))


def contested(write) -> Scene:
    """The common scene, with Erlan, who has the lowest score and wants B alone.

    Placements come first, so linear assignment cannot place more than two; by score Ayan gets A
    and Bota B. Rank-maximal gives A and B to two first choices, whatever the scores.
    """
    with write():
        at = Scene()
        at.erlan = at.person("Erlan", "eeee", 10, at.b)
    return at


def test_every_rule_runs_on_the_same_snapshot_and_is_compared(app, write):
    at = contested(write)
    runs = several(at)
    assert len({run.snapshot_hash for run in runs} | {run.seed for run in runs}) == 2
    compared = told(at)
    assert [run.policy for run in compared.runs] == list(POLICIES)
    assert {one.placed for one in compared.figures} == {2}
    assert compared.unplaced == [3] * 6
    by_policy = dict(zip(POLICIES, compared.mean_ranks, strict=True))
    assert by_policy["linear_assignment"] == by_policy["serial_dictatorship"] == 1.5
    assert by_policy["rank_maximal"] == 1.0
    envy = dict(zip(POLICIES, compared.envious, strict=True))
    assert (envy["serial_dictatorship"], envy["deferred_acceptance"]) == (0, 0)
    assert envy["rank_maximal"] > 0  # Erlan holds B, which Bota of a higher score would rather have
    assert [(row.about.id, row.values) for row in compared.sending] == [(at.home.id, [2] * 6)]
    assert [(row.about.id, row.values) for row in compared.receiving] == [(at.host.id, [2] * 6)]


def test_who_changes_between_two_runs_is_counted(app, write):
    at = contested(write)
    by_score, by_profile = several(at, ["serial_dictatorship", "rank_maximal"])
    rows = {
        run.id: {row.application_id: row.offer_id for row in run.rows}
        for run in (by_score, by_profile)
    }
    wanted = sum(
        rows[by_profile.id][person] != offer for person, offer in rows[by_score.id].items()
    )
    assert wanted > 0
    changed = {row.about.policy: row.values for row in told(at).changed}
    assert changed == {"rank_maximal": [None, wanted], "serial_dictatorship": [wanted, None]}


def test_the_balance_counts_other_rounds_and_directions_of_the_year(app, write):
    at = contested(write)
    with write():
        back = factories.condition(at.host, at.home)
        other = factories.call(term=at.call.term)
        offer = factories.offer(other, back)
        guest = factories.application(factories.student(at.host), other, [offer])
        place(guest, offer, 1, clock.now() + timedelta(days=7), at.admin)
    several(at, ["linear_assignment"])
    (balance,) = told(at).balances
    flows = {balance.one.id: (balance.there, balance.fixed[0])}
    flows[balance.other.id] = (balance.back, balance.fixed[1])
    assert flows == {at.home.id: ([2], 0), at.host.id: ([1], 1)}
    assert [abs(one) for one in balance.differences] == [1]


def test_the_page_compares_and_names_nobody(app, write, visitor):
    at = contested(write)
    round_ = frozen(at)
    admin = visitor(at.admin)
    cockpit = f"/calls/{at.call.id}/round"
    assert "No run has finished yet" in admin.read(f"{cockpit}/comparison")
    answer = admin.post(
        f"{cockpit}/comparisons",
        data={"policies": ["linear_assignment", "rank_maximal"], "minutes": "3"},
    )
    assert (answer.status_code, answer.location) == (303, cockpit)
    runs = db.session.scalars(select(Run).order_by(Run.id)).all()
    assert {(run.policy, run.limit_seconds) for run in runs} == {
        ("linear_assignment", 180),
        ("rank_maximal", 180),
    }
    for run in runs:
        finish(run)
    assert "Compare the rules: 2 results" in admin.read(cockpit)
    page = admin.read(f"{cockpit}/comparison")
    for words in (
        "Linear assignment (the rule of this call)",
        "People with justified envy",
        "Balance of exchange in the academic year",
        "How many people get something else",
        "Placements by sending institution",
    ):
        assert words in page
    assert re.search(r" \d+ : \d+ difference \d+ ", page)  # two short lines: many rules fit
    assert admin.get(f"{cockpit}/comparison").text.count('<th scope="col" class="w-25">') == 5
    for person in (at.ayan, at.bota, at.chingiz, at.dana, at.erlan):
        assert person.applicant.name not in page
        assert person.pseudonym not in page.split()
    answer = admin.post(f"{cockpit}/comparisons", data={"minutes": "3"})
    assert answer.status_code == 422
    assert "Choose at least one rule." in answer.text
    assert round_.status.value == "frozen"


def test_a_comparison_is_not_published(app, write, visitor):
    at = scene()
    (run,) = several(at, ["rank_maximal"])
    admin = visitor(at.admin)
    assert "This run is a comparison" in admin.read(f"/runs/{run.id}")
    assert "Publish the results" not in admin.read(f"/runs/{run.id}")
    assert (
        "publish"
        not in admin.read(f"/calls/{at.call.id}/round").split("Possible when a run")[0][-200:]
    )
    assert admin.post(f"/runs/{run.id}/publish").status_code == 409
    with pytest.raises(Invalid), write():
        services.request_runs(run.round, at.admin, [])


def test_a_run_that_waits_is_cancelled_and_can_be_started_again(app, write, visitor):
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin)
    admin = visitor(at.admin)
    assert "Cancel this run" in admin.read(f"/runs/{run.id}")
    answer = admin.post(f"/runs/{run.id}/cancel")
    assert (answer.status_code, answer.location) == (303, f"/calls/{at.call.id}/round")
    run_due_jobs()
    db.session.expire_all()
    assert run.status is RunStatus.CANCELLED
    assert db.session.get_one(Job, run.job_id).status is JobStatus.CANCELLED
    assert db.session.scalars(select(RunRow)).all() == []
    assert "This run was cancelled" in admin.read(f"/runs/{run.id}")
    with pytest.raises(Conflict), write():
        services.cancel_run(run, at.admin)
    with write():
        again = services.request_run(round_, at.admin)
    finish(again)
    assert again.status is RunStatus.DONE


def _never_ends(*_inputs):
    time.sleep(60)


def test_a_run_over_its_time_limit_fails_and_says_so(app, write, monkeypatch):
    monkeypatch.setattr("mobility.rounds.services.running.compute", _never_ends)
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin, limit_seconds=1)
    run_due_jobs()
    db.session.expire_all()
    assert run.status is RunStatus.FAILED
    assert "stopped after 1 seconds" in run.error
    assert db.session.scalars(select(RunRow)).all() == []
