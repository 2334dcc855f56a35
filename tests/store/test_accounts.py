"""Accounts in the database: names, roles, what is kept of a secret, and counting under pressure."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from argon2 import PasswordHasher

from dispatch.account import ROLES, UNIT_ROLES, Account
from gis.errors import Refusal
from store import passwords
from store.accounts import Accounts, normal_name
from store.database import Database
from store.errors import RowRefused
from store.throttle import Throttle, network

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PASSWORD = "a long enough password"


@pytest.fixture
def book(database: Database) -> Accounts:
    return Accounts(database.pool)


def ask(owner: Any, query: str) -> list[Any]:
    with owner.cursor() as cur:
        cur.execute(query)
        return list(cur.fetchall())


def test_an_account_is_found_by_its_name_however_typed(book: Accounts) -> None:
    made = book.add(" Lín ＭＥＩ ", "officer", " 350102001 ", None, AT)
    assert made == Account(made.id, "Lín MEI", "officer", "350102001", False)
    assert book.by_name("Li\u0301n MEI") == made
    assert book.by_name("lín mei") is None


@pytest.mark.parametrize("name", ["", "  ", "\u3000", "a\0b", "a\nb", "a\u200bb", "a\u202eb", "x" * 65, "\ud800"])
def test_a_name_that_cannot_be_read_aloud_is_refused(book: Accounts, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        book.add(name, "worker", None, None, AT)
    assert refused.value.code == "bad-name"
    assert book.by_name(name) is None


def test_a_name_is_given_once(book: Accounts) -> None:
    book.add("lin", "worker", None, None, AT)
    with pytest.raises(Refusal) as refused:
        book.add("ｌｉｎ", "dispatcher", None, None, AT)
    assert refused.value.code == "name-taken"


def test_of_many_at_once_one_gets_the_name(book: Accounts) -> None:
    def make(_: int) -> str:
        try:
            book.add("lin", "worker", None, None, AT)
        except Refusal as refusal:
            return refusal.code
        return "made"

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(make, range(6)))
    assert sorted(answers) == ["made"] + ["name-taken"] * 5


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("unit", [None, "", "350102001"])
def test_a_role_has_a_unit_or_has_none(book: Accounts, role: str, unit: str | None) -> None:
    if bool(unit) == (role in UNIT_ROLES):
        assert book.add("somebody", role, unit, None, AT).unit == (unit or None)
        return
    with pytest.raises(Refusal) as refused:
        book.add("somebody", role, unit, None, AT)
    assert refused.value.code == "bad-unit"


def test_an_unknown_role_is_refused(book: Accounts) -> None:
    with pytest.raises(Refusal) as refused:
        book.add("somebody", "root", None, None, AT)
    assert refused.value.code == "bad-role"


@pytest.mark.parametrize(
    "values, constraint",
    [
        ("('a', 'root', NULL, now())", "account_role"),
        ("('a', 'officer', NULL, now())", "account_unit"),
        ("('a', 'leader', '', now())", "account_unit"),
        ("('a', 'worker', '350102001', now())", "account_unit"),
        ("('', 'worker', NULL, now())", "account_name_normal"),
        ("('ａ', 'worker', NULL, now())", "account_name_normal"),
    ],
)
def test_the_database_itself_refuses_such_rows(owner: Any, values: str, constraint: str) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation) as refused:
        ask(owner, f"INSERT INTO accounts (name, role, unit, created_at) VALUES {values} RETURNING id")
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize("role", ROLES)
def test_the_database_knows_every_role(owner: Any, role: str) -> None:
    unit = "'u'" if role in UNIT_ROLES else "NULL"
    assert ask(
        owner, f"INSERT INTO accounts (name, role, unit, created_at) VALUES ('a', '{role}', {unit}, now()) RETURNING id"
    )


@pytest.mark.parametrize("password", ["", "123456789", "x" * 1025])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(passwords.WeakPassword):
        passwords.hash_password(password)


def test_nothing_kept_opens_anything(book: Accounts, owner: Any) -> None:
    book.add("lin", "worker", None, passwords.hash_password(PASSWORD), AT)
    token = book.issue_token("lin", None, AT)
    kept = str(ask(owner, "SELECT a::text, t::text FROM accounts a JOIN access_tokens t ON t.account = a.id"))
    assert "$argon2id$" in kept
    assert PASSWORD not in kept and token not in kept and token[3:] not in kept
    assert token.startswith("fl_") and len(token) == 46


def test_an_account_without_a_password_opens_by_none(book: Accounts) -> None:
    book.add("lin", "channel", None, None, AT)
    for password in ("", PASSWORD, "nobody's password"):
        assert book.check_password("lin", password) is None
        assert book.check_password("no such name", password) is None


def test_a_full_width_password_is_the_same_password(book: Accounts) -> None:
    book.add("lin", "worker", None, passwords.hash_password("ｐａｓｓｗｏｒｄ１２３４"), AT)
    assert book.check_password("lin", "password1234")
    assert book.check_password("lin", "password123") is None


def test_a_hash_of_older_parameters_is_renewed_and_sessions_stay(book: Accounts, owner: Any) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    account = book.add("lin", "worker", None, older, AT)
    assert book.check_password("lin", "a wrong password") is None
    assert ask(owner, "SELECT password_hash FROM accounts") == [(older,)]
    assert book.check_password("lin", PASSWORD) == (account, 1)
    ((newer,),) = ask(owner, "SELECT password_hash FROM accounts")
    assert newer != older and not passwords.outdated(newer)
    assert book.in_session(account.id, 1) == account
    assert book.check_password("lin", PASSWORD)


def test_a_password_older_than_the_rule_of_length_still_opens(book: Accounts) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("short")
    book.add("lin", "worker", None, older, AT)
    assert book.check_password("lin", "short")


@pytest.mark.parametrize(
    "act",
    [
        lambda book: book.set_password("nobody", PASSWORD),
        lambda book: book.disable("nobody", AT),
        lambda book: book.enable("nobody"),
        lambda book: book.issue_token("nobody", None, AT),
        lambda book: book.revoke_tokens("nobody", AT),
    ],
)
def test_nothing_is_done_to_nobody(book: Accounts, act: Callable[[Accounts], object]) -> None:
    with pytest.raises(Refusal) as refused:
        act(book)
    assert refused.value.code == "unknown-account"


@pytest.mark.parametrize("days", [0, -1, 3651, float("nan"), float("inf")])
def test_an_expiry_is_a_length_of_time(book: Accounts, days: float) -> None:
    book.add("lin", "worker", None, None, AT)
    with pytest.raises(Refusal) as refused:
        book.issue_token("lin", days, AT)
    assert refused.value.code == "bad-expiry"


def test_a_disabled_account_gets_no_token(book: Accounts) -> None:
    book.add("lin", "worker", None, None, AT)
    book.disable("lin", AT)
    with pytest.raises(Refusal):
        book.issue_token("lin", None, AT)


def test_demonstrators_are_the_first_live_ones_in_the_order_of_roles(book: Accounts) -> None:
    assert not book.is_demonstration()
    book.add("real", "supervisor", None, None, AT)
    for name, role in (("w1", "worker"), ("w2", "worker"), ("d1", "dispatcher"), ("p1", "planner")):
        book.add(name, role, None, None, AT, demonstration=True)
    book.disable("w1", AT)
    book.disable("p1", AT)
    assert [(role, account.name) for role, (account, _) in book.demonstrators().items()] == [
        ("dispatcher", "d1"),
        ("worker", "w2"),
    ]
    assert book.is_demonstration()


def test_who_looked_at_a_name_cannot_be_made_unseen(database: Database, book: Accounts) -> None:
    account = book.add("lin", "dispatcher", None, None, AT)
    with database.pool.transaction() as cur:
        cur.execute(
            "INSERT INTO access_log (account, item, reason, at) VALUES (%s, 'GL-1', 'a callback', %s)", (account.id, AT)
        )
    for statement in ("UPDATE access_log SET reason = 'other'", "DELETE FROM access_log", "TRUNCATE access_log"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), database.pool.transaction() as cur:
            cur.execute(statement)
    with pytest.raises(RowRefused), database.pool.transaction() as cur:
        cur.execute("INSERT INTO access_log (account, item, reason, at) VALUES (%s, 'GL-1', ' ', %s)", (account.id, AT))


def test_of_many_attempts_at_once_not_one_too_many_gets_through(database: Database) -> None:
    throttle = Throttle(database.pool)

    def attempt(_: int) -> float | None:
        return throttle.attempt([("wide", 100), ("narrow", 5)], timedelta(minutes=15), AT)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(attempt, range(24)))
    assert answers.count(None) == 5
    assert set(answers) == {None, 900.0}


def test_a_window_begins_with_the_first_attempt_and_ends(database: Database) -> None:
    throttle, window = Throttle(database.pool), timedelta(minutes=15)
    for minute in (0, 5):
        assert throttle.attempt([("key", 2)], window, AT + timedelta(minutes=minute)) is None
    assert throttle.attempt([("key", 2)], window, AT + timedelta(minutes=10)) == 300
    assert throttle.attempt([("key", 2)], window, AT + timedelta(minutes=15)) is None


def test_who_is_stopped_by_the_address_does_not_count_against_the_name(database: Database, owner: Any) -> None:
    throttle = Throttle(database.pool)
    for _ in range(4):
        throttle.attempt([("address", 1), ("name", 9)], timedelta(minutes=15), AT)
    assert ask(owner, "SELECT count FROM attempts WHERE key = 'name'") == [(1,)]


def test_old_counts_are_dropped(database: Database, owner: Any) -> None:
    throttle = Throttle(database.pool)
    throttle.attempt([("old", 1)], timedelta(minutes=15), AT - timedelta(days=2))
    throttle.attempt([("new", 1)], timedelta(minutes=15), AT)
    throttle.forgive([], [], AT)
    assert ask(owner, "SELECT key FROM attempts") == [("new",)]


def test_the_counts_keep_nothing_that_was_typed(book: Accounts, owner: Any) -> None:
    book.attempt("my password by mistake", "192.0.2.1", AT)
    assert "password" not in str(ask(owner, "SELECT key FROM attempts"))


@pytest.mark.parametrize(
    "address, who",
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("unix:", "unknown"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_one_client_is_one_network(address: str | None, who: str) -> None:
    assert network(address) == who


def test_a_name_keeps_its_case() -> None:
    assert normal_name("  Chen Wei ") == "Chen Wei"
