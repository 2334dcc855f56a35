"""The service's role on a server that asks for passwords, and an owner that may not make roles."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from psycopg2 import sql
from psycopg2.extensions import parse_dsn

from store import embedded
from store.database import Database, external_dsn
from store.errors import DatabaseAway, NoDatabase
from store.migrate import migrate
from store.roles import role_dsn, role_name
from store.settings import Settings

HBA = "local all postgres trust\nlocal all all scram-sha-256\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_core.sql").write_text("CREATE TABLE things (n int);")
    return tmp_path


@pytest.fixture
def strict(own_cluster: Settings) -> Settings:
    """Settings whose DATABASE_URL, in the form of a URL, is the owner's on a server that asks others for a password."""
    given = parse_dsn(embedded.start(own_cluster.home))
    (own_cluster.home / "pg" / "data" / "pg_hba.conf").write_text(HBA)
    url = f"postgresql://postgres@/{given['dbname']}?host={quote(str(given['host']), safe='')}"
    run(url, "SELECT pg_reload_conf()")
    run(url, "SELECT pg_sleep(0.1)")
    return replace(own_cluster, database_url=url)


def run(dsn: str, statement: "str | sql.Composed") -> None:
    conn = psycopg2.connect(dsn)
    try:
        with conn, conn.cursor() as cur:
            cur.execute(statement)
    finally:
        conn.close()


def me(settings: Settings) -> str:
    with Database.open(settings) as database, database.pool.transaction() as cur:
        cur.execute("SELECT current_user AS me")
        row = cur.fetchone()
        assert row is not None
        return str(row["me"])


def test_the_password_derives_from_the_secret_and_is_mended(strict: Settings, folder: Path) -> None:
    url = strict.database_url or ""
    with pytest.raises(DatabaseAway):
        me(strict)
    migrate(url, strict, folder)
    assert me(strict) == role_name(strict)
    run(url, sql.SQL("ALTER ROLE {} PASSWORD 'other'").format(sql.Identifier(role_name(strict))))
    with pytest.raises(DatabaseAway, match="password"):
        me(strict)
    migrate(url, strict, folder)
    assert me(strict) == role_name(strict)
    assert "password" not in parse_dsn(external_dsn(url))


def test_an_owner_that_may_not_make_roles_is_told_what_to_run(strict: Settings, folder: Path) -> None:
    url = strict.database_url or ""
    run(url, "CREATE ROLE plain LOGIN PASSWORD 'p w'; GRANT CREATE, USAGE ON SCHEMA public TO plain")
    run(url, "ALTER DATABASE firstline OWNER TO plain")
    plain = replace(strict, database_url=url.replace("postgres@", "plain:p%20w@"))
    with pytest.raises(NoDatabase, match="CREATE ROLE") as told:
        migrate(plain.database_url or "", plain, folder)
    statement = told.value.detail.partition("run: ")[2].partition(";")[0]
    run(url, statement)
    migrate(plain.database_url or "", plain, folder)
    assert me(plain) == role_name(plain)
    assert str(parse_dsn(role_dsn(plain.database_url or "", plain))["password"]) not in told.value.detail


@pytest.mark.parametrize("url", ["nonsense", "http://host/db", "postgresql://host/db?what=1"])
def test_what_is_no_connection_string_is_a_sentence(home: Path, url: str) -> None:
    with pytest.raises(NoDatabase, match="not a PostgreSQL connection string"):
        Database.open(Settings(home=home, database_url=url, given_secret=b"s"))
