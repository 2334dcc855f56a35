"""Notices through the eyes of an account: what it was told, and what of that it has read."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.telling import recipients_of
from store.pool import Pool
from store.queries import queries

KEEP = timedelta(days=90)
"""Older notices are forgotten."""
MOST_COUNTED = 1_000
"""Unread notices are counted up to here."""
BATCH, BATCHES = 1_000, 20
"""How many notices are forgotten in one transaction, and how many batches in one round."""
SETTLED = timedelta(days=1)
"""No transaction is that long on its way. Notices get their ids before they are committed, so a mark set at the newest
id would swallow one that comes to light later: what is younger than this is noted one by one."""
LARGEST_ID = 2**63 - 1


class Notices:
    """Everything that accounts were told. ``clock`` gives now, aware."""

    def __init__(self, pool: Pool, clock: Callable[[], datetime]) -> None:
        self._pool, self._clock = pool, clock

    def listed(
        self, account: Account, *, unread: bool = False, limit: int = 50, before: int | None = None
    ) -> list[dict[str, Any]]:
        """``id, kind, number, facts, at, read`` of notices, newest first; ``before`` an id, ``unread`` ones alone."""
        values = _of(account) | {"unread": unread, "limit": limit, "before": before or LARGEST_ID}
        with self._pool.transaction() as cur:
            cur.execute(queries.notices_page, values)
            return [dict(row) for row in cur.fetchall()]

    def unread(self, account: Account) -> int:
        """How many the account has not read, at most MOST_COUNTED."""
        with self._pool.transaction() as cur:
            return _unread(cur, account)

    def read(self, account: Account, ids: Sequence[int]) -> int:
        """Those are read; ids of other people's notices change nothing. How many stay unread."""
        with self._pool.transaction() as cur:
            cur.execute(queries.notices_read_some, _of(account) | {"ids": list(ids)})
            return _unread(cur, account)

    def read_to(self, account: Account, to: int | None = None) -> int:
        """All up to ``to`` are read, all there are where None. How many stay unread."""
        to = LARGEST_ID if to is None else to
        with self._pool.transaction() as cur:
            values = {"account": account.id, "to": to, "older_than": self._clock() - SETTLED}
            cur.execute(queries.notices_mark, values)
            mark = int(cur.fetchone()["read_to"])
            cur.execute(queries.notices_read_to, _of(account) | {"to": to, "read_to": mark})
            cur.execute(queries.notice_reads_clear, {"account": account.id, "read_to": mark})
            return _unread(cur, account)


def prune(pool: Pool, now: datetime) -> int:
    """Forget notices older than KEEP; how many. At most BATCH * BATCHES in one round."""
    gone = 0
    for _ in range(BATCHES):
        with pool.transaction() as cur:
            cur.execute(queries.notices_prune, {"limit": BATCH, "older_than": now - KEEP})
            gone += cur.rowcount
            if cur.rowcount < BATCH:
                break
    return gone


def _of(account: Account) -> dict[str, Any]:
    return {"account": account.id, "recipients": list(recipients_of(account))}


def _unread(cur: cursor, account: Account) -> int:
    cur.execute(queries.notices_unread, _of(account) | {"most": MOST_COUNTED})
    return int(cur.fetchone()["unread"])
