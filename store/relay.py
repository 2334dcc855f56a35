"""The background work that any number of processes may run and one at a time does: relay, sealer, folding, pruning.

The relay numbers outbox rows as they become visible. A plain sequence would not do: a row with id 2 may commit before
row 1, and a reader that resumes after 2 would never see 1.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import psycopg2
from psycopg2.extensions import connection

from store.errors import DatabaseAway
from store.pool import Pool
from store.queries import queries

log = logging.getLogger("firstline.relay")

RELAY_LOCK = 0x52454C59
SEAL_LOCK = 0x5345414C
TICK_S = 0.05
SEAL_EVERY_S = 10.0
KEEP_STREAM = timedelta(hours=24)
SEED = "0" * 64


def number(conn: connection) -> int | None:
    """Number what became visible; the stream's new position, None where nothing came. Needs the relay's lock."""
    with conn.cursor() as cur:
        cur.execute(queries.relay_number)
        row = cur.fetchone()
    return int(row["last_position"]) if row else None


def seal(pool: Pool, at: datetime) -> int:
    """Chain all numbered events that no seal covers yet; how many they were. At most 20,000 at a time."""
    with pool.transaction() as cur:
        cur.execute(queries.seal_lock, {"seal_lock": SEAL_LOCK})
        if not cur.fetchone()["mine"]:
            return 0
        cur.execute(queries.seal_last)
        last = cur.fetchone() or {"last_position": 0, "hash": SEED}
        cur.execute(queries.seal_fresh, {"position": last["last_position"]})
        fresh = cur.fetchall()
        if fresh:
            cur.execute(
                queries.seal_add,
                {
                    "last_position": fresh[-1]["position"],
                    "event_ids": [row["id"] for row in fresh],
                    "prev_hash": last["hash"],
                    "hash": sealed(last["hash"], [row["hash"] for row in fresh]),
                    "at": at,
                },
            )
    return len(fresh)


def sealed(prev_hash: str, hashes: list[str]) -> str:
    """A seal's hash: sha256 of the seal before and of the event hashes in stream order, hex."""
    return hashlib.sha256((prev_hash + "".join(hashes)).encode()).hexdigest()


def fold(pool: Pool) -> None:
    """Fold counter deltas into counts. A count that became nothing goes: every move of an item would leave one."""
    with pool.transaction() as cur:
        cur.execute(queries.counters_fold)
        for row in cur.fetchall():
            cur.execute(queries.counters_clear, row)


def prune(pool: Pool, at: datetime) -> None:
    """Forget the stream's past beyond a day, as far as it is sealed."""
    with pool.transaction() as cur:
        cur.execute(queries.stream_prune, {"older_than": at - KEEP_STREAM})


class Chores(threading.Thread):
    """One round of what is done every ten seconds, beside the relay, which must not wait for it."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(name="chores", daemon=True)
        self._do = work

    def run(self) -> None:
        attempt(self._do)


def attempt(work: Callable[[], object]) -> None:
    """Do one piece of work of a round: what fails keeps nothing else of the round from being done."""
    try:
        work()
    except (psycopg2.Error, DatabaseAway) as error:
        log.warning("the chores wait for the database: %s", str(error).strip())
    except Exception:
        log.exception("a chore failed; it is tried again in the next round")


class Relay(threading.Thread):
    """Relays, seals, folds and prunes until told to stop; survives a database that goes away.

    ``more`` are further chores, each called with the time every ten seconds.
    Every process may run one: that which holds the advisory lock works, the others wait to take over.
    """

    def __init__(
        self, pool: Pool, clock: Callable[[], datetime], more: Sequence[Callable[[datetime], object]] = ()
    ) -> None:
        super().__init__(name="relay", daemon=True)
        self.pool, self.clock, self.more = pool, clock, more
        self._halt = threading.Event()

    def stop(self) -> None:
        """Ask it to end; join it to wait."""
        self._halt.set()

    def run(self) -> None:
        while not self._halt.is_set():
            try:
                self._work()
            except (psycopg2.Error, DatabaseAway) as error:
                log.warning("the relay waits for the database: %s", str(error).strip())
                self._halt.wait(1.0)

    def _work(self) -> None:
        conn = self.pool.dedicated("firstline relay")
        try:
            while not self._mine(conn):
                if self._halt.wait(1.0):
                    return
            chores: Chores | None = None
            next_chores = 0.0
            while not self._halt.is_set():
                if number(conn) is None:
                    self._halt.wait(TICK_S)
                if time.monotonic() >= next_chores and not (chores and chores.is_alive()):
                    chores = Chores(self._chores)
                    chores.start()
                    next_chores = time.monotonic() + SEAL_EVERY_S
        finally:
            conn.close()

    @staticmethod
    def _mine(conn: connection) -> bool:
        with conn.cursor() as cur:
            cur.execute(queries.relay_lock, {"relay_lock": RELAY_LOCK})
            return bool(cur.fetchone()["mine"])

    def _chores(self) -> None:
        while seal(self.pool, self.clock()):
            if self._halt.is_set():
                return
        fold(self.pool)
        prune(self.pool, self.clock())
        for chore in self.more:
            attempt(partial(chore, self.clock()))
