"""A draft rehearsed on what is in the database: all of one moment, nothing changed, nobody kept waiting."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import cursor

from boundaries.district import District
from boundaries.edition import Edition
from boundaries.gazetteer import Gazetteer
from dispatch.load import evenness, given, loads, sides
from dispatch.moving import moved
from dispatch.open_rehearsal import counted, open_item
from dispatch.past import Replayed, Sums
from dispatch.rehearsal import Counts, OpenItem, OpenSummons, PairCount, PastItem, Rehearsal
from dispatch.replay import Replay, replay
from dispatch.units import units_with
from dispatch.world import World
from store import editions
from store.errors import EditionChanged
from store.moving import LOOKED_AT, goes, places
from store.past_items import Progress, blocks, period_of
from store.pool import Pool
from store.queries import queries
from store.rows import item_of
from store.world import Worlds

CARDS = 500
MOST_PAST = 500
"""So many past items are told one by one; ``each`` sees all."""
TRIES = 3

Open = tuple[Counter[str | None], Counter[str | None], Counter[str | None]]
"""Open items by lead and by cell, and by the worker who has the first open task."""


def rehearse(
    pool: Pool,
    worlds: Worlds,
    district: District,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    move_in_work: bool = False,
    progress: Progress | None = None,
    each: Callable[[Replayed], None] | None = None,
) -> Rehearsal:
    """What publishing ``district`` now would do to the open items, and would have done to those of a period.

    ``since`` and ``until`` are aware and half-open on the instant of receipt; without them the period is the last year,
    or as much of it as there is. As in all figures, demonstration items count only where there are no others. ``each``
    sees every block of past items; what ``progress`` raises calls the rehearsal off. Raises NoEdition, EditionChanged
    where one goes live again and again meanwhile.
    """
    draft = Edition.of(district)
    for _ in range(TRIES):
        live = worlds.shelf.get(worlds.shelf.live_id())[0]
        units, staff = worlds.people()
        now = worlds.clock()
        world = World(draft, Gazetteer.of(district), worlds.rules, units_with(district, units), staff, now)
        with pool.transaction() as cur:
            cur.execute(queries.figures_snapshot)
            if editions.live_id(cur) == live.id:
                known = units_with(live.district, units), world.units
                work = Replay(live, draft, known, staff, worlds.rules)
                return _Rehearsing(cur, live, world, work, move_in_work).done(since, until, progress, each)
    raise EditionChanged("Another Edition went live meanwhile, again and again: try once more.")


@dataclass(frozen=True)
class _Rehearsing:
    cur: cursor
    live: Edition
    world: World
    work: Replay
    move_in_work: bool

    def done(
        self,
        since: datetime | None,
        until: datetime | None,
        progress: Progress | None,
        each: Callable[[Replayed], None] | None,
    ) -> Rehearsal:
        world, draft = self.world, self.world.edition
        total, placed, doubtful, before = self._standing()
        open_items = self._open_items()
        period = period_of(self.cur, since, until, world.now)
        first: list[PastItem] = []

        def see(block: Replayed) -> None:
            first.extend(block.items(MOST_PAST - len(first)))
            if each is not None:
                each(block)

        sums = replay(self.work, blocks(self.cur, period, progress), see)
        both = sides(self.live, draft, sums, (before, _after(before, open_items)))
        cells = [{cell.code for cell in edition.index.cells} for edition in (self.live, draft)]
        told = {of: loads(of, both, world.staff, period.months) for of in ("worker", "township", "grid")}
        return Rehearsal(
            edition=self.live.id,
            at=world.now,
            since=period.since,
            until=period.until,
            months=period.months,
            open=counted(open_items, total, placed, doubtful),
            kept=sum(item.kept for item in open_items),
            past=Counts(sums.total, sums.placed, sums.any, sums.changed, sums.doubtful),
            open_items=tuple(open_items),
            past_items=tuple(first),
            pairs=_pairs(self.live, draft, sums, open_items),
            workers=told["worker"],
            townships=told["township"],
            grids=told["grid"],
            evenness=tuple(one for of, some in told.items() for one in evenness(of, some)),
            unstaffed=tuple(sorted(cells[1] - set(world.staff))),
            idle=tuple(sorted(set(world.staff) - cells[1])),
            names={code: unit.name for code, unit in world.units.items()} | given(self.live.names, draft.names),
            demonstration=draft.is_demonstration,
        )

    def _standing(self) -> tuple[int, int, int, Open]:
        """How many open items there are, how many have a place and are in doubt; and who has them."""
        self.cur.execute(queries.open_standing)
        rows = self.cur.fetchall()
        by_lead, by_grid, by_worker = Counter[str | None](), Counter[str | None](), Counter[str | None]()
        for row in rows:
            by_lead[row["lead"]] += row["n"]
            by_grid[row["grid"]] += row["n"]
        self.cur.execute(queries.open_tasks)
        by_worker.update({row["worker"]: row["n"] for row in self.cur.fetchall()})
        total, placed, doubtful = (sum(row[name] for row in rows) for name in ("n", "placed", "doubtful"))
        return total, placed, doubtful, (by_lead, by_grid, by_worker)

    def _open_items(self) -> list[OpenItem]:
        """What becomes of every open item that publishing would change."""
        going = list(self._going())
        found: list[OpenItem] = []
        for start in range(0, len(going), CARDS):
            ids = going[start : start + CARDS]
            calls = self._summonses(ids)
            self.cur.execute(queries.item_cards_by_ids, {"ids": ids})
            for row in self.cur.fetchall():
                before = item_of(row)
                after = moved(before, self.world, self.move_in_work)
                told = open_item(before, after, calls.get(before.number, ())) if after is not None else None
                found += [told] if told is not None else []
        return found

    def _going(self) -> Iterator[int]:
        """The ids of the items that ``moved`` has to look at: as a publish finds them."""
        draft = self.world.edition
        townships = frozenset(draft.index.townships)
        self.cur.execute(queries.items_open_last)
        last, after = self.cur.fetchone()["id"] or 0, 0
        while after < last:
            self.cur.execute(queries.items_open, {"after": after, "last": last, "limit": LOOKED_AT})
            rows = self.cur.fetchall()
            if not rows:
                return
            after = rows[-1]["id"]
            for row, there in zip(rows, places(draft, rows), strict=True):
                if goes(row, there, townships, self.move_in_work):
                    yield row["id"]

    def _summonses(self, ids: list[int]) -> dict[str, list[OpenSummons]]:
        self.cur.execute(queries.open_summonses_of, {"ids": ids})
        found: dict[str, list[OpenSummons]] = {}
        for row in self.cur.fetchall():
            call = OpenSummons(row["id"], row["township"], row["meet_at"], tuple(row["departments"]))
            found.setdefault(row["number"], []).append(call)
        return found


def _after(before: Open, items: list[OpenItem]) -> Open:
    """The open items by lead, cell and worker as they will stand."""
    by_lead, by_grid, by_worker = Counter(before[0]), Counter(before[1]), Counter(before[2])
    for item in items:
        for side, n in ((item.before, -1), (item.after, 1)):
            by_lead[side.lead] += n
            by_grid[side.grid] += n
            if side.worker is not None:
                by_worker[side.worker] += n
    return by_lead, by_grid, by_worker


def _pairs(live: Edition, draft: Edition, sums: Sums, items: list[OpenItem]) -> tuple[PairCount, ...]:
    """Items by the cells they leave and come to, most first."""
    Home = tuple[str | None, str | None]
    places = [[*((c.township, c.code) for c in edition.index.cells), (None, None)] for edition in (live, draft)]
    past: Counter[tuple[Home, Home]] = Counter()
    for (a, b), n in sums.pairs.items():
        past[places[0][a], places[1][b]] += n
    open_ = Counter(
        ((item.before.township, item.before.grid), (item.after.township, item.after.grid))
        for item in items
        if {"township", "grid"} & set(item.changes)
    )
    told = [PairCount(*a, *b, open_[a, b], past[a, b]) for a, b in {*past, *open_}]
    return tuple(sorted(told, key=lambda p: (-p.past, -p.open, p.before_grid or "", p.after_grid or "")))
