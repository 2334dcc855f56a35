"""Demonstration items let in at the district's real pace, until the first real item comes."""

import logging
import random
import threading
from typing import TYPE_CHECKING

from cli.demonstration.items import HOURS, SEEN_TO, Reports, see_to, take_in
from store.errors import DatabaseAway, DriverError

if TYPE_CHECKING:
    from cli.service import Service

log = logging.getLogger("firstline.demonstration")

A_DAY = 210


class Trickle(threading.Thread):
    """Lets ``pace`` times 210 items a day in, busier by day; most are taken on when the next comes. One works in all
    processes; it ends for good at the first item that is no demonstration."""

    def __init__(self, service: "Service", pace: float) -> None:
        super().__init__(name="trickle", daemon=True)
        self.service, self.pace = service, pace
        self._halt = threading.Event()

    def run(self) -> None:
        while not self._halt.is_set():
            try:
                if self._work():
                    return
            except (DriverError, DatabaseAway) as error:
                log.warning("the demonstration waits for the database: %s", str(error).strip())
            except Exception:  # one report that cannot be taken in must not end the demonstration
                log.exception("the demonstration could not let an item in, and goes on")
            self._halt.wait(2.0)

    def _work(self) -> bool:
        """Let items in while this connection holds the lock; True where the demonstration is over."""
        from cli.service import clock
        from store.demonstration import is_mine, is_over

        maker = self.service.accounts.by_name("demo-dispatcher")
        if maker is None:
            return True
        source = Reports(self.service, random.Random())
        conn = self.service.database.pool.dedicated("firstline trickle")
        try:
            if not is_mine(conn):
                return False
            before = None
            while not self._halt.wait(self._pause(source.dice)):
                if is_over(conn):
                    log.warning("a real item has come: the demonstration lets no more in")
                    return True
                if before is not None and source.dice.random() < SEEN_TO:
                    see_to(self.service, before, source.dice, clock(), clock())
                before = take_in(self.service, maker, source.next(), clock())
        finally:
            conn.close()
        return True

    def _pause(self, dice: random.Random) -> float:
        """Seconds to the next item: random arrivals (exponential gaps) at this hour's rate."""
        from cli.service import clock

        hour = clock().astimezone(self.service.rules.zone).hour
        rate = A_DAY * self.pace * HOURS[hour] / sum(HOURS) / 3600
        return dice.expovariate(rate)
