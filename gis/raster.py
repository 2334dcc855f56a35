"""A raster that answers most points with one look-up and names the few that need the exact test.

A pixel that no border touches lies wholly in a polygon or outside it, and holds the lowest polygon that covers it, or
OUTSIDE. A pixel that a border touches, even with a corner or within rounding, is an *edge pixel*: it holds a negative
number that leads to its candidates, the polygons whose border touches it or that cover its centre. Every polygon that
covers any point of the pixel is among them.
"""

from dataclasses import dataclass, field

import numpy as np

from gis.segments import Floats, Ints, Segments

OUTSIDE = -1
FIRST_EDGE = -2

_SLACK = 1e-6
"""In pixels: how near a border must come to touch. Rounding is smaller, see _FINEST."""
_FINEST = 1e-9
"""Smallest pixel as a part of the largest coordinate, whose rounding (1.1e-16 of it) is then 1.1e-7 pixels at most."""
_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Raster:
    """Pixel values in rows from south to north, each from west to east.

    The pixel of a point is ``u = (lon - west) * per_lon``, ``v = (lat - south) * per_lat``, column ``int(u)`` and row
    ``int(v)``; a point with u or v below 0 or not below ``columns``, ``rows`` is outside. A value from 0 is a polygon,
    OUTSIDE none; a value ``e <= FIRST_EDGE`` is edge pixel number ``FIRST_EDGE - e``, whose candidates are
    ``candidates[starts[n]:starts[n + 1]]``, ascending.
    """

    west: float
    south: float
    per_lon: float
    per_lat: float
    columns: int
    rows: int
    pixels: np.ndarray[tuple[int], np.dtype[np.int32]]
    starts: Ints
    candidates: np.ndarray[tuple[int], np.dtype[np.int32]]
    flat: memoryview = field(repr=False)

    def values(self, lon: Floats, lat: Floats) -> Ints:
        """The pixel value of each point; OUTSIDE for those beyond the raster and for NaN."""
        with np.errstate(over="ignore"):
            u = (lon - self.west) * self.per_lon
            v = (lat - self.south) * self.per_lat
        within = (u >= 0.0) & (u < self.columns) & (v >= 0.0) & (v < self.rows)
        if within.all():
            return self.pixels[v.astype(np.int64) * self.columns + u.astype(np.int64)].astype(np.int64)
        found = np.full(len(lon), OUTSIDE, dtype=np.int64)
        found[within] = self.pixels[v[within].astype(np.int64) * self.columns + u[within].astype(np.int64)]
        return found


def build_raster(segments: Segments, box: tuple[float, float, float, float], target: int) -> Raster:
    """The raster of the polygons bounded by ``segments``, in about ``target`` nearly square pixels over ``box``."""
    columns, rows, size = shape_of(box, target)
    west, south = box[0] - size, box[1] - size
    per = 1.0 / size
    u0, v0 = (segments.x0 - west) * per, (segments.y0 - south) * per
    u1, v1 = (segments.x1 - west) * per, (segments.y1 - south) * per
    pixels = np.full(rows * columns, OUTSIDE, dtype=np.int32)
    edge_pixels, edge_owners = _touched(u0, v0, u1, v1, segments.owner, columns, rows)
    edge = np.zeros(rows * columns, dtype=bool)
    edge[edge_pixels] = True
    covered = _fill(pixels, edge, _intervals(u0, v0, u1, v1, segments.owner, columns), columns)
    pairs = _pairs([(edge_pixels, edge_owners), *covered], max(len(segments.starts) - 1, 1))
    where, starts = np.unique(pairs[0], return_index=True)
    pixels[where] = FIRST_EDGE - np.arange(len(where), dtype=np.int32)
    starts = np.append(starts, len(pairs[0])).astype(np.int64)
    return Raster(west, south, per, per, columns, rows, pixels, starts, pairs[1].astype(np.int32), pixels.data)


def shape_of(box: tuple[float, float, float, float], target: int) -> tuple[int, int, float]:
    """Columns, rows and the pixel's size in degrees, with a margin of one pixel on every side."""
    width, height = box[2] - box[0], box[3] - box[1]
    size = max(np.sqrt(width * height / target), max(width, height) / target, max(map(abs, box)) * _FINEST, 1e-12)
    return int(width / size) + 3, int(height / size) + 3, float(size)


def _spread(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """All whole numbers from ``first[i]`` to ``last[i]``, with the ``i`` of each; nothing where last < first."""
    counts = np.maximum(last - first + 1, 0)
    index = np.repeat(np.arange(len(first)), counts)
    begins = np.cumsum(counts) - counts
    return index, np.arange(len(index)) - begins[index] + first[index]


def _touched(u0: Floats, v0: Floats, u1: Floats, v1: Floats, owner: Ints, columns: int, rows: int) -> tuple[Ints, Ints]:
    """Every (pixel, owner) where a segment touches the pixel grown by the slack, row by row along each segment."""
    low, high = np.minimum(v0, v1) - _SLACK, np.maximum(v0, v1) + _SLACK
    index, row = _spread(np.floor(low).astype(np.int64), np.floor(high).astype(np.int64))
    rise = (v1 - v0)[index]
    flat = rise == 0.0
    rise[flat] = 1.0
    enter = np.clip((row - 2 * _SLACK - v0[index]) / rise, 0.0, 1.0)
    leave = np.clip((row + 1 + 2 * _SLACK - v0[index]) / rise, 0.0, 1.0)
    enter[flat], leave[flat] = 0.0, 1.0
    run = (u1 - u0)[index]
    a, b = u0[index] + enter * run, u0[index] + leave * run
    first = np.floor(np.minimum(a, b) - _SLACK).astype(np.int64)
    last = np.floor(np.maximum(a, b) + _SLACK).astype(np.int64)
    piece, column = _spread(np.clip(first, 0, columns - 1), np.clip(last, 0, columns - 1))
    return np.clip(row[piece], 0, rows - 1) * columns + column, owner[index[piece]]


def _intervals(u0: Floats, v0: Floats, u1: Floats, v1: Floats, owner: Ints, columns: int) -> tuple[Ints, Ints, Ints]:
    """Runs of pixels whose centres lie in a polygon: first pixel, last pixel, owner; highest owner first.

    Along the centre line of each row the crossings of one polygon's border, in order, open and close it in turn.
    """
    low, high = np.minimum(v0, v1), np.maximum(v0, v1)
    index, row = _spread(np.ceil(low - 0.5).astype(np.int64), np.ceil(high - 0.5).astype(np.int64) - 1)
    cut = u0[index] + (row + 0.5 - v0[index]) / (v1 - v0)[index] * (u1 - u0)[index]
    who = owner[index]
    order = np.lexsort((cut, row, -who))
    row, who = row[order], who[order]
    column = np.clip(np.ceil(cut[order] - 0.5).astype(np.int64), 0, columns)
    first = row[0::2] * columns + column[0::2]
    last = row[0::2] * columns + column[1::2] - 1
    return first, last, who[0::2]


def _fill(
    pixels: np.ndarray[tuple[int], np.dtype[np.int32]],
    edge: np.ndarray[tuple[int], np.dtype[np.bool_]],
    intervals: tuple[Ints, Ints, Ints],
    columns: int,
) -> list[tuple[Ints, Ints]]:
    """Writes each run's owner into its pixels, the lowest owner last so that it stays.

    Returns the (pixel, owner) of the edge pixels met: these polygons cover the pixel's centre, perhaps all of it.
    """
    first, last, who = intervals
    met: list[tuple[Ints, Ints]] = []
    begin = 0
    step = max(_BLOCK // columns, 1)
    while begin < len(first):
        part = slice(begin, begin + step)
        index, pixel = _spread(first[part], last[part])
        owners = who[part][index]
        pixels[pixel] = owners
        on_edge = edge[pixel]
        met.append((pixel[on_edge], owners[on_edge]))
        begin += step
    return met


def _pairs(parts: list[tuple[Ints, Ints]], owners: int) -> tuple[Ints, Ints]:
    keys = np.unique(np.concatenate([pixel * owners + owner for pixel, owner in parts]))
    return keys // owners, keys % owners
