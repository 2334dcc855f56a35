"""Rows are dictionaries, however they are fetched."""

from store.database import Database


def test_each_way_gives_the_same_rows(database: Database) -> None:
    ask = "SELECT n, n * 2 AS twice FROM generate_series(1, 3) AS n"
    rows = [{"n": n, "twice": 2 * n} for n in (1, 2, 3)]
    with database.pool.transaction() as cur:
        cur.execute(ask)
        assert cur.fetchone() == rows[0] and cur.fetchall() == rows[1:] and cur.fetchone() is None
        cur.execute(ask)
        assert list(cur) == rows
        cur.execute(ask)
        assert cur.fetchmany(2) == rows[:2] and cur.fetchmany() == rows[2:] and cur.fetchmany() == []
