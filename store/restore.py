"""Restore: put a backup in the place of everything that is there, or say what that would do.

All of the database changes in one transaction: whoever interrupts it finds the old state. The schema is made anew by
the migrations up to the backup's number, loaded, and then brought up to this release.
"""

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection, cursor

from store.archive import CHUNK, Manifest, create, members, verify
from store.backup import Say, secret_mark, silent, tables
from store.errors import BackupFault
from store.migrate import FOLDER, Migration, apply, label, lock_schema, migrations
from store.pool import connect
from store.queries import queries
from store.roles import ensure_role, grant
from store.settings import Settings, make_home, write_secret

LEAVING_S = 1.0


@dataclass(frozen=True)
class Plan:
    """What a restore would do: the backup's manifest, the rows there are now by table, the migrations to run after
    loading, and what becomes of the secret: ``"same"``, ``"replaced"``, or ``"other"`` where ``FIRSTLINE_SECRET`` is
    not the backup's and nothing but the operator can mend that."""

    manifest: Manifest
    rows_now: dict[str, int]
    then: list[str]
    secret: str


def plan(admin_dsn: str, settings: Settings, file: Path, folder: Path = FOLDER) -> Plan:
    """Read the whole backup and say what restoring it would do; changes nothing. Raises :class:`BackupFault`."""
    manifest = verify(file)
    _, later = _split(manifest, folder)
    conn = connect(admin_dsn, name="firstline restore", dictionaries=False)
    try:
        with conn, conn.cursor() as cur:
            now = {name: _count(cur, name) for name in tables(cur)}
    finally:
        conn.close()
    return Plan(manifest, now, [label(migration) for migration in later], _secret_fate(manifest, settings))


def restore(admin_dsn: str, settings: Settings, file: Path, folder: Path = FOLDER, say: Say = silent) -> Plan:
    """Do it. Raises :class:`BackupFault` where the file is not whole or servers are connected; then nothing changed."""
    done = plan(admin_dsn, settings, file, folder)
    make_home(settings.home)
    after = _settings_after(settings, file, done)
    photos = settings.home / "photos.restoring"
    conn = connect(admin_dsn, name="firstline restore", dictionaries=False)
    try:
        lock_schema(conn)
        _refuse_company(conn)
        ensure_role(conn, after)
        with conn, conn.cursor() as cur:
            _replace(cur, after, done.manifest, file, folder, say)
            _unpack_photos(file, photos)
        _swap(photos, settings.photos)
        if done.secret == "replaced":
            write_secret(settings.secret_file, after.secret, replace=True)
        _analyse(conn)
    except psycopg2.Error as error:
        raise BackupFault(f"The backup does not load, and nothing was changed: {error}".strip()) from error
    finally:
        conn.close()
        shutil.rmtree(photos, ignore_errors=True)
    return done


def _split(manifest: Manifest, folder: Path) -> tuple[list[Migration], list[Migration]]:
    """This release's migrations: those the backup was made under, and those after."""
    ours = migrations(folder)
    for number, name, sha256 in manifest.schema:
        if number > len(ours):
            raise BackupFault(f"The backup is newer than this release: it has migration {number:04}_{name}. Restore it "
                              "with the release that made it.", number=number)
        if ours[number - 1].sha256 != sha256:
            raise BackupFault(f"The backup was made under another text of migration {number:04}_{name} than this "
                              "release has. Restore it with the release that made it.", number=number)
    made_under = len(manifest.schema)
    return list(ours[:made_under]), list(ours[made_under:])


def _refuse_company(conn: connection) -> None:
    """Refuse where servers are connected; those that have just left may take a moment to go."""
    end = time.monotonic() + LEAVING_S
    while others := _company(conn):
        if time.monotonic() > end:
            names = ", ".join(sorted({name for _, name in others}))
            raise BackupFault(f"{len(others)} connections of the service are open ({names}): stop its servers first.",
                              connections=len(others))
        time.sleep(0.05)


def _company(conn: connection) -> list[tuple[int, str]]:
    with conn, conn.cursor() as cur:  # a transaction for each look: within one the answer stays the same
        cur.execute(queries.catalog_servers, {})
        return list(cur.fetchall())


def _replace(cur: cursor, settings: Settings, manifest: Manifest, file: Path, folder: Path, say: Say) -> None:
    earlier, later = _split(manifest, folder)
    cur.execute(queries.catalog_drops, {})
    for (statement,) in cur.fetchall():
        cur.execute(statement)
    for migration in earlier:
        apply(cur, migration)
    cur.execute(queries.catalog_loosen, {})
    pairs = cur.fetchall()
    for loosen, _ in pairs:
        cur.execute(loosen)
    _load(cur, manifest, file, say)
    for _, tighten in reversed(pairs):
        cur.execute(tighten)
    for migration in later:
        apply(cur, migration)
    if "texts" in tables(cur):
        cur.execute(queries.texts_restored, {})
    grant(cur, settings)


def _load(cur: cursor, manifest: Manifest, file: Path, say: Say) -> None:
    there = tables(cur)
    if {name: table["columns"] for name, table in manifest.tables.items()} != there:
        raise BackupFault("The tables of the backup are not those that its migrations make.")
    if there:
        cur.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, there))))
    for name, source in members(file):
        kind, _, table = name.partition("/")
        if kind == "tables":
            target = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, there[table])))
            cur.copy_expert(target.as_string(cur), source)
            if cur.rowcount != manifest.tables[table]["rows"]:
                raise BackupFault(f"Table {table} has {cur.rowcount} rows, the manifest says otherwise.")
            say(f"{table}: {cur.rowcount} rows")
    for name, (last, called) in manifest.sequences.items():
        cur.execute("SELECT setval(%s::regclass, %s, %s)", (f'public."{name}"', last, called))


def _unpack_photos(file: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700)
    for name, source in members(file):
        kind, _, path = name.partition("/")
        if kind == "photos":
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            with create(target / path) as out:
                shutil.copyfileobj(source, out, CHUNK)


def _swap(new: Path, place: Path) -> None:
    """Put the new photographs in the old ones' place. Interrupted between the two, running restore again mends it."""
    old = place.with_name("photos.replaced")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _secret_fate(manifest: Manifest, settings: Settings) -> str:
    if manifest.secret_mark == secret_mark(settings.secret):
        return "same"
    return "replaced" if settings.given_secret is None and "secret" in manifest.members else "other"


def _settings_after(settings: Settings, file: Path, done: Plan) -> Settings:
    if done.secret != "replaced":
        return settings
    secret = next(source.read().strip() for name, source in members(file) if name == "secret")
    return replace(settings, given_secret=secret)


def _count(cur: cursor, table: str) -> int:
    cur.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return int(cur.fetchone()[0])


def _analyse(conn: connection) -> None:
    conn.autocommit = True
    with conn.cursor() as cur:
        cur.execute("ANALYZE")
