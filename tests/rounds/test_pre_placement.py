"""An override places somebody before the round: the seat leaves it, and the rest is decided."""

import json
from datetime import timedelta

import pytest

from mobility import clock
from mobility.applications.models import ApplicationStatus
from mobility.applications.services import pre_place_application, release_application
from mobility.db import transaction
from mobility.errors import Conflict, Invalid
from mobility.offers.models import VacatedSeats
from mobility.placements.models import Origin
from mobility.placements.services import accept_place
from mobility.rounds import queries
from mobility.rounds.checking import Refused, check_file
from mobility.rounds.files import digest_in, enveloped, file_of
from mobility.rounds.services import freeze_round, open_round, publish_run, request_run, thaw_round
from mobility.rounds.snapshot import Inputs, canonical
from tests import factories
from tests.rounds.scenes import computed, finish, frozen, placement_of, published, scene


@pytest.fixture
def at(app):
    return scene()


def pre_place(at, application, offer, reason="A double degree needs it."):
    with transaction():
        pre_place_application(application, offer, reason, at.admin)


def test_the_seat_goes_to_the_person_and_leaves_the_round(at, mailbox):
    pre_place(at, at.chingiz, at.a)
    [letter] = mailbox()
    assert "A double degree needs it." in letter.text
    run = published(at)
    inputs = Inputs(run.round.snapshot)
    assert "cccc" not in inputs.pseudonyms
    assert [(one["pseudonym"], one["called"], one["rank"]) for one in inputs.pre_placed] == [
        ("cccc", "A", 1)
    ]
    assert dict(zip(inputs.codes, inputs.seats, strict=True)) == {"A": 0, "B": 1}
    assert placement_of(at.chingiz).origin is Origin.PRE_PLACEMENT
    assert placement_of(at.chingiz).offer == at.a
    assert placement_of(at.ayan).offer == at.b
    assert not queries.row_of(at.bota).offer


def test_pages_count_it_and_say_who_decided(at, visitor):
    pre_place(at, at.chingiz, at.a)
    run = published(at)
    assert "Placed before the round, with a reason: 1 person." in visitor(None).read(
        f"/rounds/{run.round_id}"
    )
    for page in (f"/applications/{at.chingiz.id}", f"/applications/{at.chingiz.id}/explanation"):
        read = visitor(at.chingiz.applicant).read(page)
        assert "the matching did not decide it" in read
        assert "A double degree needs it." in read
    assert "A double degree needs it." not in visitor(at.bota.applicant).read(
        f"/rounds/{run.round_id}"
    )


def test_numbers_before_and_after_it_agree(at, visitor):
    with transaction():
        at.a.seats = 3
    pre_place(at, at.chingiz, at.a)
    admin, cockpit = visitor(at.admin), f"/calls/{at.call.id}/round"
    assert "Open places 2 with 4 seats, 1 of them taken before the round" in admin.read(cockpit)
    run = computed(at)
    said = (
        "4 people learn their result at the same moment, by page and mail. 3 people get a place."
        " There are 7 days to answer. 1 person is told why not."
        " Of those with a place 1 was placed before the round."
    )
    page = admin.read(f"/runs/{run.id}")
    assert "seats filled 2 of 3" in page
    assert said in page
    assert said in admin.read(cockpit)
    page = admin.read(f"{cockpit}/comparison")
    assert "Seats filled 2 of 3" in page
    assert f"{at.home.name} 3" in page
    assert "With 1 person who was placed before the round; that seat is not among" in page


def test_the_result_is_told_once_with_one_answer(at, visitor):
    pre_place(at, at.chingiz, at.a)
    published(at)
    student, page = visitor(at.chingiz.applicant), f"/applications/{at.chingiz.id}"
    read = student.read(page)
    assert "You have a place, your first choice" in read
    assert "after all" not in read
    assert read.count("Accept the place") == 1
    with clock.at(placement_of(at.chingiz).answer_until):
        read = student.read(page)
    assert read.count(f"Your place has lapsed: {at.a.title}") == 1
    assert f"{at.a.title}: not answered" not in read


def test_the_file_holds_and_finds_who_stands_in_it_twice(at):
    pre_place(at, at.chingiz, at.a)
    run = published(at)
    text = file_of(run.round, run, queries.seeds(at.call))
    assert check_file(text.encode()).digest == run.round.file_digest == digest_in(text)
    body = json.loads(text)["body"]
    body["snapshot"]["overrides"]["pre_placed"][0]["pseudonym"] = "aaaa"
    body["snapshot_hash"] = Inputs(canonical(body["snapshot"])).hash
    with pytest.raises(Refused, match="placed before the round stands in it"):
        check_file(enveloped(canonical(body)).encode())


def test_it_counts_in_the_year_of_the_condition(at):
    with transaction():
        at.call.keeps_annual_quotas = True
        at.condition.mobilities_per_year = 1
    pre_place(at, at.chingiz, at.a)
    run = published(at)
    assert run.stats["placed"] == 0
    assert placement_of(at.chingiz).offer == at.a


def test_more_than_the_year_has_is_refused_at_the_freezing(at):
    with transaction():
        at.condition.mobilities_per_year = 1
    pre_place(at, at.chingiz, at.a)
    pre_place(at, at.ayan, at.b)
    with pytest.raises(Conflict, match="is 1, and more people are placed"):
        frozen(at)


def test_taken_back_it_takes_part_again(at, mailbox):
    pre_place(at, at.chingiz, at.a)
    with transaction():
        release_application(at.chingiz, "A slip.", at.admin)
    assert "takes part in the round like every other" in mailbox()[-1].text
    run = published(at)
    assert "cccc" in Inputs(run.round.snapshot).pseudonyms
    assert run.stats["pre_placed"] == 0


def test_only_an_approved_applicant_at_a_ranked_open_place_with_a_seat(at):
    with pytest.raises(Invalid, match="that the applicant ranked"):
        pre_place(at, at.chingiz, at.b)
    with pytest.raises(Invalid, match="Say why"):
        pre_place(at, at.chingiz, at.a, reason=" ")
    pre_place(at, at.chingiz, at.a)
    with pytest.raises(Invalid, match="no seat left"):
        pre_place(at, at.ayan, at.a)
    with pytest.raises(Conflict, match="placed before the round"):
        pre_place(at, at.chingiz, at.a)
    assert at.ayan.status is ApplicationStatus.APPROVED


def test_not_while_the_call_is_open(app):
    at = scene(closed=False)
    with pytest.raises(Conflict, match="still open"):
        pre_place(at, at.chingiz, at.a)


def test_a_frozen_round_lets_none_come_or_go(at):
    pre_place(at, at.chingiz, at.a)
    round_ = frozen(at)
    with pytest.raises(Conflict, match="frozen"):
        pre_place(at, at.ayan, at.b)
    with pytest.raises(Conflict, match="frozen"), transaction():
        release_application(at.chingiz, "A slip.", at.admin)
    with transaction():
        thaw_round(round_, at.admin, "A score was wrong.")
        release_application(at.chingiz, "A slip.", at.admin)
        freeze_round(open_round(at.call, at.admin), at.admin)
        run = request_run(round_, at.admin)
    finish(run)
    with transaction():
        publish_run(run, at.admin)
    assert run.stats["pre_placed"] == 0


def test_what_was_changed_behind_the_snapshot_is_not_published(at):
    pre_place(at, at.chingiz, at.a)
    run = computed(at)
    with transaction():
        at.chingiz.pre_placed_offer = at.b
    with transaction(), pytest.raises(Conflict, match="changed since the inputs were frozen"):
        publish_run(run, at.admin)


def test_the_file_opens_only_if_who_was_placed_before_agrees_too(app):
    at = scene()
    with transaction():
        at.call.public_file = True
        for number in range(50):
            student = factories.student(at.home, name=f"P{number}")
            factories.application(
                student,
                at.call,
                [at.a],
                status=ApplicationStatus.APPROVED,
                score=1,
                pseudonym=f"p{number:03}",
                agrees_to_open_file=True,
            )
        for one in (at.ayan, at.bota, at.dana):
            one.agrees_to_open_file = True
    pre_place(at, at.chingiz, at.a)
    assert not frozen(at).file_open


def test_who_was_placed_before_does_not_move_up(at):
    with transaction():
        at.call.vacated = VacatedSeats.WAITING_ORDER
        at.call.vacated_until = clock.now() + timedelta(days=30)
    pre_place(at, at.ayan, at.b)
    published(at)
    with transaction(), pytest.raises(Invalid, match="no choice that you could be moved up to"):
        accept_place(placement_of(at.ayan), at.ayan.applicant, upgrade=True)


def test_inputs_that_were_frozen_before_there_was_such_a_thing_are_read(at, visitor):
    run = published(at)
    with transaction():
        form = json.loads(run.round.snapshot)
        del form["public"]["overrides"]["pre_placed"]
        run.round.snapshot = canonical(form)
        run.stats = {
            name: told for name, told in run.stats.items() if name not in {"excluded", "pre_placed"}
        }
    assert Inputs(run.round.snapshot).pre_placed == []
    assert "None: nobody was taken out" in visitor(None).read(f"/rounds/{run.round_id}")
