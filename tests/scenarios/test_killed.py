"""Servers and the database are killed in the middle of the work; what was acknowledged is there, once."""

from collections import Counter

from store.counters import differences
from tests.scenarios.servers import Clients, Town, Watcher, position, until


def test_kill_nine_of_everything(town: Town) -> None:
    watcher = Watcher(town, position(town))
    clients = Clients(town, "killed", 8, 20)
    first, second = town.servers
    until(lambda: len(clients.acknowledged) >= 15)
    first.kill()
    before = len(clients.acknowledged)
    until(lambda: len(clients.acknowledged) >= before + 10)
    town.kill_database()
    first.start()
    first.ready()
    before = len(clients.acknowledged)
    until(lambda: len(clients.acknowledged) >= min(before + 10, 150))
    second.kill()
    first.kill()
    town.kill_database()
    for server in (first, second):
        server.start()
    acknowledged = clients.finish()
    assert len(acknowledged) == 160
    for server in (first, second):
        server.ready()

    with town.service.pool.transaction() as cur:
        cur.execute("""SELECT k.key, i.number FROM intake_keys k JOIN items i ON i.id = k.item_id
            WHERE k.key LIKE 'killed-%'""")
        stored = [(row["key"], row["number"]) for row in cur.fetchall()]
        cur.execute("SELECT count(*) AS n FROM items WHERE number = ANY(%s)", (list(acknowledged.values()),))
        assert cur.fetchone()["n"] == len(set(acknowledged.values())) == 160
        assert differences(cur, "Asia/Shanghai") == {}
    assert sorted(stored) == sorted(acknowledged.items())

    until(lambda: set(acknowledged.values()) <= set(watcher.seen), 30)
    watcher.stop()
    assert watcher.resets == 0 and watcher.connections >= 2
    assert watcher.positions == sorted(set(watcher.positions))
    assert max(Counter(watcher.seen).values()) == 1

    audited = town.run("audit", "verify")
    assert (audited.returncode, audited.stderr.strip()) == (0, "the history is whole")
