"""The verifiable lottery: committed, frozen, handed in, revealed, and recomputed by anybody."""

import hashlib
import hmac
from datetime import timedelta

import pytest

from mobility import clock
from mobility.db import db, transaction
from mobility.errors import Conflict, Invalid
from mobility.jobs import run_due_jobs
from mobility.mail import Mail
from mobility.offers.models import Call
from mobility.offers.services import announce_call, close_call, create_call
from mobility.rounds import queries, services
from mobility.rounds.draw import commitment_of, key_from, places_of
from mobility.rounds.models import Round, SeedCommitment
from mobility.rounds.snapshot import Inputs
from tests import factories

from .scenes import frozen, scene

HOUR = timedelta(hours=1)
SEED = "ab" * 32


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def committed(at, institution, seed=SEED):
    """A partner's commitment, made while the call was open."""
    with transaction(), clock.at(at.call.opens_at + HOUR):
        services.commit_seed(at.call, institution, at.sender, commitment_of(seed).upper() + " ")


def test_the_service_commits_its_seed_when_the_call_opens(app, write):
    now = clock.now()
    with write():
        admin = factories.admin()
        call = create_call(
            admin,
            direction="internship",
            title_en="Internships",
            term=f"{now.year}/{now.year + 1}-1",
            opens_at=now + HOUR,
            closes_at=now + 48 * HOUR,
            rules_en="Rank.",
        )
        announce_call(call, admin)
        call_id = call.id
    run_due_jobs()
    assert queries.commitments(db.session.get_one(Call, call_id)) == []
    with clock.at(now + 2 * HOUR):
        run_due_jobs()
        db.session.expire_all()
        (own,) = queries.commitments(db.session.get_one(Call, call_id))
    assert own.institution is None
    assert own.commitment == sha(bytes.fromhex(own.seed))


def test_an_opening_that_was_moved_is_waited_for(app, write):
    now = clock.now()
    with write():
        admin = factories.admin()
        call = create_call(
            admin,
            direction="internship",
            title_en="Internships",
            term=f"{now.year}/{now.year + 1}-1",
            opens_at=now + HOUR,
            closes_at=now + 48 * HOUR,
            rules_en="Rank.",
        )
        announce_call(call, admin)
        call.opens_at = now + 5 * HOUR
        call_id = call.id
    found = []
    for hours in (2, 6):
        with clock.at(now + hours * HOUR):
            run_due_jobs()
            db.session.expire_all()
            found.append(len(queries.commitments(db.session.get_one(Call, call_id))))
    assert found == [0, 1]


def test_without_partners_the_draw_is_revealed_at_once(app):
    at = scene()
    round_ = frozen(at)
    (own,) = queries.commitments(at.call)
    assert round_.revealed_at is not None
    assert key_from(round_.seed) == sha(bytes.fromhex(own.seed))


def test_seeds_are_handed_in_after_the_freeze_and_revealed_together(app, write):
    at = scene()
    committed(at, at.home)
    committed(at, at.host, seed="cd" * 32)
    round_ = frozen(at)
    assert (round_.seed, round_.revealed_at) == (None, None)
    with pytest.raises(Conflict, match="not drawn yet"), write():
        services.request_run(round_, at.admin)
    with write():
        services.hand_in_seed(round_, at.home, at.sender, SEED)
    run_due_jobs()
    db.session.expire_all()
    assert round_.seed is None
    with clock.at(round_.reveal_at):
        with pytest.raises(Conflict, match="ended"), write():
            services.hand_in_seed(round_, at.host, at.receiver, "cd" * 32)
        run_due_jobs()
    db.session.expire_all()
    own, home, host = queries.commitments(at.call)
    assert [one.institution for one in (own, home, host)] == [None, at.home, at.host]
    assert host.seed is None  # left out, and the page says whose
    key = hashlib.sha256(bytes.fromhex(own.seed) + bytes.fromhex(SEED)).digest()
    assert key_from(round_.seed) == key.hex()


def test_a_lottery_number_is_recomputed_from_key_hash_and_pseudonym(app):
    at = scene()
    round_ = frozen(at)
    inputs = Inputs(round_.snapshot)
    key = bytes.fromhex(key_from(round_.seed))
    expected = [
        int.from_bytes(
            hmac.new(key, f"{round_.snapshot_hash}:{one}".encode(), "sha256").digest()[:8], "big"
        )
        for one in inputs.pseudonyms
    ]
    assert inputs.numbers(round_.seed) == expected
    assert inputs.lottery(round_.seed) == places_of(expected)
    assert places_of([30, 10, 20, 10]) == [4, 1, 3, 2]


@pytest.mark.parametrize(
    ("seed", "error"), [("zz" * 32, "64 digits"), ("00" * 32, "not the seed"), ("", "64 digits")]
)
def test_a_seed_that_does_not_fit_is_refused(app, write, seed, error):
    at = scene()
    committed(at, at.home)
    round_ = frozen(at)
    with pytest.raises(Invalid, match=error), write():
        services.hand_in_seed(round_, at.home, at.sender, seed)


def test_commitments_are_made_once_and_before_the_deadline(app, write):
    at = scene()
    committed(at, at.home)
    with pytest.raises(Conflict, match="already"):
        committed(at, at.home)
    with pytest.raises(Conflict, match="deadline"), write():
        services.commit_seed(at.call, at.host, at.receiver, commitment_of(SEED))
    round_ = frozen(at)
    with pytest.raises(Conflict, match="committed no seed"), write():
        services.hand_in_seed(round_, at.host, at.receiver, SEED)


def test_a_correction_voids_the_draw_and_all_commit_anew(app, write, visitor):
    at = scene()
    committed(at, at.home)
    round_ = frozen(at)
    with write():
        services.hand_in_seed(round_, at.home, at.sender, SEED)
    with write():
        services.thaw_round(round_, at.admin, "A score was mistyped.")
    (own,) = queries.commitments(at.call)
    assert own.institution is None
    assert {one.institution for one in queries.void_commitments(at.call)} == {None, at.home}
    assert "these seeds count no more" in visitor(None).read(f"/calls/{at.call.id}/draw")
    with write():
        services.commit_seed(at.call, at.home, at.sender, commitment_of("ef" * 32))
        services.freeze_round(round_, at.admin)
        services.hand_in_seed(round_, at.home, at.sender, "ef" * 32)
    with clock.at(round_.reveal_at):
        run_due_jobs()
    db.session.expire_all()
    assert round_.seed is not None


def test_both_partners_are_sent_the_hash(app):
    at = scene()
    committed(at, at.home)
    round_ = frozen(at)
    letters = {mail.recipient: mail for mail in db.session.query(Mail)}
    assert {at.sender.email, at.receiver.email} <= set(letters)
    assert {mail.recipient for mail in db.session.query(Mail)} == {
        one.email for one in queries.partner_coordinators(at.call)
    }
    assert all(round_.snapshot_hash in mail.text for mail in letters.values())
    assert "Hand in the seed" in letters[at.sender.email].text
    assert "nothing to do" in letters[at.receiver.email].text


def test_a_coordinator_commits_and_hands_in_on_the_page(app, visitor):
    at = scene(closed=False)
    address = f"/calls/{at.call.id}/draw"
    browser = visitor(at.sender)
    assert "Commit the seed of your university" in browser.read(address)
    wrong = browser.post(f"{address}/commitment", {"institution": at.home.id, "commitment": "1234"})
    assert (wrong.status_code, "64 digits" in wrong.text, "1234" in wrong.text) == (422, True, True)
    answer = browser.post(
        f"{address}/commitment", {"institution": at.home.id, "commitment": commitment_of(SEED)}
    )
    assert (answer.status_code, answer.location) == (303, address)
    assert commitment_of(SEED) in visitor(None).read(address)
    with transaction():
        at.call.closes_at = clock.now()
    round_ = frozen(at)
    assert "Until" in browser.read(address)
    assert "Hand in the seed of your university" not in visitor(at.receiver).read(address)
    answer = browser.post(f"{address}/seed", {"institution": at.home.id, "seed": SEED})
    assert answer.status_code == 303
    page = visitor(at.receiver).read(address)
    assert "sealed" in page
    assert SEED not in page
    own = db.session.query(SeedCommitment).filter_by(institution_id=None).one()
    for person in (None, at.admin, at.receiver, at.sender):
        assert own.seed not in visitor(person).get(address).text
    with clock.at(round_.reveal_at):
        run_due_jobs()
        db.session.expire_all()
        page = visitor(None).read(address)
    assert SEED in page
    assert own.seed in page
    assert key_from(db.session.get_one(Round, round_.id).seed) in page


def test_after_the_deadline_committing_is_over(app, write, visitor):
    at = scene(closed=False)
    address = f"/calls/{at.call.id}/draw"
    with write():
        services.commit_seed(at.call, at.home, at.sender, commitment_of(SEED))
    page = visitor(None).read(address)
    assert "Hashes of seeds are published (now) 2 The inputs are frozen (to do)" in page
    assert "that time is over" not in page
    with write():
        close_call(at.call, at.admin, "All have applied.")
    page = visitor(None).read(address)
    assert "Hashes of seeds are published (done) 2 The inputs are frozen (now)" in page
    assert "Seeds could be committed until" in page
    assert "No partner has committed one" not in page
    frozen(at)
    assert "Seeds could be committed until" not in visitor(None).read(address)


def test_after_the_deadline_without_partners_it_says_who_draws(app, visitor):
    at = scene()
    page = visitor(None).read(f"/calls/{at.call.id}/draw")
    assert "No partner has committed one: the lottery will be drawn by this service alone." in page


def test_drawn_by_this_service_alone_is_said(app, visitor):
    at = scene()
    frozen(at)
    assert "Drawn by this service alone" in visitor(None).read(f"/calls/{at.call.id}/draw")
