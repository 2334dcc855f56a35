"""Sweeps through the eyes of an account: looking for likes, surveying cells, settling together.

What happens to an item happens by the item's own workflow, in its own transaction and with its own event.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg2.errors
from psycopg2.extensions import cursor

from dispatch import sweeping
from dispatch.account import Account
from dispatch.arguments import listed, text
from dispatch.errors import BadArguments, UnknownItem, WrongState
from dispatch.handling import photo_is_due
from dispatch.item import Item
from dispatch.notice import Notice
from dispatch.report import Report, clean
from dispatch.sweeping import DONE, Sweep
from dispatch.workflow import allowed
from gis.errors import Refusal
from store import likes, saving
from store.desk import BETWEEN_TRIES_S, TRIES, Desk, bounded, scope
from store.errors import DatabaseAway
from store.queries import queries
from store.rows import dumped
from store.sweep_rows import sweep_of, task_rows

MOST_LIKES = 500
MOST_MARKS = 500
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of settling a sweep's items together: the numbers that were settled, those that had been before, and
    (number, code, detail) of each that could not be."""

    settled: tuple[str, ...]
    already: tuple[str, ...]
    refused: tuple[tuple[str, str, str], ...]


class SweepDesk:
    """Sweeps: who reads the area's items by township, and each worker their own tasks."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.pool, self.worlds = desk, desk.pool, desk.worlds

    def make(self, account: Account, args: Mapping[str, Any], key: str | None = None) -> tuple[Sweep, bool]:
        """A sweep over the likes of one item (``from``) or a survey of ``cells``; and True where it is new.

        Raises UnknownItem and what dispatch.sweeping raises.
        """
        self.worlds.people()
        key = bounded(key) if key else None
        for _ in range(TRIES):
            try:
                with self.pool.transaction() as cur:
                    cur.execute(queries.sweep_by_key, {"account": account.id, "key": key})
                    known = cur.fetchone()
                    if known is not None:
                        return self._one(cur, account, known["id"]), False
                    make = self._survey if "from" not in args else self._likes
                    return make(cur, account, args, key), True
            except psycopg2.errors.UniqueViolation:
                continue  # the same key, at the same moment: what it stands for is there now
            except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):
                time.sleep(BETWEEN_TRIES_S)
        raise DatabaseAway("The item is being changed by somebody else; nothing was done. Try again.")

    def page(self, account: Account, source: str | None, waiting: bool, limit: int) -> list[Sweep]:
        """Sweeps in scope, newest first; ``waiting``: with tasks not done, of a worker the own ones. Workers and
        officers see the tasks alone that are theirs to do."""
        with self.pool.transaction() as cur:
            return self._page(cur, account, {"source": source, "waiting": waiting, "limit": limit})

    def one(self, account: Account, id: int) -> Sweep:
        """One sweep in scope. Raises UnknownItem."""
        with self.pool.transaction() as cur:
            return self._one(cur, account, id)

    def mark(self, account: Account, id: int, args: Mapping[str, Any]) -> Sweep:
        """Items put to the sweep (``add[]``) and taken out of it (``remove[]``), by number; all in scope, or nothing is
        done. Raises UnknownItem, Forbidden, BadArguments."""
        add, remove = _numbers(args, "add"), _numbers(args, "remove")
        if not add and not remove:
            raise BadArguments("add", "add or remove names items by number.")
        with self.pool.transaction() as cur:
            sweeping.demand_leader(self._locked(cur, account, id), account)
            for name, numbers, belongs in (("add", add, True), ("remove", remove, False)):
                if self._marked(cur, account, id, numbers, belongs=belongs) < len(numbers):
                    raise BadArguments(name, f"{name} names an item that is not there or not yours to see.")
            return self._one(cur, account, id)

    def settle(self, account: Account, id: int, args: Mapping[str, Any]) -> tuple[Sweep, Settled]:
        """Settle every item of the sweep that the account may settle, each by its own act and rules; an item that
        waits for the account's own acceptance is accepted first, where its settlement will hold."""
        note = text(args, "note")
        sweep = self.one(account, id)
        sweeping.demand_leader(sweep, account)
        settled, already, refused = [], [], []
        for member in sweep.members:
            if member.status in DONE:
                already.append(member.number)
                continue
            try:
                self._settle(account, member.number, note, sweep)
                settled.append(member.number)
                self._settled(account, id, member.number, None)
            except Refusal as refusal:
                refused.append((member.number, refusal.code, refusal.detail))
                self._settled(account, id, member.number, refusal.code)
        return self.one(account, id), Settled(tuple(settled), tuple(already), tuple(refused))

    def done(self, account: Account, id: int, n: int, args: Mapping[str, Any], report: Report | None) -> Sweep:
        """A survey's task with its result; ``report``, what was found, becomes an item of the sweep.

        A repeat changes nothing and takes nothing in twice. Raises UnknownItem, Forbidden, BadArguments.
        """
        found = self.one(account, id)
        task = sweeping.task_of(found, n, account)
        done = sweeping.task_done(task, account, args, self.worlds.now())
        if report is not None and done.result != "found":
            raise BadArguments("item", "An item is taken in with the result found.")
        item = self.desk.take_in(account, report, f"sweep:{id}:{n}")[0] if report is not None else None
        with self.pool.transaction() as cur:
            sweep = self._locked(cur, account, id)
            values = {"id": id, "n": n, "result": done.result, "text": done.text, "count": done.count}
            cur.execute(queries.sweep_task_done, values | {"at": self.worlds.clock(), "account": account.id})
            if item is not None and item.number not in {member.number for member in sweep.members}:
                self._marked(cur, account, id, [item.number], belongs=True, task=n, keys=None)
            return self._one(cur, account, id)

    def _likes(self, cur: cursor, account: Account, args: Mapping[str, Any], key: str | None) -> Sweep:
        number = str(clean(args["from"]))[:64]
        cur.execute("SET LOCAL lock_timeout = '250ms'")
        cur.execute(queries.item_lock, {"number": number, "keys": scope(account)})
        cur.fetchone()
        source = self.desk.demanded(cur, account, number, None)
        sweeping.demand_source(source, account)
        world = self.worlds.now()
        area, since = sweeping.area_of(args, account, world), sweeping.since_of(args, world)
        found = likes.in_area(cur, account, source, {area.level: area.code}, since, MOST_LIKES, world.rules)
        values = {"kind": "likes", "source": number, "level": area.level, "area": area.code, "since": since}
        values |= {"question": "", "due_at": None, "readers": list(sweeping.readers_of_area(area, world)), "key": key}
        marks = [{"item_id": one.id, "score": one.likeness.score} for one in found]
        sweep = self._inserted(cur, account, values | {"tasks": "[]", "marks": dumped(marks)})
        after = replace(source, updated_at=world.now)
        saving.save(cur, self.desk.pen, source, after, account, "sweep", sweeping.facts_of(sweep))
        return sweep

    def _survey(self, cur: cursor, account: Account, args: Mapping[str, Any], key: str | None) -> Sweep:
        world = self.worlds.now()
        question, due_at, tasks = sweeping.survey(args, account, world)
        values: dict[str, Any] = {"kind": "survey", "source": None, "level": None, "area": None, "since": None}
        values |= {
            "question": question,
            "due_at": due_at,
            "readers": list(sweeping.readers_of_tasks(tasks)),
            "key": key,
        }
        sweep = self._inserted(cur, account, values | {"tasks": dumped(task_rows(tasks)), "marks": "[]"})
        facts = {"sweep": sweep.id, "due_at": due_at.isoformat()}
        mine = [task for task in tasks if task.worker]
        told = [Notice(f"worker:{task.worker}", "survey", facts | {"n": task.n, "grid": task.grid}) for task in mine]
        alone = dict.fromkeys(task.township for task in tasks if not task.worker)
        told += [Notice(f"unit:{township}", "survey", facts) for township in alone]
        saving.tell(cur, None, told, world.now)
        return sweep

    def _inserted(self, cur: cursor, account: Account, values: dict[str, Any]) -> Sweep:
        by = {"account": account.id, "role": account.role, "unit": account.unit}
        cur.execute(queries.sweep_insert, values | by | {"at": self.worlds.clock(), "rules": self.worlds.rules.hash})
        return self._one(cur, account, cur.fetchone()["id"])

    def _settle(self, account: Account, number: str, note: str, sweep: Sweep) -> Item:
        """One item settled by its own act. Raises what the workflow raises."""
        item, rules, facts = self.desk.item(account, number), self.worlds.rules, {"sweep": sweep.id}
        ready = not photo_is_due(item, rules) or any(photo.stage == "after" for photo in item.photos)
        if item.status == "dispatched" and "accept" in allowed(item, account, rules):
            if not ready:
                raise WrongState(
                    "This category is settled with a photo taken after the work: add it first.", allowed=[]
                )
            item = self.desk.act(account, number, "accept", {}, facts=facts)
        return self.desk.act(account, number, "settle", {"note": note}, facts=facts)

    def _settled(self, account: Account, id: int, number: str, refusal: str | None) -> None:
        with self.pool.transaction() as cur:
            values = {"id": id, "number": number, "refusal": refusal, "account": account.id}
            cur.execute(queries.sweep_settled, values | {"at": self.worlds.clock()})

    def _marked(
        self, cur: cursor, account: Account, id: int, numbers: list[str], *, belongs: bool, task: int | None = None,
        keys: Any = ...,
    ) -> int:  # fmt: skip
        """How many of the items are there and in scope (``keys``: the account's)."""
        values = {"id": id, "numbers": numbers, "belongs": belongs, "task": task, "account": account.id}
        values |= {"keys": scope(account) if keys is ... else keys, "at": self.worlds.clock()}
        cur.execute(queries.sweep_mark, values)
        return len(cur.fetchall())

    def _locked(self, cur: cursor, account: Account, id: int) -> Sweep:
        cur.execute(queries.sweep_lock, {"id": id if 0 < id <= LARGEST_ID else 0, "keys": scope(account)})
        return self._one(cur, account, id)

    def _one(self, cur: cursor, account: Account, id: int) -> Sweep:
        found = self._page(cur, account, {"id": id, "limit": 1}) if 0 < id <= LARGEST_ID else []
        if not found:
            raise UnknownItem(f"There is no sweep {id} among those you may see.")
        return found[0]

    def _page(self, cur: cursor, account: Account, filters: Mapping[str, Any]) -> list[Sweep]:
        worker = account.name if account.role == "worker" else None
        values = {"id": None, "source": None, "waiting": False, "worker": worker, "keys": scope(account)}
        cur.execute(queries.sweeps_page, values | dict(filters))
        found = [sweep_of(row) for row in cur.fetchall()]
        if account.role not in ("worker", "officer"):
            return found
        return [replace(one, tasks=tuple(t for t in one.tasks if sweeping.may_do(t, account))) for one in found]


def _numbers(args: Mapping[str, Any], name: str) -> list[str]:
    given = listed(args, name)
    if len(given) > MOST_MARKS or not all(isinstance(one, str) for one in given):
        raise BadArguments(name, f"{name} is a list of up to {MOST_MARKS} numbers of items.")
    return list(dict.fromkeys(str(clean(one))[:64] for one in given))
