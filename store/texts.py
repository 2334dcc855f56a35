"""Sending the texts that wait: one process at a time, each text at least once, always with the same id.

A text is marked in the transaction that holds it, after it has left: whoever is killed in between leaves it waiting,
and it leaves once more.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import psycopg2
from psycopg2.extensions import cursor

from dispatch.item import Item
from dispatch.texts import MOST_TRIES, dropped, wait_after
from dispatch.tracking import track_code
from dispatch.world import World
from store.errors import DatabaseAway
from store.pool import Pool
from store.queries import queries
from store.rows import item_of
from store.text_roads import NotSent, Outgoing, Road
from store.world import Worlds

log = logging.getLogger("firstline.texts")

TEXT_LOCK = 0x54455854
TICK_S = 2.0
MOST_AT_ONCE = 100


class Texts:
    """The texts of this database and the road by which they leave."""

    def __init__(self, pool: Pool, worlds: Worlds, secret: bytes, road: Road) -> None:
        self.pool, self.worlds, self.secret, self.road = pool, worlds, secret, road

    def send_due(self, now: datetime) -> int:
        """Send what is due at ``now``; how many left. Ends at the first that fails: that one waits, and the others come
        in the next round. In quiet hours nothing leaves; a round is short, so that it does not run into them."""
        rules = self.worlds.rules
        local = now.astimezone(rules.zone)
        if rules.thresholds.texts.is_quiet(local.hour):
            return 0
        midnight = datetime.combine(local.date(), time(), rules.zone).astimezone(UTC)
        sent = 0
        for _ in range(MOST_AT_ONCE):
            state = self._one(now, midnight)
            if state in (None, "waiting", "failed"):
                break
            sent += state == "sent"
        return sent

    def _one(self, now: datetime, since: datetime) -> str | None:
        """The new state of the next text; None where none is due or another process is sending."""
        world = self.worlds.now()  # before the transaction: whoever holds a connection waits for no other
        with self.pool.transaction() as cur:
            cur.execute(queries.text_turn, {"text_lock": TEXT_LOCK})
            if not cur.fetchone()["mine"]:
                return None
            cur.execute(queries.text_next, {"now": now, "since": since})
            row = cur.fetchone()
            if row is None:
                return None
            cur.execute(queries.item_card_by_id, {"id": row["item_id"]})
            return self._settle(cur, row, item_of(cur.fetchone()), world, now)

    def _settle(self, cur: cursor, row: dict[str, Any], item: Item, world: World, now: datetime) -> str:
        """Drop the text, or send it; and mark it."""
        mark: dict[str, Any] = {"id": row["id"], "tries": row["tries"], "reason": None, "due_at": now, "sent_at": None}
        rules = world.rules.thresholds.texts
        why = dropped(row["kind"], item, row["phone"], row["today"], rules, row["made_at"])
        if why is not None:
            mark |= {"state": "dropped", "reason": why}
            log.info("text %s is dropped: %s", row["id"], why)
        else:
            mark |= self._sent(row, item, world, now)
        cur.execute(queries.text_mark, mark)
        return str(mark["state"])

    def _sent(self, row: dict[str, Any], item: Item, world: World, now: datetime) -> dict[str, Any]:
        tries = row["tries"] + 1
        try:
            self.road(self._outgoing(row, item, world, now))
        except NotSent as failure:
            given_up = tries >= MOST_TRIES
            log.log(
                logging.ERROR if given_up else logging.WARNING,
                "text %s did not leave (%s), attempt %s%s", row["id"], failure, tries, ": given up" if given_up else "",
            )  # fmt: skip
            state = "failed" if given_up else "waiting"
            return {"state": state, "tries": tries, "reason": str(failure), "due_at": now + wait_after(tries)}
        return {"state": "sent", "tries": tries, "sent_at": now}

    def _outgoing(self, row: dict[str, Any], item: Item, world: World, now: datetime) -> Outgoing:
        words = world.rules.thresholds.texts.words[row["kind"]]
        filled = words.format_map(
            {"number": item.number, "code": track_code(item.number, self.secret), "unit": _handler_name(item, world)}
        )
        return Outgoing(f"{item.number}/{row['id']}", row["phone"], filled, row["kind"], item.number, now.isoformat())


def _handler_name(item: Item, world: World) -> str:
    code = item.main.unit if item.main else item.lead.code
    if code == "centre":
        return "12345"
    return world.units[code].name if code in world.units else world.edition.names.get(code, code)


class Sender(threading.Thread):
    """Sends texts until told to stop; survives a database that goes away. Every process may run one."""

    def __init__(self, texts: Texts, clock: Callable[[], datetime]) -> None:
        super().__init__(name="texts", daemon=True)
        self.texts, self.clock = texts, clock
        self._halt = threading.Event()

    def stop(self) -> None:
        """Ask it to end; join it to wait."""
        self._halt.set()

    def run(self) -> None:
        while not self._halt.wait(TICK_S):
            try:
                self.texts.send_due(self.clock())
            except (psycopg2.Error, DatabaseAway) as error:
                log.warning("the texts wait for the database: %s", str(error).strip())
            except Exception:
                log.exception("a text failed; the next round tries again")
