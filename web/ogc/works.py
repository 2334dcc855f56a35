"""Items and summonses as features. What may leave is named here field by field; nothing else does."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boundaries.edition import DEMONSTRATION, Edition
from dispatch.account import Account
from dispatch.item import CENTRE, OPEN
from dispatch.rulebook import Rules
from dispatch.summons import COME
from dispatch.units import Unit
from web import asked as words
from web.item_json import instant, unit_name
from web.ogc.asking import Asked
from web.ogc.crs import point_text
from web.services import FeatureDesk, Services

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called, as things stand now."""

    edition: Edition
    units: Mapping[str, Unit]
    rules: Rules
    now: datetime

    @classmethod
    def of(cls, services: Services) -> "Names":
        """The names that the running service knows."""
        units, _ = services.people()
        return cls(services.edition(), units, services.rules, services.clock())

    def unit(self, code: str | None) -> str | None:
        """The name of a unit."""
        return None if code is None else unit_name(code, self.units, self.edition)

    def category(self, code: str) -> str | None:
        """The name of a category, None for one that nobody here knows."""
        known = self.rules.categories.get(code)
        return known.minor if known else None


def filters_of(kind: str, asked: Asked) -> dict[str, Any]:
    """What is asked for, as the store takes it."""
    filters = dict(asked.filters)
    if kind == "items":
        filters["statuses"] = _statuses(filters.pop("status", None), filters.pop("open", None))
    if asked.box is not None:
        filters |= dict(zip(("west", "south", "east", "north"), asked.box, strict=True))
    if asked.span is not None:
        filters |= {"start": asked.span.start, "end": asked.span.end}
    return filters


def _statuses(status: str | None, is_open: bool | None) -> list[str] | None:
    if status is None and is_open is None:
        return None
    named = words.STATUSES if status is None else (status,)
    return [one for one in named if is_open is None or (one in OPEN) == is_open]


def features(desk: FeatureDesk, account: Account, kind: str, asked: Asked, names: Names) -> Iterator[tuple[int, str]]:
    """The id and the text of each feature of a page, and of one more; rows are read a piece at a time."""
    before = asked.after[0] if asked.after else None
    for rows in desk.pieces(account, kind, filters_of(kind, asked), before, asked.limit + 1):
        for row in rows:
            yield row["id"], feature_text(kind, row, names, asked.crs)


def feature_text(kind: str, row: Row, names: Names, crs: str) -> str:
    """One item or summons as a Feature, in JSON."""
    name = row["number"] if kind == "items" else row["id"]
    properties = (item_properties if kind == "items" else summons_properties)(row, names)
    said = json.dumps(properties, ensure_ascii=False, allow_nan=False)
    geometry = point_text(row["lon"], row["lat"], crs)
    return f'{{"type":"Feature","id":{json.dumps(name)},"geometry":{geometry},"properties":{said}}}'


def item_properties(row: Row, names: Names) -> dict[str, Any]:
    """What an item's feature says, in the order of the catalogue."""
    due_at, edition = row["due_at"], names.edition
    return {
        "number": row["number"],
        "status": row["status"],
        "open": row["status"] in OPEN,
        "kind": row["kind"],
        "channel": row["channel"],
        "category": row["category"],
        "category_name": names.category(row["category"]),
        "urgency": row["urgency"],
        "township": row["township"],
        "township_name": edition.township_names.get(row["township"], row["township"]),
        "community": row["community"],
        "grid": row["grid"],
        "grid_name": edition.grid_names.get(row["grid"], row["grid"]),
        "lead": row["lead"],
        "lead_name": names.unit(CENTRE if row["lead_kind"] == CENTRE else row["lead"]),
        "handler": row["handler"],
        "handler_name": names.unit(row["handler"]),
        "late": due_at is not None and due_at < names.now,
        "due_at": instant(due_at),
        "edition": row["edition"],
        "border_m": None if row["border_m"] is None else round(row["border_m"], 3),
        "on_border": row["on_border"],
        "doubtful": row["doubtful"],
        "received_at": instant(row["received_at"]),
        "created_at": instant(row["created_at"]),
        "dispatched_at": instant(row["dispatched_at"]),
        "updated_at": instant(row["updated_at"]),
        "provenance": _provenance(row),
    }


def summons_properties(row: Row, names: Names) -> dict[str, Any]:
    """What a summons' feature says, in the order of the catalogue."""
    calls = row["calls"] or []
    return {
        "number": row["number"],
        "state": row["state"],
        "township": row["township"],
        "township_name": names.unit(row["township"]),
        "category": row["category"],
        "category_name": names.category(row["category"]),
        "meet_at": instant(row["meet_at"]),
        "acknowledge_by": instant(row["acknowledge_by"]),
        "called": len(calls),
        "acknowledged": sum(call["acknowledged"] for call in calls),
        "come": sum(call["state"] in COME for call in calls),
        "departments": ", ".join(f"{call['department']}: {call['state']}" for call in calls),
        "opened_at": instant(row["opened_at"]),
        "updated_at": instant(row["updated_at"]),
        "closed_at": instant(row["closed_at"]),
        "provenance": _provenance(row),
    }


def _provenance(row: Row) -> str | None:
    return DEMONSTRATION if row["demonstration"] else None
