"""Whose ground is whose in two states of the boundaries: one overlay of all cells.

Everything is cut in degrees, where the edges of the files are straight and shared borders stay shared; only sizes and
widths are put in metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from boundaries.district import NOTHING, District
from gis.ellipsoid import metres_per_degree

NARROW_M = 0.01
"""What is nowhere as wide as this is a matter of drawing: no ground."""

Shapes = dict[str, Polygon | MultiPolygon]
Key = tuple[str | None, str | None]


@dataclass(frozen=True)
class Ground:
    """``m2`` is the ground of each (code before, code after), None for no cell at all: what both sides call the same is
    there too. ``shapes`` has the shape (WGS84) of each pair whose two codes differ. ``before`` and ``after`` are the
    areas of the cells in m2. Pieces that are nowhere 1 cm wide are left out."""

    before: dict[str, float]
    after: dict[str, float]
    m2: dict[Key, float]
    shapes: dict[Key, Polygon | MultiPolygon]


def overlay(before: District, after: District) -> Ground:
    """The ground of two districts, sound or not: where cells overlap the lowest code has it, as in the index."""
    old, new = owned(before), owned(after)
    same = _same(old, new)
    kept: dict[Key, float] = {(a, b): float(square_metres([old[a]])[0]) for a, b in same}
    rest_old = {code: shape for code, shape in old.items() if code not in {a for a, _ in same}}
    rest_new = {code: shape for code, shape in new.items() if code not in {b for _, b in same}}
    pieces = [*_shared(rest_old, rest_new), *_alone(rest_old, rest_new)]
    pieces += [((None, b), shape) for (b, _), shape in _alone(rest_new, rest_old)]
    shapes: dict[Key, Polygon | MultiPolygon] = {}
    for key, shape in pieces:
        wide = _wide(shape)
        if not wide.is_empty:
            kept[key] = kept.get(key, 0.0) + float(square_metres([wide])[0])
            shapes[key] = wide
    shapes |= {(a, b): old[a] for a, b in same}
    return Ground(
        _sizes(old), _sizes(new), kept, {key: shape for key, shape in shapes.items() if key[0] != key[1]}
    )  # fmt: skip


def owned(district: District) -> Shapes:
    """The ground of each cell by code, ascending: what lower codes hold is cut off. Cells without code have none."""
    found: dict[str, list[Any]] = {}
    for cell, shape in zip(district.cells, district.sound_cells, strict=True):
        if cell.code and not shape.is_empty:
            found.setdefault(cell.code, []).append(shape)
    shapes = {
        code: found[code][0] if len(found[code]) == 1 else shapely.union_all(found[code]) for code in sorted(found)
    }
    if shapes and not shapely.coverage_is_valid(list(shapes.values())):
        _cut_overlaps(shapes)
    return shapes


def square_metres(shapes: Sequence[Any]) -> Any:
    """The sizes in m2 of shapes in WGS84 degrees, edges straight in degrees as the predicates see them.

    The area in degrees times the metres of a degree both ways at the centroid: right to one part in a million for
    anything the size of a city, and what a shape is cut into adds up to the shape.
    """
    areas, middles = shapely.area(shapes), shapely.centroid(shapes)
    lats = np.array([0.0 if middle.is_empty else middle.y for middle in middles])
    per_lon, per_lat = metres_per_degree(lats, np)
    return areas * per_lon * per_lat


def _sizes(shapes: Shapes) -> dict[str, float]:
    return dict(zip(shapes, square_metres(list(shapes.values())).tolist(), strict=True)) if shapes else {}


def _same(old: Shapes, new: Shapes) -> list[tuple[str, str]]:
    """Cells before and after with the very same shape, whatever their rings start with."""
    known = {_canonical(shape): code for code, shape in old.items()}
    found = ((known.get(_canonical(shape)), code) for code, shape in new.items())
    return [(a, b) for a, b in found if a is not None]


def _canonical(shape: Any) -> bytes:
    return bytes(shapely.to_wkb(shapely.normalize(shape)))


def _cut_overlaps(shapes: Shapes) -> None:
    """Takes from every shape what one with a lower code holds, in place."""
    codes = list(shapes)
    tree = shapely.STRtree([shapes[code] for code in codes])
    later, earlier = tree.query([shapes[code] for code in codes], predicate="intersects")
    for i, j in sorted((int(i), int(j)) for i, j in zip(later, earlier, strict=True) if j < i):
        over = shapely.intersection(shapes[codes[i]], shapes[codes[j]])
        if over.area > 0.0:
            shapes[codes[i]] = polygonal(shapely.difference(shapes[codes[i]], shapes[codes[j]]))


def _shared(old: Shapes, new: Shapes) -> list[tuple[Key, Any]]:
    """What each cell before and each cell after have in common, where they have."""
    if not old or not new:
        return []
    codes_old, codes_new = list(old), list(new)
    left, right = np.array(list(old.values())), np.array(list(new.values()))
    n, o = shapely.STRtree(left).query(right, predicate="intersects")
    cut = shapely.intersection(left[o], right[n])
    return [
        ((codes_old[i], codes_new[j]), polygonal(piece))
        for i, j, piece in zip(o.tolist(), n.tolist(), cut, strict=True)
        if piece.area > 0.0
    ]


def _alone(mine: Shapes, theirs: Shapes) -> list[tuple[Key, Any]]:
    """(code, None) and the ground of each of ``mine`` that none of ``theirs`` holds."""
    if not mine:
        return []
    others = shapely.union_all(list(theirs.values())) if theirs else NOTHING
    left = shapely.difference(shapely.union_all(list(mine.values())), others)
    parts = [part for part in shapely.get_parts(left) if part.area > 0.0]
    if not parts:
        return []
    codes, shapes = list(mine), np.array(list(mine.values()))
    at, of = shapely.STRtree(shapes).query(parts, predicate="intersects")
    found: dict[str, list[Any]] = {}
    for part, number in zip(at.tolist(), of.tolist(), strict=True):
        piece = polygonal(shapely.intersection(parts[part], shapes[number]))
        if piece.area > 0.0:
            found.setdefault(codes[number], []).append(piece)
    return [((code, None), polygonal(shapely.union_all(pieces))) for code, pieces in found.items()]


def polygonal(shape: Any) -> Polygon | MultiPolygon:
    """The polygons of whatever an overlay gave; lines and points are dropped."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else NOTHING


def wide_parts(shape: Any) -> list[Any]:
    """The polygons of ``shape`` (WGS84 degrees) that are somewhere at least NARROW_M wide.

    A region of area A and border L holds a disc of radius A / L, so that most need no second look.
    """
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0.0]
    if not parts:
        return []
    scale = np.array(metres_per_degree(float(parts[0].centroid.y)))
    sheets = [shapely.transform(part, lambda xy: (xy - xy[0]) * scale) for part in parts]
    surely = shapely.area(sheets) / shapely.length(sheets) >= NARROW_M / 2
    return [
        part
        for part, sheet, sure in zip(parts, sheets, surely, strict=True)
        if sure or not shapely.buffer(sheet, -NARROW_M / 2).is_empty
    ]


def _wide(shape: Any) -> Polygon | MultiPolygon:
    parts = wide_parts(shape)
    return parts[0] if len(parts) == 1 else MultiPolygon(parts) if parts else NOTHING
