"""The applicant's pages: ranking with and without JavaScript, receipt, withdrawal, lateness."""

import re
from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict

from mobility import clock
from mobility.applications import services
from mobility.applications.models import Application, ApplicationStatus
from mobility.db import db
from mobility.offers.models import OfferStatus

from .. import factories
from ..clients import words

S = ApplicationStatus


def get() -> Application:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Application, 1)


@pytest.fixture
def student(scene, visitor):
    return visitor(scene.student)


@pytest.fixture
def begun(scene, student):
    response = student.post(f"/calls/{scene.call.id}/apply")
    assert (response.status_code, response.location) == (303, "/applications/1/choices")


def ranking(action="submit", **ranks):
    """What the form sends: ranks by offer id, a motivation for each."""
    fields = {"action": action}
    for offer_id, rank in ranks.items():
        fields[f"choices-{offer_id[1:]}"] = str(rank)
        fields[f"motivation-{offer_id[1:]}"] = f"Motivation {offer_id}"
    return MultiDict(fields)


def selected(page: str) -> dict[int, str]:
    """The rank that each select shows."""
    found = {}
    for offer_id, options in re.findall(r'(?s)name="choices-(\d+)".*?>(.*?)</select>', page):
        chosen = re.search(r'value="(\d+)" selected', options)
        found[int(offer_id)] = chosen[1] if chosen else ""
    return found


def test_ranking_page_shows_places_and_why_not_the_others(scene, student, begun, write):
    with write():
        factories.offer(scene.call, scene.condition, title_en="Masters only", eqf_levels=[7])
        factories.offer(scene.call, scene.condition, title_en="Secret", status=OfferStatus.DRAFT)
    page = student.get("/applications/1/choices").text
    assert selected(page) == {offer.id: "" for offer in scene.offers}
    assert "Masters only" in page
    assert "Level: master (EQF 7); yours is bachelor (EQF 6)." in words(page)
    assert "Secret" not in page


def test_start_without_a_profile_leads_to_it(scene, visitor, write):
    with write():
        bare = factories.student(scene.home)
        db.session.delete(bare.profile)
    response = visitor(bare).post(f"/calls/{scene.call.id}/apply", {"next": "/calls/1"})
    assert (response.status_code, response.location) == (303, "/profile?next=/calls/1")


def test_plain_form_ranks_and_submits(scene, student, begun):
    a, b, _c = scene.offers
    response = student.post("/applications/1/choices", ranking(**{f"o{a.id}": 2, f"o{b.id}": 1}))
    assert (response.status_code, response.location) == (303, "/applications/1")
    application = get()
    assert [(c.rank, c.offer_id) for c in application.choices] == [(1, b.id), (2, a.id)]
    page = student.read("/applications/1")
    assert "A receipt is on its way" in page
    assert application.pseudonym in page
    assert page.index("Aspen") < page.index("Cedar")


def test_draft_is_saved_by_form_and_by_script(scene, student, begun):
    a, b, _c = scene.offers
    response = student.post("/applications/1/choices", ranking("save", **{f"o{a.id}": 1}))
    assert response.status_code == 303
    assert [w["offer"] for w in get().draft_choices] == [a.id]
    with clock.at(scene.call.opens_at + timedelta(days=2)):
        response = student.post(
            "/applications/1/choices",
            json={"choices": [{"offer": b.id, "motivation": "Қала"}, {"offer": a.id}]},
        )
    moment = (scene.call.opens_at + timedelta(days=2, hours=5)).strftime("%H:%M")  # in Almaty
    assert (response.status_code, response.get_json()) == (200, {"saved": f"Saved {moment}"})
    page = student.get("/applications/1/choices").text
    assert selected(page) == {a.id: "2", b.id: "1", scene.offers[2].id: ""}
    assert "Қала</textarea>" in page


@pytest.mark.parametrize(
    "sent",
    [
        [],
        {"choices": 5},
        {"choices": [5]},
        {"choices": [{"offer": "x"}]},
        {"choices": [{"offer": 99}]},
    ],
)
def test_unreadable_drafts_are_refused_in_words(student, begun, sent):
    response = student.post("/applications/1/choices", json=sent)
    assert response.status_code == 422
    assert response.get_json()["error"]


def test_ranks_given_twice_stand_at_their_rows_and_nothing_is_lost(scene, student, begun):
    a, b, _c = scene.offers
    response = student.post("/applications/1/choices", ranking(**{f"o{a.id}": 1, f"o{b.id}": 1}))
    assert response.status_code == 422
    assert selected(response.text) == {a.id: "1", b.id: "1", scene.offers[2].id: ""}
    assert response.text.count("Another place has this rank too.") == 2
    assert f"Motivation o{b.id}</textarea>" in response.text
    assert {w["offer"] for w in get().draft_choices} == {a.id, b.id}


def test_gap_in_the_ranks_is_told(scene, student, begun):
    a, b, _c = scene.offers
    response = student.post("/applications/1/choices", ranking(**{f"o{a.id}": 1, f"o{b.id}": 3}))
    assert response.status_code == 422
    assert "Rank 2 is missing" in words(response.text)


def test_ineligible_choice_is_told_at_its_row(scene, student, begun, write):
    a, b, _c = scene.offers
    ranks = ranking(**{f"o{a.id}": 1, f"o{b.id}": 2})
    with write():
        b.status = OfferStatus.WITHDRAWN
        db.session.merge(b)
    response = student.post("/applications/1/choices", ranks)
    assert response.status_code == 422
    row = response.text.split(f'id="place-{b.id}"')[1].split("<textarea")[0]
    assert "This place is not open at present." in row
    assert get().status is S.DRAFT


def test_one_second_late_is_told_and_nothing_typed_is_lost(scene, student, begun, mailbox):
    a, b, _c = scene.offers
    with clock.at(scene.call.closes_at + timedelta(seconds=1)):
        response = student.post(
            "/applications/1/choices", ranking(**{f"o{a.id}": 1, f"o{b.id}": 2})
        )
    assert response.status_code == 409
    assert "The call closed on" in words(response.text)
    assert selected(response.text) == {a.id: "1", b.id: "2", scene.offers[2].id: ""}
    assert f"Motivation o{a.id}</textarea>" in response.text
    application = get()
    assert (application.status, application.choices) == (S.DRAFT, [])
    assert [w["offer"] for w in application.draft_choices] == [a.id, b.id]
    assert mailbox() == []


def test_double_click_is_one_submission(scene, student, begun, mailbox):
    ranks = ranking(**{f"o{scene.offers[0].id}": 1})
    answers = [student.post("/applications/1/choices", ranks).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert len(get().choices) == 1
    assert len(mailbox()) == 1


def test_changes_after_submission_are_said_not_to_count(scene, student, begun):
    a, b, _c = scene.offers
    student.post("/applications/1/choices", ranking(**{f"o{a.id}": 1}))
    student.post("/applications/1/choices", json={"choices": [{"offer": b.id, "motivation": ""}]})
    page = student.read("/applications/1")
    assert "Until you submit again, the choices below count." in page
    assert "Cedar" in page
    assert "counts only when you submit again" in student.read("/applications/1/choices")


def test_withdrawal_keeps_the_draft(scene, student, begun):
    student.post("/applications/1/choices", ranking(**{f"o{scene.offers[0].id}": 1}))
    assert student.post("/applications/1/withdraw").status_code == 303
    application = get()
    assert application.status is S.WITHDRAWN
    assert [w["offer"] for w in application.draft_choices] == [scene.offers[0].id]
    with clock.at(scene.call.closes_at):
        assert student.post("/applications/1/withdraw").status_code == 409


@pytest.fixture
def returned(scene, student, begun, write):
    a, b, _c = scene.offers
    student.post("/applications/1/choices", ranking(**{f"o{a.id}": 1, f"o{b.id}": 2}))
    with clock.at(scene.call.closes_at), write():
        services.return_application(
            db.session.get_one(Application, 1), "Name the course.", scene.coordinator
        )


def test_mending_shows_the_note_and_locks_the_ranks(scene, student, returned):
    a, b, _c = scene.offers
    with clock.at(scene.call.closes_at + timedelta(hours=1)):
        page = student.get("/applications/1/choices").text
        assert "Name the course." in page
        assert "<select" not in page.split("</header>")[-1]
        refused = student.post("/applications/1/choices", ranking(**{f"o{a.id}": 2, f"o{b.id}": 1}))
        assert refused.status_code == 422
        assert "order stay" in words(refused.text)
        mended = ranking(**{f"o{a.id}": 1, f"o{b.id}": 2})
        mended[f"motivation-{a.id}"] = "For the course on bridges."
        assert student.post("/applications/1/choices", mended).status_code == 303
    application = get()
    assert application.status is S.SUBMITTED
    assert application.choices[0].motivation == "For the course on bridges."


def test_ranking_page_of_a_closed_call_leads_back(scene, student, begun):
    with clock.at(scene.call.closes_at):
        page = student.get("/applications/1/choices", follow_redirects=True)
    assert page.request.path == "/applications/1"
    assert "The call closed on" in words(page.text)


def test_my_applications_and_first_page_lead_on(scene, visitor, student):
    assert "Start an application" in student.read("/applications")
    assert "Apply in “Internships”" in student.read("/")
    student.post(f"/calls/{scene.call.id}/apply")
    assert "Submit your application in “Internships”" in student.read("/")
    assert "0 places in your draft" in student.read("/applications")
    assert "No call is open" not in visitor(scene.other_student).read("/applications")


def test_my_applications_say_how_to_begin_when_no_call_is_open(scene, student):
    with clock.at(scene.call.closes_at):
        assert "No call is open at present" in student.read("/applications")


def test_call_and_offer_pages_lead_in(scene, visitor, student, write):
    with write():
        masters = factories.offer(scene.call, scene.condition, eqf_levels=[7])
    assert "Sign in to apply" in visitor().read(f"/calls/{scene.call.id}")
    assert "Apply in this call" in student.read(f"/calls/{scene.call.id}")
    assert "You can choose this place." in student.read(f"/offers/{scene.offers[0].id}")
    assert "You cannot choose this place:" in student.read(f"/offers/{masters.id}")
    assert "Apply in this call" not in visitor(scene.coordinator).read(f"/calls/{scene.call.id}")


def test_calls_of_other_universities_are_not_offered(scene, visitor, write):
    with write():
        stranger = visitor(factories.student(scene.host))
    assert "Internships" not in stranger.read("/applications")
    assert "No place in this call is for students" in stranger.read(f"/calls/{scene.call.id}")


def test_own_page_shows_no_score(scene, student, begun, write):
    student.post("/applications/1/choices", ranking(**{f"o{scene.offers[0].id}": 1}))
    with write():
        application = db.session.get_one(Application, 1)
        services.score_application(application, 73.25, scene.coordinator, comment="Secret words")
        services.approve_application(application, scene.coordinator)
    page = student.get("/applications/1").text
    assert "Your application is approved." in page
    assert "73.25" not in words(page)
    assert "Secret words" not in page


def test_ranking_page_takes_the_same_queries_for_one_place_and_four(
    scene, student, begun, write, count_queries
):
    def visit() -> int:
        with count_queries() as statements:
            assert student.get("/applications/1/choices").status_code == 200
        return len(statements)

    before = visit()
    with write():
        for _ in range(3):
            factories.offer(scene.call, factories.condition(scene.home, scene.host))
    assert visit() == before
