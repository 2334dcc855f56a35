"""Holding the live Edition: shared, by whoever places an item, until the commit; alone, by a publish that flips it."""

from psycopg2.extensions import cursor

from store.errors import NoEdition
from store.queries import queries
from store.world import Worlds

EDITION_LOCK = 0x46454449
"""Advisory lock: intake holds it shared from reading the live Edition to its commit, publishing alone to flip."""


class NotReady(Exception):
    """The live Edition is not in memory yet. It is built outside the transaction, which holds a lock."""

    def __init__(self, edition: int) -> None:
        super().__init__(edition)
        self.edition = edition


def hold_edition(cur: cursor) -> int:
    """Hold the live Edition, shared, until the commit; its id. Raises NoEdition.

    Two statements: one that waited for the lock would still see the Edition that was live when it began to wait.
    """
    cur.execute(f"{queries.edition_hold};\n{queries.edition_live}", {"edition_lock": EDITION_LOCK})
    row = cur.fetchone()
    if row is None:
        raise NoEdition()
    return int(row["edition"])


def hold_ready(cur: cursor, worlds: Worlds) -> int:
    """Likewise, where this process has it in memory. Raises NotReady: then get it ready, and try again."""
    edition = hold_edition(cur)
    if not worlds.shelf.has(edition):
        raise NotReady(edition)
    return edition
