"""Pauses end by themselves: nobody's clock stands still for longer than the rule allows."""

from datetime import datetime

from dispatch.account import ESCALATOR
from dispatch.errors import Changed, WrongState
from store.desk import Desk
from store.queries import queries


def end_pauses(desk: Desk, now: datetime) -> int:
    """Resume every item whose pause is over at ``now``; how many they were.

    Any number of processes may do it at once: the item's lock lets one, the others find nothing left to end. Being late
    costs nobody a minute: the clocks are put off to the pause's limit only.
    """
    with desk.pool.transaction() as cur:
        cur.execute(queries.pauses_over, {"now": now})
        numbers = [row["number"] for row in cur.fetchall()]
    ended = 0
    for number in numbers:
        try:
            desk.act(ESCALATOR, number, "resume", {})
            ended += 1
        except (WrongState, Changed):
            continue  # the handler or another process was quicker
    return ended
