"""How a citizen proves to be an item's: the code with each call of a program, or a short-lived cookie for the page.

The code is a credential of its own: it is nobody's session, so these calls need no sign-in and no CSRF token. It is
never part of an address, which logs and histories keep. The cookie holds a number, an hour and a signature, never the
code; it is sent to this site alone (SameSite=Strict), and opens that one item until then.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import Response, request

from dispatch.errors import UnknownItem
from dispatch.report import clean
from dispatch.tracking import is_code
from web.accounts import Throttled
from web.services import services

HEADER = "X-Track-Code"
COOKIE = "track"
LASTS = timedelta(hours=1)


class NoSuchItem(UnknownItem):
    """The one answer for a wrong code and for a number that there is not."""


def plain(number: str) -> str:
    """A number as somebody types it."""
    return str(clean(number)).strip()[:64]


def admit(number: str, code: object) -> None:
    """Let a code through that is the number's. Raises Throttled, NoSuchItem.

    The attempt is counted before the code is looked at, and the code is judged without a look at the items: so a wrong
    code and an unknown number take the same road.
    """
    now, address, book = services().clock(), request.remote_addr or "", services().citizens
    wait = book.attempt(number, address, now)
    if wait is not None:
        raise Throttled("Too many attempts. Wait, then try again.", retry_after=round(wait))
    if not is_code(number, str(clean(code)) if isinstance(code, str) else "", services().secret):
        raise no_such_item()
    book.forgive(number, address, now)


def no_such_item() -> NoSuchItem:
    """For a wrong code, an unknown number and a missing code alike."""
    return NoSuchItem("No item has this number and code. Check both.")


def hand_out(answer: Response, number: str) -> None:
    """Give the page of ``number`` its cookie."""
    until = int((services().clock() + LASTS).timestamp())
    value = f"{number}.{until}.{_signed(number, until)}"
    answer.set_cookie(
        COOKIE, value, max_age=int(LASTS.total_seconds()), httponly=True, secure=request.is_secure, samesite="Strict"
    )


def take_back(answer: Response) -> None:
    """Forget the item in this browser."""
    answer.delete_cookie(COOKIE, httponly=True, secure=request.is_secure, samesite="Strict")


def has_pass(number: str, now: datetime) -> bool:
    """Whether the request bears a cookie for that number that has not run out."""
    parts = request.cookies.get(COOKIE, "").rsplit(".", 2)
    if len(parts) != 3 or parts[0] != number or not (parts[1].isascii() and parts[1].isdecimal()):
        return False
    until = int(parts[1][:12])
    signed = hmac.compare_digest(parts[2].encode(), _signed(number, until).encode())
    return signed and now.timestamp() < until


def _signed(number: str, until: int) -> str:
    key = hmac.digest(services().secret, b"track pass", hashlib.sha256)
    return hmac.digest(key, f"{number}.{until}".encode(), hashlib.sha256).hex()
