"""Boundaries change while two servers take items in; and a publisher is killed in the middle."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dispatch.account import Account
from dispatch.moving import places
from store import publishing
from store.audit import verify
from store.publishing import PUBLISH_LOCK
from tests import factories
from tests.boundaries.sheets import write_district
from tests.scenarios.servers import Answer, Clients, Town, call, until

LOCKED = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
WAITS = "SELECT 1 FROM pg_locks WHERE locktype IN ('tuple', 'transactionid') AND NOT granted"
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
    assert publisher.returncode == 0, err
    edition = int(out)
    until(lambda: editions(town) == [(edition, "T2")] * 2)
    during = len(clients.acknowledged)
    acknowledged = clients.finish()
    assert edition > before and live(town) == edition and during > 0
    assert clients.refused == [] and len(acknowledged) == 160
    with town.service.pool.transaction() as cur:
        cur.execute("SELECT edition, lead, township, count(*) AS n FROM items WHERE id > %s GROUP BY 1, 2, 3", (seen,))
        assert [tuple(row.values()) for row in cur.fetchall()] == [(edition, "T2", "T2", 160)]
        cur.execute("SELECT body FROM events WHERE item_id > %s AND seq = 2", (seen,))
        moved = [row["body"] for row in cur.fetchall()]
    assert moved and all('"action":"moved"' in body and '"township":["T1","T2"]' in body for body in moved)
    assert verify(town.service.pool, "Asia/Shanghai").fault is None


def test_boundaries_go_to_and_fro_while_two_servers_work(town: Town) -> None:
    """Nothing is refused, and in the end every item stands where the live Edition has it, whenever it came. (How fast
    is measured by ``benchmarks.publish``.)"""
    clients = Clients(town, "to-and-fro", 2, 25)
    acted: list[Answer] = []
    halt = threading.Event()

    def act() -> None:
        while not halt.is_set():
            for number in list(clients.acknowledged.values())[-5:]:
                told = {"action": "comment", "text": "x"}
                port, token = town.servers[len(acted) % 2].port, town.service["dispatcher"].token
                acted.append(call(port, token, "POST", f"/items/{number}/actions", told))

    actor = threading.Thread(target=act)
    actor.start()
    made = [publish(town, (factories.a_redrawn_town(), factories.a_town())[n % 2]) for n in range(6)]
    acknowledged = clients.finish()
    halt.set()
    actor.join(30)
    assert clients.refused == [] and len(acknowledged) == 50 and acted
    assert {answer.status for answer in acted} == {200}
    until(lambda: editions(town) == [(made[-1], "T1")] * 2)
    assert misplaced(town) == [] and verify(town.service.pool, "Asia/Shanghai").fault is None


def publish(town: Town, district: Any, **more: Any) -> int:
    service = town.service.service
    told = {"by": Account(0, "li", "planner"), "reason": "", "expect": None, "clock": service.worlds.clock, **more}
    return publishing.publish(town.service.pool, service.worlds, service.pen, district, **told)


def misplaced(town: Town) -> list[Any]:
    """Open items that do not stand where the live Edition has them, or under a lead that is not theirs."""
    edition = town.service.service.shelf.get(live(town))[0]
    with town.service.pool.transaction() as cur:
        cur.execute("SELECT number, lon, lat, township, grid, community, lead FROM items "
                    "WHERE lon IS NOT NULL AND status IN ('received', 'dispatched')")  # fmt: skip
        rows = cur.fetchall()
    there = places(edition, rows)
    return [row for row, at in zip(rows, there, strict=True)
            if (row["township"], row["grid"], row["community"]) != at or row["lead"] != at[0]]  # fmt: skip


@contextmanager
def held(town: Town, number: str) -> Iterator[None]:
    """Somebody holds an item; whoever moves it waits."""
    holder = town.service.pool.dedicated()
    holder.autocommit = False
    try:
        with holder.cursor() as cur:
            cur.execute("SELECT id FROM items WHERE number = %s FOR UPDATE", (number,))
        yield
    finally:
        holder.close()


def test_a_server_killed_while_a_planned_edition_goes_live_leaves_it_waiting(town: Town) -> None:
    """The one that comes next carries it out."""
    numbers = list(Clients(town, "planned", 1, 3).finish().values())
    before, where = live(town), editions(town)[0][1]
    other = factories.a_town() if where == "T2" else factories.a_redrawn_town()
    first, second = town.servers
    second.kill(signal.SIGTERM)
    with held(town, numbers[-1]):
        edition = publish(town, other, at=datetime.now(UTC) + timedelta(seconds=0.5))
        until(lambda: town.service.row(LOCKED, (PUBLISH_LOCK,)) and town.service.row(WAITS))
        first.kill()
    until(lambda: not town.service.row(LOCKED, (PUBLISH_LOCK,)))
    assert live(town) == before and publishing.planned(town.service.pool)[0]["edition"] == edition
    with town.service.pool.transaction() as cur:
        cur.execute("SELECT DISTINCT lead FROM items WHERE number = ANY(%s)", (numbers,))
        assert [row["lead"] for row in cur.fetchall()] == [where]
    for server in town.servers:
        server.start()
    for server in town.servers:
        server.ready()
    until(lambda: live(town) == edition)
    until(lambda: editions(town) == [(edition, {"T1": "T2", "T2": "T1"}[where])] * 2)
    assert publishing.planned(town.service.pool) == [] and misplaced(town) == []
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

    def in_the_middle() -> bool:
        assert publisher.poll() is None, publisher.communicate()
        return bool(town.service.row(LOCKED, (PUBLISH_LOCK,)) and town.service.row(WAITS))

    until(in_the_middle)
    os.killpg(publisher.pid, signal.SIGKILL)
    publisher.communicate(timeout=20)
    while_dying = Clients(town, "while", 2, 3).finish()
    holder.rollback()
    holder.close()
    until(lambda: not town.service.row(LOCKED, (PUBLISH_LOCK,)))
    assert live(town) == before and editions(town) == where
    with town.service.pool.transaction() as cur:
        cur.execute("SELECT DISTINCT edition, lead, version FROM items WHERE number = ANY(%s)",
                    (numbers + list(while_dying.values()),))  # fmt: skip
        assert [tuple(row.values()) for row in cur.fetchall()] == [(before, where[0][1], 1)]
    again = town.run("boundaries", "publish", str(folder), "--expect", str(before), "--commit")
    assert again.returncode == 0, again.stderr
    until(lambda: editions(town) == [(int(again.stdout), {"T1": "T2", "T2": "T1"}[where[0][1]])] * 2, 5)
    assert verify(town.service.pool, "Asia/Shanghai").fault is None
