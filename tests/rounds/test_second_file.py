"""The file of a second round: exported, accepted, and refused where it was forged."""

import copy
import json

import pytest

from mobility.db import transaction
from mobility.rounds import cli, queries, services
from mobility.rounds.checking import Refused, Unreadable, check_file
from mobility.rounds.files import digest_in, enveloped, second_file_of
from mobility.rounds.snapshot import canonical, digest_of

from .offline_files import run
from .scenes import answered, published, scene, second_computed


@pytest.fixture
def at(app):
    """Ayan declined A; Bota, at B, accepted and moves up to A; Erlan gets B."""
    at = scene()
    with transaction():
        at.chingiz.score = 0
        at.erlan = at.person("Erlan", "eeee", 10, at.b)
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    second = second_computed(at)
    with transaction():
        services.publish_second_round(second, at.admin)
    at.second = second
    return at


@pytest.fixture
def file(at) -> str:
    seeds, rows = queries.seeds(at.call), queries.second_rows(at.second)
    return second_file_of(at.second, at.second.round.published_run, seeds, rows)


def forged(text: str, change) -> bytes:
    """The file with one change, and every digest made anew."""
    body = copy.deepcopy(json.loads(text)["body"])
    change(body)
    body["standing_hash"] = digest_of(canonical(body["standing"]))
    return enveloped(canonical(body)).encode()


def test_it_is_accepted_and_names_the_first_round(at, file):
    report = check_file(file.encode(), at.second.file_digest)
    assert report.digest == digest_in(file) == at.second.file_digest
    body = json.loads(file)["body"]
    assert body["first"] == at.second.round.file_digest
    assert dict(zip(("bbbb", "cccc", "dddd", "eeee"), body["result"]["ranks"], strict=True)) == {
        "bbbb": 1, "cccc": 0, "dddd": 0, "eeee": 1,
    }  # fmt: skip


def test_the_check_says_what_is_proved(at, file):
    assert json.loads(file)["body"]["result"]["optimal"]
    assert check_file(file.encode()).said[-2:] == [
        "The result follows from the snapshot: solving it again gives the same.",
        "The result is optimal: the second round was solved again, and the prices found with it"
        " prove that no other way to give the free seats is better.",
    ]


def test_of_a_rule_by_merit_it_claims_no_more_than_the_rule(app):
    at = scene()
    with transaction():
        at.call.policy, at.call.keeps_annual_quotas = "deferred_acceptance", False
    published(at)
    answered(at, ayan="decline", bota="accept")
    second = second_computed(at)
    with transaction():
        services.publish_second_round(second, at.admin)
    assert check_file(second.file.encode()).said[-1] == (
        "The result is by its rule: nobody is passed over for somebody who comes later."
    )


def ranks(*given):
    def change(body):
        body["result"]["ranks"] = list(given)
        body["result"]["placed"] = sum(rank > 0 for rank in given)

    return change


def seats(body):
    for offer in body["standing"]["offers"]:
        offer["seats"] = 2


def twice(body):
    body["standing"]["people"].append(body["standing"]["people"][0])


def elsewhere(body):
    body["standing"]["snapshot"] = "0" * 64


def gone(body):
    for row in body["standing"]["people"]:
        row["group"] = "left"


def low(body):
    body["standing"]["people"][0]["rank"] = 7


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (ranks(2, 1, 0, 0), "does not follow"),
        (ranks(0, 1, 0, 1), "would lose"),
        (ranks(1, 1, 0, 1), "more people than seats"),
        (ranks(1, 2, 0, 1), "a choice that they did not make"),
        (ranks(1, 0, 0), "does not hold together"),
        (seats, "does not follow"),
        (twice, "stands twice"),
        (elsewhere, "other inputs"),
        (gone, "does not hold together"),
        (low, "is not on their list"),
        (lambda body: body.update(note="x"), "missing or strange"),
        (lambda body: body["result"].update(optimal=False), "“optimal” is not what follows"),
        (lambda body: body["result"].update(prices=None), "“prices” is not what follows"),
    ],
)
def test_a_forgery_is_refused_with_the_reason(file, change, reason):
    with pytest.raises(Refused, match=reason):
        check_file(forged(file, change))


def test_every_changed_byte_is_refused(file):
    data = file.encode()
    for at in range(0, len(data), max(1, len(data) // 100)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises((Refused, Unreadable)):
            check_file(bytes(changed))


def test_it_is_exported_and_checked_by_the_commands(at, tmp_path):
    out = tmp_path / "second.json"
    done = run(cli.export_round, at.second.round_id, "--second", "--out", out)
    assert done.out == [f"{out}: digest {at.second.file_digest}"]
    done = run(cli.verify_round, out, "--digest", at.second.file_digest)
    assert done.code == 0
    assert any("nobody loses, and no seat is given twice" in line for line in done.out)
    done = run(cli.verify_round, out, "--digest", at.second.round.file_digest)
    assert done.code == 1


def test_there_is_none_before_its_publication(app, tmp_path):
    at = scene()
    run_ = published(at)
    done = run(cli.export_round, run_.round_id, "--second", "--out", tmp_path / "x.json")
    assert done.code == 1
    assert "has no published second round" in done.errors[-1]


def test_pages_and_letters_tell_its_digest_and_the_reasons(at, visitor, mailbox):
    round_id, digest = at.second.round_id, at.second.file_digest
    for page in (f"/rounds/{round_id}", f"/rounds/{round_id}/report"):
        assert digest in visitor(None).read(page)
    own = visitor(at.erlan.applicant)
    assert own.get(f"/rounds/{round_id}/second-file").status_code == 200
    assert any(digest in mail.text for mail in mailbox() if mail.user_id == at.dana.applicant_id)
    read = visitor(at.chingiz.applicant).read(f"/applications/{at.chingiz.id}")
    assert f"{at.a.title}: What fell free there went to others" in read


def test_who_has_the_file_reads_small_sums_in_full(at, visitor):
    page = f"/rounds/{at.second.round_id}"
    assert "fewer than 5" in visitor(None).read(page)
    assert "fewer than 5" not in visitor(at.bota.applicant).read(page)
