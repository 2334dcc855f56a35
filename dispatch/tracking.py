"""What a citizen sees of an item with its number and code: stages in plain words, and nothing internal. Pure.

No name of a worker or of who reported, no words that units write to each other: of all words in the history only the
answer's are shown.
"""

import hashlib
import hmac
import json
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.item import Item
from dispatch.photo import Photo
from dispatch.rating import current, in_time
from dispatch.world import World

PAIR = ("before", "after")
"""The stages of photographs that a citizen may be shown."""

ANSWERS = frozenset({"answer", "reply"})
SAID = {"urge": "urged", "supplement": "supplemented", "appeal": "appealed"}
AGAIN = frozenset({"answered", "closed"})


@dataclass(frozen=True, slots=True)
class Line:
    """One event as tracking needs it. ``by_citizen``: said with number and code."""

    action: str
    at: datetime
    by_citizen: bool
    status: str
    before: str | None
    data: Mapping[str, Any]
    words: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, as the citizen is told: ``received``, ``dispatched``, ``accepted``, ``settled``,
    ``verified``, ``answered``, ``reopened``, ``suspended``, ``resumed``, ``closed``, ``unrated``, ``declined``,
    ``transferred``, ``merged``, ``rated``, ``urged``, ``supplemented``, ``appealed``."""

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class May:
    """What the citizen may do just now."""

    rate: bool
    urge: bool
    supplement: bool
    appeal: bool


@dataclass(frozen=True, slots=True)
class Tracked:
    """An item with its history, ready to be shown to its citizen. ``ground`` is that of a decline, ``to`` is where the
    item was transferred, ``progress`` the status of the item whose work is that of a merged one."""

    item: Item
    steps: tuple[Step, ...]
    answer: str | None
    answered_at: datetime | None
    ground: str | None
    to: str | None
    may: May
    progress: str | None = None

    @property
    def photos(self) -> tuple[Photo, ...]:
        return released(self.item)


def track_code(number: str, secret: bytes) -> str:
    """The code with which a citizen follows the item: the same for every asking, told to none but its maker and by
    text to who reported."""
    digest = hmac.digest(secret, b"track:" + number.encode(), hashlib.sha256)
    return b32encode(digest)[:8].decode()


def is_code(number: str, given: str, secret: bytes) -> bool:
    """Whether ``given`` is the item's code, whatever its case and spaces. It takes the same time for every number and
    code, whether or not there is such an item: nothing is looked up before."""
    plain = "".join(given.split()).upper()[:64]
    return hmac.compare_digest(plain.encode(), track_code(number, secret).encode())


def lines_of(events: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The rows of an item's history, oldest first, as tracking needs them."""
    return tuple(_line(json.loads(row["body"]), row["words"]) for row in events)


def _line(body: dict[str, Any], words: str | None) -> Line:
    moved = body.get("changed", {}).get("status")
    at = datetime.fromisoformat(body["at"])
    by_citizen = body["actor"]["role"] == "citizen"
    return Line(body["action"], at, by_citizen, body["status"], moved[0] if moved else None, body, words)


def tracked(item: Item, lines: Sequence[Line], world: World) -> Tracked:
    """What the citizen of ``item`` is shown at ``world.now``."""
    told = next((line for line in reversed(lines) if line.action in ANSWERS), None)
    stands = told if told and not item.is_open else None
    ground = next((line.data.get("ground") for line in reversed(lines) if line.action == "decline"), None)
    to = next((line.data.get("to") for line in reversed(lines) if line.action == "transfer"), None)
    return Tracked(
        item,
        tuple(steps(item, lines)),
        stands.words if stands else None,
        stands.at if stands else None,
        ground if item.status == "declined" else None,
        to if item.status == "transferred" else None,
        may(item, lines, world),
    )


def steps(item: Item, lines: Sequence[Line]) -> Iterable[Step]:
    """What was done, oldest first: each change of status, and what the citizen said."""
    yield Step("received", item.received_at)
    if lines and lines[0].status == "dispatched":
        yield Step("dispatched", lines[0].at)
    for line in lines[1:]:
        if line.action in ("rate", "follow_up"):
            yield Step("rated", line.at)
        elif line.by_citizen and line.action in SAID:
            yield Step(SAID[line.action], line.at)
        if line.before is not None and (name := _reached(line)) is not None:
            yield Step(name, line.at)


def _reached(line: Line) -> str | None:
    """What a change of status is called; None for one that is the units' own affair (work sent back)."""
    if line.status == "accepted":
        if line.before in AGAIN:
            return "reopened"
        return {"dispatched": "accepted", "received": "accepted", "suspended": "resumed"}.get(line.before or "")
    if line.status == "closed" and line.data.get("rated") is False:
        return "unrated"
    return line.status


def may(item: Item, lines: Sequence[Line], world: World) -> May:
    """What the workflow and the rules let the citizen do. Urging is offered as long as one more counts today."""
    rules = world.rules.thresholds.citizen
    rate = item.status in AGAIN and current(item) is None and in_time(item, rules.rate_within, world)
    urge = item.is_open and said_today(lines, "urge", world) < rules.urges_a_day
    add = item.is_open and said_today(lines, "supplement", world) < rules.supplements_a_day
    appeal = (
        item.status == "closed"
        and item.contested_at is None
        and not appealed(item, lines)
        and in_time(item, rules.appeal_within, world)
    )
    return May(rate, urge, add, appeal)


def said_today(lines: Iterable[Line], action: str, world: World) -> int:
    """How often the citizen said that on this day of the city."""
    zone = world.rules.zone
    today = world.now.astimezone(zone).date()
    return sum(
        1 for one in lines if one.by_citizen and one.action == action and one.at.astimezone(zone).date() == today
    )


def appealed(item: Item, lines: Iterable[Line]) -> bool:
    """Whether the citizen appealed since the item was last opened again: once for each answer."""
    since = item.restarted_at
    return any(line.action == "appeal" and (since is None or line.at >= since) for line in lines)


def released(item: Item) -> tuple[Photo, ...]:
    """The photographs that the citizen may see: of the pair, and released by a dispatcher."""
    return tuple(photo for photo in item.photos if photo.stage in PAIR and photo.released_at is not None)
