"""Who has which item open just now, for all processes of the service: a sign, never a lock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from dispatch.account import Account
from store.desk import scope
from store.pool import Pool
from store.queries import queries

FADES = timedelta(seconds=30)
"""A screen that has not said so again for this long has the item open no more."""


class Presence:
    """Who looks at what, through the eyes of an account."""

    def __init__(self, pool: Pool, clock: Callable[[], datetime]) -> None:
        self.pool, self.clock = pool, clock

    def look(self, account: Account, seat: str, number: str | None) -> list[dict[str, Any]]:
        """Note that the screen ``seat`` of ``account`` has ``number`` open (nothing where None, or out of scope), and
        tell what other screens have open: ``number, name, role, since, own`` (the same account elsewhere)."""
        now = self.clock()
        values = {"account": account.id, "seat": seat, "now": now, "stale": now - FADES, "keys": scope(account)}
        with self.pool.transaction() as cur:
            if number is None:
                cur.execute(queries.presence_leave, values)
            else:
                asked = {"number": number, "name": account.name, "role": account.role}
                cur.execute(queries.presence_keep, values | asked)
            cur.execute(queries.presence_others, values)
            return [dict(row) for row in cur.fetchall()]
