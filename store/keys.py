"""What an item is called and known by: its number, and the keys under which a repeat is the same item."""

import hashlib
from datetime import datetime
from typing import Any

from dispatch.account import Account
from dispatch.report import Report

LONGEST_KEY = 200


def intake_keys(account: Account, report: Report, key: str | None) -> list[dict[str, Any]]:
    """The promises a report makes about repeats; see the table intake_keys."""
    keys = []
    if report.client_ref:
        scope = f"ref:{bounded(report.channel)}"
        keys.append({"account": account.id, "scope": scope, "key": bounded(report.client_ref)})
    if key:
        keys.append({"account": account.id, "scope": "idempotency-key", "key": bounded(key)})
    return keys


def bounded(text: str) -> str:
    """``text``, or for a long one its beginning and its digest: an index takes no text of any length, and two long ones
    that begin alike are not the same."""
    if len(text) <= LONGEST_KEY:
        return text
    return f"{text[:64]}…{hashlib.sha256(text.encode()).hexdigest()}"


def number_of(id: int, local: datetime) -> str:
    """An item's number: the day it came in (city's zone) and its id, such as ``261124-0000187``.

    Sorts by age, is short enough for the telephone, and needs no counter that intakes would queue for.
    """
    return f"{local:%y%m%d}-{id:07d}"
