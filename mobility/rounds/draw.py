"""The verifiable lottery: from the revealed seeds and a snapshot's hash to everybody's number.

docs/check_round.py does the same with the standard library alone.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence


def commitment_of(seed: str) -> str:
    """What is published of a 32-byte seed (hex) before it may be known: its SHA-256 (hex)."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def key_of(seeds: Iterable[str | None]) -> str:
    """The key of the draw (hex): SHA-256 of the revealed seeds, one after the other.

    `seeds` are hex, the service's own first, then those of the HEIs in order of SCHAC code; None
    is one that was not handed in or did not fit its commitment, and is left out.
    """
    revealed = b"".join(bytes.fromhex(seed) for seed in seeds if seed is not None)
    return hashlib.sha256(revealed).hexdigest()


def number_of_key(key: str) -> str:
    """The key as a round and its runs keep it: a whole number in decimal digits."""
    return str(int(key, 16))


def key_from(number: str) -> str:
    """The key (hex) that `number_of_key` wrote."""
    return int(number).to_bytes(32, "big").hex()


def lottery_number(key: str, snapshot_hash: str, pseudonym: str) -> int:
    """The first 8 bytes of HMAC-SHA256(key, snapshot hash and pseudonym) as a number."""
    message = f"{snapshot_hash}:{pseudonym}".encode()
    return int.from_bytes(hmac.digest(bytes.fromhex(key), message, "sha256")[:8], "big")


def places_of(numbers: Sequence[int]) -> list[int]:
    """The place of each number in rising order, from 1: what the engine breaks ties by.

    Of two equal numbers, one in 2**64, the earlier pseudonym comes first. Which end is the lucky
    one depends on the policy: decision 006.
    """
    places = [0] * len(numbers)
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    for place, who in enumerate(order, start=1):
        places[who] = place
    return places
