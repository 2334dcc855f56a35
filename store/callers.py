"""A caller's items, found by the keyed digest of the telephone number. Every look-up stands in the access log."""

from dispatch.account import Account
from dispatch.item import Item
from store.desk import scope
from store.pool import Pool
from store.queries import queries
from store.rows import item_of, phone_digest
from store.world import Worlds

MOST_ITEMS = 20
REASON = "look-up by the caller's number"


class Callers:
    """Who called before, through the eyes of an account."""

    def __init__(self, pool: Pool, worlds: Worlds, secret: bytes) -> None:
        self.pool, self.worlds, self.secret = pool, worlds, secret

    def items(self, account: Account, phone: str) -> list[Item]:
        """The items in scope whose reporter has this very number (only digits count), open ones first, 20 at most.

        In the access log the line's ``item`` is ``caller:`` and the beginning of the digest, never the number.
        """
        digest = phone_digest(phone, self.secret)
        if digest is None:
            return []
        values = {
            "account": account.id,
            "who": f"caller:{digest[:12]}",
            "reason": REASON,
            "at": self.worlds.clock(),
            "digest": digest,
            "keys": scope(account),
            "limit": MOST_ITEMS,
        }
        with self.pool.transaction() as cur:
            cur.execute(queries.caller_items, values)
            return [item_of(row) for row in cur.fetchall()]
