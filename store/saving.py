"""Writing an item: its row, parts, next event, counters and outbox line, in the caller's transaction.

Every change of an item goes through ``add`` or ``save``: so history, state, counters and notices cannot part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.events import START, Event, canonical, event, words_digest
from dispatch.item import Item
from dispatch.rulebook import Rules
from dispatch.scope import readers_of
from store.queries import queries
from store.rows import dumped, item_row, part_rows, phone_digest


@dataclass(frozen=True, slots=True)
class Pen:
    """What writing needs beside the item: the rules in force (zone, hash) and the secret for phone digests."""

    rules: Rules
    secret: bytes


def add(cur: cursor, pen: Pen, item: Item, maker: Account, keys: list[dict[str, Any]]) -> Item:
    """Store a new item with its first event. Raises UniqueViolation where one of ``keys`` is taken."""
    citizen = canonical([item.description, item.address, item.reporter.name, item.reporter.phone])
    facts = {**outcome(item), "reported": words_digest(item.words_salt, citizen)}
    first = event(
        number=item.number, seq=1, prev_hash=START, at=item.created_at, actor=maker, action="received",
        rules=pen.rules.hash, facts=facts,
    )  # fmt: skip
    item = replace(item, chain_seq=1, chain_hash=first.hash)
    reporter = {"name": item.reporter.name, "phone": item.reporter.phone}
    digest = phone_digest(item.reporter.phone, pen.secret)
    cur.execute(
        queries.item_insert,
        _written(item, first)
        | {
            "reporters": dumped([reporter | {"phone_digest": digest}] if item.reporter else []),
            "keys": dumped(keys),
            "deltas": dumped([_delta(item, pen, 1)]),
            "outbox": dumped(notice(item, first.seq, None)),
        },
    )
    return item


def save(
    cur: cursor,
    pen: Pen,
    before: Item,
    after: Item,
    actor: Account,
    action: str,
    facts: Mapping[str, Any],
    words: str | None = None,
    salt: str | None = None,
) -> Item:
    """Store what an action made of a locked item; returns it with its new version and head of chain."""
    after = replace(after, updated_at=max(after.updated_at, before.updated_at))  # an item's time never runs back
    line = event(
        number=after.number, seq=before.chain_seq + 1, prev_hash=before.chain_hash, at=after.updated_at, actor=actor,
        action=action, rules=pen.rules.hash, facts={**_differences(before, after), **facts}, words=words, salt=salt,
    )  # fmt: skip
    after = replace(after, version=before.version + 1, chain_seq=line.seq, chain_hash=line.hash)
    if {h.unit for h in before.handlers} - {h.unit for h in after.handlers} or _main(before) != _main(after):
        cur.execute(queries.handlers_clear, {"id": after.id})
    if {c.stage for c in before.clocks} - {c.stage for c in after.clocks}:
        cur.execute(queries.deadlines_clear, {"id": after.id})
    moved = _place_of(before, pen) != _place_of(after, pen)
    deltas = [_delta(before, pen, -1), _delta(after, pen, 1)] if moved else []
    cur.execute(
        queries.item_update,
        _written(after, line)
        | {
            "words": line.words,
            "salt": line.salt,
            "deltas": dumped(deltas),
            "outbox": dumped(notice(after, line.seq, before)),
        },
    )
    return after


def _main(item: Item) -> str | None:
    return item.main.unit if item.main else None


def _written(item: Item, line: Event) -> dict[str, Any]:
    parts = {name: dumped(rows) for name, rows in part_rows(item).items()}
    return parts | {
        "id": item.id,
        "item": dumped(item_row(item)),
        "seq": line.seq,
        "body": line.body,
        "prev_hash": line.prev_hash,
        "hash": line.hash,
    }


def _place_of(item: Item, pen: Pen) -> dict[str, Any]:
    """The counter an item stands in. The day is that of its creation, in the city's zone; '' stands for none."""
    return {
        "day": item.created_at.astimezone(pen.rules.zone).date().isoformat(),
        "township": item.resolution.township or "",
        "grid": item.resolution.grid or "",
        "category": item.category,
        "channel": item.channel,
        "status": item.status,
    }


def _delta(item: Item, pen: Pen, n: int) -> dict[str, Any]:
    return _place_of(item, pen) | {"n": n}


def outcome(item: Item) -> dict[str, Any]:
    """What an event says of an item's standing; nothing personal."""
    where = item.resolution
    return {
        "status": item.status,
        "kind": item.kind,
        "channel": item.channel,
        "category": item.category,
        "urgency": item.urgency,
        "edition": item.edition,
        "township": where.township,
        "grid": where.grid,
        "border_m": where.border_m,
        "doubtful": where.doubtful,
        "reason": where.reason,
        "lead": item.lead.code,
        "handlers": [f"{h.unit}/{h.role}/{h.state}" for h in item.handlers],
        "tasks": [f"{t.n}/{t.kind}/{t.grid}/{t.state}" for t in item.tasks],
        "clocks": {c.stage: f"{c.due_at.isoformat()}/{c.state}" for c in item.clocks},
        "received_at": item.received_at.isoformat(),
        "dispatched_at": _iso(item.dispatched_at),
        "sender_due_at": _iso(item.sender_due_at),
        "extended_until": _iso(item.extended_until),
        "restarted_at": _iso(item.restarted_at),
        "reassigned_at": _iso(item.reassigned_at),
        "waits": [[w.start.isoformat(), w.end.isoformat(), w.kind] for w in item.waits],
        "hold": item.hold and [item.hold.kind, item.hold.since.isoformat(), item.hold.until.isoformat()],
        "rework": item.rework,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _differences(before: Item, after: Item) -> dict[str, Any]:
    """``outcome`` of what changed, each as [before, after]; the status always stands there."""
    old, new = outcome(before), outcome(after)
    changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    return {"status": new["status"], "changed": changed}


def notice(item: Item, seq: int, before: Item | None) -> dict[str, Any]:
    """The outbox line: what the live stream shows, and under which keys it was and is to be read.

    Workers' and makers' keys stand in it for scoping and are never sent on.
    """
    return {
        "number": item.number,
        "seq": seq,
        "status": item.status,
        "township": item.resolution.township,
        "grid": item.resolution.grid,
        "lon": item.spot.lon if item.spot else None,
        "lat": item.spot.lat if item.spot else None,
        "category": item.category,
        "updated_at": item.updated_at.isoformat(),
        "readers": list(readers_of(item)),
        "were": list(readers_of(before)) if before else [],
    }
