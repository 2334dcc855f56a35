"""The live stream: Server-Sent Events, each under its position, in the reader's scope.

A reader that comes back with Last-Event-ID misses nothing: it joins first, then reads what it missed, then goes on with
what came meanwhile (each position once).
"""

import json
import queue
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, g, request

from dispatch.scope import can_read, keys_of
from gis.errors import Refusal
from web.auth import signed_in
from web.services import Stream, services

blueprint = Blueprint("live", __name__, url_prefix="/api/v1")

KEEP_ALIVE_S = 10.0
SHOWN = ("number", "status", "township", "grid", "lon", "lat", "category", "updated_at")
Keys = tuple[str, ...] | None


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
    given = request.headers.get("Last-Event-ID") or request.args.get("last_event_id") or ""
    last = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    reset = bool(given) and last is None
    body = _events(stream, keys_of(g.account), last, reset)
    return Response(
        body, content_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


def _events(stream: Stream, keys: Keys, last: int | None, reset: bool) -> Iterator[str]:
    reader = stream.join_readers()
    try:
        position = stream.position()
        yield "retry: 2000\n\n"
        if last is not None:
            missed, whole = stream.since(last)
            reset = not whole
            if whole:
                for entry in missed:
                    yield from _entry(entry, keys)
                position = missed[-1][0] if missed else last
        if reset:
            yield _event("reset", {"position": position}, position)
        else:
            yield f"id: {position}\nevent: hello\ndata: {{}}\n\n"
        while True:
            try:
                entry = reader.queue.get(timeout=KEEP_ALIVE_S)
            except queue.Empty:
                yield ": still here\n\n"
                continue
            if entry is None:
                yield _event("reset", {}, None)
                return
            if entry[0] > position:
                position = entry[0]
                yield from _entry(entry, keys)
    finally:
        stream.leave(reader)


def _entry(entry: tuple[int, str, dict[str, Any]], keys: Keys) -> Iterator[str]:
    position, topic, body = entry
    if topic != "item":
        yield _event(topic, body, position)
    elif can_read(keys, body["readers"]):
        yield _event("item", {name: body[name] for name in SHOWN}, position)
    elif can_read(keys, body["were"]):
        yield _event("item", {"number": body["number"], "gone": True}, position)
    else:
        yield f"id: {position}\n\n"


def _event(topic: str, data: dict[str, Any], position: int | None) -> str:
    head = f"id: {position}\n" if position is not None else ""
    return f"{head}event: {topic}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
