"""A Difference as plain data: for programs, for the planner's page and for a map."""

import json
from typing import Any

import shapely

from boundaries.changes import Change, Level
from boundaries.difference import Difference


def as_json(found: Difference) -> dict[str, Any]:
    """What ``boundaries diff --json`` prints and the planner's page shows::

        {"same": bool, "areas": {level: {"before": n, "after": n}},
         "metadata": [{"what", "was", "now"}],
         "changes": [{"level", "kind", "before": [{"code", "name"}], "after": [{"code", "name"}], "was", "now", "kept",
                      "gained_m2", "lost_m2"}],
         "pairs": [{"level", "before": {"code", "name"} | null, "after": {"code", "name"} | null, "m2", "items"}]}

    Square metres are rounded to a tenth, ``kept`` to six places. No shapes: see ``ground_features``.
    """
    return {
        "same": found.is_empty,
        "areas": {level: {"before": old, "after": new} for level, (old, new) in found.areas.items()},
        "metadata": [{"what": what, "was": was, "now": now} for what, was, now in found.metadata],
        "changes": [_change_json(change, found) for change in found.changes],
        "pairs": [
            {
                "level": pair.level,
                "before": _named(pair.before, pair.level, found),
                "after": _named(pair.after, pair.level, found),
                "m2": round(pair.m2, 1),
                "items": pair.items,
            }
            for pair in found.pairs
        ],
    }


def _change_json(change: Change, found: Difference) -> dict[str, Any]:
    return {
        "level": change.level,
        "kind": change.kind,
        "before": [_named(code, change.level, found) for code in change.before],
        "after": [_named(code, change.level, found) for code in change.after],
        "was": change.was,
        "now": change.now,
        "kept": round(change.kept, 6),
        "gained_m2": round(change.gained_m2, 1),
        "lost_m2": round(change.lost_m2, 1),
    }


def _named(code: str | None, level: Level, found: Difference) -> dict[str, str] | None:
    return None if code is None else {"code": code, "name": found.names[level].get(code, code)}


def ground_features(found: Difference) -> dict[str, Any]:
    """The ground of the cells' pairs as a GeoJSON FeatureCollection (WGS84, longitude first, seven decimals) with the
    properties ``before``, ``after`` (codes or null), ``before_name``, ``after_name``, ``m2``, ``items``."""
    names = found.names["grid"]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "before": pair.before,
                    "after": pair.after,
                    "before_name": names.get(pair.before or ""),
                    "after_name": names.get(pair.after or ""),
                    "m2": round(pair.m2, 1),
                    "items": pair.items,
                },
                "geometry": json.loads(shapely.to_geojson(shapely.set_precision(pair.ground, 1e-7, mode="pointwise"))),
            }
            for pair in found.pairs
            if pair.ground is not None
        ],
    }
