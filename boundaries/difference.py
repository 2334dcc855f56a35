"""What is different between two states of the boundaries: which areas, and which ground went from whom to whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from boundaries.changes import KINDS, LEVELS, Areas, Change, Kind, Level, changes_of
from boundaries.district import NOTHING, District
from boundaries.ground import Key, overlay, square_metres, wide_parts
from gis.cells import CellIndex

__all__ = ["KINDS", "LEVELS", "Change", "Difference", "Kind", "Level", "Pair", "difference", "items_by_pair"]

Homes = Mapping[str, tuple[str, str]]
"""Code of a cell -> (code of its township, of its community); empty texts for none."""
_ABOVE: Mapping[Level, int] = {"township": 0, "community": 1}


@dataclass(frozen=True, slots=True)
class Pair:
    """Ground that went from one area to another: ``before`` and ``after`` are codes, None for no area at all.

    ``m2`` is its size, ``ground`` its shape (WGS84, longitude first), None for a township's or a community's pair,
    which its cells' make up, and where only items changed (ground nowhere 1 cm wide, 0 m2). ``items`` are the open
    items on it, None where none were looked at.
    """

    level: Level
    before: str | None
    after: str | None
    m2: float
    ground: Polygon | MultiPolygon | None = None
    items: int | None = None


@dataclass(frozen=True)
class Difference:
    """All changes by level and kind, and the ground by pair, the largest first.

    Where a ring starts, which way it runs, the order of features, vertices on a straight edge, and shifts nowhere 1 cm
    wide are no change. ``names`` has the name of every township, community and cell of both sides by level and code,
    that of after where both have one; ``areas`` counts them: level -> (before, after). ``metadata`` are the district's
    own words that changed (``code``, ``name``, ``provenance``, ``outline``, ``gazetteer``), as (what, was, now).
    """

    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...]
    names: Mapping[Level, Mapping[str, str]]
    areas: Mapping[Level, tuple[int, int]]
    metadata: tuple[tuple[str, str, str], ...] = ()
    homes: tuple[Homes, Homes] = field(default=({}, {}), repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether the two states are the same."""
        return not (self.changes or self.pairs or self.metadata)

    def of(self, level: Level, kind: Kind | None = None) -> tuple[Change, ...]:
        """The changes of a level, of one kind or all."""
        return tuple(c for c in self.changes if c.level == level and kind in (None, c.kind))

    def with_items(self, counts: Mapping[Key, int]) -> "Difference":
        """The same with open items on every pair, from ``items_by_pair``. A pair whose ground is nowhere 1 cm wide
        and that holds an item all the same is added, so that the items of the pairs of cells add up to all counted."""
        by_level: dict[Level, Mapping[Key, float]] = {"grid": {key: float(n) for key, n in counts.items()}}
        for level in _ABOVE:
            by_level[level] = _lifted(by_level["grid"], level, self.homes)
        told = [replace(pair, items=int(by_level[pair.level].get((pair.before, pair.after), 0))) for pair in self.pairs]
        there = {(pair.level, pair.before, pair.after) for pair in told}
        more = [
            Pair(level, a, b, 0.0, None, int(n))
            for level, table in by_level.items()
            for (a, b), n in table.items()
            if a != b and (level, a, b) not in there
        ]
        return replace(self, pairs=_in_order([*told, *more]))


def difference(before: District, after: District) -> Difference:
    """What ``after`` changes of ``before``; either may be unsound (where cells overlap the lowest code has the ground).

    144 cells take a tenth of a second. Raises nothing.
    """
    ground = overlay(before, after)
    homes = _homes(before), _homes(after)
    old, new = _areas(before, ground.before), _areas(after, ground.after)
    changes: list[Change] = []
    pairs: list[Pair] = []
    for level in LEVELS:
        table = ground.m2 if level == "grid" else _lifted(ground.m2, level, homes)
        changes += changes_of(level, old[level], new[level], table)
        shapes = ground.shapes if level == "grid" else {}
        pairs += [Pair(level, a, b, m2, shapes.get((a, b))) for (a, b), m2 in table.items() if a != b and m2 > 0.0]
    return Difference(
        tuple(changes),
        _in_order(pairs),
        {level: _names(old[level].names, new[level].names) for level in LEVELS},
        {level: (len(old[level].names), len(new[level].names)) for level in LEVELS},
        tuple(_metadata(before, after)),
        homes,
    )


def items_by_pair(before: CellIndex, after: CellIndex, lon: Any, lat: Any) -> dict[Key, int]:
    """How many points (columns of WGS84 degrees, longitude first) lie in a cell of one code before and of another
    after; None for no cell. Points that stay, or lie in no cell on both sides, are not counted."""
    old, new = _codes(before, lon, lat), _codes(after, lon, lat)
    found: dict[Key, int] = {}
    for a, b in zip(old, new, strict=True):
        if a != b:
            found[a, b] = found.get((a, b), 0) + 1
    return found


def _codes(index: CellIndex, lon: Any, lat: Any) -> NDArray[np.object_]:
    codes = np.array([*(cell.code for cell in index.cells), None], dtype=object)
    return codes[index.find_many(lon, lat)]


def _homes(district: District) -> Homes:
    return {cell.code: (cell.township, cell.community or "") for cell in district.cells if cell.code}


def _areas(district: District, m2: Mapping[str, float]) -> dict[Level, Areas]:
    """The areas of all levels by code. What lies above the cells has the ground of its cells."""
    homes = _homes(district)
    cells = {c.code: c.name or c.code for c in district.cells if c.code}
    townships = {home[0]: home[0] for home in homes.values() if home[0]}
    townships |= {area.code: area.name or area.code for area in district.townships if area.code}
    communities = {home[1]: home[1] for home in homes.values() if home[1]}
    communities |= {c.code: c.name or c.code for c in district.communities if c.code}
    return {
        "township": Areas(townships, {}, _summed(m2, homes, 0)),
        "community": Areas(communities, {c.code: c.township for c in district.communities}, _summed(m2, homes, 1)),
        "grid": Areas(cells, {code: "/".join(filter(None, home)) for code, home in homes.items()}, m2),
    }


def _names(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """The names of both, the new one where it is given: one that is the code was not."""
    return {**new, **old, **{code: name for code, name in new.items() if name != code}}


def _summed(m2: Mapping[str, float], homes: Homes, above: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for code, size in m2.items():
        found[homes[code][above]] = found.get(homes[code][above], 0.0) + size
    return found


def _lifted(table: Mapping[Key, float], level: Level, homes: tuple[Homes, Homes]) -> dict[Key, float]:
    """The table of cells as one of their townships or communities; a cell without one counts as no area."""
    at = _ABOVE[level]
    found: dict[Key, float] = {}
    for (a, b), size in table.items():
        key = (homes[0][a][at] or None) if a else None, (homes[1][b][at] or None) if b else None
        if key != (None, None):
            found[key] = found.get(key, 0.0) + size
    return found


def _in_order(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple(
        sorted(pairs, key=lambda p: (LEVELS.index(p.level), -p.m2, -(p.items or 0), p.before or "", p.after or ""))
    )


def _metadata(before: District, after: District) -> list[tuple[str, str, str]]:
    told = [(what, getattr(before, what) or "", getattr(after, what) or "") for what in ("code", "name", "provenance")]
    outlines = before.outline or NOTHING, after.outline or NOTHING
    if wide_parts(shapely.symmetric_difference(*outlines)):
        was, now = (f"{m2 / 1e6:.3f} km2" for m2 in square_metres(outlines).tolist())
        told.append(("outline", was, now))
    if set(before.gazetteer) != set(after.gazetteer):
        new, gone = set(after.gazetteer) - set(before.gazetteer), set(before.gazetteer) - set(after.gazetteer)
        now = f"{len(after.gazetteer)} rows, {len(new)} new, {len(gone)} gone"
        told.append(("gazetteer", f"{len(before.gazetteer)} rows", now))
    return [(what, was, now) for what, was, now in told if was != now]
