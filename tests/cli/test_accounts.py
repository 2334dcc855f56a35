"""``user`` and ``token`` as they are typed."""

import argparse
import contextlib
import getpass
import io
import sys
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cli import accounts as commands
from store.accounts import Accounts
from store.database import Database
from store.errors import DatabaseAway

PASSWORD = "a long enough password"
Run = Callable[..., int]


@pytest.fixture
def book(database: Database) -> Accounts:
    return Accounts(database.pool)


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command; ``typed`` is standard input. The database is the test's."""
    live = types.ModuleType("cli.live")

    @contextlib.contextmanager
    def open_database() -> Iterator[Database]:
        yield database

    live.open_database = open_database  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cli.live", live)

    def typed_command(*words: str, typed: str = "") -> int:
        parser = argparse.ArgumentParser()
        commands.add(parser.add_subparsers(required=True))
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        args = parser.parse_args(words)
        return int(args.run(args))

    return typed_command


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def answer_with(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    left = list(answers)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda prompt: left.pop(0))


def test_a_user_is_added_with_one_line_of_input(run: Run, book: Accounts, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("user", "add", "lin", "--role", "officer", "--unit", "350102001", typed=PASSWORD + "\r\nmore\n") == 0
    found = book.check_password("lin", PASSWORD)
    assert found and (found[0].role, found[0].unit, found[0].demonstration) == ("officer", "350102001", False)
    out, err = capsys.readouterr()
    assert out == "" and "lin" in err and PASSWORD not in err


@pytest.mark.parametrize(
    "words, typed, sentence",
    [
        (("lin", "--role", "worker"), "too short", "at least 10"),
        (("lin", "--role", "worker"), "", "no password"),
        (("lin", "--role", "officer"), PASSWORD, "needs a unit"),
        (("lin", "--role", "worker", "--unit", "x"), PASSWORD, "has no unit"),
        (("chen", "--role", "worker"), PASSWORD, "named chen already"),
        (("  ", "--role", "worker"), PASSWORD, "1 to 64"),
    ],
)
def test_what_cannot_be_added_is_said_in_a_sentence(
    run: Run, book: Accounts, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], typed: str, sentence: str
) -> None:
    book.add("chen", "worker", None, None, datetime.now(UTC))
    assert run("user", "add", *words, typed=typed) == 1
    out, err = capsys.readouterr()
    assert out == "" and sentence in err and err.count("\n") == 1
    assert book.by_name("lin") is None


def test_a_role_that_does_not_exist_is_wrong_usage(run: Run) -> None:
    with pytest.raises(SystemExit) as left:
        run("user", "add", "lin", "--role", "root")
    assert left.value.code == 2


def test_a_terminal_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, PASSWORD, PASSWORD)
    assert commands.read_password() == PASSWORD
    answer_with(monkeypatch, PASSWORD, PASSWORD + " ")
    with pytest.raises(commands.NoPassword, match="differ"):
        commands.read_password()


def test_a_token_stands_alone_on_standard_output(run: Run, book: Accounts, capsys: pytest.CaptureFixture[str]) -> None:
    made = book.add("lin", "channel", None, None, datetime.now(UTC))
    assert run("token", "lin", "--expires", "30") == 0
    out, err = capsys.readouterr()
    assert err == "" and out.count("\n") == 1
    token, now = out.strip(), datetime.now(UTC)
    assert book.by_token(token, now) == made
    assert book.by_token(token, now + timedelta(days=30)) is None


@pytest.mark.parametrize("words", [("nobody",), ("lin", "--expires", "0"), ("lin", "--expires", "nan")])
def test_no_token_no_output(
    run: Run, book: Accounts, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    book.add("lin", "channel", None, None, datetime.now(UTC))
    assert run("token", *words) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1


def test_tokens_are_revoked(run: Run, book: Accounts, capsys: pytest.CaptureFixture[str]) -> None:
    book.add("lin", "channel", None, None, datetime.now(UTC))
    token = book.issue_token("lin", None, datetime.now(UTC))
    assert run("token", "lin", "--revoke") == 0
    assert book.by_token(token, datetime.now(UTC)) is None
    assert capsys.readouterr().out == ""


def test_a_password_is_changed_and_an_account_disabled_and_enabled(run: Run, book: Accounts) -> None:
    run("user", "add", "lin", "--role", "worker", typed=PASSWORD)
    assert run("user", "password", "lin", typed="another long password\n") == 0
    assert book.check_password("lin", PASSWORD) is None and book.check_password("lin", "another long password")
    assert run("user", "disable", "lin") == 0 and book.by_name("lin") is None
    assert run("user", "enable", "lin") == 0 and book.by_name("lin")
    assert run("user", "disable", "nobody") == 1


def test_a_database_that_is_away_means_nothing_could_be_done(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away() -> None:
        raise DatabaseAway("The database does not answer.")

    monkeypatch.setattr(sys.modules["cli.live"], "open_database", away)
    assert run("token", "lin") == 2
    assert capsys.readouterr().err == "The database does not answer.\n"
