"""What every test may ask for: a PostgreSQL of the test run's own, and databases cloned from a migrated template.

``database`` is what most tests want: an opened :class:`store.database.Database` with the shipped schema and nothing in
it, gone after the test. ``home`` and ``settings`` are a FIRSTLINE_HOME with nothing in it.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import hypothesis
import psycopg2
import pytest
from psycopg2 import sql
from psycopg2.extensions import connection, make_dsn

from store import embedded
from store.database import Database
from store.migrate import migrate
from store.settings import Settings

SECRET = b"a secret for tests alone, and long enough"
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off",
         "shared_buffers": "64MB", "max_wal_size": "4GB"}
"""Server options that a test's data survives nothing with, and needs to."""


hypothesis.settings.register_profile("firstline", deadline=None, print_blob=True)
hypothesis.settings.load_profile("firstline")
# no deadline: a busy machine is slow, and no test here judges times


def pytest_configure() -> None:
    """Nothing of the surroundings reaches a test: no database of somebody's, no home, no language."""
    for name in [name for name in os.environ if name.startswith(("FIRSTLINE_", "PG")) or name == "DATABASE_URL"]:
        del os.environ[name]


def new_home() -> Path:
    """A short path, since a socket's has little room, and one that the server's account can pass through."""
    home = Path(tempfile.mkdtemp(prefix="fl-", dir="/tmp"))
    home.chmod(0o711)
    return home


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty FIRSTLINE_HOME. What the test leaves running in it is stopped."""
    folder = new_home()
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def settings(home: Path) -> Settings:
    """Settings of an empty home with an embedded PostgreSQL that is not started yet."""
    return Settings(home=home, given_secret=SECRET)


@pytest.fixture
def own_cluster(settings: Settings) -> Iterator[Settings]:
    """Settings of a home whose own embedded PostgreSQL runs, for tests that do it harm."""
    with embedded.hold(settings.home, QUICK):
        yield settings


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The owner's connection string of the PostgreSQL that all tests share (database ``postgres``)."""
    folder = new_home()
    try:
        with embedded.hold(folder, QUICK) as dsn:
            yield make_dsn(dsn, dbname="postgres")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(cluster: str) -> str:
    """The name of a database with the shipped schema, migrated once; not to be connected to."""
    _run(cluster, "CREATE DATABASE {} TEMPLATE template0", "migrated")
    migrate(make_dsn(cluster, dbname="migrated"), Settings(home=Path("/nonexistent"), given_secret=SECRET))
    return "migrated"


@pytest.fixture(scope="session")
def clone(cluster: str) -> Callable[..., str]:
    """``clone("name of a template")`` is the owner's connection string of a new database like it; some 50 ms."""
    numbers = count(1)

    def make(template: str = "template0") -> str:
        name = f"test_{next(numbers)}"
        _run(cluster, "CREATE DATABASE {} TEMPLATE {}", name, template)
        return make_dsn(cluster, dbname=name)

    return make


@pytest.fixture
def empty_settings(home: Path, clone: Callable[..., str], cluster: str) -> Iterator[Settings]:
    """Settings with a database of its own that has no schema yet."""
    dsn = clone()
    yield Settings(home=home, database_url=dsn, given_secret=SECRET)
    drop(cluster, dsn)


@pytest.fixture
def database(home: Path, clone: Callable[..., str], template: str, cluster: str) -> Iterator[Database]:
    """An opened database with the shipped schema, empty, for this test alone."""
    dsn = clone(template)
    with Database.open(Settings(home=home, database_url=dsn, given_secret=SECRET)) as opened:
        yield opened
    drop(cluster, dsn)


@pytest.fixture
def owner(database: Database) -> Iterator[connection]:
    """The owner's own connection to ``database``, in autocommit: for what the service itself may not do."""
    conn = psycopg2.connect(database.admin_dsn)
    conn.autocommit = True
    yield conn
    conn.close()


def drop(cluster: str, dsn: str) -> None:
    """Drop a cloned database, whoever is connected to it."""
    _run(cluster, "DROP DATABASE {} WITH (FORCE)", str(psycopg2.extensions.parse_dsn(dsn)["dbname"]))


def _run(cluster: str, statement: str, *names: str) -> None:
    conn = psycopg2.connect(cluster)
    conn.autocommit = True
    try:
        with conn.cursor() as cur:
            cur.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    finally:
        conn.close()
