"""The database goes away in the middle of intake and comes back; nobody restarts a server, and nothing is lost."""

import time

from store import locks
from store.audit import verify
from tests.scenarios.servers import Clients, Town, call, until

AWAY_S = 10.0


def test_ten_seconds_without_a_database(town: Town) -> None:
    servers = [server.process.pid for server in town.servers if server.process]
    clients = Clients(town, "away", 4, 30)
    until(lambda: len(clients.acknowledged) >= 8)
    with locks.gate(town.home / "pg" / "gate.lock"):  # nobody can start it again meanwhile
        town.kill_database()
        gone = time.monotonic()
        until(lambda: len({answer.body["code"] for answer in clients.refused}) > 0)
        assert call(town.servers[0].port, "", "GET", "/me").status == 401  # it answers what needs no database
        live = call(town.servers[0].port, town.token, "GET", "/live")
        assert (live.status, live.body["code"]) == (503, "database-away")
        until(lambda: time.monotonic() > gone + AWAY_S)
    acknowledged = clients.finish()
    assert len(acknowledged) == 120
    for answer in clients.refused:
        assert (answer.status, answer.body["code"]) == (503, "database-away")
        assert int(answer.headers["Retry-After"]) >= 1
    assert [server.process.pid for server in town.servers if server.process] == servers
    assert all(server.process and server.process.poll() is None for server in town.servers)
    with town.service.pool.transaction() as cur:
        cur.execute(
            "SELECT k.key, i.number FROM intake_keys k JOIN items i ON i.id = k.item_id WHERE k.key LIKE 'away-%'"
        )
        assert {row["key"]: row["number"] for row in cur.fetchall()} == acknowledged
    for server in town.servers:
        assert call(server.port, town.token, "GET", "/items?limit=1").status == 200
    assert verify(town.service.pool, "Asia/Shanghai").fault is None
