"""Looking points up in the tree of pixels, many at a time.

Each step is a loop of its own over a block of points, so that the processor works on many points at once: a loop that
waits for one look-up after another is several times slower.
"""

import numpy as np

from gis.compiled import compiled, inner
from gis.segments import Floats, Numbers
from gis.walk import MORE, OUTSIDE, settle

BLOCK = 2048


@compiled
def find_one(
    lon: float, lat: float, west: float, south: float, per: float, columns: int, rows: int, values: Numbers,
    tiles: Numbers, stream: Numbers, vertices: Floats,
) -> int:  # fmt: skip
    """The cell of one point, OUTSIDE for none. Points beyond the raster and NaN are in none."""
    u, v = (lon - west) * per, (lat - south) * per
    if not (u >= 0.0 and v >= 0.0 and u < columns and v < rows):
        return OUTSIDE
    value = values[np.int64(v) * columns + np.int64(u)]
    scale = 1.0
    while value < OUTSIDE and value & 1 == 0:
        scale *= 4.0
        value = tiles[8 * np.int64(-2 - value) + 4 * (np.int64(v * scale) & 3) + (np.int64(u * scale) & 3)]
    if value >= OUTSIDE:
        return int(value)
    size = 1.0 / per / scale
    cx, cy = west + (np.floor(u * scale) + 0.5) * size, south + (np.floor(v * scale) + 0.5) * size
    return settle(vertices, stream, (-3 - value) // 2, cx, cy, lon, lat)


@inner
def _pixels(
    lon: Floats, lat: Floats, west: float, south: float, per: float, columns: int, rows: int, pixel: Numbers
) -> None:
    """The pixel of each point; that of a point beyond the raster, or NaN, lies in its margin, where no cell is."""
    most_u, most_v = columns - 0.5, rows - 0.5
    for k in range(len(lon)):
        u, v = (lon[k] - west) * per, (lat[k] - south) * per
        u = u if u > 0.0 else 0.0
        v = v if v > 0.0 else 0.0
        u = u if u < most_u else most_u
        v = v if v < most_v else most_v
        pixel[k] = np.int32(v) * np.int32(columns) + np.int32(u)


@inner
def _first_values(values: Numbers, found: Numbers, later: Numbers) -> int:
    """Replaces the pixels in ``found`` by their values, and lists the rows that are not answered by them; how many."""
    for k in range(len(found)):
        found[k] = values[found[k]]
    waiting = 0
    for k in range(len(found)):
        later[waiting] = k
        waiting += found[k] < OUTSIDE
    return waiting


@inner
def _part(
    found: Numbers, later: Numbers, waiting: int, records: Numbers, scales: Floats, ending: int, scale: float
) -> tuple[int, int]:
    """Parts the rows that wait: to ``later`` those that lead to a tile, to ``records`` those that end in a record, with
    the scale of its pixel; how many of each. Those that are answered are dropped."""
    left = 0
    for n in range(waiting):
        k = later[n]
        value = found[k]
        open_ = value < OUTSIDE
        tile = open_ & (value & 1 == 0)
        later[left] = k
        left += tile
        records[ending] = k
        scales[ending] = scale
        ending += open_ & (value & 1 != 0)
    return left, ending


@inner
def _descend(
    lon: Floats, lat: Floats, west: float, south: float, finer: float, tiles: Numbers, found: Numbers, later: Numbers,
    waiting: int,
) -> None:  # fmt: skip
    """One look-up in its tile for each row that waits; ``finer`` is how many pixels of the tile a degree holds."""
    for n in range(waiting):
        k = later[n]
        u, v = np.int64((lon[k] - west) * finer), np.int64((lat[k] - south) * finer)
        found[k] = tiles[8 * np.int64(-2 - found[k]) + 4 * (v & 3) + (u & 3)]


@inner
def _fetch(found: Numbers, records: Numbers, ending: int, stream: Numbers, vertices: Floats, heads: Numbers) -> float:
    """Reads the beginning of what the walks will read, so that it is on its way from memory for all of them at once."""
    for n in range(ending):
        at = (-3 - found[records[n]]) // 2
        heads[n] = stream[at + 3 + (stream[at] & (MORE - 1))]
    read = 0.0
    for n in range(ending):
        read += vertices[2 * heads[n]] + vertices[2 * heads[n] + 3]
    return read


@compiled
def find(
    lon: Floats, lat: Floats, found: Numbers, west: float, south: float, per: float, columns: int, rows: int,
    values: Numbers, tiles: Numbers, stream: Numbers, vertices: Floats, room: Numbers, scales: Floats,
) -> float:  # fmt: skip
    """Fills ``found`` with the cell of each point, OUTSIDE for none. What is returned means nothing.

    ``room`` (3 x BLOCK) and ``scales`` (BLOCK) are room to work in.
    """
    later, records, heads = room[0], room[1], room[2]
    size = 1.0 / per
    read = 0.0
    for begin in range(0, len(lon), BLOCK):
        end = min(begin + BLOCK, len(lon))
        x, y, here = lon[begin:end], lat[begin:end], found[begin:end]
        _pixels(x, y, west, south, per, columns, rows, here)
        waiting = _first_values(values, here, later)
        scale = 1.0
        waiting, ending = _part(here, later, waiting, records, scales, 0, scale)
        while waiting > 0:
            scale *= 4.0
            _descend(x, y, west, south, per * scale, tiles, here, later, waiting)
            waiting, ending = _part(here, later, waiting, records, scales, ending, scale)
        read += _fetch(here, records, ending, stream, vertices, heads)
        for n in range(ending):
            k = records[n]
            fine, px, py = size / scales[n], x[k], y[k]
            cx = west + (np.floor((px - west) * (per * scales[n])) + 0.5) * fine
            cy = south + (np.floor((py - south) * (per * scales[n])) + 0.5) * fine
            here[k] = settle(vertices, stream, (-3 - here[k]) // 2, cx, cy, px, py)
    return read
