"""The pages after a publication, as a student, a coordinator and an admin see them."""

import pytest
from sqlalchemy import select

from mobility.access import can
from mobility.applications.services import exclude_application, pre_place_application
from mobility.db import db
from mobility.jobs import run_due_jobs
from mobility.offers.models import VacatedSeats
from mobility.rounds import queries, services
from mobility.rounds.models import Appeal, SecondRound
from tests import factories

from .scenes import answered, finish_second, placement_of, published, scene, second_computed


def test_an_admin_goes_from_the_answers_to_a_published_second_round(app, write, visitor):
    at = scene()
    published(at)
    admin, cockpit = visitor(at.admin), f"/calls/{at.call.id}/round"
    assert "Some people still have time to answer." in admin.read(cockpit)
    answered(at, ayan="decline", bota="accept")
    assert "Compute the second round" in admin.read(cockpit)
    answer = admin.post(f"{cockpit}/second")
    asked = db.session.scalars(select(SecondRound)).one()
    assert (answer.status_code, answer.location) == (303, f"/second-rounds/{asked.id}")
    assert "You may leave this page" in admin.read(answer.location)
    finish_second(asked)
    page = admin.read(answer.location)
    assert (
        "1 person gets a place. There are 7 days to answer. 0 people are moved up at once." in page
    )
    assert "Proved optimal" in page
    assert "cccc" in page
    assert "Chingiz" not in page
    assert "Look at the second round and publish" in admin.read(cockpit)
    assert admin.post(f"/second-rounds/{asked.id}/publish").location == cockpit
    page = admin.read(cockpit)
    assert "only the waiting order" in page
    assert "Waiting order" in page


def test_seats_that_were_never_taken_are_free_and_not_vacated(app, write, visitor):
    at = scene()
    with write():
        at.b.seats = 3
    published(at)
    answered(at, ayan="accept", bota="accept", chingiz="decline")
    found = second_computed(at)
    second = visitor(at.admin).read(f"/second-rounds/{found.id}")
    with write():
        services.publish_second_round(found, at.admin)
    for page in (
        second,
        visitor(at.admin).read(f"/rounds/{found.round_id}"),
        visitor(at.admin).read(f"/rounds/{found.round_id}/report"),
    ):
        assert "free seats 2" in page
        assert "vacated seats" not in page


def test_open_offers_of_a_second_round_are_answers_that_are_missing(app, write, visitor):
    at = scene()
    with write():
        at.eldar = at.person("Eldar", "eeee", 50, at.b)
        at.b.seats = 2
        pre_place_application(at.eldar, at.b, "A double degree needs it.", at.admin)
    published(at)
    admin, cockpit = visitor(at.admin), f"/calls/{at.call.id}/round"
    answered(at, ayan="decline", bota="accept", eldar="accept")
    assert "0 no answer yet 2 accepted 1 declined 0 not answered in time" in admin.read(cockpit)
    found = second_computed(at)
    with write():
        services.publish_second_round(found, at.admin)
    page = admin.read(cockpit)
    assert "1 no answer yet 2 accepted 1 declined 0 not answered in time" in page
    assert "Answers (now) Second round (done)" in page
    report = admin.read(f"/rounds/{found.round_id}/report")
    assert "Got a place they had listed 2" in report
    assert "Answer: accepted 2 Answer: declined 1 Not answered in time 0 No answer yet 1" in report
    for one in (page, report):
        assert "1 of the answers is that of somebody placed before the round." in one
        assert "1 of the answers is that of somebody who got a place after the publication." in one
    public = visitor(None).read(f"/rounds/{found.round_id}/report")
    assert "Some of the answers are those of people who got a place after" in public
    assert "No answer yet not shown" in public
    answered(at, chingiz="accept")
    assert "0 no answer yet 3 accepted" in admin.read(cockpit)


def test_nothing_of_a_second_round_shows_before_it_is_published(app, write, visitor):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    found = second_computed(at)
    student = visitor(at.chingiz.applicant)
    addresses = ("/", f"/applications/{at.chingiz.id}", f"/rounds/{found.round_id}", "/placements")
    before = [student.read(address) for address in addresses]
    assert not any("after all" in page or at.a.title in page for page in (before[0], before[3]))
    assert "You take part automatically" in before[1]
    assert "Second round" not in before[2]
    assert student.get(f"/second-rounds/{found.id}").status_code == 404
    with write():
        services.publish_second_round(found, at.admin)
    assert "You have a place: accept or decline it" in student.read("/")
    page = student.read(f"/applications/{at.chingiz.id}")
    assert f"You have a place after all, choice 1 of your list: {at.a.title}" in page
    assert f"The second round gave a place: {at.a.title}." in page
    assert "A place was given since: see above what is held now." in page
    for over in ("Declined seats are given in a second round", "You may apply in any call"):
        assert over in before[1]
        assert over not in page
    answered(at, chingiz="decline")
    page = student.read(f"/applications/{at.chingiz.id}")
    assert "You may apply in any call" in page
    assert "Declined seats are given in a second round" not in page
    public = visitor(None).read(f"/rounds/{found.round_id}")
    assert "fewer than 5 newly placed" in public or "newly placed fewer than 5" in public


def test_of_a_second_round_reads_only_who_is_going_to_be_in_it(app, write, visitor):
    at = scene()
    with write():
        at.eldar = at.person("Eldar", "eeee", 50, at.b)
        pre_place_application(at.eldar, at.b, "A double degree needs it.", at.admin)
        at.b.seats = 2
    published(at)

    def told(application) -> bool:
        pages = (f"/applications/{application.id}", f"/applications/{application.id}/explanation")
        read = visitor(application.applicant).read
        [said] = {"given in a second round, when every answer" in read(page) for page in pages}
        return said

    people = (at.ayan, at.bota, at.chingiz, at.eldar)
    assert [told(one) for one in people] == [False, False, True, False]
    answered(at, ayan="accept", bota="upgrade", eldar="accept")
    assert [told(one) for one in people] == [False, True, True, False]


def test_declining_stands_beside_accepting(app, visitor):
    at = scene()
    published(at)
    page = visitor(at.bota.applicant).get(f"/applications/{at.bota.id}").text
    form = page[page.index('<form class="action-form"') :].split("</form>")[0]
    beside = form.split('<div class="actions">')[1]
    assert ("Accept the place" in beside, "Decline …" in beside) == (True, True)


def test_the_answer_stands_before_what_follows_it(app, visitor):
    at = scene()
    published(at)
    for page in (f"/applications/{at.chingiz.id}", f"/applications/{at.chingiz.id}/explanation"):
        read = visitor(at.chingiz.applicant).read(page)
        assert read.index("This round had no place for you") < read.index("After the publication")


def test_each_number_of_a_second_round_has_its_form(app, write, visitor):
    at = scene()
    with write():
        at.call.policy, at.call.keeps_annual_quotas = "deferred_acceptance", False
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    found = second_computed(at)
    page = visitor(at.admin).read(f"/second-rounds/{found.id}")
    assert "0 people get a place. 1 person is moved up at once. Everybody" in page


def test_the_first_page_of_who_has_no_place_names_the_next_step(app, write, visitor):
    at = scene()
    with write():
        at.excluded = at.person("Eldar", "eeee", 50, at.a)
        exclude_application(at.excluded, "Left the university.", at.admin)
    published(at)
    student = visitor(at.chingiz.applicant)
    assert "no place If you think that something was overlooked, you can appeal" in student.read(
        "/"
    )
    assert f'href="/applications/{at.chingiz.id}/appeal"' in student.get("/").text
    with write():
        services.open_appeal(at.chingiz, at.chingiz.applicant, at.a.id, "Look again.")
    assert "no place Why, and what comes next" in student.read("/")
    assert "you can appeal" not in visitor(at.ayan.applicant).read("/")
    page = visitor(at.excluded.applicant).read("/")
    assert "Its page says why, and to whom to write if it is a mistake." in page


def test_who_was_moved_up_reads_the_new_place_first(app, write, visitor):
    at = scene()
    with write():
        at.call.vacated = VacatedSeats.WAITING_ORDER
    published(at)
    answered(at, bota="upgrade", ayan="decline")
    run_due_jobs()
    page = visitor(at.bota.applicant).read(f"/applications/{at.bota.id}")
    assert f"You have been moved up to choice 1 of your list: {at.a.title}" in page
    assert f"The round gave choice 2 of the list: {at.b.title}" in page
    assert "see above what is held now" in page
    assert at.a.title in visitor(at.bota.applicant).read("/")
    placement = placement_of(at.bota)
    history = visitor(at.sender).read(f"/placements/{placement.id}")
    assert "They were moved up to this place. B → A." in history


def test_a_student_sees_their_turn_and_the_coordinator_too(app, write, visitor):
    at = scene()
    with write():
        at.call.vacated = VacatedSeats.WAITING_ORDER
    published(at)
    for reader in (at.chingiz.applicant, at.sender):
        page = visitor(reader).read(f"/applications/{at.chingiz.id}/explanation")
        assert "Waiting order" in page
        assert "number 2 of 2" in page  # Bota, who has not answered, stands before
    assert "number" not in visitor(at.admin).read("/")
    assert f"{at.a.title} 0 2" in visitor(at.admin).read(f"/calls/{at.call.id}/round")


def test_a_student_appeals_and_the_admin_asks_and_the_host_gives(app, write, visitor):
    at = scene()
    published(at)
    student, admin, host = (
        visitor(reader) for reader in (at.chingiz.applicant, at.admin, at.receiver)
    )
    page = student.read(f"/applications/{at.chingiz.id}")
    assert "If you think that something was overlooked" in page
    form = f"/applications/{at.chingiz.id}/appeal"
    answer = student.post(form, {"offer": at.a.id, "reason": ""})
    assert (answer.status_code, "Say why" in answer.text) == (422, True)
    answer = student.post(form, {"offer": at.a.id, "reason": "My transcript was not read."})
    appeal = db.session.scalars(select(Appeal)).one()
    assert (answer.status_code, answer.location) == (303, f"/appeals/{appeal.id}")
    assert "An administrator answers next." in student.read(answer.location)

    assert "1 appeal to answer" in admin.read("/")
    assert "Chingiz" in admin.read(f"/calls/{at.call.id}/round")
    assert "My transcript was not read." in admin.read(answer.location)
    assert host.get(answer.location).status_code == 404
    empty = admin.post(f"{answer.location}/ask", {"ask-answer": ""})
    assert (empty.status_code, "Give the answer and its reason" in empty.text) == (422, True)
    assert admin.post(f"{answer.location}/ask", {"ask-answer": "It was not."}).status_code == 303

    assert "1 appeal to answer" in host.read("/")
    page = host.read(answer.location)
    assert "Give one seat more?" in page
    assert "My transcript was not read." not in page  # that is between them and the sending side
    assert host.post(f"{answer.location}/consent").status_code == 303
    assert "The appeal was granted and the place is given." in student.read(answer.location)
    assert "You have a place: accept or decline it" in student.read("/")


def test_a_host_who_gives_no_seat_says_why(app, write, visitor):
    at = scene()
    published(at)
    with write():
        appeal = services.open_appeal(at.chingiz, at.chingiz.applicant, at.a.id, "Look again.")
        services.ask_for_seat(appeal, at.admin, "A slip.")
    host = visitor(at.receiver)
    answer = host.post(f"/appeals/{appeal.id}/refuse", {"refuse-comment": "Full."})
    assert (answer.status_code, answer.location) == (303, "/appeals")
    assert host.get("/appeals").status_code == 200
    assert "Full." in visitor(at.admin).read(f"/appeals/{appeal.id}")


def test_an_appeal_out_of_time_says_so_on_its_page(app, write, visitor):
    at = scene()
    with write():
        at.call.appeal_days = 0
    published(at)
    student = visitor(at.chingiz.applicant)
    page = student.read(f"/applications/{at.chingiz.id}/appeal")
    assert "cannot be appealed" in page
    assert "Hand in the appeal" not in page


def test_permissions_over_every_role(app, write):
    at = scene()
    with write():
        faculty, lab = factories.unit(at.home), factories.unit(at.host)
        at.chingiz.sending_unit, at.a.unit = faculty, lab
        people = {
            "nobody": None,
            "appellant": at.chingiz.applicant,
            "other student": at.bota.applicant,
            "sender": at.sender,
            "sender unit": factories.coordinator(at.home, faculty),
            "sender other unit": factories.coordinator(at.home, factories.unit(at.home)),
            "host": at.receiver,
            "host unit": factories.coordinator(at.host, lab),
            "host other unit": factories.coordinator(at.host, factories.unit(at.host)),
            "outside": factories.coordinator(factories.institution()),
            "admin": at.admin,
        }
    published(at)
    with write():
        appeal = services.open_appeal(at.chingiz, at.chingiz.applicant, at.a.id, "Look again.")
    inside = {"appellant", "sender", "sender unit", "admin"}
    for hosts in (set(), {"host", "host unit"}):
        expected = {
            "appeal:view": inside | hosts,
            "appeal:withdraw": {"appellant"},
            "appeal:answer": {"admin"},
            "appeal:consent": hosts,
            "appeal:list": set(people) - {"nobody"},
        }
        with write():
            found = {
                permission: {name for name, user in people.items() if can(user, permission, appeal)}
                for permission in expected
            }
            listed = {
                name
                for name, user in people.items()
                if user and appeal in db.session.scalars(queries.appeals_visible_to(user)).all()
            }
        assert found == expected
        assert listed == expected["appeal:view"]
        if not hosts:
            with write():
                services.ask_for_seat(appeal, at.admin, "A slip.")


@pytest.mark.parametrize("address", ["/appeals"])
def test_lists_take_as_many_queries_for_one_row_as_for_three(
    app, write, visitor, count_queries, address
):
    at = scene()
    with write():
        more = [at.person(f"P{n}", f"p{n}", 10, at.a) for n in range(2)]
    published(at)
    admin = visitor(at.admin)

    def counted() -> int:
        admin.get(address)
        with count_queries() as statements:
            admin.get(address)
        return len(statements)

    with write():
        services.open_appeal(at.chingiz, at.chingiz.applicant, at.a.id, "Look again.")
    one = counted()
    with write():
        for application in more:
            services.open_appeal(application, application.applicant, at.a.id, "Look again.")
    assert counted() == one
