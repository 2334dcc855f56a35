"""Which texts (short messages) a change of an item calls for, and what becomes of one when its turn comes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.citizen_rules import TextRules
from dispatch.item import Item
from dispatch.rating import current
from dispatch.scope import has_secret_reporter

FRESH = timedelta(days=1)
"""What came in longer ago than that and is entered only now is not told as received."""
OF_ANSWER = frozenset({"answered", "rate"})
"""Texts that ask for a rating of one answer."""
FEWEST_DIGITS = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
MOST_TRIES = 12
"""A text that failed so often is given up: that is within two days."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text to come: its kind, and the instant before which it does not leave."""

    kind: str
    due_at: datetime


def texts_of(before: Item | None, after: Item, rules: TextRules) -> tuple[Text, ...]:
    """The texts that the change from ``before`` (None for a new item) to ``after`` calls for."""
    if not may_text(after, rules) or digits(after.reporter.phone) < FEWEST_DIGITS:
        return ()
    return tuple(text for text in _called_for(before, after) if text.kind in rules.words)


def _called_for(before: Item | None, after: Item) -> Iterator[Text]:
    now = after.updated_at
    if before is None:
        if after.created_at - after.received_at <= FRESH:
            yield Text("received", now)
        return
    if after.status == before.status:
        return
    if after.status == "accepted" and before.status in ("received", "dispatched"):
        yield Text("accepted", now)
    if after.status == "answered":
        yield Text("answered", now)
        if after.close_at is not None:
            yield Text("rate", now + (after.close_at - now) / 2)


def may_text(item: Item, rules: TextRules) -> bool:
    """Whether who reported the item may be texted at all: not for demonstration, nor who stays unnamed, nor, unless the
    rule says so, who reported in secret."""
    if item.demonstration or item.anonymous:
        return False
    return rules.secret or not has_secret_reporter(item)


def digits(phone: str) -> int:
    """How many digits a phone number has."""
    return sum(ch.isdecimal() for ch in phone)


def dropped(
    kind: str, item: Item, phone: str, today: int, rules: TextRules, made_at: datetime | None = None
) -> str | None:
    """Why a text whose turn has come does not leave; None where it does.

    ``no-phone`` (the reporter was erased meanwhile), ``not-allowed``, ``off`` (the rules have no words for it now),
    ``past`` (it speaks of an answer, ``made_at``, that stands no more or is rated), ``limit`` (that phone got ``today``
    texts on this day already).
    """
    if digits(phone) < FEWEST_DIGITS:
        return "no-phone"
    if not may_text(item, rules):
        return "not-allowed"
    if kind not in rules.words:
        return "off"
    if kind in OF_ANSWER and _is_past(kind, item, made_at):
        return "past"
    return "limit" if today >= rules.a_day else None


def _is_past(kind: str, item: Item, made_at: datetime | None) -> bool:
    """Whether the answer that a text speaks of is rated, was taken back, or, for the reminder, is closed."""
    again = made_at is not None and item.restarted_at is not None and made_at <= item.restarted_at
    over = item.is_open or (kind == "rate" and item.status != "answered")
    return again or over or current(item) is not None


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many failures: each time twice as long."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 20)), LONGEST_WAIT)
