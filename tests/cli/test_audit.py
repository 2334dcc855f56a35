"""``audit verify`` finds one byte that the owner of the database changed, and says where."""

from pathlib import Path

import psycopg2
import pytest

import cli.service
from cli import audit
from store.database import Database
from store.relay import seal
from tests.cli.commands import run
from tests.cli.importing import as_opened
from tests.factories import NOON, RunningService, a_service


@pytest.fixture
def service(database: Database, monkeypatch: pytest.MonkeyPatch) -> RunningService:
    running = a_service(database)
    as_opened(running.service, monkeypatch)
    monkeypatch.setattr("cli.live.opened", cli.service.opened)
    number = running["channel"].report()["number"]
    running["department"].act(number, "accept")
    running.relay()
    seal(running.pool, NOON)
    return running


def test_one_byte_of_one_event(
    service: RunningService, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "TELL_EVERY_S", 0.0)
    monkeypatch.setattr("store.chains.TELL_EVERY", 2)
    assert run(audit, "audit", "verify") == 0
    said = capsys.readouterr()
    assert said.out == "2 events of 1 items, 1 seals, 0 not sealed yet\n"
    assert said.err == "2 of 2 events looked at\nthe history is whole\n"
    conn = psycopg2.connect(service.database.admin_dsn)
    with conn, conn.cursor() as cur:
        cur.execute("UPDATE events SET body = overlay(body placing 'X' from 12 for 1) WHERE seq = 2")
    conn.close()
    assert run(audit, "audit", "verify") == 1
    number = service.row("SELECT number FROM items")["number"]
    assert capsys.readouterr().err == f"item {number}, event 2: its text is not what was written\n"


def test_a_heads_file_convicts_and_a_foreign_file_is_told(
    service: RunningService, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "heads.json"
    other = tmp_path / "other.json"
    other.write_text("[]")
    assert run(audit, "audit", "verify", "--heads", other) == 2
    assert run(audit, "audit", "heads", "-o", file) == 0
    assert run(audit, "audit", "verify", "--heads", file) == 0
    file.write_text(file.read_text().replace('"seal": [\n1,\n"', '"seal": [\n1,\n"0'))
    assert run(audit, "audit", "verify", "--heads", file) == 1
    assert "seal 1: it is not the one in the heads file" in capsys.readouterr().err
