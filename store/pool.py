"""Connections to PostgreSQL: how one is made, and a pool of them for each process.

Why an own pool: psycopg2's closes what is returned above its minimum, which costs a connection a request, and it hands
out connections that the server closed long ago.
"""

import contextlib
import json
import os
import re
import select
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import psycopg2
import psycopg2.errors
import psycopg2.extras
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, register_adapter
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from store import prepared
from store.cursors import RowCursor
from store.errors import DatabaseAway, PlansGone, RowRefused

psycopg2.extras.register_uuid()


def loaded(text: str) -> Any:
    """What JSON of the database says; its whole numbers are exact, however large."""
    if text == "[]":  # most parts of most items are empty
        return []
    return (json if _LONG.search(text) else orjson).loads(text)


_LONG = re.compile(r"\d{19}")
psycopg2.extras.register_default_json(globally=True, loads=loaded)
psycopg2.extras.register_default_jsonb(globally=True, loads=loaded)
register_adapter(dict, lambda value: psycopg2.extras.Json(value, dumps=lambda v: json.dumps(v, ensure_ascii=False)))

AWAY = ("57P01", "57P02", "57P03", "57P05", "53300")
"""SQLSTATEs that end a connection or refuse one: shut down, crashed, starting, idle too long, too many."""

TOO_LONG = "57014"

OTHER_PLAN = "0A000"
"""What a prepared statement answers once a migration gave its view other columns."""

TELLTALES = (psycopg2.errors.CheckViolation, psycopg2.errors.NotNullViolation, psycopg2.DataError)
"""Errors whose text shows the row that was refused, with a citizen's words in it: it must not reach a log."""


def connect(dsn: str, *, name: str = "firstline", statement_timeout_s: float = 0, dictionaries: bool = True
            ) -> Connection:
    """A new connection in UTC; rows are dictionaries unless told. Raises :class:`DatabaseAway`.

    Settings are sent as one statement, not as start-up options: a connection pooler in between would refuse those.
    ``statement_timeout_s`` 0 means no limit.
    """
    factory = RowCursor if dictionaries else None
    opened = None
    try:
        opened = psycopg2.connect(
            dsn, connection_factory=prepared.Connection, cursor_factory=factory, **_defaults(dsn, name))
        with opened.cursor() as cur:
            cur.execute("SET timezone TO 'UTC'; SET plan_cache_mode TO force_generic_plan; SET statement_timeout TO %s",
                        (int(statement_timeout_s * 1000),))
        opened.commit()
    except psycopg2.Error as error:
        if opened is not None:
            opened.close()
        raise DatabaseAway(f"The database does not take a connection: {_first_line(error)}") from error
    return opened


def _defaults(dsn: str, name: str) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "connect_timeout": 5, "application_name": name, "client_encoding": "UTF8",
        "keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
    }
    given = psycopg2.extensions.parse_dsn(dsn)
    return {key: value for key, value in wanted.items() if key not in given}


class Pool:
    """At most ``size`` connections of this process, the one returned last handed out first.

    A connection that the server closed is replaced when it is asked for, so a restart of the database costs the
    requests that were running and no other. A forked child starts with an empty pool of its own. Safe for threads.

    ``wait_s`` is how long a thread waits for a free connection; then, and when no connection can be made,
    :class:`DatabaseAway` is raised. ``on_away`` is called (in the thread that noticed) when none can be made.
    """

    def __init__(self, dsn: str, size: int = 8, *, wait_s: float = 5.0, statement_timeout_s: float = 60.0,
                 name: str = "firstline", on_away: Callable[[], None] | None = None) -> None:
        self.dsn, self.size, self.wait_s = dsn, size, wait_s
        self._timeout_s, self._name, self._on_away = statement_timeout_s, name, on_away
        self.forget()
        _POOLS.add(self)

    def forget(self) -> None:
        """Start empty, leaving open what is open: what a forked child does with its parent's connections."""
        self._free = threading.Condition()
        self._idle: list[Connection] = []
        self._made = 0
        self._closed = False

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a transaction: committed when the block ends, rolled back when it raises.

        An error of the driver passes through as it is, unless it means that the connection is gone or that a statement
        took too long: then it becomes :class:`DatabaseAway` (in the commit itself nobody knows whether it was stored);
        or that a row was refused: then :class:`RowRefused`.
        """
        conn = self._take()
        try:
            try:
                yield conn
                conn.commit()
            except psycopg2.Error as error:
                if conn.closed or error.pgcode in AWAY:
                    conn.close()
                    raise DatabaseAway(f"The database went away: {_first_line(error)}") from error
                if error.pgcode == OTHER_PLAN and "cached plan" in str(error):
                    conn.close()
                    self._forget_idle()
                    raise PlansGone("The schema was changed meanwhile; nothing was stored. Try again.") from error
                if error.pgcode == TOO_LONG:
                    raise DatabaseAway("The database took too long; nothing was stored. Try again.") from error
                if isinstance(error, TELLTALES):
                    raise RowRefused(error.pgcode, error.diag.constraint_name, error.diag.message_primary) from None
                raise
        except BaseException:
            _roll_back(conn)
            raise
        finally:
            self._give(conn)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """A cursor in a transaction of its own; rows are dictionaries, JSON comes back as Python objects."""
        with self.connection() as conn, conn.cursor() as cur:
            yield cur

    def again(self, work: Callable[[Cursor], Any]) -> Any:
        """What ``work`` gives of a transaction of its own; once more where a migration changed the schema meanwhile."""
        try:
            with self.transaction() as cur:
                return work(cur)
        except PlansGone:
            with self.transaction() as cur:
                return work(cur)

    def dedicated(self, name: str = "firstline", *, statement_timeout_s: float = 0) -> Connection:
        """A connection beside the pool, in autocommit, for LISTEN or a long-held lock. The caller closes it."""
        conn = self._open(lambda: connect(self.dsn, name=name, statement_timeout_s=statement_timeout_s))
        conn.autocommit = True
        return conn

    def close(self) -> None:
        """Close what is idle now, and what is out when it comes back. A closed pool gives none."""
        with self._free:
            self._closed = True
        self._forget_idle()

    def _forget_idle(self) -> None:
        """Close what is idle: what was prepared there is as old as what failed."""
        with self._free:
            idle, self._idle = self._idle, []
            self._made -= len(idle)
            self._free.notify_all()
        for conn in idle:
            conn.close()

    def _take(self) -> Connection:
        end = time.monotonic() + self.wait_s
        with self._free:
            while True:
                if self._closed:
                    raise DatabaseAway("The database connections of this process are closed.")
                while self._idle:
                    conn = self._idle.pop()
                    if _usable(conn):
                        return conn
                    conn.close()
                    self._made -= 1
                if self._made < self.size:
                    self._made += 1
                    break
                if not self._free.wait(end - time.monotonic()) and time.monotonic() >= end:
                    raise DatabaseAway(f"All {self.size} database connections of this process are busy.")
        try:
            return self._open(lambda: connect(self.dsn, name=self._name, statement_timeout_s=self._timeout_s))
        except BaseException:
            self._lost()
            raise

    def _open(self, make: Callable[[], Connection]) -> Connection:
        try:
            return make()
        except DatabaseAway:
            if self._on_away:
                self._on_away()
            raise

    def _give(self, conn: Connection) -> None:
        clean = not conn.closed and conn.info.transaction_status == TRANSACTION_STATUS_IDLE
        with self._free:
            if clean and not self._closed:
                self._idle.append(conn)
                self._free.notify()
                return
        conn.close()
        self._lost()

    def _lost(self) -> None:
        with self._free:
            self._made -= 1
            self._free.notify()


_POOLS: "weakref.WeakSet[Pool]" = weakref.WeakSet()


def _forget_all() -> None:
    for pool in _POOLS:
        pool.forget()


os.register_at_fork(after_in_child=_forget_all)


def _usable(conn: Connection) -> bool:
    """Whether an idle connection is still good. A server that closes one says so, which makes it readable."""
    if conn.closed:
        return False
    poll = select.poll()
    poll.register(conn.fileno(), select.POLLIN)
    return not poll.poll(0)


def _roll_back(conn: Connection) -> None:
    if conn.closed:
        return
    try:
        conn.rollback()
    except psycopg2.Error:
        conn.close()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
