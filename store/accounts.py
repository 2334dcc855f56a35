"""Accounts: people and programs that may sign in, their passwords and bearer tokens."""

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dispatch.account import ROLES, UNIT_ROLES, Account
from gis.errors import Refusal
from store import passwords, prepared
from store.pool import Pool
from store.queries import queries
from store.throttle import Throttle, digest, network

TOKEN_PREFIX = "fl_"
"""Lets a person, or a scanner of leaked secrets, see what the text is."""
NOTED_EVERY = timedelta(minutes=10)
LONGEST_NAME = 64
LONGEST_DAYS = 3650

WINDOW = timedelta(minutes=15)
FROM_ADDRESS = 50
"""Wrong logins in a window from one address: an office behind one address has many people with slips."""
NAME_FROM_ADDRESS = 8
NAME_FROM_ANYWHERE = 40
"""Higher than from one address, so that a stranger elsewhere cannot so easily lock a dispatcher out."""


class AccountFault(Refusal):
    """An account cannot be made as asked; ``code`` says why: bad-name, bad-role, bad-unit, bad-expiry."""

    code = "bad-account"


class NameTaken(Refusal):
    """There is an account of this name already."""

    code = "name-taken"


class UnknownAccount(Refusal):
    """There is no account of this name, or it is disabled."""

    code = "unknown-account"


def normal_name(name: str) -> str:
    """``name`` as it is stored: NFKC, without blanks around it, case kept. Raises ``AccountFault`` (bad-name)."""
    normal = unicodedata.normalize("NFKC", name).strip()
    if not normal or len(normal) > LONGEST_NAME:
        raise AccountFault(f"A name has 1 to {LONGEST_NAME} characters.", code="bad-name")
    if not normal.isprintable():
        raise AccountFault("A name has no control characters.", code="bad-name")
    return normal


class Accounts:
    """All accounts. Instants are aware and passed in; names are normalised on their way in."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._throttle = Throttle(pool)

    def add(
        self,
        name: str,
        role: str,
        unit: str | None,
        password_hash: str | None,
        at: datetime,
        *,
        demonstration: bool = False,
    ) -> Account:
        """A new account. ``password_hash`` is from ``passwords.hash_password``; None: no sign-in by password.

        ``unit`` is a township code for an officer, a unit code for a department or leader, None for all others.
        Raises ``AccountFault`` and ``NameTaken``.
        """
        normal, unit = self.check_new(name, role, unit)
        values = {"name": normal, "role": role, "unit": unit, "password_hash": password_hash, "at": at}
        row = self._one(queries.account_add, demonstration=demonstration, **values)
        if row is None:
            raise _taken(normal)
        return _account(row)

    def check_new(self, name: str, role: str, unit: str | None) -> tuple[str, str | None]:
        """Name and unit as they would be stored; raises what ``add`` would, before a password is asked for."""
        normal = normal_name(name)
        if role not in ROLES:
            raise AccountFault(f"There is no role {role!r}. Roles: {', '.join(ROLES)}.", code="bad-role")
        unit = (unit or "").strip() or None
        if (unit is not None) != (role in UNIT_ROLES):
            needs = "needs a unit" if role in UNIT_ROLES else "has no unit"
            raise AccountFault(f"An account with the role {role} {needs}.", code="bad-unit")
        if self._by_name(normal) is not None:
            raise _taken(normal)
        return normal, unit

    def by_name(self, name: str) -> Account | None:
        """The account of this name, None where there is none or it is disabled."""
        row = self._by_name(name)
        return None if row is None or row["disabled_at"] else _account(row)

    def check_password(self, name: str, password: str) -> tuple[Account, int] | None:
        """The account and its epoch where the password is right; else None, after the same work whatever was wrong.

        No connection is held while the hash is computed. A hash of older parameters is renewed.
        """
        row = self._by_name(name)
        kept = None if row is None or row["disabled_at"] else row["password_hash"]
        if not passwords.verify(kept, password) or row is None or kept is None:
            return None
        if passwords.outdated(kept):
            self._do(queries.account_rehash, id=row["id"], old=kept, password_hash=passwords.renew(password))
        return _account(row), row["epoch"]

    def set_password(self, name: str, password: str) -> None:
        """Another password; every session ends. Raises ``passwords.WeakPassword``, ``UnknownAccount``."""
        self._change(queries.account_set_password, name, password_hash=passwords.hash_password(password))

    def disable(self, name: str, at: datetime) -> None:
        """End sessions and tokens, and allow no new ones. Raises ``UnknownAccount``. Twice is as good as once."""
        self._change(queries.account_disable, name, at=at)

    def enable(self, name: str) -> None:
        """Undo ``disable``; tokens that have not expired work again. Raises ``UnknownAccount``."""
        self._change(queries.account_enable, name)

    def in_session(self, account_id: int, epoch: int) -> Account | None:
        """The account of a session begun at ``epoch``, None where the session has been ended."""
        row = self._one(queries.account_in_session, id=account_id, epoch=epoch)
        return None if row is None else _account(row)

    def end_sessions(self, account_id: int) -> None:
        """End every session of this account, on whatever machine."""
        self._do(queries.account_end_sessions, id=account_id)

    def issue_token(self, name: str, expires_days: float | None, at: datetime) -> str:
        """A new bearer token for this account, told this once. ``expires_days`` None: it does not expire.

        Raises ``UnknownAccount``; ``AccountFault`` (bad-expiry) unless 0 < days <= 3650.
        """
        if expires_days is not None and not 0 < expires_days <= LONGEST_DAYS:
            raise AccountFault(f"A token expires after more than 0 and at most {LONGEST_DAYS} days.", code="bad-expiry")
        account = self.by_name(name)
        if account is None:
            raise _unknown(name)
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        expires_at = None if expires_days is None else at + timedelta(days=expires_days)
        self._do(queries.token_add, account=account.id, hash=_token_hash(token), at=at, expires_at=expires_at)
        return token

    def by_token(self, token: str, at: datetime) -> Account | None:
        """The account of a bearer token; None for one that is unknown, expired, revoked or of a disabled account.

        Its use is noted every ten minutes at most: a read stays a read.
        """
        if not token.startswith(TOKEN_PREFIX):
            return None
        with self._pool.transaction() as cur:
            prepared.run(cur, queries.account_by_token, {"hash": _token_hash(token), "at": at})
            row = cur.fetchone()
            if row is None:
                return None
            noted_before = at - NOTED_EVERY
            if row["last_used_at"] is None or row["last_used_at"] < noted_before:
                cur.execute(queries.token_used, {"token": row["token"], "at": at, "noted_before": noted_before})
        return _account(row)

    def revoke_tokens(self, name: str, at: datetime) -> int:
        """End every bearer token of this account; how many there were. Raises ``UnknownAccount``."""
        row = self._by_name(name)
        if row is None:
            raise _unknown(name)
        return self._do(queries.tokens_revoke, name=row["name"], at=at)

    def attempt(self, name: str, address: str, at: datetime) -> float | None:
        """Count a login about to be tried; seconds to wait where there were too many, else None.

        ``address`` is the client's; what is no address counts as one unknown client.
        """
        wide, near, own = _attempt_keys(name, address)
        limits = [(wide, FROM_ADDRESS), (near, NAME_FROM_ADDRESS), (own, NAME_FROM_ANYWHERE)]
        return self._throttle.attempt(limits, WINDOW, at)

    def forgive(self, name: str, address: str, at: datetime) -> None:
        """The login counted last was right: forget what was counted for the name from this address.

        The count for the name from anywhere only loses this one: somebody else may still be guessing.
        """
        wide, near, own = _attempt_keys(name, address)
        self._throttle.forgive([near], [wide, own], at)

    def is_demonstration(self) -> bool:
        """Whether any live account is a demonstration account."""
        return bool(self.demonstrators())

    def demonstrators(self) -> dict[str, tuple[Account, int]]:
        """Role -> its first live demonstration account and that account's epoch, in the order of ``ROLES``."""
        with self._pool.transaction() as cur:
            cur.execute(queries.demonstration_accounts)
            found = {row["role"]: (_account(row), row["epoch"]) for row in cur.fetchall()}
        return {role: found[role] for role in ROLES if role in found}

    def _by_name(self, name: str) -> Mapping[str, Any] | None:
        try:
            normal = normal_name(name)
        except AccountFault:
            return None
        return self._one(queries.account_by_name, name=normal)

    def _change(self, query: str, name: str, **values: Any) -> None:
        if self._one(query, name=normal_name(name), **values) is None:
            raise _unknown(name)

    def _one(self, query: str, **values: Any) -> Mapping[str, Any] | None:
        with self._pool.transaction() as cur:
            cur.execute(query, values)
            row: Mapping[str, Any] | None = cur.fetchone()
        return row

    def _do(self, query: str, **values: Any) -> int:
        with self._pool.transaction() as cur:
            cur.execute(query, values)
            return int(cur.rowcount)


def _account(row: Mapping[str, Any]) -> Account:
    return Account(row["id"], row["name"], row["role"], row["unit"], row["demonstration"])


def _unknown(name: str) -> UnknownAccount:
    return UnknownAccount(f"There is no live account named {name}.", name=name)


def _taken(name: str) -> NameTaken:
    return NameTaken(f"There is an account named {name} already.", name=name)


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _attempt_keys(name: str, address: str) -> tuple[str, str, str]:
    """Keys for the address, for the name from it, for the name: in this order they are counted."""
    where = network(address)
    who = digest(unicodedata.normalize("NFKC", name).strip())
    return f"login from {where}", f"login {who} from {where}", f"login {who}"
