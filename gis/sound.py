"""Making any polygon usable: the area that an index takes an unsound geometry to be."""

from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

NOTHING = Polygon()


def sound(geometry: Any) -> Polygon | MultiPolygon:
    """The valid two-dimensional polygon that ``geometry`` stands for; a valid one comes back as it is.

    The rule for what is not valid: a ring encloses by the even-odd rule, as the predicates' ray crossing does; a
    polygon is what its outer ring encloses without what its holes enclose; a multipolygon is its parts together, even
    where they overlap. Spikes and lines enclose nothing. None, an empty geometry, one that is no polygon, or one with
    a coordinate that is not finite is the empty polygon. Heights are dropped. Nothing is raised.
    """
    if geometry is None or geometry.is_empty or geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return NOTHING
    flat = shapely.force_2d(geometry)
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        return NOTHING
    if flat.is_valid:
        return flat
    return _polygonal(shapely.union_all([_repaired(part) for part in shapely.get_parts(flat)]))


def _repaired(part: Polygon) -> Polygon | MultiPolygon:
    if part.is_valid:
        return part
    shell = _enclosed(part.exterior)
    holes = [_enclosed(ring) for ring in part.interiors]
    return _polygonal(shell.difference(shapely.union_all(holes)) if holes else shell)


def _enclosed(ring: Any) -> Polygon | MultiPolygon:
    return _polygonal(shapely.make_valid(Polygon(ring)))


def _polygonal(geometry: Any) -> Polygon | MultiPolygon:
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else NOTHING
