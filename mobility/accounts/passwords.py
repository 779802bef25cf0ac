"""Passwords: hashed with argon2id at OWASP's setting (19 MiB, two passes, one lane)."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LETTERS = 10
MOST_LETTERS = 200  # hashing takes time by length; nobody types more

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# The hash of a password nobody knows, so that an unknown address takes as long as a known one.
_NOBODYS = _hasher.hash(secrets.token_urlsafe(32))


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` belongs to the hash; None takes the same time and never matches."""
    try:
        return _hasher.verify(password_hash or _NOBODYS, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
