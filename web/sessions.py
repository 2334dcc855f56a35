"""The signed cookie that remembers who is signed in.

It holds the account's number, the account's epoch at sign-in, and two instants. Raising the epoch (a new password, a
disabled account, "sign out everywhere") ends every session that was begun under the old one.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, session

from dispatch.account import Account

IDLE = timedelta(hours=12)
"""A session unused for so long has ended: longer than a shift, shorter than a day."""
LONGEST = timedelta(days=7)
"""However much it is used, a session ends then."""
NOTED_EVERY = timedelta(minutes=10)
"""How coarsely use is noted. Each note is a new cookie, and a late one could bring back a session just ended."""


def install(app: Flask, secret: bytes, *, secure: bool) -> None:
    """Set up the cookie. ``secret`` is the service's; ``secure`` = the browser comes by https."""
    app.config.update(
        SECRET_KEY=hmac.digest(secret, b"session cookie", hashlib.sha256),
        SESSION_COOKIE_NAME="__Host-firstline" if secure else "firstline",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LONGEST,
    )


def begin(account: Account, epoch: int, at: datetime) -> None:
    """Sign ``account`` in. Nothing of an earlier session stays."""
    session.clear()
    session.permanent = True
    second = int(at.timestamp())
    session.update(account=account.id, epoch=epoch, begun=second, used=second)


def end() -> None:
    """Sign out of this browser."""
    session.clear()


def claim(at: datetime) -> tuple[int, int] | None:
    """(account id, epoch) that the cookie claims, or None where there is none or it has run out.

    The signature is already checked; whether the epoch still holds is for the caller to ask.
    """
    account, epoch = _whole("account"), _whole("epoch")
    begun, used = _whole("begun"), _whole("used")
    if account is None or epoch is None or begun is None or used is None:
        return None
    now = int(at.timestamp())
    if now - begun > LONGEST.total_seconds() or now - used > IDLE.total_seconds():
        return None
    return account, epoch


def note_use(at: datetime) -> None:
    """Remember, coarsely, that the session was used at ``at``."""
    now = int(at.timestamp())
    if now - session["used"] > NOTED_EVERY.total_seconds():
        session["used"] = now


def _whole(name: str) -> int | None:
    value: Any = session.get(name)
    return value if isinstance(value, int) else None
