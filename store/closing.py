"""Answered items that nobody rated close by themselves, as unrated: silence is never taken for satisfaction."""

from datetime import datetime

from dispatch.account import ESCALATOR
from dispatch.errors import WrongState
from store.desk import Desk
from store.queries import queries


def close_unrated(desk: Desk, now: datetime) -> int:
    """Close every item whose time limit has passed at ``now``, up to a batch; how many they were.

    Any number of processes may do it at once: the item's lock lets one, and one that was rated, contested or answered
    anew meanwhile is left alone.
    """
    with desk.pool.transaction() as cur:
        cur.execute(queries.closings_over, {"now": now})
        due = [(row["number"], row["close_at"]) for row in cur.fetchall()]
    closed = 0
    for number, close_at in due:
        try:
            desk.act(ESCALATOR, number, "close", {"close_at": close_at})
            closed += 1
        except WrongState:
            continue
    return closed
