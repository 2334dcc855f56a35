"""Filters of items as the queries take them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

FILTERS = ["status", "township", "grid", "category", "channel", "kind", "bbox", "from", "to", "queue", "q"]


def filled(filters: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Filters as the queries take them: each there, None where it filters nothing."""
    values = dict.fromkeys(FILTERS) | dict(filters)
    box = values.pop("bbox") or (None, None, None, None)
    values |= dict(zip(("west", "south", "east", "north"), box, strict=True))
    return values | {"q_like": like(values["q"]) if values["q"] else None, "now": now}


def like(text: str) -> str:
    """``text`` with LIKE's own signs taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
