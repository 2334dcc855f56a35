"""Writing an item: its row, parts, next event, counters and outbox line, in the caller's transaction.

Every change of an item goes through ``add`` or ``save``: so history, state, counters and notices cannot part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.events import START, Event, canonical, event, words_digest
from dispatch.item import Item, in_order
from dispatch.notice import Notice
from dispatch.notices import notices_of
from dispatch.responsible import named, responsible
from dispatch.rulebook import Rules
from dispatch.scope import readers_of
from dispatch.texts import texts_of
from dispatch.units import Unit
from store import prepared
from store.queries import queries
from store.rows import changed_row, dumped, item_row, part_rows, phone_digest

TOGETHER = 50
"""Changes on one way to the database."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What writing needs beside the item: the rules in force (zone, hash), the secret for phone digests, and the units
    of the moment. ``units`` is asked within transactions: what it gives must have been read before."""

    rules: Rules
    secret: bytes
    units: Callable[[], Mapping[str, Unit]]


def add(
    cur: cursor, pen: Pen, item: Item, maker: Account, keys: list[dict[str, Any]], *,
    write: Callable[..., None] = prepared.run,
) -> Item:  # fmt: skip
    """Store a new item with its first event; ``write(cur, statement, values)`` does it. Raises UniqueViolation where
    one of ``keys`` is taken."""
    item = item.but(handlers=in_order(item.handlers))
    citizen = canonical([item.description, item.address, item.reporter.name, item.reporter.phone])
    facts = {**outcome(item), **_answers(item, pen), "reported": words_digest(item.words_salt, citizen)}
    first = event(
        number=item.number, seq=1, prev_hash=START, at=item.created_at, actor=maker, action="received",
        rules=pen.rules.hash, facts=facts,
    )  # fmt: skip
    item = item.but(chain_seq=1, chain_hash=first.hash)
    reporter = {"name": item.reporter.name, "phone": item.reporter.phone}
    digest = phone_digest(item.reporter.phone, pen.secret)
    write(
        cur,
        queries.item_insert,
        _written(item, first)
        | {
            "reporters": dumped([reporter | {"phone_digest": digest}] if item.reporter else []),
            "keys": dumped(keys),
            "deltas": dumped([_delta(item, pen, 1)]),
            "texts": dumped(_texts(None, item, pen)),
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
    notices: Sequence[Notice] = (),
) -> Item:
    """Store what an action made of a locked item, and tell whom it says; returns it with its new version and head of
    chain."""
    after, written = change(pen, before, after, actor, action, facts, words, salt, notices)
    prepared.run(cur, written.statements[-1], written.values, first=written.statements[:-1])
    return after


@dataclass(frozen=True, slots=True)
class Written:
    """The statements that store one change of an item, in their order, and the values of all of them."""

    statements: tuple[str, ...]
    values: Mapping[str, Any]


def save_all(cur: cursor, changes: Sequence[Written]) -> None:
    """Store changes of as many locked items, many on one way to the database."""
    for start in range(0, len(changes), TOGETHER):
        prepared.run_all(cur, [(one.statements, one.values) for one in changes[start : start + TOGETHER]])


def change(
    pen: Pen,
    before: Item,
    after: Item,
    actor: Account,
    action: str,
    facts: Mapping[str, Any],
    words: str | None = None,
    salt: str | None = None,
    notices: Sequence[Notice] = (),
) -> tuple[Item, Written]:
    """What ``save`` stores, and the item as it is after it; nothing is stored."""
    handlers = in_order(after.handlers)
    if handlers != after.handlers:
        after = after.but(handlers=handlers)
    stored, statements = before, []
    after, line = following(pen, before, after, actor, action, facts, words, salt)
    if {h.unit for h in before.handlers} - {h.unit for h in after.handlers} or _main(before) != _main(after):
        statements.append(queries.handlers_clear)
        stored = replace(stored, handlers=())
    if {c.stage for c in before.clocks} - {c.stage for c in after.clocks}:
        statements.append(queries.deadlines_clear)
        stored = replace(stored, clocks=())
    moved = _place_of(before, pen) != _place_of(after, pen)
    deltas = [_delta(before, pen, -1), _delta(after, pen, 1)] if moved else []
    values = _written(after, line, stored) | {
        "words": line.words,
        "salt": line.salt,
        "deltas": dumped(deltas),
        "texts": dumped(_texts(before, after, pen)),
        "outbox": dumped(notice(after, line.seq, before)),
    }
    statements.append(queries.item_update)
    if spoken := notices_of(before, after, actor, action, notices):
        values |= _spoken(after.number, spoken, after.updated_at)
        statements.append(queries.notices_add)
    return after, Written(tuple(statements), values)


def following(
    pen: Pen,
    before: Item,
    after: Item,
    actor: Account,
    action: str,
    facts: Mapping[str, Any],
    words: str | None = None,
    salt: str | None = None,
) -> tuple[Item, Event]:
    """The item with its next version and head of chain, and the event that is this head; nothing is stored."""
    at = max(after.updated_at, before.updated_at)  # an item's time never runs back
    told = {**_differences(before, after), **_answers(after, pen), **facts}
    line = event(
        number=after.number, seq=before.chain_seq + 1, prev_hash=before.chain_hash, at=at, actor=actor,
        action=action, rules=pen.rules.hash, facts=told, words=words, salt=salt,
    )  # fmt: skip
    version = before.version + 1
    return after.but(updated_at=at, version=version, chain_seq=line.seq, chain_hash=line.hash), line


def tell(cur: cursor, number: str | None, notices: Sequence[Notice], at: datetime) -> None:
    """Store notices, about that item or none, and let the live stream carry them."""
    if notices:
        prepared.run(cur, queries.notices_add, _spoken(number, notices, at))


def _spoken(number: str | None, notices: Sequence[Notice], at: datetime) -> dict[str, Any]:
    rows = [{"recipient": n.to, "kind": n.kind, "number": number, "facts": dict(n.facts)} for n in notices]
    return {"notices": dumped(rows), "at": at}


def _answers(item: Item, pen: Pen) -> dict[str, Any]:
    """Who answers for the item from this event on, by the list of units as it is now."""
    return {"responsible": named(responsible(item, pen.units(), pen.rules.thresholds.centre))}


def _main(item: Item) -> str | None:
    return item.main.unit if item.main else None


def _written(item: Item, line: Event, stored: Item | None = None) -> dict[str, Any]:
    """What is written of an item: all of it, or what is not ``stored`` so already."""
    parts = {name: dumped(rows) for name, rows in part_rows(item, stored).items()}
    return parts | {
        "id": item.id,
        "item": dumped(changed_row(stored, item) if stored else item_row(item)),
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


def _texts(before: Item | None, after: Item, pen: Pen) -> list[dict[str, Any]]:
    """The rows of what the citizen is texted of this change."""
    called_for = texts_of(before, after, pen.rules.thresholds.texts)
    return [{"kind": text.kind, "made_at": after.updated_at, "due_at": text.due_at} for text in called_for]


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
        "close_at": _iso(item.close_at),
        "reopened": item.reopened,
        "contested_at": _iso(item.contested_at),
        "merged_into": item.merged_into,
        "split_from": item.split_from,
        "ratings": [f"{r.n}/{r.level}/{r.by}" for r in item.ratings],
        "orders": [f"{o.n}/{o.unit}/{o.state}/{o.until.isoformat()}" for o in item.orders],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _differences(before: Item, after: Item) -> dict[str, Any]:
    """``outcome`` of what changed, each as [before, after]; the status always stands there."""
    old, new = outcome(before), outcome(after)
    changed = {name: [old[name], told] for name, told in new.items() if old[name] != told}
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
