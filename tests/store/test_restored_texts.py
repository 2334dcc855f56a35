"""What waited to be texted when a backup was made does not leave from what is restored of it."""

from datetime import UTC, datetime
from pathlib import Path

from store.backup import backup
from store.database import Database
from store.restore import restore
from tests.factories import a_service


def test_a_restored_copy_texts_nobody(database: Database, tmp_path: Path) -> None:
    service = a_service(database)
    service["channel"].report(reporter={"name": "林", "phone": "13812345678"})
    with database.pool.transaction() as cur:
        cur.execute("SELECT state FROM texts")
        assert [row["state"] for row in cur.fetchall()] == ["waiting"]
    database.pool.close()
    file = tmp_path / "whole.tar.gz"
    backup(database.admin_dsn, database.settings, file, datetime(2026, 11, 24, tzinfo=UTC))
    restore(database.admin_dsn, database.settings, file)
    with Database.open(database.settings) as again, again.pool.transaction() as cur:
        cur.execute("SELECT kind, state, reason FROM texts")
        assert cur.fetchall() == [{"kind": "received", "state": "dropped", "reason": "restored"}]
