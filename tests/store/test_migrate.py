"""Migrations: once, in order, whoever else migrates; the schema that ships; and what the service's role may not do."""

import threading
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection

from store.database import Database
from store.errors import SchemaFault
from store.migrate import behind, migrate, migrations
from store.roles import APPEND_ONLY, role_dsn, role_name
from store.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_core.sql").write_text("CREATE TABLE events (n int);\nINSERT INTO events VALUES (1); -- 100 %\n")
    (tmp_path / "0002_more.sql").write_text("CREATE TABLE things (id int GENERATED ALWAYS AS IDENTITY, n int);")
    return tmp_path


def run(settings: Settings, folder: Path) -> list[str]:
    return migrate(settings.database_url or "", settings, folder)


def test_each_is_applied_once_and_recorded(empty_settings: Settings, folder: Path) -> None:
    dsn = empty_settings.database_url or ""
    assert behind(dsn, folder) == ["0001_core", "0002_more"]
    assert run(empty_settings, folder) == ["0001_core", "0002_more"]
    assert run(empty_settings, folder) == []
    (folder / "0003_last.sql").write_text("CREATE VIEW seen AS SELECT * FROM events;")
    assert behind(role_dsn(dsn, empty_settings), folder) == ["0003_last"]
    assert run(empty_settings, folder) == ["0003_last"]


def test_started_many_times_at_once_it_is_done_once(empty_settings: Settings, folder: Path) -> None:
    done: list[list[str]] = []
    threads = [threading.Thread(target=lambda: done.append(run(empty_settings, folder))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [[], [], [], ["0001_core", "0002_more"]]


def test_one_that_fails_leaves_nothing_of_itself(empty_settings: Settings, folder: Path) -> None:
    (folder / "0002_more.sql").write_text("CREATE TABLE things (n int); SELECT 1 / 0;")
    with pytest.raises(SchemaFault, match="0002_more failed: division by zero"):
        run(empty_settings, folder)
    (folder / "0002_more.sql").write_text("CREATE TABLE things (n int);")
    assert run(empty_settings, folder) == ["0002_more"]


def test_a_file_that_changed_since_is_a_fault_and_its_line_ends_are_not(empty_settings: Settings, folder: Path) -> None:
    run(empty_settings, folder)
    first = folder / "0001_core.sql"
    text = first.read_text()
    first.write_bytes(text.replace("\n", "\r\n").encode())
    assert run(empty_settings, folder) == []
    first.write_text(text + "-- a word more")
    with pytest.raises(SchemaFault, match="0001_core was applied in other words"):
        run(empty_settings, folder)


def test_a_database_of_a_newer_release_is_a_fault(empty_settings: Settings, folder: Path) -> None:
    run(empty_settings, folder)
    (folder / "0002_more.sql").unlink()
    with pytest.raises(SchemaFault, match="newer than this release: it has migration 0002_more"):
        run(empty_settings, folder)


@pytest.mark.parametrize("name", ["0004_gap.sql", "0002_twice.sql", "3_short.sql", "0003_Large.sql"])
def test_files_that_are_not_numbered_in_a_row_are_a_fault(folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1;")
    with pytest.raises(SchemaFault):
        migrations(folder)


def test_it_waits_for_a_lock_without_stopping_the_service(
        empty_settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(empty_settings, folder)
    (folder / "0003_alter.sql").write_text("ALTER TABLE things ADD m int;")
    monkeypatch.setattr("store.migrate.LOCK_WAIT", "30ms")
    busy = psycopg2.connect(empty_settings.database_url)
    busy.cursor().execute("SELECT * FROM things")
    threading.Timer(0.1, busy.close).start()
    assert run(empty_settings, folder) == ["0003_alter"]


def test_a_lock_that_is_never_free_is_a_sentence(
        empty_settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(empty_settings, folder)
    (folder / "0003_alter.sql").write_text("ALTER TABLE things ADD m int;")
    monkeypatch.setattr("store.migrate.LOCK_WAIT", "10ms")
    busy = psycopg2.connect(empty_settings.database_url)
    busy.cursor().execute("SELECT * FROM things")
    with pytest.raises(SchemaFault, match="could not get its locks"):
        run(empty_settings, folder)
    busy.close()


def test_a_database_that_sees_no_letters_in_chinese_is_refused(home: Path, cluster: str, folder: Path) -> None:
    conn = psycopg2.connect(cluster)
    conn.autocommit = True
    with conn.cursor() as cur:
        cur.execute("CREATE DATABASE plain_c TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'UTF8'")
    conn.close()
    settings = Settings(home=home, database_url=cluster.replace("dbname=postgres", "dbname=plain_c"), given_secret=b"s")
    with pytest.raises(SchemaFault, match="cannot search Chinese"):
        run(settings, folder)


# -- the schema that ships --------------------------------------------------------------------------------------------


def test_the_shipped_schema_is_whole(database: Database) -> None:
    assert behind(database.dsn) == []


def test_every_append_only_table_is_there(owner: connection) -> None:
    with owner.cursor() as cur:
        cur.execute("SELECT array_agg(tablename::text) FROM pg_tables WHERE schemaname = 'public'")
        assert set(APPEND_ONLY) <= set(cur.fetchone()[0])


@pytest.mark.parametrize("table", [*APPEND_ONLY, "schema_migrations"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_service_cannot_rewrite_history(database: Database, table: str, statement: str) -> None:
    with database.pool.transaction() as cur:
        cur.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 2", (table,))
        column = cur.fetchone()["attname"]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), database.pool.transaction() as cur:
        cur.execute(statement.format(table, column=column))


@pytest.mark.parametrize("statement", [
    "ALTER TABLE events ADD x int", "DROP TABLE events", "CREATE TABLE mine (n int)", "SET ROLE postgres",
    "ALTER TABLE events DISABLE TRIGGER ALL", "CREATE RULE r AS ON INSERT TO events DO INSTEAD NOTHING",
    "SET session_replication_role TO replica", "COPY events TO PROGRAM 'true'",
])
def test_the_service_is_not_the_owner(database: Database, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), database.pool.transaction() as cur:
        cur.execute(statement)


def test_a_view_is_no_way_round(empty_settings: Settings, folder: Path) -> None:
    (folder / "0003_view.sql").write_text("CREATE VIEW seen AS SELECT * FROM events;")
    run(empty_settings, folder)
    with Database.open(empty_settings) as database:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), database.pool.transaction() as cur:
            cur.execute("UPDATE seen SET n = 2")
        with database.pool.transaction() as cur:
            cur.execute("INSERT INTO events VALUES (7); INSERT INTO things (n) VALUES (1); UPDATE things SET n = 2; "
                        "SELECT count(*) AS n FROM seen")
            assert cur.fetchone() == {"n": 2}


def test_the_role_is_the_secrets(database: Database) -> None:
    with database.pool.transaction() as cur:
        cur.execute("SELECT current_user AS me")
        assert cur.fetchone() == {"me": role_name(database.settings)}
    other = Settings(home=database.settings.home, given_secret=b"another")
    assert role_name(other) != role_name(database.settings)
