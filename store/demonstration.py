"""What the demonstration asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.extensions import connection

from store.pool import Pool
from store.queries import queries

LOCK = 0x44454D4F


FILL = 0x46494C4C


def state(pool: Pool) -> str:
    """``filled``: somebody's own account, or any item, is here; ``begun``: demonstration accounts alone; ``empty``."""
    with pool.transaction() as cur:
        cur.execute(queries.demonstration_state)
        row = cur.fetchone()
    if row["own"] or row["items"]:
        return "filled"
    return "begun" if row["accounts"] else "empty"


@contextmanager
def filling(pool: Pool) -> Iterator[None]:
    """Fill alone: another process waits here until this one is done, or ended."""
    conn = pool.dedicated("firstline filling")
    try:
        with conn.cursor() as cur:
            cur.execute(queries.demonstration_fill, {"lock": FILL})
        yield
    finally:
        conn.close()


def is_over(conn: connection) -> bool:
    """Whether an item came that is no demonstration: from then on none is ever let in."""
    with conn.cursor() as cur:
        cur.execute(queries.demonstration_over)
        return bool(cur.fetchone()["over"])


def is_mine(conn: connection) -> bool:
    """Take the right to let items in, for as long as ``conn`` lives; False where another process has it."""
    with conn.cursor() as cur:
        cur.execute(queries.demonstration_lock, {"lock": LOCK})
        return bool(cur.fetchone()["mine"])
