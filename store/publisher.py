"""The clock of planned Editions: lets each go live when its instant has come."""

import logging
import threading
from collections.abc import Callable

import psycopg2

from store.errors import DatabaseAway

log = logging.getLogger("firstline.publisher")

TICK_S = 0.5
ASIDE_S = 30.0
"""How long it waits after a publish that failed for a reason of its own."""


class Publisher(threading.Thread):
    """Calls ``carry_out`` (see ``publishing.carry_out_due``) twice a second until told to stop.

    Any number of processes may run one. What dies in the middle leaves the old Edition live and the plan waiting, for
    the next one that looks. It survives a database that goes away.
    """

    def __init__(self, carry_out: Callable[[], int | None]) -> None:
        super().__init__(name="publisher", daemon=True)
        self._carry_out = carry_out
        self._halt = threading.Event()

    def stop(self) -> None:
        """Ask it to end; join it to wait."""
        self._halt.set()

    def run(self) -> None:
        while not self._halt.wait(self.tick()):
            pass

    def tick(self) -> float:
        """Look once; the seconds until it is to look again."""
        try:
            edition = self._carry_out()
        except (psycopg2.Error, DatabaseAway) as error:
            log.warning("a planned Edition waits for the database: %s", str(error).strip())
            return TICK_S
        except Exception:
            log.exception("a planned Edition could not go live; it is tried again")
            return ASIDE_S
        if edition is not None:
            log.info("Edition %s is live, as planned", edition)
        return TICK_S
