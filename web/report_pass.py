"""Who has just reported something: nobody's account, and a cookie of the browser that sent it.

The cookie holds a number, an hour and a signature, never the code; it goes to /report alone.
"""

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Response, request

from dispatch.account import CITIZEN, Account
from web.auth import auth
from web.services import services

COOKIE = "reported"
LASTS = timedelta(hours=1)


def as_citizen() -> Account:
    """Whose a report from the page is. On a server for demonstration it is demonstration, as all there is."""
    return replace(CITIZEN, demonstration=True) if auth().demonstration else CITIZEN


def hand_out(answer: Response, number: str) -> None:
    """Let this browser see number and code again for an hour."""
    until = int((services().clock() + LASTS).timestamp())
    answer.set_cookie(
        COOKIE, f"{number}.{until}.{_signed(number, until)}", max_age=int(LASTS.total_seconds()), path="/report",
        httponly=True, secure=request.is_secure, samesite="Strict",
    )  # fmt: skip


def number_of(now: datetime) -> str | None:
    """The number that this browser reported under, None where there is no cookie or it has run out."""
    parts = request.cookies.get(COOKIE, "").rsplit(".", 2)
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdecimal()):
        return None
    until = int(parts[1][:12])
    right = hmac.compare_digest(parts[2].encode(), _signed(parts[0], until).encode())
    return parts[0] if right and now.timestamp() < until else None


def _signed(number: str, until: int) -> str:
    key = hmac.digest(services().secret, b"report pass", hashlib.sha256)
    return hmac.digest(key, f"{number}.{until}".encode(), hashlib.sha256).hex()
