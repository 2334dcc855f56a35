"""The live stream: Server-Sent Events, each under its position, in the reader's scope.

A reader that comes back with Last-Event-ID misses nothing: it joins first, then reads what it missed, then goes on with
what came meanwhile (each position once).
"""

import json
import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request

from dispatch.account import Account
from dispatch.scope import can_read, keys_of
from dispatch.telling import recipients_of
from gis.errors import Refusal
from web.auth import signed_in
from web.services import Stream, services

blueprint = Blueprint("live", __name__, url_prefix="/api/v1")

KEEP_ALIVE_S = 10.0
"""A ``tick`` is sent that often, whatever else is told; a page that hears nothing for 25 s begins anew."""
LONGEST_S = 900.0
"""A stream says ``bye`` and ends then. The browser comes back with its position: who it is and what it may see is asked
anew."""
SHOWN = ("number", "status", "township", "grid", "lon", "lat", "category", "updated_at")
SHOWN_OF_SUMMONS = (
    *("id", "number", "state", "township", "lon", "lat", "meet_at", "called", "acknowledged", "come", "updated_at"),
)
SHOWN_OF_NOTICE = ("id", "kind", "number", "facts", "at")
Keys = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads a stream: the keys under which items are seen, and those under which notices are told."""

    keys: Keys
    recipients: tuple[str, ...]


def _readers(account: Account) -> Readers:
    return Readers(keys_of(account), recipients_of(account))


class TooManyStreams(Refusal):
    """This server has as many live readers as it takes; intake goes before them."""

    code = "unavailable"


@blueprint.get("/live")
@signed_in()
def live() -> Response:
    """Follow changes from now on, or from ``Last-Event-ID`` (header, or ``last_event_id`` in the query)."""
    stream = services().stream
    if stream.readers >= services().most_streams:
        raise TooManyStreams("This server has no room for another live map just now. Try again soon.", retry_after=5)
    last = _last_seen()
    reader = stream.join_readers()
    try:  # before the answer begins, so that a database that is away is a 503
        now = stream.position()
        whole = last is None or stream.since(last)[1]
    except BaseException:
        stream.leave(reader)
        raise
    body = _events(stream, reader, _readers(g.account), now if last is None or not whole else last, whole)
    reply = Response(
        body, content_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    reply.call_on_close(lambda: stream.leave(reader))
    return reply


def _last_seen() -> int | None:
    """The position the reader has already, None for a new reader, -1 for what is no position."""
    given = request.headers.get("Last-Event-ID") or request.args.get("last_event_id") or ""
    if not given:
        return None
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else -1


def _events(stream: Stream, reader: Any, readers: Readers, position: int, whole: bool) -> Iterator[str]:
    """The stream after ``position``, up to a ``bye``; not ``whole``: the reader is told to read everything again."""
    yield "retry: 2000\n\n"
    if not whole:
        yield _event("reset", {"position": position}, position)
    for entry in _missed(stream, position):
        position = entry[0]
        yield from _entry(entry, readers)
    yield f"id: {position}\nevent: hello\ndata: {{}}\n\n"
    start = time.monotonic()
    end, tick = start + LONGEST_S, start + KEEP_ALIVE_S
    while (now := time.monotonic()) < end:
        if now >= tick:  # an event, not a comment: the page must see that the stream lives
            yield _event("tick", {}, None)
            tick = now + KEEP_ALIVE_S
        try:
            entry = reader.queue.get(timeout=min(tick, end) - now)
        except queue.Empty:
            continue
        if entry is None:  # too slow for the queue: what it dropped still stands in the database
            stream.catch_up(reader)
            for entry in _missed(stream, position):
                position = entry[0]
                yield from _entry(entry, readers)
        elif entry[0] > position:
            position = entry[0]
            yield from _entry(entry, readers)
    yield _event("bye", {}, None)


def _missed(stream: Stream, position: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """All entries after ``position`` that are there by now; a ``reset`` where they are no longer known."""
    while True:
        entries, whole = stream.since(position)
        if not whole:
            position = stream.position()
            yield position, "reset", {"position": position}
        elif not entries:
            return
        else:
            yield from entries
            position = entries[-1][0]


def _entry(entry: tuple[int, str, dict[str, Any]], readers: Readers) -> Iterator[str]:
    position, topic, body = entry
    keys = readers.keys
    if topic == "summons":
        yield from _summons(body, keys, position)
    elif topic == "notice":
        yield from _notice(body, readers, position)
    elif topic != "item":
        yield _event(topic, body, position)
    elif can_read(keys, body["readers"]):
        yield _event("item", {name: body[name] for name in SHOWN}, position)
    elif can_read(keys, body["were"]):
        yield _event("item", {"number": body["number"], "gone": True}, position)
    else:
        yield f"id: {position}\n\n"


def _summons(body: dict[str, Any], keys: Keys, position: int) -> Iterator[str]:
    if can_read(keys, body["readers"]):
        yield _event("summons", {name: body[name] for name in SHOWN_OF_SUMMONS}, position)
    else:
        yield f"id: {position}\n\n"


def _notice(body: dict[str, Any], readers: Readers, position: int) -> Iterator[str]:
    if body["recipient"] in readers.recipients:
        yield _event("notice", {name: body[name] for name in SHOWN_OF_NOTICE}, position)
    else:
        yield f"id: {position}\n\n"


def _event(topic: str, data: dict[str, Any], position: int | None) -> str:
    head = f"id: {position}\n" if position is not None else ""
    return f"{head}event: {topic}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
