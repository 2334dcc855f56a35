"""An item's history: one appended line at a time, each chained to the one before it.

A body is canonical JSON text (sorted keys, no spaces, UTF-8 as it is) and is hashed as stored:
``hash = sha256(prev_hash + body)``, hex. Names, phones and words of citizens never stand in a body; where words
belong to an event, the body holds ``sha256(salt + words)`` and the words stand in a row that can be erased.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.account import Account

START = "0" * 64
"""``prev_hash`` of an item's first event."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of history, ready to be stored."""

    seq: int
    body: str
    prev_hash: str
    hash: str
    words: str | None = None
    salt: str | None = None


def chained(prev_hash: str, body: str) -> str:
    """The hash that follows ``prev_hash`` for ``body``, hex."""
    return hashlib.sha256((prev_hash + body).encode()).hexdigest()


def words_digest(salt: str, words: str) -> str:
    """The salted digest that an event holds in place of a citizen's words, hex."""
    return hashlib.sha256((salt + words).encode()).hexdigest()


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> str:
    """Canonical JSON text: the same value always gives the same bytes. Refuses NaN."""
    return _CANONICAL.encode(value)


def event(
    *,
    number: str,
    seq: int,
    prev_hash: str,
    at: datetime,
    actor: Account,
    action: str,
    rules: str,
    facts: Mapping[str, Any],
    words: str | None = None,
    salt: str | None = None,
) -> Event:
    """The event that follows ``prev_hash`` in an item's chain.

    ``facts`` must hold nothing personal. ``words`` are digested under ``salt`` (both or neither).
    """
    body: dict[str, Any] = {
        "number": number,
        "seq": seq,
        "at": at.isoformat(),
        "actor": {"account": actor.id, "role": actor.role, "unit": actor.unit},
        "action": action,
        "rules": rules,
        **facts,
    }
    if words is not None and salt is not None:
        body["words"] = words_digest(salt, words)
    text = canonical(body)
    return Event(seq, text, prev_hash, chained(prev_hash, text), words, salt)
