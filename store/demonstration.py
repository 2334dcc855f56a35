"""What the demonstration asks of the database."""

from psycopg2.extensions import connection

from store.pool import Pool
from store.queries import queries

LOCK = 0x44454D4F


def is_empty(pool: Pool) -> bool:
    """Whether there is neither an account nor an item."""
    with pool.transaction() as cur:
        cur.execute(queries.demonstration_empty)
        return bool(cur.fetchone()["empty"])


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
