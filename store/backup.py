"""Backup: the whole service, photographs included, in one file, while servers run.

All tables are read in one snapshot by plain COPY, not by pg_dump: the file then depends on no version of PostgreSQL and
its schema is that of the migrations. Photographs are gathered after the snapshot, so that none a row speaks of lacks.
"""

import hashlib
import hmac
import tempfile
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from psycopg2 import sql
from psycopg2.extensions import cursor

from store.archive import Manifest, Writer, writing
from store.errors import BackupFault
from store.migrate import LOCK, applied
from store.pool import connect
from store.queries import queries
from store.settings import ROOT, Settings

IN_MEMORY = 16 << 20

Say = Callable[[str], None]


def silent(words: str) -> None:
    """Say nothing."""


def backup(admin_dsn: str, settings: Settings, file: Path, taken_at: datetime, say: Say = silent) -> Manifest:
    """Write the backup; ``say`` hears what is being done. Raises :class:`BackupFault`.

    It holds the citizens' names, the accounts and, where ``home/secret`` is in use, the secret: its mode is 0600.
    """
    conn = connect(admin_dsn, name="firstline backup", dictionaries=False)
    try:
        with conn, conn.cursor() as cur:
            cur.execute("SELECT pg_advisory_lock_shared(%s)", (LOCK,))  # no migration meanwhile
        conn.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with conn, conn.cursor() as cur:
            schema = [list(row) for row in applied(cur)]
            if not schema:
                raise BackupFault("There is nothing to back up: the database has no schema yet.")
            manifest = Manifest(taken_at.isoformat(), release(), schema, secret_mark(settings.secret))
            with writing(file, manifest) as writer:
                _tables(cur, writer, file.parent, say)
                _sequences(cur, manifest)
                _photos(settings.photos, writer, say)
                _secret(settings, writer)
        return manifest
    finally:
        conn.close()


def release() -> str:
    """The release of this programme, such as ``0.1.0``."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def secret_mark(secret: bytes) -> str:
    """Tells one secret from another without telling the secret."""
    return hmac.new(secret, b"backup", hashlib.sha256).hexdigest()[:16]


def tables(cur: cursor) -> dict[str, list[str]]:
    """The service's tables and their columns, in the caller's transaction."""
    cur.execute(queries.catalog_tables, {})
    return {name: list(columns) for name, columns in cur.fetchall()}


def _tables(cur: cursor, writer: Writer, folder: Path, say: Say) -> None:
    for name, columns in tables(cur).items():
        source = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(name))
        with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(folder)) as rows:  # beside the backup: /tmp may be small
            cur.copy_expert(source.as_string(cur), rows)
            size = rows.tell()
            rows.seek(0)
            writer.add(f"tables/{name}", rows, size)
        writer.manifest.tables[name] = {"columns": columns, "rows": cur.rowcount}
        say(f"{name}: {cur.rowcount} rows")


def _sequences(cur: cursor, manifest: Manifest) -> None:
    """Sequences know no snapshot: read after the tables, they are never behind them."""
    cur.execute(queries.catalog_sequences, {})
    for (name,) in cur.fetchall():
        cur.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name)))
        manifest.sequences[name] = list(cur.fetchone())


def _photos(folder: Path, writer: Writer, say: Say) -> None:
    """Every file in the folder but those whose name begins with a dot, which are being written."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    for path in paths:
        try:
            source = path.open("rb")
        except FileNotFoundError:
            continue  # erased since the folder was read, as the law may ask
        with source:
            writer.add(f"photos/{path.relative_to(folder).as_posix()}", source, path.stat().st_size)
    say(f"{len(paths)} photographs")


def _secret(settings: Settings, writer: Writer) -> None:
    if settings.given_secret is None:
        with settings.secret_file.open("rb") as source:
            writer.add("secret", source, settings.secret_file.stat().st_size)
