"""Editions that are to go live at an instant: waiting in the database, so that any process can carry them out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.notice import Notice
from store import editions, saving
from store.errors import NoEdition, NotPlanned, PastInstant
from store.pool import Pool
from store.queries import queries

PLAN_LOCK = 0x504C414E
"""Advisory lock: one at a time adds a plan or ends one, so that each is made in sight of all others."""
PLANNERS = "role:planner"


@dataclass(frozen=True, slots=True)
class Plan:
    """An Edition that goes live at ``live_from`` if ``expect`` is live until then."""

    edition: int
    live_from: datetime
    expect: int | None
    move_in_work: bool
    by: Account


def planned(pool: Pool) -> list[dict[str, Any]]:
    """The Editions that wait, the next one first: ``edition, live_from (ISO 8601), expect, move_in_work, by, reason,
    published_at``. ``expect`` is the Edition that must be live when its time has come."""
    with pool.transaction() as cur:
        cur.execute(queries.plans_waiting)
        rows = [dict(row) for row in cur.fetchall()]
    return [row | {name: row[name].isoformat() for name in ("live_from", "published_at")} for row in rows]


def before(cur: cursor, at: datetime | None) -> int | None:
    """The Edition that will be live just before ``at`` as things are planned: the live one for None."""
    if at is not None:
        cur.execute(queries.plan_before, {"at": at})
        if row := cur.fetchone():
            return int(row["edition"])
    return editions.live_id(cur)


def add(cur: cursor, edition: int, at: datetime, expect: int, move_in_work: bool, by: Account) -> None:
    """Keep a plan."""
    values = {"edition": edition, "at": at, "expect": expect, "move_in_work": move_in_work}
    cur.execute(queries.plan_add, values | {"account": by.id, "name": by.name, "role": by.role})


def alone(cur: cursor) -> None:
    """Be the one who changes plans, until the commit."""
    cur.execute(queries.plans_alone, {"plan_lock": PLAN_LOCK})


def demand_future(at: datetime, now: datetime) -> None:
    """Raise PastInstant where ``at`` is not later than ``now``."""
    if at <= now:
        raise PastInstant(f"{at.isoformat()} is over: name a later instant, or none to publish now.")


def demand_live(expect: int | None) -> int:
    """What a plan follows. Raises NoEdition where nothing is live: the first Edition is published at once."""
    if expect is None:
        raise NoEdition("No Edition is live yet: publish the first one now, without an instant.")
    return expect


def cancel(pool: Pool, edition: int, *, by: Account, at: datetime) -> None:
    """Let a planned Edition not go live; ``at`` is now. Raises NotPlanned."""
    with pool.transaction() as cur:
        alone(cur)
        if not end(cur, edition, "cancelled", by, at):
            raise NotPlanned(f"Edition {edition} does not wait to go live: `boundaries list` names those that do.")


def end(cur: cursor, edition: int, state: str, by: Account, at: datetime) -> bool:
    """Note what became of a plan: ``done``, ``cancelled``, ``refused``. False where it waits no more."""
    cur.execute(queries.plan_end, {"edition": edition, "state": state, "by": by.name, "at": at})
    return cur.fetchone() is not None


def due(pool: Pool, now: datetime) -> Plan | None:
    """The plan whose time came first, None where none is due."""
    with pool.transaction() as cur:
        cur.execute(queries.plan_due, {"now": now})
        row = cur.fetchone()
    if row is None:
        return None
    by = Account(row["account"], row["name"], row["role"])
    return Plan(row["edition"], row["live_from"], row["expect"], row["move_in_work"], by)


def refuse(pool: Pool, plan: Plan, live: int | None, at: datetime) -> None:
    """Another Edition is live than the plan was made for: it ends, and the planners are told."""
    with pool.transaction() as cur:
        alone(cur)
        if end(cur, plan.edition, "refused", plan.by, at):
            facts = {"edition": plan.edition, "expect": plan.expect, "live": live}
            saving.tell(cur, None, [Notice(PLANNERS, "edition_refused", facts)], at)
