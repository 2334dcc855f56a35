"""Between an Item and the rows it is stored in. The columns are those of store/migrations/0001_core.sql."""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

import orjson

from dispatch.item import (
    Clock,
    Handler,
    Hold,
    Item,
    Kin,
    Lead,
    Order,
    Rating,
    Reporter,
    Request,
    Spot,
    Task,
    Wait,
    in_order,
)
from dispatch.limits import STAGES
from dispatch.photo import Photo, Twin
from dispatch.scope import readers_of
from gis.resolution import Candidate, Nearest, Resolution

Row = Mapping[str, Any]
COUNTRY, MOBILE_DIGITS = "86", 11
"""The country's calling code, and how long its mobile numbers are."""


def dumped(value: Any) -> str:
    """JSON text for the database; instants become ISO 8601. Refuses NaN, which JSON does not have, at the top of a row.

    Raises ValueError for it, TypeError for what does not go into JSON.
    """
    if value == []:  # most parts of most items are empty
        return "[]"
    if isinstance(value, dict) and not all(isfinite(each) for each in value.values() if type(each) is float):
        raise ValueError("a number that is not finite does not go into the database")
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # whole numbers beyond 64 bits, which citizens' programs send
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_instant, separators=(",", ":"))


def _instant(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into JSON")




def item_row(item: Item) -> dict[str, Any]:
    """The row of ``items``."""
    where, spot = item.resolution, item.spot
    same = {name: getattr(item, name) for name in _PLAIN}
    return same | {
        "lon": spot.lon if spot else None,
        "lat": spot.lat if spot else None,
        "accuracy_m": spot.accuracy_m if spot else None,
        "placed_by": spot.by if spot else None,
        "guesses": list(item.guesses) or None,
        "township": where.township,
        "community": where.community,
        "grid": where.grid,
        "border_m": where.border_m,
        "on_border": where.on_border,
        "doubtful": where.doubtful,
        "candidates": [fields(candidate) for candidate in where.candidates],
        "nearest": fields(where.nearest) if where.nearest else None,
        "reason": where.reason,
        "lead_kind": item.lead.kind,
        "lead": item.lead.code,
        "readers": list(readers_of(item)),
        "summoned": list(item.summoned),
        "hold_kind": item.hold.kind if item.hold else None,
        "hold_since": item.hold.since if item.hold else None,
        "hold_until": item.hold.until if item.hold else None,
        "waits": [fields(wait) for wait in item.waits],
    }


_PLAIN = (
    *("id", "number", "version", "status", "kind", "channel", "category", "urgency", "needs_place", "description"),
    *("address", "words_salt", "anonymous", "confidential", "original", "edition", "external_ref", "given", "maker"),
    *("demonstration", "received_at", "occurred_at", "sender_due_at", "dispatched_at", "created_at", "updated_at"),
    *("chain_seq", "chain_hash", "extended_until", "restarted_at", "settled_by", "rework", "assigned"),
    *("reassigned_at", "close_at", "reopened", "contested_at", "merged_into", "split_from"),
)


def changed_row(before: Item, after: Item) -> dict[str, Any]:
    """The columns of the row of ``items`` that changed."""
    old, new = item_row(before), item_row(after)
    return {name: value for name, value in new.items() if value != old[name]}


_TABLES = {"handlers": "handlers", "tasks": "tasks", "deadlines": "clocks"} | {
    name: name for name in ("requests", "ratings", "orders")
}
"""Table -> the parts of an item that it holds."""


def part_rows(item: Item, stored: Item | None = None) -> dict[str, list[dict[str, Any]]]:
    """The rows of the tables that hold an item's parts, by table: those that are not ``stored`` so already."""
    return {
        table: [
            {"item_id": item.id, **fields(part)}
            for part in getattr(item, parts)
            if stored is None or part not in getattr(stored, parts)
        ]
        for table, parts in _TABLES.items()
    }


def fields(part: Any) -> dict[str, Any]:
    """The fields of a flat dataclass; ``asdict`` would copy each value deeply."""
    return {name: getattr(part, name) for name in part.__slots__}


def dialled(phone: str) -> str:
    """The digits by which a telephone is called within the country, "" for none: ``+86 138 0013 8000``,
    ``0086-13800138000`` and full-width digits are 13800138000, ``+86 591 8755 1234`` is 059187551234."""
    digits = "".join(str(unicodedata.decimal(ch)) for ch in phone if ch.isdecimal())
    abroad = phone.lstrip(" (（").startswith(("+", "＋")) or digits.startswith("00")
    bare = digits.removeprefix("00") if digits.startswith("00") else digits
    rest = bare.removeprefix(COUNTRY)
    if rest == bare:
        return digits
    if len(rest) == MOBILE_DIGITS and rest.startswith("1"):
        return rest
    return f"0{rest.removeprefix('0')}" if abroad and rest else digits


def phone_digest(phone: str, secret: bytes) -> str | None:
    """The keyed digest under which a caller's items are found, None for no phone. However it is written, one telephone
    has one digest; see ``dialled``."""
    digits = dialled(phone)
    return hmac.digest(secret, b"phone:" + digits.encode(), hashlib.sha256).hex()[:32] if digits else None


def item_of(row: Row) -> Item:
    """The Item of a row of the view ``item_cards``."""
    spot = Spot(row["lon"], row["lat"], row["accuracy_m"], row["placed_by"]) if row["lon"] is not None else None
    return Item(
        **{name: row[name] for name in _PLAIN} | {"reopened": row["reopened"] or 0},
        spot=spot,
        guesses=tuple(row["guesses"] or ()),
        resolution=_resolution(row),
        lead=Lead(row["lead_kind"], row["lead"]),
        handlers=in_order(Handler(**_timed(part, "due_at")) for part in row["handlers"]),
        tasks=tuple(Task(**_timed(part, "offered_at", "taken_at", "done_at", "arrived_at")) for part in row["tasks"]),
        clocks=tuple(sorted(map(_clock, row["deadlines"]), key=lambda clock: STAGES.index(clock.stage))),
        reporter=Reporter(row["reporter_name"] or "", row["reporter_phone"] or ""),
        summoned=tuple(row["summoned"] or ()),
        photos=tuple(photo_of(part) for part in row["photos"]),
        requests=tuple(Request(**_timed(part, "asked_at", "until", "decided_at")) for part in row["requests"]),
        ratings=tuple(Rating(**_timed(part, "at")) for part in row["ratings"]),
        orders=tuple(Order(**_timed(part, "until", "opened_at", "answered_at", "closed_at")) for part in row["orders"]),
        merged=tuple(Kin(kin["number"], tuple(kin["readers"])) for kin in row["merged"]),
        split=tuple(Kin(kin["number"], tuple(kin["readers"])) for kin in row["split"]),
        hold=Hold(row["hold_kind"], row["hold_since"], row["hold_until"]) if row["hold_kind"] else None,
        waits=tuple(Wait(**_timed(part, "start", "end")) for part in row["waits"]),
    )


def photo_of(part: dict[str, Any]) -> Photo:
    """The Photo of an element of ``item_cards.photos``."""
    twins = tuple(Twin(twin["number"], tuple(twin["readers"])) for twin in part["twins"])
    return Photo(**_timed(part, "taken_at", "at", "released_at") | {"twins": twins})


def _resolution(row: Row) -> Resolution:
    return Resolution(
        row["township"],
        row["grid"],
        row["community"],
        row["border_m"],
        row["on_border"],
        row["doubtful"],
        tuple(Candidate(**candidate) for candidate in row["candidates"]),
        Nearest(**row["nearest"]) if row["nearest"] else None,
        row["reason"],
    )


def _clock(part: dict[str, Any]) -> Clock:
    return Clock(**_timed(part, "due_at", "near_at", "met_at", "step_at") | {"step": part["step"] or 0})


def _timed(part: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: datetime.fromisoformat(value) if key in names and value else value for key, value in part.items()}
