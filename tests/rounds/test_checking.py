"""The file of a round: accepted as published, refused after any change, by its right reason."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from matching import POLICIES, solve, verify
from mobility.cli import _room_commands
from mobility.rounds.checking import Refused, Unreadable, check_file
from mobility.rounds.computing.proofs import proof_of
from mobility.rounds.draw import commitment_of, key_of, number_of_key
from mobility.rounds.files import FORMAT, digest_in, enveloped, result_form
from mobility.rounds.snapshot import Inputs, canonical, digest_of
from tests.examples import examples

from .scenes import published, scene
from .snapshots import public_part, snapshot

SEEDS = ["ab" * 32, None, "cd" * 32]
COMMITMENTS = [commitment_of(seed or "ef" * 32) for seed in SEEDS]
CODES = ["A", "B", "C", "D", "E", "F"]
MORE = examples(1, most=10)


def crowd(draw: random.Random, people: int = 24) -> dict:
    return {
        f"{draw.getrandbits(48):012x}": (
            draw.choice([60, 70.5, 80, 90]),
            (wanted := draw.sample(CODES, draw.randint(1, 4))),
            draw.sample(wanted, 1) if draw.random() < 0.1 else [],
        )
        for _ in range(people)
    }


def body_of(policy: str = "linear_assignment", **values) -> dict:
    """The body of a file, made as a publication makes it."""
    draw = random.Random(f"files of {policy}")
    text = snapshot(
        limit=4,
        weight=values.pop("weight", 1),
        seats=dict.fromkeys(CODES, 3),
        people=crowd(draw),
        policy=policy,
        commitments=COMMITMENTS,
        **values,
    )
    public = public_part(text)
    inputs = Inputs(canonical(public))
    key = key_of(SEEDS)
    seed = number_of_key(key)
    instance = inputs.instance(policy, seed)
    result = solve(instance, policy, seed=int(seed))
    certificate = verify(instance, result)
    ranks = [
        int(choice - begin + 1) if choice >= 0 else 0
        for choice, begin in zip(result.choice, instance.indptr, strict=False)
    ]
    return {
        "format": FORMAT,
        "snapshot": public,
        "snapshot_hash": inputs.hash,
        "seeds": SEEDS,
        "key": key,
        "lottery": [str(number) for number in inputs.numbers(seed)],
        "result": result_form(
            inputs,
            ranks,
            proof_of(instance, result),
            {"optimal": certificate.optimal, "proof": certificate.proof},
        ),
    }


def written(body: dict) -> bytes:
    return enveloped(canonical(body)).encode()


QUOTAS = [
    {"group": "Q001", "offers": ["A", "B"], "weights": [1, 1], "lower": None, "upper": 4},
    {"group": "Q002", "offers": ["C", "D"], "weights": [1, -1], "lower": -1, "upper": 1},
]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_file_is_accepted_under_every_policy(policy):
    report = check_file(written(body_of(policy)))
    assert "The lottery follows from the seeds: 2 of 3 committed." in report.said


def test_a_file_with_quotas_a_balance_and_minimums_is_accepted():
    body = body_of(quotas=QUOTAS, min_seats={"E": 3, "F": 2}, may_close={"F": True})
    assert check_file(written(body)).said


def test_any_changed_byte_is_refused():
    data = written(body_of())
    draw = random.Random(7)
    for _ in range(100 * MORE):
        at = draw.randrange(len(data))
        byte = draw.choice([value for value in range(256) if value != data[at]])
        changed = data[:at] + bytes([byte]) + data[at + 1 :]
        with pytest.raises(Refused, match="A byte was changed"):
            check_file(changed)


def leaves(value, path=()):
    """Where in a body single values stand."""
    if isinstance(value, dict):
        return [one for key in sorted(value) for one in leaves(value[key], (*path, key))]
    if isinstance(value, list) and value:
        return [one for at, part in enumerate(value) for one in leaves(part, (*path, at))]
    return [path]


def other(value, draw: random.Random):
    """Another value of the same kind."""
    if value is None:
        return "0" * 64
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + draw.choice([-1, 1])
    if isinstance(value, float):
        return value + 0.5
    if isinstance(value, list):
        return [1]
    if value.lstrip("-").isdecimal() and len(value) < 40:
        return str(int(value) + draw.choice([-1, 1]))
    at = draw.randrange(len(value)) if value else 0
    return (
        value[:at]
        + draw.choice([c for c in "0123456789ab" if value[at : at + 1] != c])
        + value[at + 1 :]
    )


@pytest.mark.parametrize("policy", ["linear_assignment", "deferred_acceptance", "rank_maximal"])
def test_a_forged_field_with_all_digests_made_anew_is_refused(policy):
    original = canonical(body_of(policy))
    draw = random.Random(f"forgeries of {policy}")
    ways = leaves(json.loads(original))
    reasons = set()
    for _ in range(100 * MORE):
        body = json.loads(original)
        *way, last = draw.choice(ways)
        holder = body
        for key in way:
            holder = holder[key]
        holder[last] = other(holder[last], draw)
        if way[:1] == ["snapshot"]:
            body["snapshot_hash"] = digest_of(canonical(body["snapshot"]))
        with pytest.raises((Refused, Unreadable)) as refused:
            check_file(written(body))
        reasons.add(str(refused.value).split(":")[0])
    assert "Lottery" in reasons


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("ranks", "Not feasible|does not hold|not follow"),
        ("prices", "proof does not hold"),
        ("placed", "“placed” is not"),
        ("objective", "“objective” is not"),
    ],
)
def test_a_forged_result_is_refused_by_its_own_reason(place, reason):
    body = body_of()
    value = body["result"][place]
    if place == "ranks":
        value[0] = 0 if value[0] else 1
    elif place == "prices":
        value[:] = [str(int(price) + 100) for price in value]
    else:
        body["result"][place] = str(int(value) + 1) if isinstance(value, str) else value + 1
    with pytest.raises(Refused, match=reason):
        check_file(written(body))


def test_a_worse_result_with_its_own_figures_is_refused_by_the_prices():
    body = body_of()
    inputs = Inputs(canonical(body["snapshot"]))
    ranks = body["result"]["ranks"]
    placed = next(at for at, rank in enumerate(ranks) if rank)
    ranks[placed] = 0
    proof = {"scale": 100, "values": None, "tie": None, "quota": None}
    forged = result_form(inputs, ranks, {**proof, **_claims(body)}, body["result"])
    for name in ("prices", "tie_prices", "quota_prices"):
        forged[name] = body["result"][name]
    body["result"] = forged
    with pytest.raises(Refused, match="The proof does not hold"):
        check_file(written(body))


def _claims(body: dict) -> dict:
    return {name: body["result"][name] for name in ("gap", "claim", "solver")}


def test_a_consistent_other_round_is_told_by_the_digest_alone():
    data = written(body_of(weight=2))
    published_digest = digest_in(written(body_of()).decode())
    check_file(data)
    with pytest.raises(Refused, match="not the one that you gave"):
        check_file(data, published_digest)
    check_file(data, digest_in(data.decode()))


def test_a_field_that_nobody_checks_is_refused():
    body = body_of()
    body["note"] = "trust me"
    with pytest.raises(Refused, match="strange: note"):
        check_file(written(body))


def test_what_is_no_file_of_a_round_is_unreadable():
    for data in (b"", b"{}", b"\xff\xfe", b'{"placed": 3}\n'):
        with pytest.raises(Unreadable):
            check_file(data)


def run_command(*arguments):
    """The command as people start it, where no database can be."""
    return subprocess.run(
        [sys.executable, "-m", "mobility.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={"PATH": "", "MOBILITY_DATABASE_URL": "sqlite:////nowhere/at/all.db"},
        cwd=Path(__file__).parents[2],
        timeout=120,
        check=False,
    )


def test_the_command_says_accepted_refused_or_unreadable(tmp_path):
    file = tmp_path / "round.json"
    data = written(body_of())
    file.write_bytes(data)
    accepted = run_command("verify-round", file)
    assert (accepted.returncode, accepted.stderr) == (0, "")
    assert "ACCEPTED: the file holds together" in accepted.stdout
    known = run_command("verify-round", file, "--digest", digest_in(data.decode()))
    assert "ACCEPTED. It is the file whose digest you gave." in known.stdout
    other_round = run_command("verify-round", file, "--digest", "0" * 64)
    assert (other_round.returncode, "REFUSED" in other_round.stderr) == (1, True)
    file.write_bytes(data.replace(b'"ranks"', b'"rank_"', 1))
    assert run_command("verify-round", file).returncode == 1
    assert run_command("verify-round", tmp_path / "absent.json").returncode == 2


def test_a_published_round_is_exported_and_accepted(app, tmp_path):
    at = scene()
    export = next(one for one in _room_commands() if one.name == "export-round")
    runner = app.test_cli_runner()
    file = tmp_path / "round.json"
    assert runner.invoke(export, ["1", "--out", str(file)]).exit_code == 1
    run = published(at)
    done = runner.invoke(export, [str(run.round_id), "--out", str(file)])
    assert (done.exit_code, run.round.file_digest in done.output) == (0, True)
    report = check_file(file.read_bytes(), run.round.file_digest)
    assert "The result is optimal: its prices prove it, without a gap." in report.said


def test_the_file_is_for_those_who_took_part_and_both_partners(app, visitor):
    at = scene()
    run = published(at)
    address = f"/rounds/{run.round_id}/file"
    for person in (at.ayan.applicant, at.dana.applicant, at.sender, at.receiver, at.admin):
        answer = visitor(person).get(address)
        assert (answer.status_code, digest_in(answer.text)) == (200, run.round.file_digest)
        assert "Download the file" in visitor(person).read(f"/rounds/{run.round_id}")
    assert visitor(None).get(address).status_code == 303
    assert run.round.file_digest in visitor(None).read(f"/rounds/{run.round_id}")


@pytest.mark.parametrize("script", ["docs/check_round.py"])
def test_somebody_elses_code_recomputes_lottery_and_objective(script, tmp_path):
    file = tmp_path / "round.json"
    body = body_of()
    file.write_bytes(written(body))
    source = (Path(__file__).parents[2] / script).read_text()
    assert len(source.splitlines()) <= 60
    told = subprocess.run(
        [sys.executable, "-I", script, file],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
        timeout=60,
    ).stdout
    assert f"objective: {body['result']['objective']}" in told
    assert f"lottery: {len(body['lottery'])} numbers follow" in told
    body["lottery"][3] = str(int(body["lottery"][3]) + 1)
    file.write_bytes(written(body))
    again = subprocess.run(
        [sys.executable, "-I", script, file],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
        timeout=60,
    )
    assert (again.returncode, "lottery" in again.stderr) == (1, True)
