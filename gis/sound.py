"""Making any polygon usable: the area that an index takes an unsound geometry to be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely import GeometryType, MultiPolygon, Polygon
from shapely.errors import GEOSException

from gis.even_odd import even_odd

NOTHING = Polygon()
_POLYGON, _MULTIPOLYGON = 3, 6


def sound(geometry: Any) -> Polygon | MultiPolygon:
    """The valid two-dimensional polygon that ``geometry`` stands for; a valid one comes back as it is.

    The rule for what is not valid: a ring encloses by the even-odd rule, as the predicates' ray crossing does; a
    polygon is what its outer ring encloses without what its holes enclose; a multipolygon is its parts together, even
    where they overlap. Spikes and lines enclose nothing. None, an empty geometry, one that is no polygon, or one with
    a coordinate that is not finite is the empty polygon. Heights are dropped. Nothing is raised.
    """
    if geometry is None or geometry.is_empty or geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return NOTHING
    flat = shapely.force_2d(geometry) if geometry.has_z else geometry
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        return NOTHING
    if flat.is_valid:
        return flat
    parts = [_repaired(part) for part in shapely.get_parts(flat)]
    return parts[0] if len(parts) == 1 else _polygonal(shapely.union_all(parts))


def all_sound(geometries: Sequence[Any]) -> list[Polygon | MultiPolygon]:
    """``sound`` of each: all that are sound are found in one go."""
    given = np.array([*geometries, None], dtype=object)[:-1]
    good = shapely.is_valid(given) & ~shapely.is_empty(given) & ~shapely.has_z(given)
    good &= np.isin(shapely.get_type_id(given), (GeometryType.POLYGON, GeometryType.MULTIPOLYGON))
    return [shape if fine else sound(shape) for shape, fine in zip(given.tolist(), good.tolist(), strict=True)]


def sound_all(geometries: Sequence[Any]) -> tuple[tuple[Polygon | MultiPolygon, ...], tuple[bool, ...]]:
    """As ``sound``, for many, and of each whether it was sound as it came: valid and not empty."""
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    kind = shapely.get_type_id(shapes)
    polygons = (kind == _POLYGON) | (kind == _MULTIPOLYGON)
    valid = shapely.is_valid(shapes)
    ready = polygons & valid & ~shapely.is_empty(shapes) & ~shapely.has_z(shapes)
    used = tuple(shape if is_ready else sound(shape) for shape, is_ready in zip(shapes, ready.tolist(), strict=True))
    well = (is_valid and not shape.is_empty for shape, is_valid in zip(used, valid.tolist(), strict=True))
    return used, tuple(well)


def _repaired(part: Polygon) -> Polygon | MultiPolygon:
    if part.is_valid:
        return part
    shell = _enclosed(part.exterior)
    holes = [_enclosed(ring) for ring in part.interiors]
    return _polygonal(shell.difference(shapely.union_all(holes)) if holes else shell)


def _enclosed(ring: Any) -> Polygon | MultiPolygon:
    try:
        return even_odd(ring)
    except GEOSException:
        return _polygonal(shapely.make_valid(Polygon(ring)))


def _polygonal(geometry: Any) -> Polygon | MultiPolygon:
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else NOTHING
