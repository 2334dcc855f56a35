"""Whether the counters say what the items say."""

from typing import Any

from psycopg2.extensions import cursor

from store.queries import queries

Key = tuple[Any, ...]
COLUMNS = ("day", "township", "grid", "category", "channel", "status")


def differences(cur: cursor, zone: str) -> dict[Key, tuple[int, int]]:
    """Counters that are wrong: key (day, township, grid, category, channel, status) -> (counted, true).

    Both are read in the caller's transaction: give it one snapshot (REPEATABLE READ) while items come.
    """
    cur.execute(queries.counters_read)
    counted = {tuple(row[name] for name in COLUMNS): int(row["n"]) for row in cur.fetchall()}
    cur.execute(queries.counters_true, {"zone": zone})
    true = {tuple(row[name] for name in COLUMNS): int(row["n"]) for row in cur.fetchall()}
    return {
        key: (counted.get(key, 0), true.get(key, 0))
        for key in counted.keys() | true.keys()
        if counted.get(key, 0) != true.get(key, 0)
    }
