"""The database's commands, run as a user runs them."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest

from cli import database as commands
from store import embedded
from store.migrate import migrations
from tests.conftest import SECRET


@pytest.fixture
def firstline(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
              ) -> Callable[..., tuple[int, str, str]]:
    """Run one command on an empty home: (exit code, standard output, standard error)."""
    monkeypatch.setenv("FIRSTLINE_HOME", str(home))
    monkeypatch.setenv("FIRSTLINE_SECRET", SECRET.decode())
    parser = argparse.ArgumentParser()
    commands.add(parser.add_subparsers(required=True))

    def run(*words: object) -> tuple[int, str, str]:
        args = parser.parse_args([str(word) for word in words])
        code = args.run(args)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_from_nothing_to_a_backup_and_back(home: Path, firstline: Callable[..., tuple[int, str, str]]) -> None:
    names = [f"{migration.number:04}_{migration.name}" for migration in migrations()]
    assert firstline("stop") == (0, "", "No PostgreSQL ran here.\n")
    assert firstline("migrate")[:2] == (0, "\n".join(names) + "\n")
    assert firstline("migrate") == (0, "", "The schema is up to date.\n")

    code, dsn, words = firstline("dsn")
    assert code == 0
    assert "stays up until `python app.py stop`" in words
    conn = psycopg2.connect(dsn.strip())  # one line alone: what `psql "$(python app.py dsn)"` needs
    conn.close()
    owner = firstline("dsn", "--admin")[1].strip()
    assert "user=postgres" in owner

    file = home / "backup.tar.gz"
    code, out, words = firstline("backup", file)
    assert (code, out) == (0, "")
    assert "FIRSTLINE_SECRET is not in it" in words
    code, out, words = firstline("restore", file)
    assert code == 0
    assert f"schema\t{len(names)}\n" in out
    assert "Nothing was changed" in words
    code, _, words = firstline("restore", file, "--commit")
    assert code == 0
    assert "Restored." in words

    conn = psycopg2.connect(dsn.strip())
    code, _, words = firstline("restore", file, "--commit")
    assert (code, "stop its servers first" in words) == (2, True)
    conn.close()
    assert firstline("restore", home / "none")[0] == 2
    (home / "broken").write_bytes(file.read_bytes()[:200])
    assert firstline("restore", home / "broken")[0] == 1

    assert "is stopped" in firstline("stop")[2]
    assert firstline("stop")[2] == "No PostgreSQL ran here.\n"


def test_with_a_database_of_ones_own(firstline: Callable[..., tuple[int, str, str]], cluster: str, home: Path,
                                     clone: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    dsn = clone()
    monkeypatch.setenv("DATABASE_URL", dsn)
    assert firstline("migrate")[0] == 0
    assert firstline("dsn", "--admin")[1].strip() == dsn
    conn = psycopg2.connect(firstline("dsn")[1].strip())
    with conn, conn.cursor() as cur:
        cur.execute("SELECT current_user <> 'postgres'")
        assert cur.fetchone() == (True,)
    conn.close()
    assert "no embedded PostgreSQL to stop" in firstline("stop")[2]
    assert not (home / "pg").exists()
    assert json.dumps(embedded.stop(home)) == "[false, []]"
