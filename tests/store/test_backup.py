"""Backup and restore: everything comes back, a file that is not whole is refused, and nothing is done unasked."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest

from store import archive
from store.archive import verify
from store.backup import backup
from store.database import Database
from store.errors import BackupFault
from store.health import ready
from store.migrate import behind, migrate
from store.restore import plan, restore
from store.settings import Settings

WHEN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

CORE = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE child (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent bigint, words text, at timestamptz,
    bytes bytea, body jsonb, tags text[], x double precision, mood mood,
    length int GENERATED ALWAYS AS (length(words)) STORED);
CREATE TABLE parent (id bigint PRIMARY KEY, favourite bigint REFERENCES child);
ALTER TABLE child ADD FOREIGN KEY (parent) REFERENCES parent;
CREATE INDEX child_words ON child USING gin (words gin_trgm_ops);
CREATE UNIQUE INDEX child_once ON child (parent) WHERE x > 1;
CREATE SEQUENCE numbers;
CREATE TABLE state (only_one boolean PRIMARY KEY DEFAULT true, n int);
INSERT INTO state VALUES (true, 0);
CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
CREATE VIEW seen AS SELECT words FROM child;
"""
FILL = """
INSERT INTO parent VALUES (1, NULL);
INSERT INTO child (parent, words, at, bytes, body, tags, x, mood) VALUES
    (1, E'鼓楼\\t区\\n\\\\N', '2026-02-28 23:59:59.999999+08', '\\x00ff', '{"a": "零"}', '{a,NULL}', 0.1, 'good'),
    (NULL, NULL, NULL, NULL, NULL, NULL, 'NaN', NULL);
UPDATE parent SET favourite = 2;
SELECT nextval('numbers') FROM generate_series(1, 41);
UPDATE state SET n = 7;
CREATE TRIGGER guard BEFORE INSERT ON child FOR EACH ROW EXECUTE FUNCTION forbid();
"""
EVERYTHING = ("SELECT (SELECT json_agg(c ORDER BY id) FROM child c), (SELECT json_agg(p) FROM parent p), "
              "(SELECT json_agg(s) FROM state s), nextval('numbers')")
INDEXES = "SELECT array_agg(indexdef ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'public'"
KEYS = ("SELECT array_agg(pg_get_constraintdef(oid) ORDER BY conrelid::regclass::text, conname) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace")


def ask(settings: Settings, statement: str) -> tuple[object, ...] | None:
    conn = psycopg2.connect(settings.database_url)
    try:
        with conn, conn.cursor() as cur:
            cur.execute(statement)
            return cur.fetchone() if cur.description else None
    finally:
        conn.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_core.sql").write_text(CORE)
    return made


@pytest.fixture
def filled(empty_settings: Settings, folder: Path) -> Settings:
    """A small service with awkward data and two photographs."""
    migrate(empty_settings.database_url or "", empty_settings, folder)
    ask(empty_settings, FILL)
    (empty_settings.photos / "2026").mkdir(parents=True)
    (empty_settings.photos / "2026" / "a.jpg").write_bytes(b"\xff\xd8 before")
    (empty_settings.photos / "b.jpg").write_bytes(b"")
    (empty_settings.photos / ".half-written").write_bytes(b"?")
    return empty_settings


@pytest.fixture
def file(filled: Settings, tmp_path: Path) -> Path:
    """The backup of ``filled``."""
    made = tmp_path / "backup.tar.gz"
    backup(filled.database_url or "", filled, made, WHEN)
    return made


def bring_back(settings: Settings, file: Path, folder: Path) -> None:
    restore(settings.database_url or "", settings, file, folder)


def test_everything_comes_back(filled: Settings, file: Path, folder: Path) -> None:
    shape = ask(filled, INDEXES), ask(filled, KEYS)
    before = ask(filled, EVERYTHING)
    ask(filled, "DROP TRIGGER guard ON child; UPDATE parent SET favourite = NULL; DELETE FROM child; "
                "UPDATE state SET n = 99; CREATE TABLE stray (n int); SELECT nextval('numbers')")
    (filled.photos / "2026" / "a.jpg").write_bytes(b"after")
    (filled.photos / "new.jpg").write_bytes(b"new")
    bring_back(filled, file, folder)
    assert ask(filled, EVERYTHING) == before
    assert (ask(filled, INDEXES), ask(filled, KEYS)) == shape
    assert ask(filled, "SELECT to_regclass('stray')") == (None,)
    assert ask(filled, "INSERT INTO child DEFAULT VALUES RETURNING id") == (3,)
    photos = {path.relative_to(filled.photos).as_posix(): path.read_bytes()
              for path in filled.photos.rglob("*") if path.is_file()}
    assert photos == {"2026/a.jpg": b"\xff\xd8 before", "b.jpg": b""}
    assert behind(filled.database_url or "", folder) == []


def test_it_goes_into_an_empty_database_elsewhere(
        filled: Settings, file: Path, folder: Path, clone: Callable[..., str], tmp_path: Path) -> None:
    other = replace(filled, home=tmp_path / "elsewhere", database_url=clone())
    bring_back(other, file, folder)
    assert ask(other, EVERYTHING) == ask(filled, EVERYTHING)
    with Database.open(other) as database, database.pool.transaction() as cur:
        cur.execute("UPDATE state SET n = 8")  # the service's role may do there what it may do here


def test_telling_what_it_would_do_changes_nothing(filled: Settings, file: Path, folder: Path) -> None:
    ask(filled, "UPDATE state SET n = 99; DROP TRIGGER guard ON child; INSERT INTO child DEFAULT VALUES")
    told = plan(filled.database_url or "", filled, file, folder)
    assert told.rows_now == {"child": 3, "parent": 1, "state": 1}
    rows = {name: table["rows"] for name, table in told.manifest.tables.items()}
    assert rows == {"child": 2, "parent": 1, "state": 1}
    assert (told.manifest.taken_at, told.then, told.secret) == (WHEN.isoformat(), [], "same")
    assert ask(filled, "SELECT n FROM state") == (99,)


def test_an_older_backup_is_migrated_after_loading(filled: Settings, file: Path, folder: Path) -> None:
    (folder / "0002_more.sql").write_text("ALTER TABLE state ADD m int; UPDATE state SET m = n + 1;")
    migrate(filled.database_url or "", filled, folder)
    assert plan(filled.database_url or "", filled, file, folder).then == ["0002_more"]
    bring_back(filled, file, folder)
    assert ask(filled, "SELECT m FROM state") == (8,)
    assert behind(filled.database_url or "", folder) == []


def test_a_newer_backup_is_refused(filled: Settings, file: Path, folder: Path, tmp_path: Path) -> None:
    (folder / "0002_more.sql").write_text("ALTER TABLE state ADD m int;")
    migrate(filled.database_url or "", filled, folder)
    newer = tmp_path / "newer.tar.gz"
    backup(filled.database_url or "", filled, newer, WHEN)
    (folder / "0002_more.sql").unlink()
    with pytest.raises(BackupFault, match="newer than this release: it has migration 0002_more"):
        bring_back(filled, newer, folder)
    (folder / "0001_core.sql").write_text(CORE + "-- reworded")
    with pytest.raises(BackupFault, match="another text of migration 0001_core"):
        bring_back(filled, file, folder)


def test_servers_must_be_stopped_first(filled: Settings, file: Path, folder: Path) -> None:
    with Database.open(filled) as database, database.pool.transaction() as cur:
        cur.execute("SELECT 1")
        with pytest.raises(BackupFault, match="stop its servers first") as refused:
            bring_back(filled, file, folder)
    assert refused.value.members == {"connections": 1}


def test_a_restore_that_fails_half_way_changes_nothing(filled: Settings, file: Path, folder: Path) -> None:
    ask(filled, "UPDATE state SET n = 99")
    (folder / "0002_wrong.sql").write_text("SELECT 1 / 0;")
    with pytest.raises(BackupFault, match="nothing was changed"):
        bring_back(filled, file, folder)
    assert ask(filled, "SELECT n FROM state") == (99,)
    assert (filled.photos / ".half-written").exists()
    assert not (filled.home / "photos.restoring").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_cut_short_is_refused(filled: Settings, file: Path, folder: Path, share: float) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:int(len(whole) * share)])
    with pytest.raises(BackupFault, match="no whole backup"):
        bring_back(filled, file, folder)


def tampered(file: Path, change: Callable[[bytes], bytes]) -> None:
    file.write_bytes(gzip.compress(change(gzip.decompress(file.read_bytes()))))


def test_a_file_that_was_altered_is_refused(file: Path) -> None:
    tampered(file, lambda body: body.replace(b"\xff\xd8 before", b"\xff\xd8 beFore"))
    with pytest.raises(BackupFault, match=r"photos/2026/a\.jpg is not what the manifest says"):
        verify(file)


@pytest.mark.parametrize(("name", "kind"), [
    ("firstline-backup/photos/../../../etc/passwd", tarfile.REGTYPE), ("/etc/passwd", tarfile.REGTYPE),
    ("firstline-backup/photos/link", tarfile.SYMTYPE), ("readme", tarfile.REGTYPE),
])
def test_nothing_but_plain_files_in_their_place(tmp_path: Path, name: str, kind: bytes) -> None:
    file = tmp_path / "evil.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info, io.BytesIO(b""))
    with pytest.raises(BackupFault, match="no backup of this service"):
        verify(file)


def test_a_manifest_of_a_later_format_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FORMAT", 0)
    with pytest.raises(BackupFault, match="newer release"):
        verify(file)


def test_a_backup_bears_its_name_only_when_it_is_whole(
        filled: Settings, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("store.backup._photos", fail)
    for target in (file, file.with_name("second.tar.gz")):
        with pytest.raises(BackupFault, match="No space left"):
            backup(filled.database_url or "", filled, target, WHEN)
    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["backup.tar.gz", "migrations"]


def test_it_replaces_a_backup_and_nothing_else(filled: Settings, file: Path, tmp_path: Path) -> None:
    backup(filled.database_url or "", filled, file, WHEN)
    assert file.stat().st_mode & 0o777 == 0o600
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    with pytest.raises(BackupFault, match="is no backup"):
        backup(filled.database_url or "", filled, letter, WHEN)
    assert letter.read_text() == "dear"


def test_a_backup_is_one_moment_of_the_database(filled: Settings, tmp_path: Path) -> None:
    """What is written while it is taken is in none of its tables."""
    def write(words: str) -> None:
        if words.startswith("child"):
            ask(filled, "UPDATE state SET n = 99")

    manifest = backup(filled.database_url or "", filled, tmp_path / "one.tar.gz", WHEN, write)
    with tarfile.open(tmp_path / "one.tar.gz") as tar:
        rows = tar.extractfile("firstline-backup/tables/state")
        assert rows is not None
        assert rows.read() == b"t\t7\n"
    assert manifest.tables["state"]["rows"] == 1


def test_nothing_to_back_up_is_a_sentence(empty_settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupFault, match="no schema yet"):
        backup(empty_settings.database_url or "", empty_settings, tmp_path / "x", WHEN)
    assert list(tmp_path.iterdir()) == []


def test_the_secret_goes_along_where_a_file_holds_it(filled: Settings, folder: Path, tmp_path: Path) -> None:
    own = replace(filled, given_secret=None)
    file = tmp_path / "with-secret.tar.gz"
    backup(own.database_url or "", own, file, WHEN)
    secret = own.secret
    own.secret_file.unlink()
    later = replace(own)
    assert later.secret != secret
    assert plan(later.database_url or "", later, file, folder).secret == "replaced"
    bring_back(later, file, folder)
    assert replace(own).secret == secret
    assert own.secret_file.stat().st_mode & 0o777 == 0o600
    with Database.open(replace(own)) as database, database.pool.transaction() as cur:
        cur.execute("SELECT words FROM seen")
    assert plan(own.database_url or "", replace(own, given_secret=b"other"), file, folder).secret == "other"


def test_the_shipped_schema_goes_there_and_back(database: Database, tmp_path: Path) -> None:
    """Append-only tables too, which the service itself could not empty."""
    with database.pool.transaction() as cur:
        cur.execute("INSERT INTO rule_sets (hash, body) VALUES ('h', '规则')")
    database.pool.close()
    file = tmp_path / "whole.tar.gz"
    manifest = backup(database.admin_dsn, database.settings, file, WHEN)
    assert json.loads(json.dumps(manifest.tables))["rule_sets"]["rows"] == 1
    restore(database.admin_dsn, database.settings, file)
    with Database.open(database.settings) as again:
        with again.pool.transaction() as cur:
            cur.execute("SELECT hash, body FROM rule_sets")
            assert cur.fetchall() == [{"hash": "h", "body": "规则"}]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), again.pool.transaction() as cur:
            cur.execute("DELETE FROM rule_sets")


def test_health_names_what_is_wrong(database: Database, empty_settings: Settings, home: Path) -> None:
    assert ["No Edition is live" in words for words in ready(database)] == [True]
    with Database.open(empty_settings) as behind_one:
        assert ["does not take a connection" in words or "is behind" in words for words in ready(behind_one)] == [True]
    away = Settings(home=home, database_url=f"host={home} dbname=x", given_secret=b"s")
    with Database.open(away) as gone:
        assert ["does not take a connection" in words for words in ready(gone)] == [True]
