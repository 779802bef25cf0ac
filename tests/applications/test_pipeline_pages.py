"""The coordinator's pages: pipeline, review, and two people at once."""

import re
from datetime import timedelta

import pytest

from mobility import clock
from mobility.agreements.models import Direction
from mobility.applications.models import Application, ApplicationStatus
from mobility.applications.services import approve_application, score_application
from mobility.db import db

from .. import factories
from ..clients import words

S = ApplicationStatus


def get(application_id: int) -> Application:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Application, application_id)


def counts(page: str) -> dict[str, int]:
    steps = re.findall(r'(?s)pipeline-count">(\d+)<.*?pipeline-label">([^<]+)<', page)
    return {label: int(count) for count, label in steps}


def names(page: str) -> list[str]:
    return re.findall(r'(?s)<th scope="row"><a [^>]+>([^<]+)</a>', page)


def test_pipeline_counts_steps_and_opens_no_draft(scene, carla, many):
    page = carla.get("/pipeline").text
    assert counts(page) == {
        "all submitted": 7, "submitted": 1, "returned for mending": 1, "approved": 1,
        "placed before the round": 1, "rejected": 1, "excluded from the round": 1, "withdrawn": 1,
    }  # fmt: skip
    assert names(page) == [
        f"Person {s}"
        for s in (
            "approved",
            "excluded",
            "pre_placed",
            "rejected",
            "returned",
            "submitted",
            "withdrawn",
        )
    ]
    assert "1 more person has begun and not submitted yet." in words(page)
    draft = many[S.DRAFT]
    assert carla.get(f"/pipeline/{draft.id}/review").status_code == 404


def test_steps_agree_with_the_word_application_in_russian(carla, many):
    """Заявка is feminine, so each state of it is; place and agreement are neuter."""
    carla.post("/language", {"language": "ru"})
    assert list(counts(carla.get("/pipeline").text)) == [
        "все поданные",
        "подана",
        "возвращена на доработку",
        "одобрена",
        "место дано до раунда",
        "отклонена",
        "исключена из раунда",
        "отозвана",
    ]


def test_pipeline_keeps_filters_in_the_address(scene, carla, many, write):
    with write():
        other = factories.application(
            factories.student(
                scene.home, name="Қайрат Әбілов", profile={"unit_id": scene.faculty.id}
            ),
            factories.call(title_en="Courses"),
            scene.offers[:1],
        )
    assert names(carla.get("/pipeline?status=approved").text) == ["Person approved"]
    assert names(carla.get("/pipeline?q=ҚАЙРАТ+әбі").text) == ["Қайрат Әбілов"]
    assert names(carla.get(f"/pipeline?call={other.call_id}").text) == ["Қайрат Әбілов"]
    assert names(carla.get(f"/pipeline?unit={scene.faculty.id}").text) == ["Қайрат Әбілов"]
    page = carla.get(f"/pipeline?status=submitted&call={scene.call.id}").text
    assert f'href="/pipeline?call={scene.call.id}&amp;status=approved"' in page
    assert counts(page)["submitted"] == 1
    assert "Nothing matches" in carla.read("/pipeline?q=nobody")


@pytest.mark.parametrize("strange", ["status=draft", "status=x", "call=x", "sort=x", "page=x"])
def test_pipeline_ignores_what_makes_no_sense(carla, many, strange):
    assert len(names(carla.get(f"/pipeline?{strange}").text)) == 7


def test_pipeline_of_one_unit_shows_its_own(scene, visitor, write):
    with write():
        factories.application(scene.student, scene.call, scene.offers[:1])
        factories.application(scene.other_student, scene.call, scene.offers[:1])
    assert names(visitor(scene.unit_coordinator).get("/pipeline").text) == ["Алия Сәрсен"]
    assert "No application has been submitted yet" in visitor(scene.other_unit).read("/pipeline")
    assert "No application has been submitted yet" in visitor(scene.receiver).read("/pipeline")
    assert names(visitor(scene.admin).get("/pipeline").text) == ["Boris", "Алия Сәрсен"]


def test_pipeline_has_pages(scene, carla, write):
    with write():
        for number in range(26):
            factories.application(
                factories.student(scene.home, name=f"P{number:02d}"), scene.call, scene.offers[:1]
            )
    assert len(names(carla.get("/pipeline").text)) == 25
    assert names(carla.get("/pipeline?page=2").text) == ["P25"]


@pytest.mark.parametrize("address", ["/pipeline", "/pipeline/1/review"])
def test_query_count_does_not_grow(scene, carla, write, count_queries, address):
    def visit() -> int:
        with count_queries() as statements:
            assert carla.get(address).status_code == 200
        return len(statements)

    def add():
        with write():
            unit = factories.unit(scene.home)
            factories.application(
                factories.student(scene.home, profile={"unit_id": unit.id}),
                factories.call(),
                scene.offers,
            )

    add()
    before = visit()
    add()
    add()
    assert visit() == before


def test_review_hides_the_order_of_choices(scene, carla, one):
    page = carla.get(f"/pipeline/{one.id}/review").text
    assert page.index("Aspen") < page.index("Cedar")
    assert "rank" not in words(page).lower()


def test_score_and_approval_in_one_step_lead_to_the_next(scene, carla, one, write):
    with write():
        second = factories.application(scene.other_student, scene.call, scene.offers[:1])
        version = one.version
    response = carla.post(
        f"/pipeline/{second.id}/score?status=submitted",
        {
            "score-score": "87,5",
            "score-comment": "Clear aim",
            "score-version": "1",
            "then": "approve",
        },
    )
    assert (response.status_code, response.location) == (
        303,
        f"/pipeline/{one.id}/review?status=submitted",
    )
    done = get(second.id)
    assert (done.status, done.score, done.score_comment) == (S.APPROVED, 87.5, "Clear aim")
    assert get(one.id).version == version


@pytest.mark.parametrize(
    ("score", "said"),
    [
        ("", "required"),
        ("abc", "“abc” is not a number."),
        ("101", "from 0 to 100"),
        ("1.234", "two decimals"),
    ],
)
def test_bad_scores_stand_at_their_field_with_what_was_typed(carla, one, score, said):
    response = carla.post(
        f"/pipeline/{one.id}/score",
        {"score-score": score, "score-comment": "Kept words", "score-version": "1"},
    )
    assert response.status_code == 422
    field = response.text.split('id="score-score-error"')[1].split("</p>")[0]
    assert said in field
    assert "Kept words</textarea>" in response.text
    assert f'value="{score}"' in response.text
    assert get(one.id).score is None


@pytest.mark.parametrize("action", ["return", "reject"])
def test_notes_are_required(carla, one, action):
    response = carla.post(f"/pipeline/{one.id}/{action}", {f"{action}-text": " "})
    assert response.status_code == 422
    assert f'id="{action}-text-error"' in response.text
    assert get(one.id).status is S.SUBMITTED


def test_decisions_are_mailed_and_can_be_taken_back(carla, one, mailbox):
    assert carla.post(f"/pipeline/{one.id}/return", {"return-text": "Sign it."}).status_code == 303
    assert get(one.id).status is S.RETURNED
    assert carla.post(f"/pipeline/{one.id}/reopen", {"reopen-text": "Mistake"}).status_code == 303
    assert carla.post(f"/pipeline/{one.id}/reject", {"reject-text": "Too late."}).status_code == 303
    assert get(one.id).status is S.REJECTED
    subjects = [mail.subject.partition(":")[0] for mail in mailbox()]
    assert subjects == [
        "Please mend your application in “Internships”",
        "Checked again",
        "Not approved",
    ]
    page = carla.read(f"/pipeline/{one.id}/review")
    for said in ("Sign it.", "Mistake", "Too late.", "Carla"):
        assert said in page


def test_two_coordinators_at_once_the_second_sees_both(scene, visitor, carla, one, write):
    with write():
        score_application(one, 60, scene.coordinator)
    page = carla.get(f"/pipeline/{one.id}/review").text
    version = re.search(r'name="reject-version"[^>]*value="(\d+)"', page)[1]
    dana = visitor(scene.colleague)
    assert dana.post(f"/pipeline/{one.id}/approve", {"approve-version": version}).status_code == 303
    refused = carla.post(
        f"/pipeline/{one.id}/reject",
        {"reject-version": version, "reject-text": "My carefully typed reason."},
    )
    assert refused.status_code == 409
    told = words(refused.text)
    assert "This application was changed after you had opened it." in told
    assert "Approved Dana" in told
    assert "My carefully typed reason." in refused.text
    assert get(one.id).status is S.APPROVED


def test_the_same_approval_twice_is_a_conflict(scene, carla, one, write, mailbox):
    with write():
        score_application(one, 60, scene.coordinator)
    form = {"approve-version": str(get(one.id).version)}
    answers = [carla.post(f"/pipeline/{one.id}/approve", form).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert len(mailbox()) == 1


def test_changed_score_after_the_deadline_asks_why(scene, carla, one, write):
    with clock.at(scene.call.closes_at + timedelta(hours=1)):
        with write():
            score_application(one, 60, scene.coordinator)
        refused = carla.post(f"/pipeline/{one.id}/score", {"score-score": "70"})
        assert refused.status_code == 422
        assert "say why you change it" in refused.text.split('id="score-reason-error"')[1]
        accepted = carla.post(
            f"/pipeline/{one.id}/score", {"score-score": "70", "score-reason": "Typing error"}
        )
    assert accepted.status_code == 303
    assert get(one.id).score == 70


def test_review_walks_through_the_list(scene, carla, one, many):
    page = carla.get(f"/pipeline/{many[S.REJECTED].id}/review").text
    assert f'data-previous href="/pipeline/{many[S.PRE_PLACED].id}/review"' in page
    assert f'data-next href="/pipeline/{many[S.RETURNED].id}/review"' in page
    assert "4 of 8" in words(page)


def test_first_page_of_a_coordinator_counts_what_waits(scene, carla, visitor, scored):
    assert "3 applications wait for your check" in carla.read("/")
    assert "wait for your check" not in visitor(scene.receiver).read("/")
    for waiting in scored:
        carla.post(f"/pipeline/{waiting.id}/reject", {"reject-text": "No.", "reject-version": 1})
    assert "No application waits for your check" in carla.read("/")


def test_frozen_review_has_no_forms(scene, carla, one, write):
    with write():
        score_application(one, 60, scene.coordinator)
        approve_application(one, scene.coordinator)
        db.session.get_one(Application, one.id).locked_at = clock.now()
    page = carla.get(f"/pipeline/{one.id}/review").text
    assert "The round has frozen" in page
    assert "<form" not in page.split('id="decision-title"')[1].split("</aside>")[0]
    assert carla.post(f"/pipeline/{one.id}/reopen", {"reopen-text": "x"}).status_code == 409


def test_pipeline_narrows_to_a_direction(scene, carla, write):
    with write():
        factories.application(scene.student, scene.call, scene.offers[:1])
        for direction in Direction:
            if direction is not scene.call.direction:
                call = factories.call(direction=direction, title_en=direction.value)
                factories.application(
                    factories.student(scene.home, name=direction.value), call, scene.offers[:1]
                )
                factories.application(
                    factories.student(scene.home), call, scene.offers[:1], status=S.DRAFT
                )
    for direction in Direction:
        page = carla.get(f"/pipeline?direction={direction.value}").text
        expected = "Алия Сәрсен" if direction is scene.call.direction else direction.value
        assert names(page) == [expected]
        assert counts(page)["all submitted"] == 1
        drafts = "1 more person has begun" in words(page)
        assert drafts is (direction is not scene.call.direction)
        assert f'href="/pipeline?direction={direction.value}&amp;status=approved"' in page
    assert len(names(carla.get("/pipeline?direction=sideways").text)) == len(Direction)
