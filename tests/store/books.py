"""What must be so of all that is stored, whatever was done: read from the database, in words where it is not so."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from psycopg2.extensions import cursor

from dispatch.derive import derived, standing
from dispatch.events import START, chained
from dispatch.item import CENTRE, OPEN, Item
from dispatch.scope import readers_of
from dispatch.workflow import MOVES
from store.counters import differences
from store.rows import item_of
from store.saving import outcome
from tests.factories import rules
from tests.store.moves import PHONE, SPECS, WORDS

ENDED = frozenset({"answered", "closed", "declined", "transferred"})
OUTSIDE_THE_TABLE = {"moved": "= dispatched", "photo": "="}
"""What else writes an item's history, and where it may leave the item. Summonses say nothing of the status."""
TRACE = """SELECT
    (SELECT md5(string_agg(i::text, '' ORDER BY id)) FROM items i) AS items,
    (SELECT md5(string_agg(h::text, '' ORDER BY item_id, unit)) FROM handlers h) AS handlers,
    (SELECT md5(string_agg(t::text, '' ORDER BY item_id, n)) FROM tasks t) AS tasks,
    (SELECT md5(string_agg(d::text, '' ORDER BY item_id, stage)) FROM deadlines d) AS deadlines,
    (SELECT md5(string_agg(r::text, '' ORDER BY item_id, n)) FROM requests r) AS requests,
    (SELECT md5(string_agg(r::text, '' ORDER BY item_id, n)) FROM ratings r) AS ratings,
    (SELECT md5(string_agg(o::text, '' ORDER BY item_id, n)) FROM orders o) AS orders,
    (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM event_words) AS words,
    (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM notices) AS notices,
    (SELECT count(*) FROM item_deltas) AS deltas"""


def trace(cur: cursor) -> Mapping[str, Any]:
    """All that an act may leave behind, as something that can be compared."""
    cur.execute(TRACE)
    return dict(cur.fetchone())


def faults(cur: cursor) -> Iterator[str]:
    """What is wrong with what is stored."""
    cur.execute("SELECT * FROM item_cards ORDER BY id")
    rows = cur.fetchall()
    cur.execute("SELECT item_id, seq, body, prev_hash, hash FROM events ORDER BY item_id, seq")
    lines: dict[int, list[Mapping[str, Any]]] = {}
    for line in cur.fetchall():
        lines.setdefault(line["item_id"], []).append(line)
    for row in rows:
        item = item_of(row)
        told = [*_people(item), *_ends(item), *_history(item, lines[item.id]), *_chain(item, lines[item.id])]
        if sorted(row["readers"]) != sorted(readers_of(item)):
            told.append(f"its readers are {row['readers']}, not {readers_of(item)}")
        yield from (f"{item.number} ({item.status}): {fault}" for fault in told)
    if wrong := differences(cur, str(rules().zone)):
        yield f"counters: {wrong}"


def _people(item: Item) -> Iterator[str]:
    """Every open item has its lead, and exactly one that handles it in the first place."""
    if not item.is_open:
        return
    if item.lead.code != (item.resolution.township or CENTRE):
        yield f"it lies in {item.resolution.township} and {item.lead.code} leads it"
    mains = [handler for handler in item.handlers if handler.role == "main"]
    if len(mains) != 1 or mains[0].state == "returned":
        yield f"its main handlers are {mains}"
    if len({handler.unit for handler in item.handlers}) < len(item.handlers):
        yield "a unit handles it twice"


def _ends(item: Item) -> Iterator[str]:
    """What ends an item ends its tasks, clocks and holds; a hold stops the clocks."""
    running = [clock.stage for clock in item.clocks if clock.state == "running"]
    if item.status in ENDED and (running or item.hold or any(t.state in ("offered", "taken") for t in item.tasks)):
        yield f"it has ended, and still has {running}, {item.hold}, {item.tasks}"
    if item.hold and running:
        yield f"it is held, and {running} run"
    if (item.status == "suspended") != (item.hold is not None and item.hold.kind == "suspension"):
        yield f"its hold is {item.hold}"
    if item.status in OPEN and not item.hold and not running and {"settle", "answer"} - {c.stage for c in item.clocks}:
        yield "it is open, and no clock says so"


def _history(item: Item, lines: list[Mapping[str, Any]]) -> Iterator[str]:
    """The history alone says all that stands in the row, and the rules give the clocks."""
    bodies = [line["body"] for line in lines]
    for body in bodies:
        if WORDS in body or PHONE in body:
            yield "an event holds the citizen's words"
    said, stands = standing(bodies), json.loads(json.dumps(outcome(item)))
    wrong = {name: (said.get(name), stands[name]) for name in stands if said.get(name) != stands[name]}
    if wrong:
        yield f"its history says otherwise (history, row): {wrong}"
    due = {line.stage: line.due_at for line in derived(bodies, rules())}
    stored = {clock.stage: clock.due_at for clock in item.clocks if clock.met_at is None}
    if any(due.get(stage) != at for stage, at in stored.items()) or due.keys() != {c.stage for c in item.clocks}:
        yield f"its clocks are {item.clocks}, its history gives {due}"
    yield from _steps([json.loads(body) for body in bodies])


def _steps(events: list[dict[str, Any]]) -> Iterator[str]:
    """Each step left the item where the table lets it, and nobody verified what the same account had settled."""
    status, settler = events[0]["status"], None
    for event in events[1:]:
        action, after = event["action"], event["status"]
        lands = SPECS[action].lands if action in SPECS else OUTSIDE_THE_TABLE.get(action, "=")
        of_another = "through" in event  # what was done on the item that leads this one
        if action in MOVES and status not in MOVES[action].statuses and not of_another:
            yield f"{action} was done when it was {status}"
        if after not in lands.split() and not (after == status and "=" in lands.split()):
            yield f"{action} led from {status} to {after}"
        if action == "verify" and event["actor"]["account"] == settler:
            yield "whoever settled it verified it"
        settler = event["actor"]["account"] if action == "settle" else settler
        status = after


def _chain(item: Item, lines: list[Mapping[str, Any]]) -> Iterator[str]:
    """One event for each version, each hashed with the one before it."""
    head = START
    for seq, line in enumerate(lines, 1):
        if line["seq"] != seq or line["prev_hash"] != head or line["hash"] != chained(head, line["body"]):
            yield f"event {seq} breaks the chain"
        head = line["hash"]
    if (item.version, item.chain_seq, item.chain_hash) != (len(lines), len(lines), head):
        yield f"version {item.version}, event {item.chain_seq} of {len(lines)}"
