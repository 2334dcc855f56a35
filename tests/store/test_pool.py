"""Connections: handed out, taken back, replaced when they die, and not shared with a forked child."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from store import embedded
from store.database import Database
from store.errors import DatabaseAway
from store.pool import Pool
from store.settings import Settings
from tests.conftest import QUICK


@pytest.fixture
def pool(cluster: str) -> Pool:
    made = Pool(cluster, size=2, wait_s=0.05)
    yield made
    made.close()


def backend(pool: Pool) -> int:
    with pool.connection() as conn:
        return int(conn.info.backend_pid)


def test_the_last_returned_is_the_next_given(pool: Pool) -> None:
    with pool.connection() as first, pool.connection() as second:
        one, two = first.info.backend_pid, second.info.backend_pid
    assert one != two
    assert [backend(pool) for _ in range(3)] == [one] * 3


def test_a_block_commits_and_an_error_rolls_back(pool: Pool) -> None:
    with pool.transaction() as cur:
        cur.execute("DROP TABLE IF EXISTS pool_test; CREATE TABLE pool_test AS SELECT 1 AS n")
    with pytest.raises(ZeroDivisionError), pool.transaction() as cur:
        cur.execute("INSERT INTO pool_test VALUES (2)")
        raise ZeroDivisionError
    with pytest.raises(psycopg2.errors.UndefinedTable), pool.transaction() as cur:
        cur.execute("SELECT * FROM nowhere")
    with pool.transaction() as cur:
        cur.execute("SELECT array_agg(n) AS all FROM pool_test")
        assert cur.fetchone() == {"all": [1]}


def test_values_cross_as_python_objects(pool: Pool) -> None:
    given = {"名": "鼓楼", "n": [1, None]}
    identity = UUID(int=7)
    with pool.transaction() as cur:
        cur.execute("SELECT %(j)s::jsonb AS j, %(u)s AS u, now() AS t, current_setting('timezone') AS zone",
                    {"j": given, "u": identity})
        row = cur.fetchone()
    assert (row["j"], row["u"], row["zone"]) == (given, identity, "UTC")
    assert row["t"].utcoffset().total_seconds() == 0


def test_when_all_are_busy_it_waits_and_then_says_so(pool: Pool) -> None:
    with pool.connection(), pool.connection():
        with pytest.raises(DatabaseAway, match="busy"):
            backend(pool)
        pool.wait_s = 5
        answers: list[int] = []
        waiting = threading.Thread(target=lambda: answers.append(backend(pool)))
        waiting.start()
    waiting.join()
    assert len(answers) == 1


def test_a_connection_closed_by_the_server_is_replaced(pool: Pool, cluster: str) -> None:
    dead = backend(pool)
    end_backend(cluster, dead)
    assert backend(pool) != dead


def test_one_that_dies_in_use_is_database_away(pool: Pool, cluster: str) -> None:
    with pytest.raises(DatabaseAway), pool.transaction() as cur:
        end_backend(cluster, cur.connection.info.backend_pid)
        cur.execute("SELECT 1")
    assert backend(pool)


def test_a_statement_that_takes_too_long_is_ended(cluster: str) -> None:
    quick = Pool(cluster, size=1, statement_timeout_s=0.05)
    with pytest.raises(DatabaseAway), quick.transaction() as cur:
        cur.execute("SELECT pg_sleep(5)")
    quick.close()


def test_threads_share_it_without_loss(cluster: str) -> None:
    shared = Pool(cluster, size=4, wait_s=10)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(50):
                backend(shared)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert shared._made == len(shared._idle) <= 4
    shared.close()


def test_a_forked_child_has_connections_of_its_own(pool: Pool) -> None:
    mine = backend(pool)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, str(backend(pool)).encode())
        pool.close()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        assert int(answer.read()) != mine
    os.waitpid(pid, 0)
    assert backend(pool) == mine, "the child closed nothing of its parent's"


def test_a_closed_pool_gives_none(pool: Pool) -> None:
    with pool.connection() as conn:
        pool.close()
    assert conn.closed
    with pytest.raises(DatabaseAway):
        backend(pool)


def test_a_database_that_is_not_there_is_away_at_once(home: Path) -> None:
    asked: list[bool] = []
    nowhere = Pool(f"host={home} dbname=firstline user=nobody", on_away=lambda: asked.append(True))
    for _ in range(3):
        with pytest.raises(DatabaseAway):
            backend(nowhere)
    assert len(asked) == 3
    assert nowhere._made == 0


def test_it_survives_a_restart_of_the_database(own_cluster: Settings) -> None:
    dsn = embedded.start(own_cluster.home)
    pool = Pool(dsn, size=2)
    backend(pool)
    embedded.stop(own_cluster.home)
    begun = time.monotonic()
    with pytest.raises(DatabaseAway):
        backend(pool)
    assert time.monotonic() - begun < 1
    embedded.start(own_cluster.home, QUICK)
    assert backend(pool)
    pool.close()


def test_a_server_that_dies_under_its_users_is_started_again(own_cluster: Settings) -> None:
    with Database.open(own_cluster) as database:
        admin = Pool(database.admin_dsn, size=1, on_away=database._revive)
        folder = own_cluster.home / "pg" / "data" / "postmaster.pid"
        os.kill(int(folder.read_text().split()[0]), signal.SIGKILL)
        assert until_it_answers(lambda: backend(admin)) >= 1, "the request at hand fails, it does not wait"
        admin.close()


def until_it_answers(ask: Callable[[], object]) -> int:
    """How often it failed before it answered."""
    for failures in range(1000):
        try:
            ask()
        except DatabaseAway:
            time.sleep(0.02)
        else:
            return failures
    raise AssertionError("it does not come back")


def end_backend(cluster: str, pid: int) -> None:
    conn = psycopg2.connect(cluster)
    with conn, conn.cursor() as cur:
        cur.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    conn.close()


def test_a_connection_string_keeps_what_its_owner_set(cluster: str) -> None:
    pool = Pool(cluster + " application_name=mine", size=1)
    with pool.connection() as conn:
        assert parse_dsn(conn.dsn)["application_name"] == "mine"
    pool.close()
