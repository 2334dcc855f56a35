"""``run``: what it refuses, and a first start that was killed."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli import server
from cli.demonstration.accounts import make_accounts
from cli.demonstration.items import UNATTENDED
from cli.demonstration.trickle import Trickle
from store.database import Database
from store.settings import ROOT
from tests.cli.commands import run
from tests.factories import a_service
from tests.scenarios.servers import free_port, until


@pytest.mark.parametrize("pace", ["inf", "nan", "-1", "1000.1"])
def test_a_pace_that_cannot_be(pace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(server, "run", f"--pace={pace}") == 2
    assert capsys.readouterr().err == "--pace is a number from 0 to 1000.\n"


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_port_in_use_is_said_before_anything_is_opened(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run(server, command, "--port", taken.getsockname()[1]) == 2
    assert "is in use" in capsys.readouterr().err


def test_a_demonstration_answers_under_its_own_address_alone(database: Database) -> None:
    from app import create_app

    client = create_app(a_service(database).service, demonstration=True, hosts=["127.0.0.1:8144"]).test_client()
    assert client.get("/login", headers={"Host": "127.0.0.1:8144"}).status_code == 200
    for host in ("evil.example:8144", "127.0.0.1", "127.0.0.1:8145"):
        assert client.get("/login", headers={"Host": host}).status_code == 400


def test_the_trickle_goes_on_after_any_fault(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    trickle = Trickle(a_service(database).service, 1.0)
    turns = iter([ValueError("odd"), None])

    def work() -> bool:
        if fault := next(turns):
            raise fault
        return True

    monkeypatch.setattr(trickle, "_work", work)
    monkeypatch.setattr(trickle._halt, "wait", lambda _seconds: None)
    trickle.run()
    assert "goes on" in caplog.text and next(turns, "none left") == "none left"


def test_the_trickle_lets_items_in_and_most_are_taken_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = a_service(database).service
    make_accounts(service)
    trickle, left = Trickle(service, 1.0), iter([False] * 30 + [True])
    monkeypatch.setattr("store.demonstration.is_over", lambda _conn: next(left))
    monkeypatch.setattr(trickle, "_pause", lambda _dice: 0.0)
    assert trickle._work()
    with database.pool.transaction() as cur:
        cur.execute("SELECT version FROM items WHERE demonstration")
        versions = [row["version"] for row in cur.fetchall()]
    assert len(versions) == 30 and 10 < sum(version > 1 for version in versions) < 30


def begin(database: Database, port: int) -> "subprocess.Popen[bytes]":
    settings = database.settings
    environ = {**os.environ, "DATABASE_URL": database.admin_dsn, "FIRSTLINE_HOME": str(settings.home),
               "FIRSTLINE_SECRET": settings.secret.decode()}  # fmt: skip
    words = [sys.executable, "app.py", "run", "--pace", "0", "--port", str(port)]
    said = (settings.home / f"said-{port}").open("wb")
    with said:
        return subprocess.Popen(words, cwd=ROOT, env=environ, stdout=said, stderr=said, start_new_session=True)


def test_a_first_start_that_was_killed_goes_on_at_the_next(database: Database) -> None:
    passwords: Path = database.settings.home / "demonstration-passwords.txt"

    def number(table: str) -> int:
        with database.pool.transaction() as cur:
            cur.execute(f"SELECT count(*) AS n FROM {table}")
            return int(cur.fetchone()["n"])

    killed = begin(database, free_port())
    until(lambda: number("accounts") >= 3, 60)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait(20)
    assert number("items") == 0 and passwords.exists()
    ports = [free_port(), free_port()]
    both = [begin(database, port) for port in ports]
    try:
        for port in ports:
            said = database.settings.home / f"said-{port}"
            until(lambda said=said, port=port: f"http://127.0.0.1:{port}/" in said.read_text(), 90)
        assert number("items") == 160
        until(lambda: number("notices WHERE kind = 'order'") > 0, 30)
        assert 0 < number("orders") <= UNATTENDED, "an order is rare, also in a demonstration"
        assert number("accounts") == number("(SELECT DISTINCT name FROM accounts WHERE demonstration) AS a") > 100
    finally:
        for process in both:
            os.killpg(process.pid, signal.SIGTERM)
        for process in both:
            process.wait(20)
