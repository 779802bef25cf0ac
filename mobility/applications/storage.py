"""Where uploaded files lie: outside the web root, under random names, read by this service only."""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from flask import current_app

_NAME = re.compile(r"[0-9a-f]{32}")


def folder() -> Path:
    """MOBILITY_DOCUMENTS, or `documents` in the instance folder."""
    set_to = current_app.config["DOCUMENTS"]
    return Path(set_to).resolve() if set_to else Path(current_app.instance_path, "documents")


def path_of(name: str) -> Path:
    """Where the file of this random name lies. Raises ValueError for what is no such name."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a stored file: {name!r}")
    return folder() / name[:2] / name


def store(data: bytes) -> str:
    """Write a file and see it onto the disk; the name it got. Raises OSError and leaves nothing."""
    name = secrets.token_hex(16)
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(path, "xb", opener=lambda at, flags: os.open(at, flags, 0o600)) as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        _keep_entry(path.parent)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return name


def _keep_entry(of: Path) -> None:
    """See the name onto the disk too: a row is about to go by it."""
    opened = os.open(of, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def discard(name: str) -> None:
    """Remove a file that no row names."""
    path_of(name).unlink(missing_ok=True)


def names() -> Iterator[str]:
    """The names of everything that is stored."""
    if folder().is_dir():
        yield from (path.name for path in folder().glob("??/*") if _NAME.fullmatch(path.name))
