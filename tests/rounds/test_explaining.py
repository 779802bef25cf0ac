"""How the reasons get to the pages: computed by a job, told in words, printed, kept in scope."""

from datetime import timedelta

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from mobility import clock
from mobility.accounts.models import Cefr
from mobility.applications.models import Application
from mobility.db import db
from mobility.i18n import speaking
from mobility.jobs import Job, JobStatus, run_due_jobs, run_next_job
from mobility.rounds import queries, services
from mobility.rounds.computing.claims import claims_of
from mobility.rounds.services import explaining
from mobility.rounds.services.explaining import NotTheSame, store_claims
from mobility.rounds.words.explanation import reasons
from tests import factories

from .scenes import Scene, computed, explained, finish, frozen, given, published, scene
from .test_explanation import row_of


def test_a_finished_run_is_explained_in_the_background(app, write):
    at = scene()
    with clock.at(clock.now() + timedelta(seconds=1)):
        run = computed(at)
    waiting = queries.unexplained(run, None)
    assert sorted(waiting) == ["bbbb", "cccc"]  # a first choice and an empty list need no reasons
    with clock.at(clock.now() + timedelta(seconds=2)):
        run_due_jobs()
    db.session.expire_all()
    assert queries.unexplained(run, None) == {}
    explanation = db.session.scalars(select(Job).where(Job.name == "rounds.explain")).one()
    assert (explanation.status, explanation.progress) == (JobStatus.DONE, 1.0)


def one_at_a_time(snapshot: str, policy: str, seed: str, people: list[str], seconds: float):
    return claims_of(snapshot, policy, seed, people[:1], seconds)


def test_a_slice_gives_way_to_whatever_else_is_due(app, write, monkeypatch):
    monkeypatch.setattr(explaining, "claims_of", one_at_a_time)
    at = scene()
    with clock.at(clock.now() + timedelta(seconds=1)):
        run = computed(at)
    every = select(Job).where(Job.name == "rounds.explain").order_by(Job.id)
    with clock.at(clock.now() + timedelta(seconds=2)):
        while not any(one.status is JobStatus.DONE for one in db.session.scalars(every)):
            assert run_next_job()
            db.session.expire_all()
        first, rest = db.session.scalars(every)
        assert (len(queries.unexplained(run, None)), rest.status) == (1, JobStatus.QUEUED)
        assert rest.due_at > first.due_at
        run_due_jobs()
    db.session.expire_all()
    assert queries.unexplained(run, None) == {}


def test_claims_of_another_result_are_refused(app, write):
    at = scene()
    run = computed(at)
    waiting = queries.unexplained(run, None)
    told = {"bbbb": {"rank": 1, "claims": []}}
    with pytest.raises(NotTheSame, match="bbbb"), write():
        store_claims(run.id, waiting, told)
    assert sorted(queries.unexplained(run, None)) == ["bbbb", "cccc"]


def told_to(application) -> list:
    return reasons(row_of(application), application.choices)


def test_costs_are_told_with_what_would_have_changed_it(app, write):
    at = scene()
    explained(published(at))
    first = told_to(at.bota)[0]
    assert first.text == (
        "Giving you this place would have cost the others more than it would have gained you."
    )
    # at 30 less both are equally good, and the lottery speaks
    assert first.change[0] in {
        f"Had this choice cost you {less} less, all else equal, it would have been yours; "
        f"with {less - 1} less it would not."
        for less in (30, 31)
    }
    assert first.figures == [
        "Your cost of this choice -2,700 and the price of the place 1,771 make -929.",
        "At the place you got it is -2,160 and 1,201, which make -959.",
    ]


def test_under_an_order_of_merit_the_cutoff_is_told_unless_few_were_admitted(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin, policy="serial_dictatorship")
    finish(run)
    explained(run)
    with speaking("en"):
        first = told_to(at.bota)[0]
    assert first.text == "The last admitted stood before you."
    assert "Your score is 80" in first.figures[0]
    assert "90" not in " ".join([first.text, *first.change, *first.figures])


def crowded(app, write, policy: str):
    """Six people want one place of five seats; the last of them by score is left."""
    with write():
        at = Scene()
        at.c = factories.offer(at.call, at.condition, code="C", seats=5)
        at.six = [at.person(f"Person {n}", f"s{n}", 50 + n, at.c) for n in range(6)]
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin, policy=policy)
    finish(run)
    explained(run)
    return at


def test_a_cutoff_of_five_or_more_is_told_with_its_score(app, write):
    at = crowded(app, write, "deferred_acceptance")
    (only,) = told_to(at.six[0])
    assert only.text == "The last admitted has a score of 51; yours is 50."
    assert only.change[0].startswith("With a score above 51, or with just that score and")


def test_a_score_that_would_do_is_told_unless_few_were_admitted(app, write):
    at = crowded(app, write, "linear_assignment")
    (only,) = told_to(at.six[0])
    assert only.change[-1] == (
        "With a score of 51.01 instead of 50 you would have got this place "
        "or one higher on your list."
    )


def test_a_profile_is_told_by_what_it_would_lack(app, write):
    at = crowded(app, write, "rank_maximal")
    told = [only for person in at.six for only in told_to(person) if only.rank and only.contested]
    assert [one.text for one in told] == [
        "A result with you here would have been just as good by this rule; "
        "of the equally good ones another was made."
    ]


def test_what_closed_a_choice_is_kept_as_it_was_at_the_freeze(app, write):
    at = scene()
    with write():
        at.ayan.applicant.profile.skills[0].cefr = Cefr.A1
        at.a.cefr = Cefr.B1
    run = published(at)
    explained(run)
    with write():
        at.ayan.applicant.profile.skills[0].cefr = Cefr.C2
    assert told_to(at.ayan)[0].text.endswith("English at B1 or better; your profile says A1.")
    with speaking("ru"):
        assert "A1" in told_to(at.ayan)[0].text
        assert "English" not in told_to(at.ayan)[0].text


def test_what_closed_a_choice_is_forgotten_at_the_thaw(app, write):
    at = scene()
    choice = at.ayan.choices[0]
    with write():
        at.ayan.applicant.profile.skills[0].cefr = Cefr.A1
        at.a.cefr = Cefr.B1
    round_ = frozen(at)
    assert choice.obstacles["en"] == ["English at B1 or better; your profile says A1."]
    with write():
        services.thaw_round(round_, at.admin, "The certificate has come.")
        at.ayan.applicant.profile.skills[0].cefr = Cefr.C2
    assert choice.obstacles is None
    run = published(at)
    assert choice.obstacles is None
    assert given(run)["Ayan"] == ("A", 1)


def test_what_closed_a_choice_and_outlived_a_thaw_goes_with_the_migration(app, write):
    at = scene()
    with write():
        for one in (at.ayan, at.bota):
            one.choices[0].obstacles = {"en": ["English"]}
        at.bota.locked_at = clock.now()
    kept = at.ayan.id, at.bota.id
    db.session.remove()  # the tables are changed by somebody else, who waits for us
    downgrade(revision="0031")
    upgrade()
    freed, held = (db.session.get_one(Application, one) for one in kept)
    assert freed.choices[0].obstacles is None
    assert held.choices[0].obstacles == {"en": ["English"]}


def test_reasons_have_a_page_to_print_in_three_languages(app, visitor):
    at = scene()
    explained(published(at))
    address = f"/applications/{at.bota.id}/explanation"
    page = visitor(at.bota.applicant).read(address)
    assert "Had this choice cost you 3" in page
    assert "How the figures come about" in page
    assert "What comes next" in page
    assert page.count(at.bota.pseudonym) == 1
    seen = {page}
    for language in ("ru", "kk"):
        reader = visitor(at.bota.applicant)
        reader.post("/language", data={"language": language, "next": "/"})
        page = reader.read(address)
        assert "all else equal" not in page
        seen.add(page)
    assert len(seen) == 3
    assert visitor(at.chingiz.applicant).get(address).status_code == 404
    assert at.bota.applicant.name in visitor(at.sender).read(address)


def test_who_was_not_reached_may_have_it_worked_out_first(app, visitor):
    at = scene()
    published(at)
    db.session.execute(Job.__table__.delete().where(Job.name == "rounds.explain"))
    db.session.commit()
    address = f"/applications/{at.bota.id}/explanation"
    student = visitor(at.bota.applicant)
    assert "Work it out now" in student.read(address)
    answer = student.post(address)
    assert (answer.status_code, answer.location) == (303, address)
    assert "waiting to start" in student.read(address)
    asked = db.session.scalars(select(Job).where(Job.name == "rounds.explain")).one()
    assert asked.ids["application_id"] == at.bota.id
    explained(row_of(at.bota).run)
    assert student.post(address).status_code == 409


def test_a_coordinator_finds_the_people_of_the_own_scope(app, write, visitor, count_queries):
    at = scene()
    run = published(at)
    explained(run)
    page = visitor(at.sender).read(f"/rounds/{run.round_id}/explanations")
    for application in (at.ayan, at.bota, at.chingiz, at.dana):
        assert application.applicant.name in page
    assert "no choices were listed" in page
    page = visitor(at.receiver).read(f"/rounds/{run.round_id}/explanations")
    assert at.ayan.applicant.name not in page
    assert "Nobody of your scope took part" in page


def test_the_list_of_a_scope_asks_no_more_for_more_people(app, write, visitor, count_queries):
    at = scene()
    run = published(at)
    reader = visitor(at.sender)
    reader.read("/rounds")
    with count_queries() as few:
        reader.read(f"/rounds/{run.round_id}/explanations")
    assert len(few) < 16


def test_a_quota_is_told_by_what_it_is(app, write):
    with write():
        at = Scene()
        at.condition.mobilities_per_year = 1
        more = at.person("Erlan", "eeee", 95, at.b)
    run = published(at)
    explained(run)
    assert run.stats["placed"] == 1
    assert sorted(run.stats["reasons"]) == ["no_choices", "outweighed"]
    (row,) = [row for row in run.rows if row.rank is not None]
    assert row.application_id == more.id
    (first, second) = told_to(at.ayan)
    assert (
        f"The annual quota of the agreement ({at.home.schac} → {at.host.schac}, 1 a year) stood in "
        "the way: had it not counted you, you would have got this place or one higher on your list."
    ) in first.change
    assert "stood in the way" not in " ".join(second.change) or second.rank == 2
