"""What a day brings by itself: the review of a suspended item (挂账), an order (督办) not answered in time.

Each is told once: the item's lock, and what was told already, make it so for any number of processes.
"""

from datetime import datetime

from psycopg2.extensions import cursor

from dispatch.account import ESCALATOR
from dispatch.notices import review
from dispatch.supervision import overdue_told
from dispatch.telling import told
from store.pool import Pool
from store.queries import queries
from store.rows import item_of
from store.saving import tell


def tell_reviews(pool: Pool, now: datetime) -> int:
    """Tell supervisors and the main handler of every suspended item whose day has come; how many they were."""
    with pool.transaction() as cur:
        cur.execute(queries.reviews_due, {"now": now})
        numbers = [row["number"] for row in cur.fetchall()]
    done = 0
    for number in numbers:
        with pool.transaction() as cur:
            done += _tell(cur, number, now)
    return done


def _tell(cur: cursor, number: str, now: datetime) -> bool:
    cur.execute(queries.item_lock, {"number": number, "keys": None})
    cur.execute(queries.review_due, {"number": number, "now": now})
    if cur.fetchone() is None:
        return False
    cur.execute(queries.item_card, {"number": number, "keys": None})
    item = item_of(cur.fetchone())
    tell(cur, number, told(item, item, ESCALATOR, review(item)), now)
    return True


def tell_overdue_orders(pool: Pool, now: datetime) -> int:
    """Tell of every order whose limit passed without an answer: its unit, the unit's leaders and the supervisors."""
    with pool.transaction() as cur:
        cur.execute(queries.orders_overdue, {"now": now})
        orders = [(row["number"], row["n"]) for row in cur.fetchall()]
    done = 0
    for number, n in orders:
        with pool.transaction() as cur:
            done += _tell_overdue(cur, number, n, now)
    return done


def _tell_overdue(cur: cursor, number: str, n: int, now: datetime) -> bool:
    cur.execute(queries.item_lock, {"number": number, "keys": None})
    cur.execute(queries.order_overdue, {"number": number, "n": n, "now": now})
    if cur.fetchone() is None:
        return False
    cur.execute(queries.item_card, {"number": number, "keys": None})
    item = item_of(cur.fetchone())
    tell(cur, number, told(item, item, ESCALATOR, overdue_told(item, n)), now)
    return True
