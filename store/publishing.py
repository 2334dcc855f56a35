"""Publishing an Edition: every process gets its index ready first, then open items move and the Edition flips, at once.

One transaction moves the items and flips: whoever looks sees the old Edition with the old places or the new one with
the new, and a ``kill -9`` leaves the old. Intake is held off only for the last step: while most items move it goes on,
then the exclusive lock waits for the intakes under way, what they brought is moved too, and the commit lets go.

Nobody publishes over what they have not seen: the Edition that is live when a publish begins (or that ``expect`` names)
must still be live when it flips. An Edition may wait for an instant; any process carries it out then.
"""

import time
from collections.abc import Callable
from datetime import datetime

from psycopg2.extensions import cursor

from boundaries.district import District
from boundaries.edition import Edition
from boundaries.gazetteer import Gazetteer
from dispatch.account import Account
from dispatch.notice import Notice
from dispatch.units import units_with
from dispatch.world import World
from store import editions, plans, saving
from store.editions import listed, live_edition_id, retired
from store.errors import EditionChanged
from store.moving import Mover, last_step
from store.plans import PLANNERS, Plan, cancel, planned
from store.pool import Pool
from store.queries import queries
from store.rows import dumped
from store.world import Worlds

__all__ = ["cancel", "carry_out_due", "listed", "live_edition_id", "planned", "publish", "retired", "rollback"]

PUBLISH_LOCK = 0x5055424C
READY_S = 30.0

Clock = Callable[[], datetime]


def publish(
    pool: Pool,
    worlds: Worlds,
    pen: saving.Pen,
    district: District,
    *,
    by: Account,
    reason: str,
    expect: int | None,
    clock: Clock,
    at: datetime | None = None,
    move_in_work: bool = False,
    again: int | None = None,
) -> int:
    """Publish ``district`` as a new Edition, now or at the future instant ``at``; its id.

    Open items whose place changes follow when it goes live; those in work keep lead and handlers unless
    ``move_in_work``. ``again`` is the Edition whose district this is (see ``rollback``).

    ``expect`` (None: what is live, or will be by ``at`` as planned) must be the Edition that is live just before.
    Raises EditionChanged where another one is, now or because a publish beside this one was quicker; PastInstant;
    NoEdition for an instant while nothing is live. A plan that finds another Edition live when its time has come is
    refused then, and the planners are told.
    """
    now = clock()
    if at is not None:
        plans.demand_future(at, now)
    with pool.transaction() as cur:
        seen = plans.before(cur, at)
        plans.alone(cur)
        live = plans.before(cur, at)
        editions.demand(seen if expect is None else expect, live)
        if at is not None:
            plans.demand_live(live)
        edition = editions.store(cur, district, by, reason, now, again)
        if at is not None:
            plans.add(cur, edition, at, plans.demand_live(live), move_in_work, by)
            return edition
    _go_live(pool, worlds, pen, district, Plan(edition, now, live, move_in_work, by), clock)
    return edition


def rollback(
    pool: Pool,
    worlds: Worlds,
    pen: saving.Pen,
    to: int,
    *,
    by: Account,
    reason: str,
    expect: int | None,
    clock: Clock,
    at: datetime | None = None,
    move_in_work: bool = False,
) -> int:
    """Publish the district of the Edition ``to`` again, as a new Edition; its id. The rest is as ``publish`` says.
    Raises NoEdition where there is no such Edition."""
    district = editions.district_of(pool, to)
    return publish(
        pool, worlds, pen, district, by=by, reason=reason, expect=expect, clock=clock, at=at,
        move_in_work=move_in_work, again=to,
    )  # fmt: skip


def carry_out_due(pool: Pool, worlds: Worlds, pen: saving.Pen, clock: Clock) -> int | None:
    """Let the planned Edition go live whose time came first; its id, None where none is due or it was refused.

    Any number of processes may do it at once: one does, and the others find it done.
    """
    plan = plans.due(pool, clock())
    if plan is None:
        return None
    try:
        district = editions.district_of(pool, plan.edition)
        done = _go_live(pool, worlds, pen, district, plan, clock, planned=True)
    except EditionChanged:
        plans.refuse(pool, plan, live_edition_id(pool), clock())
        return None
    return plan.edition if done else None


def _go_live(
    pool: Pool, worlds: Worlds, pen: saving.Pen, district: District, plan: Plan, clock: Clock, planned: bool = False
) -> bool:
    """Move the open items and flip. False, and nothing is done, where a plan was carried out or cancelled meanwhile.

    Raises EditionChanged where another Edition is live than ``plan.expect`` (None: none).
    """
    built = Edition.of(district, plan.edition)
    _wait_until_ready(pool, plan.edition)
    with pool.transaction() as cur:
        cur.execute(queries.publish_alone, {"publish_lock": PUBLISH_LOCK})
        plans.alone(cur)
        started = clock()
        if planned and not plans.end(cur, plan.edition, "done", plan.by, started):
            return False
        editions.demand(plan.expect, editions.live_id(cur))
        units, staff = worlds.people()
        units = units_with(district, units)
        world = World(built, Gazetteer.of(district), worlds.rules, units, staff, started)
        mover = Mover(cur, pen, world, plan.by, plan.move_in_work)
        mover.move_those_there()
        _announce(cur, district, plan.edition)
        last_step(cur, mover)
        _flip(cur, plan, mover, clock())
    return True


def _wait_until_ready(pool: Pool, edition: int) -> None:
    """Wait for every listening process to have the index. One that is late builds it on its first need."""
    end = time.monotonic() + READY_S
    with pool.transaction() as cur:
        cur.execute(queries.edition_call, {"id": edition})
    while time.monotonic() < end:
        with pool.transaction() as cur:
            cur.execute(queries.edition_waiting, {"id": edition})
            if cur.fetchone()["n"] == 0:
                return
        time.sleep(0.05)


def _announce(cur: cursor, district: District, edition: int) -> None:
    """All that goes with a flip and does not have to wait for its last step."""
    units = [{"code": unit.code, "name": unit.name, "kind": unit.kind} for unit in units_with(district, {}).values()]
    cur.execute(queries.units_from_edition, {"units": dumped(units)})
    cur.execute(queries.edition_ready_forget, {"id": edition})
    cur.execute(queries.edition_announce, {"body": dumped({"id": edition})})
    cur.execute(queries.people_changed)


def _flip(cur: cursor, plan: Plan, mover: Mover, at: datetime) -> None:
    told = {"moved": mover.moved, "kept": mover.kept}
    values = {"id": plan.edition, "at": at, "instead_of": plan.expect, **told}
    cur.execute(f"{queries.edition_flip};\n{queries.edition_flipped}", values)
    if plan.expect:  # the first Edition of all is no change
        saving.tell(cur, None, [Notice(PLANNERS, "edition_live", {"edition": plan.edition, **told})], at)
