"""Schema migrations: numbered ``.sql`` files, each run once, in order, in a transaction of its own.

A file is recorded with the digest of its text, and its text never changes once it was published: a database that was
made by other words is told so instead of guessed at. Any number of processes may migrate at the same time (one works,
the others wait and find nothing left to do) and servers may go on meanwhile: a statement that cannot get its lock
within a few seconds gives up and lets the others through before it tries again.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import connection, cursor

from store.errors import SchemaFault
from store.pool import connect
from store.roles import ensure_role, grant
from store.settings import Settings

FOLDER = Path(__file__).with_name("migrations")
LOCK = 0x46495253  # "FIRS": the advisory lock of everything that changes the schema
FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
TRIES = 12
LOCK_WAIT = "5s"

TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its number, its name, its text and the digest of that text (line ends do not count)."""

    number: int
    name: str
    sql: str
    sha256: str


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The files of a folder in order. Raises :class:`SchemaFault` for a stray name, a gap or a number used twice."""
    found = []
    for file in sorted(folder.glob("*.sql")):
        match = FILE.fullmatch(file.name)
        if not match:
            raise SchemaFault(f"{file.name} is not named like a migration (0001_words.sql).")
        sql = file.read_text(encoding="utf-8")
        found.append(Migration(int(match[1]), match[2], sql, hashlib.sha256(sql.encode()).hexdigest()))
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise SchemaFault(f"The migrations in {folder.name}/ are not numbered 1 to {len(found)} without a gap.")
    return tuple(found)


def migrate(admin_dsn: str, settings: Settings, folder: Path = FOLDER) -> list[str]:
    """Bring the schema up to date, make the service's role and grant it what it may do.

    Returns the names of what was applied now, ``["0001_core", ...]``. Raises :class:`SchemaFault` where an applied file
    has changed since, or the database is newer than this release; what was applied before the fault stays applied.
    """
    wanted = migrations(folder)
    conn = connect(admin_dsn, name="firstline migrate", dictionaries=False)
    try:
        lock_schema(conn)
        check_text(conn)
        ensure_role(conn, settings)
        done = [label(migration) for migration in pending(conn, wanted) if _apply_patiently(conn, migration)]
        with conn, conn.cursor() as cur:
            grant(cur, settings)
        return done
    finally:
        conn.close()


def behind(dsn: str, folder: Path = FOLDER) -> list[str]:
    """The names of the migrations that this database still lacks, in order; empty where it is up to date."""
    conn = connect(dsn, name="firstline schema", dictionaries=False)
    try:
        with conn, conn.cursor() as cur:
            return missing(cur, folder)
    finally:
        conn.close()


def missing(cur: cursor, folder: Path = FOLDER) -> list[str]:
    """Like :func:`behind`, on a connection that is there already. Rows may be tuples or dictionaries."""
    wanted = migrations(folder)
    cur.execute("SELECT to_regclass('schema_migrations') IS NOT NULL AS there")
    there = cur.fetchone()
    if not (there["there"] if isinstance(there, dict) else there[0]):
        return [label(migration) for migration in wanted]
    cur.execute("SELECT number FROM schema_migrations")
    done = {row["number"] if isinstance(row, dict) else row[0] for row in cur.fetchall()}
    return [label(migration) for migration in wanted if migration.number not in done]


def label(migration: Migration) -> str:
    """The name without its ending: ``0001_core``."""
    return f"{migration.number:04}_{migration.name}"


def lock_schema(conn: connection) -> None:
    """Wait for the right to change the schema, and keep it until the connection ends."""
    with conn, conn.cursor() as cur:
        cur.execute("SELECT pg_advisory_lock(%s)", (LOCK,))


def applied(cur: cursor) -> list[tuple[int, str, str]]:
    """What is recorded: (number, name, digest) in order; empty for a database without a schema."""
    cur.execute("SELECT to_regclass('schema_migrations')")
    if cur.fetchone()[0] is None:
        return []
    cur.execute("SELECT number, name, sha256 FROM schema_migrations ORDER BY number")
    return list(cur.fetchall())


def pending(conn: connection, wanted: Iterable[Migration]) -> list[Migration]:
    """What is left to apply. Raises :class:`SchemaFault` where the record and the files disagree."""
    files = {migration.number: migration for migration in wanted}
    with conn, conn.cursor() as cur:
        record = applied(cur)
    for number, name, sha256 in record:
        if number not in files:
            raise SchemaFault(f"The database is newer than this release: it has migration {number:04}_{name}. "
                              "Start the newer release, or restore a backup made by this one.", number=number)
        if files[number].sha256 != sha256:
            raise SchemaFault(f"Migration {number:04}_{name} was applied in other words than its file has now. Put the "
                              "published file back and write the change as a new migration.", number=number)
    done = {number for number, _, _ in record}
    return [migration for number, migration in sorted(files.items()) if number not in done]


def apply(cur: cursor, migration: Migration) -> None:
    """Run one file and record it, in the caller's transaction."""
    cur.execute(TABLE)
    cur.execute(migration.sql)
    cur.execute("INSERT INTO schema_migrations (number, name, sha256) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.sha256))


def _apply_patiently(conn: connection, migration: Migration) -> bool:
    for attempt in range(1, TRIES + 1):
        try:
            with conn, conn.cursor() as cur:
                cur.execute(f"SET LOCAL lock_timeout TO '{LOCK_WAIT}'")
                apply(cur, migration)
            return True
        except LockNotAvailable:
            if attempt == TRIES:
                raise SchemaFault(f"Migration {label(migration)} could not get its locks: something holds a table in a "
                                  "long transaction. Run it again when that has ended.") from None
        except psycopg2.Error as error:
            raise SchemaFault(f"Migration {label(migration)} failed: {error}".strip()) from error
    return False


def check_text(conn: connection) -> None:
    """Refuse a database that cannot store or search Chinese: there pg_trgm finds nothing, and says nothing."""
    with conn, conn.cursor() as cur:
        cur.execute("SELECT current_setting('server_encoding'), '鼓' ~ '[[:alpha:]]', datname FROM pg_database "
                    "WHERE datname = current_database()")
        encoding, letters, name = cur.fetchone()
    if encoding != "UTF8" or not letters:
        raise SchemaFault(
            f"The database {name} cannot search Chinese (encoding {encoding}, or LC_CTYPE C). Make it anew: "
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8';")
