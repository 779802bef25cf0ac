"""Recompute the lottery and the objective of a published round: python check_round.py FILE

Nothing but Python's standard library, and nothing of Sapar: read it, then trust it.
"""

import hashlib
import hmac
import json
import sys


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(form) -> bytes:
    return json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def must(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"REFUSED: {what}")


with open(sys.argv[1], "rb") as file:
    form = json.load(file)
body, snapshot, result = form["body"], form["body"]["snapshot"], form["body"]["result"]
must(form["digest"] == sha256(canonical(body)), "the digest does not fit the body")
print(f"digest: {form['digest']}  (compare it with the page of the round)")

frozen = sha256(canonical(snapshot))
must(frozen == body["snapshot_hash"], "the snapshot has another hash")
for seed, commitment in zip(body["seeds"], snapshot["commitments"], strict=True):
    must(seed is None or sha256(bytes.fromhex(seed)) == commitment, "a seed was not committed to")
key = sha256(b"".join(bytes.fromhex(seed) for seed in body["seeds"] if seed))
people = snapshot["applicants"]
numbers = [
    int.from_bytes(
        hmac.digest(bytes.fromhex(key), f"{frozen}:{one['pseudonym']}".encode(), "sha256")[:8],
        "big",
    )
    for one in people
]
must(body["lottery"] == [str(number) for number in numbers], "the lottery does not follow")
print(f"lottery: {len(numbers)} numbers follow from the seeds")

seats = {offer["code"]: offer["seats"] for offer in snapshot["offers"]}
unplaced = (snapshot["rules"]["max_choices"] + 1) ** 2
objective = 0
for one, given in zip(people, result["ranks"], strict=True):
    for rank in given if isinstance(given, list) else [given] if given else []:
        seats[one["choices"][rank - 1]] -= sum(one.get("takes", [1]))
        objective += one.get("factor", 0) * (rank * rank - unplaced)
must(min(seats.values()) >= 0, "an offer has more people than seats")
if result["objective"] is not None:
    must(str(objective) == result["objective"], "the objective is not what the places cost")
    print(f"objective: {objective}  (hundredths; the least possible, if the file is accepted)")
