"""The text of a snapshot: its two parts, its hashes and its codes."""

import hashlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FORMAT = "sapar-round/2"
PARTNERS = "sapar-partners/1"
BY_MERIT = frozenset({"deferred_acceptance", "serial_dictatorship"})


@cache
def engine_version() -> str:
    """The solver by its name and the first digits of the SHA-256 of its source, file by file."""
    spec = find_spec("matching")  # found, not imported: numpy stays away from the web
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return f"matching {digest.hexdigest()[:12]}"


def canonical(form: Any) -> str:
    """JSON with sorted keys, without blanks, in UTF-8: equal content gives equal bytes."""
    return json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(text: str) -> str:
    """SHA-256 (hex) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def joined(private: str, public: str) -> str:
    """A snapshot of its two parts, each canonical."""
    return f'{{"private":{private},"public":{public}}}'


def parts_of(snapshot: str) -> tuple[str, str]:
    """The partners' part and the public one, as they were written; "" for one that is not there.

    The first is the partners' file; its SHA-256 is `partner_file` of the public part. No text in it
    can look like what stands between the two: its quotes are escaped.
    """
    if not snapshot.startswith('{"private":'):
        return "", snapshot
    private, _between, public = snapshot.removeprefix('{"private":').partition(',"public":')
    return private, public.removesuffix("}")


def hash_of(snapshot: str) -> str:
    """The hash of a snapshot: SHA-256 (hex) of its public part. ValueError for a broken binding."""
    private, public = parts_of(snapshot)
    if digest_of(private) != json.loads(public)["partner_file"]:
        raise ValueError("the partners' file is not the one that was frozen")
    return digest_of(public)


def code_of(position: int) -> str:
    """The code of an offer in its round."""
    return f"P{position + 1:04d}"


def group_of(position: int) -> str:
    """The code of a quota in its round."""
    return f"Q{position + 1:03d}"
