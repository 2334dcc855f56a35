"""The live stream inside one process: one LISTEN connection, any number of readers.

A notice carries only a position; the rows are read from the outbox, so a missed notice costs a moment and no event.
"""

import contextlib
import json
import logging
import queue
import select
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg2
from psycopg2.extensions import connection

from gis.errors import Refusal
from store.errors import DatabaseAway
from store.pool import Pool
from store.queries import queries
from store.shelf import Shelf

log = logging.getLogger("firstline.hub")

BATCH = 500
WAITING = 1000
"""Events a slow reader may be behind before it is told to start over."""
LOOK_EVERY_S = 5.0

Entry = tuple[int, str, dict[str, Any]]
"""(position, topic, body)."""


class Reader:
    """One reader's queue. ``None`` in it means: you fell behind, read by ``since`` what you missed."""

    def __init__(self) -> None:
        self.queue: queue.Queue[Entry | None] = queue.Queue(WAITING)
        self.lost = False

    def put(self, entry: Entry) -> None:
        """Add an entry; a reader that is too far behind loses its queue and is told so once."""
        if self.lost:
            return
        try:
            self.queue.put_nowait(entry)
        except queue.Full:
            self.empty()
            self.lost = True
            self.queue.put_nowait(None)

    def empty(self) -> None:
        """Throw away what waits, and take new entries again."""
        self.lost = False
        with contextlib.suppress(queue.Empty):
            while True:
                self.queue.get_nowait()


class Hub(threading.Thread):
    """Follows the stream for this process, hands it to the readers, and keeps the Edition shelf up to date."""

    def __init__(self, pool: Pool, shelf: Shelf, people_changed: Callable[[], None]) -> None:
        super().__init__(name="hub", daemon=True)
        self.pool, self.shelf, self._people_changed = pool, shelf, people_changed
        self._readers: set[Reader] = set()
        self._lock = threading.Lock()
        self._halt = threading.Event()
        self._position: int | None = None

    def stop(self) -> None:
        """Ask it to end; join it to wait."""
        self._halt.set()

    def join_readers(self) -> Reader:
        """A new reader: from now on it gets every entry."""
        reader = Reader()
        with self._lock:
            self._readers.add(reader)
        return reader

    def catch_up(self, reader: Reader) -> None:
        """Let a reader that fell behind start over with an empty queue: it reads what it missed by ``since``."""
        with self._lock:
            reader.empty()

    def leave(self, reader: Reader) -> None:
        """The reader is gone."""
        with self._lock:
            self._readers.discard(reader)

    @property
    def readers(self) -> int:
        """How many read now."""
        return len(self._readers)

    def since(self, position: int) -> tuple[list[Entry], bool]:
        """The next entries after ``position`` (none where it is the newest), and False where that past is no longer, or
        was never, known: start over."""
        with self.pool.transaction() as cur:
            cur.execute(queries.stream_position)
            state = cur.fetchone()
            if position < state["pruned_to"] or position > state["last_position"]:
                return [], False
            cur.execute(queries.stream_after, {"position": position, "limit": BATCH})
            return [_entry(row) for row in cur.fetchall()], True

    def position(self) -> int:
        """Where the stream is now."""
        with self.pool.transaction() as cur:
            cur.execute(queries.stream_position)
            return int(cur.fetchone()["last_position"])

    def run(self) -> None:
        while not self._halt.is_set():
            try:
                self._follow()
            except (psycopg2.Error, DatabaseAway) as error:
                log.warning("the live stream waits for the database: %s", str(error).strip())
                self._halt.wait(1.0)

    def _follow(self) -> None:
        conn = self.pool.dedicated("firstline hub")
        try:
            with conn.cursor() as cur:
                cur.execute("LISTEN firstline")
            if self._position is None:
                self._position = self.position()
            self._refresh(conn)
            self._read()
            while not self._halt.is_set():
                # what came along with the answer to a statement makes the connection readable no more
                heard = bool(conn.notifies) or bool(select.select([conn], [], [], LOOK_EVERY_S)[0])
                conn.poll()
                notes = [json.loads(note.payload) for note in conn.notifies]
                conn.notifies.clear()
                self._heed(conn, notes)
                if not heard or any("position" in note for note in notes):
                    self._read()
        finally:
            conn.close()

    def _heed(self, conn: connection, notes: Iterable[dict[str, Any]]) -> None:
        for note in notes:
            if "edition" in note:
                self._prepare(conn, note["edition"])
            if "people" in note:
                self._people_changed()

    def _refresh(self, conn: connection) -> None:
        """After a start or a gap: whatever was missed while nobody listened."""
        self._people_changed()
        try:
            live = self.shelf.live_id()
        except Refusal:
            return  # nothing is published yet: there is nothing to get ready
        self.shelf.flip(live)
        with conn.cursor() as cur:
            cur.execute(queries.edition_newest)
            newest = cur.fetchone()["id"]
        for edition in {live, newest}:  # its publisher may have called before we listened, and waits for us
            self._prepare(conn, edition)

    def _prepare(self, conn: connection, edition: int) -> None:
        self.shelf.get(edition)
        with conn.cursor() as cur:
            cur.execute(queries.edition_ready_add, {"id": edition})

    def _read(self) -> None:
        while not self._halt.is_set():
            heard = self.readers > 0
            with self.pool.transaction() as cur:
                wanted = queries.stream_after if heard else queries.stream_passed
                cur.execute(wanted, {"position": self._position, "limit": BATCH})
                rows = cur.fetchall()
            if not heard and not self._pass(rows):
                continue  # somebody joined meanwhile: the same again, for a reader
            for row in rows if heard else ():
                self._hand_on(_entry(row))
            if len(rows) < BATCH:
                return

    def _pass(self, rows: list[dict[str, Any]]) -> bool:
        """Go on over what nobody reads here; False, and nothing is done, where somebody joined meanwhile."""
        with self._lock:
            if self._readers:
                return False
            self._position = rows[-1]["position"] if rows else self._position
        for row in rows:
            if row["topic"] == "edition":
                self._flip(row["body"])
        return True

    def _flip(self, body: dict[str, Any]) -> None:
        self.shelf.flip(body["id"])
        self._people_changed()

    def _hand_on(self, entry: Entry) -> None:
        position, topic, body = entry
        if topic == "edition":
            self._flip(body)
        with self._lock:
            for reader in self._readers:
                reader.put(entry)
            self._position = position


def _entry(row: dict[str, Any]) -> Entry:
    return row["position"], row["topic"], row["body"]
