"""Passwords: what is a good enough one, how it is kept, how it is checked."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gis.errors import Refusal

SHORTEST = 10
LONGEST = 1024

_HASHER = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)
"""Argon2id, 19 MiB and three passes: one more than OWASP's minimum, and eight at once still fit a small server."""


class WeakPassword(Refusal):
    """The password is too short or too long."""

    code = "weak-password"


def hash_password(password: str) -> str:
    """The text to keep for ``password``. Raises ``WeakPassword`` under 10 or above 1,024 characters."""
    password = _normal(password)
    if len(password) < SHORTEST:
        raise WeakPassword(f"A password has at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise WeakPassword(f"A password has at most {LONGEST} characters.")
    return _HASHER.hash(password)


def renew(password: str) -> str:
    """The text to keep for a password just found right, which may be older than the rule about its length."""
    return _HASHER.hash(_normal(password))


def verify(kept: str | None, password: str) -> bool:
    """Whether ``password`` is the one that ``kept`` was made of.

    With ``kept`` None (no such account, or none that signs in by password) it is False after the same work, so that
    the time taken does not tell which names exist.
    """
    password = _normal(password)[: LONGEST + 1]
    try:
        _HASHER.verify(kept or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether ``kept`` was made with other parameters than are used now."""
    return _HASHER.check_needs_rehash(kept)


def _normal(password: str) -> str:
    """Full-width letters, which a Chinese keyboard writes at a slip, count as their plain ones."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody's password")
