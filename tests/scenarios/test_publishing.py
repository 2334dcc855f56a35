"""Boundaries change while two servers take items in; and a publisher is killed in the middle."""

import os
import signal
import time
from pathlib import Path

from store.audit import verify
from store.publishing import PUBLISH_LOCK
from tests import factories
from tests.boundaries.sheets import write_district
from tests.scenarios.servers import Clients, Town, call, until

IN_T1G1 = f"/resolve?lon={factories.IN_T1G1[0]}&lat={factories.IN_T1G1[1]}"


def live(town: Town) -> int:
    return int(town.service.row("SELECT edition FROM live_edition")["edition"])


def editions(town: Town) -> list[tuple[int, str]]:
    answers = [call(server.port, town.token, "GET", IN_T1G1).body for server in town.servers]
    return [(answer["edition"], answer["township"]["code"]) for answer in answers]


def test_publishing_under_load(town: Town, tmp_path: Path) -> None:
    folder = write_district(tmp_path, factories.a_redrawn_town(), townships=False)
    before = live(town)
    seen = town.service.row("SELECT coalesce(max(id), 0) AS id FROM items")["id"]
    clients = Clients(town, "load", 4, 40)
    publisher = town.begin("boundaries", "publish", str(folder), "--reason", "load", "--commit")
    out, err = publisher.communicate(timeout=60)
    done = time.monotonic()
    assert publisher.returncode == 0, err
    edition = int(out)
    until(lambda: editions(town) == [(edition, "T2")] * 2, 3)
    swapped = time.monotonic() - done
    during = len(clients.acknowledged)
    acknowledged = clients.finish()
    assert edition > before and live(town) == edition and during > 0 and swapped < 1.0
    assert clients.refused == [] and len(acknowledged) == 160
    with town.service.pool.transaction() as cur:
        cur.execute("SELECT edition, lead, township, count(*) AS n FROM items WHERE id > %s GROUP BY 1, 2, 3", (seen,))
        assert [tuple(row.values()) for row in cur.fetchall()] == [(edition, "T2", "T2", 160)]
        cur.execute("SELECT body FROM events WHERE item_id > %s AND seq = 2", (seen,))
        moved = [row["body"] for row in cur.fetchall()]
    assert moved and all('"action":"moved"' in body and '"township":["T1","T2"]' in body for body in moved)
    assert verify(town.service.pool, "Asia/Shanghai").fault is None


def test_a_publisher_killed_in_the_middle_leaves_the_old_edition(town: Town, tmp_path: Path) -> None:
    clients = Clients(town, "before", 1, 3)
    numbers = list(clients.finish().values())
    before, where = live(town), editions(town)
    other = factories.a_town() if where[0][1] == "T2" else factories.a_redrawn_town()
    folder = write_district(tmp_path, other, townships=False)
    holder = town.service.pool.dedicated()
    holder.autocommit = False
    with holder.cursor() as cur:  # the publisher has moved some items when it comes to this one, and waits
        cur.execute("SELECT id FROM items WHERE number = %s FOR UPDATE", (numbers[-1],))
    publisher = town.begin("boundaries", "publish", str(folder), "--commit")
    locked = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
    waits = "SELECT 1 FROM pg_locks WHERE locktype IN ('tuple', 'transactionid') AND NOT granted"

    def in_the_middle() -> bool:
        assert publisher.poll() is None, publisher.communicate()
        return bool(town.service.row(locked, (PUBLISH_LOCK,)) and town.service.row(waits))

    until(in_the_middle)
    os.killpg(publisher.pid, signal.SIGKILL)
    publisher.communicate(timeout=20)
    while_dying = Clients(town, "while", 2, 3).finish()
    holder.rollback()
    holder.close()
    until(lambda: not town.service.row(locked, (PUBLISH_LOCK,)))
    assert live(town) == before and editions(town) == where
    with town.service.pool.transaction() as cur:
        cur.execute("SELECT DISTINCT edition, lead, version FROM items WHERE number = ANY(%s)",
                    (numbers + list(while_dying.values()),))  # fmt: skip
        assert [tuple(row.values()) for row in cur.fetchall()] == [(before, where[0][1], 1)]
    again = town.run("boundaries", "publish", str(folder), "--expect", str(before), "--commit")
    assert again.returncode == 0, again.stderr
    until(lambda: editions(town) == [(int(again.stdout), {"T1": "T2", "T2": "T1"}[where[0][1]])] * 2, 5)
    assert verify(town.service.pool, "Asia/Shanghai").fault is None
