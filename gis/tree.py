"""The compiled road of the cell index: a tree of pixels in memory, built and asked by loops of machine code."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gis import look
from gis.cores import cores, side_by_side
from gis.plant import PLACES, moved, sweep
from gis.raster import shape_of
from gis.record import FULL, STREAM, TILES
from gis.segments import Floats, Ints, Numbers
from gis.touch import count_touches, fill_touches
from gis.vertices import Vertices

_ALONE = 32_768
"""Points below which a second thread does not pay."""
_DEEPEST = 12
_CROWD = 12
"""Segments (each cell's own counted) above which an edge pixel is divided however deep it is."""
Arguments = tuple[float, float, float, int, int, Numbers, Numbers, Numbers, Floats]


@dataclass(frozen=True, slots=True)
class Tree:
    """A raster of ``columns`` x ``rows`` pixels whose edge pixels lead to tiles, and these to records.

    The pixel of a point is ``u = (lon - west) * per``, ``v = (lat - south) * per``. ``values`` has one number for a
    pixel, row by row from the south-west; ``tiles`` 16 for a tile. From 0 a number is a cell, -1 none, an even one
    below leads to tile ``(-2 - number) / 2``, an odd one to the record that begins at ``(-3 - number) / 2`` in
    ``stream``. ``flat`` is ``values`` for single look-ups.
    """

    west: float
    south: float
    per: float
    columns: int
    rows: int
    values: Numbers
    tiles: Numbers
    stream: Numbers
    vertices: Floats
    flat: memoryview = field(repr=False)

    @property
    def arguments(self) -> Arguments:
        """The tree as the loops of :mod:`gis.look` take it."""
        return (
            self.west, self.south, self.per, self.columns, self.rows, self.values, self.tiles, self.stream,
            self.vertices,
        )  # fmt: skip

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self.values.nbytes + self.tiles.nbytes + self.stream.nbytes + self.vertices.nbytes

    def find(self, lon: float, lat: float) -> int:
        """The cell that holds one point, -1 for none."""
        u = (lon - self.west) * self.per
        v = (lat - self.south) * self.per
        if not (0.0 <= u < self.columns and 0.0 <= v < self.rows):
            return -1
        value: int = self.flat[int(v) * self.columns + int(u)]
        return value if value >= -1 else int(look.find_one(lon, lat, *self.arguments))

    def find_many(self, lon: Floats, lat: Floats) -> Numbers:
        """As ``find``, for columns, on all cores where they are long."""
        found = np.empty(len(lon), dtype=np.int32)
        side_by_side(len(lon), _ALONE, lambda part: self._fill(lon[part], lat[part], found[part]))
        return found

    def _fill(self, lon: Floats, lat: Floats, found: Numbers) -> None:
        room, scales = np.empty((3, look.BLOCK), dtype=np.int32), np.empty(look.BLOCK)
        look.find(lon, lat, found, *self.arguments, room, scales)


def build_tree(vertices: Vertices, box: tuple[float, float, float, float]) -> Tree:
    """The tree of the polygons with these vertices; ``box`` bounds them all (degrees)."""
    cells = len(vertices.starts) - 1
    columns, rows, size = shape_of(box, _pixels_for(cells))
    west, south = box[0] - size, box[1] - size
    raster = (vertices.flat, vertices.owners, west, south, 1.0 / size, columns, rows)
    ends, touching = _touching(raster)
    values = np.empty(columns * rows, dtype=np.int32)
    rule = (_depth_for(cells), _CROWD, _deepest(size, box))
    bands = _bands(rows, max(len(touching), 1))

    def fill(band: tuple[int, int]) -> tuple[Numbers, Numbers]:
        return _swept(vertices, west, south, size, rule, columns, band, ends, touching, values, cells)

    tiles, stream = _joined(values, columns, bands, list(cores().map(fill, bands)))
    return Tree(west, south, 1.0 / size, columns, rows, values, tiles, stream, vertices.flat, values.data)


def _touching(raster: tuple[Floats, Numbers, float, float, float, int, int]) -> tuple[Ints, Numbers]:
    """Where the list of each pixel ends, and the segments of all lists."""
    columns, rows = raster[5:]
    ends = np.zeros(columns * rows, dtype=np.int64)
    count_touches(*raster, ends)
    total = int(ends.sum())
    np.cumsum(ends, out=ends)
    ends[1:] = ends[:-1].copy()
    ends[:1] = 0
    touching = np.empty(total, dtype=np.int32)
    fill_touches(*raster, ends, touching)
    return ends, touching


def _pixels_for(cells: int) -> int:
    """Pixels of the raster: a few hundred for a cell."""
    return 1_024 * min(cells, 1_000) + 64 * max(cells - 1_000, 0) + 4_096


def _depth_for(cells: int) -> int:
    """How often every edge pixel is divided."""
    return 2 if cells <= 300 else 1


def _deepest(size: float, box: tuple[float, float, float, float]) -> int:
    """The depth whose pixels are still a thousand million times the rounding of a coordinate."""
    smallest = max(max(map(abs, box)) * 1e-9, 1e-12)
    return min(int(np.log2(max(size / smallest, 1.0)) / 2.0), _DEEPEST)


def _bands(rows: int, touches: int) -> list[tuple[int, int]]:
    """The rows in bands of about 200,000 touches each."""
    step = max(rows * 200_000 // touches, 1)
    return [(first, min(first + step, rows)) for first in range(0, rows, step)]


def _swept(
    vertices: Vertices, west: float, south: float, size: float, rule: tuple[int, int, int], columns: int,
    band: tuple[int, int], ends: Ints, touching: Numbers, values: Numbers, cells: int,
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """Fills the values of a band of rows; its tiles and its stream. What was too short is taken twice as long."""
    first, last = band
    begin = int(ends[first * columns - 1]) if first else 0
    room = (int(ends[last * columns - 1]) - begin + 64) * 4 ** rule[0]
    active = np.empty((2 * rule[2] + 4, cells + 1), dtype=np.int32)
    frames = np.zeros((rule[2] + 2, PLACES + 16), dtype=np.int64)
    while True:
        tiles, stream, listed = (_numbers(times * room) for times in (6, 8, 2))
        used = np.zeros(3, dtype=np.int64)
        sweep(
            vertices.flat, vertices.owners, west, south, size, rule, columns, first, last, ends, touching, values,
            listed, active, frames, tiles, stream, used,
        )  # fmt: skip
        if not used[FULL]:
            return _kept(tiles[: 16 * int(used[TILES])]), _kept(stream[: int(used[STREAM])])
        room *= 4


def _numbers(count: int) -> Numbers:
    """Room for so many numbers, of which what is never written to takes no memory, and all is given back at once."""
    return np.frombuffer(mmap.mmap(-1, 4 * max(count, 1)), dtype=np.int32)[:count]


def _kept(numbers: Numbers) -> Numbers:
    kept = _numbers(len(numbers))
    kept[:] = numbers
    return kept


def _joined(
    values: Numbers, columns: int, bands: list[tuple[int, int]], parts: list[tuple[Numbers, Numbers]]
) -> tuple[Numbers, Numbers]:
    """The tiles and streams of all bands in one array each; references are moved along. ``parts`` is used up."""
    tiles = np.empty(sum(len(part[0]) for part in parts), dtype=np.int32)
    stream = np.empty(sum(len(part[1]) for part in parts), dtype=np.int32)
    for (first, last), (tile_at, stream_at, more, records) in zip(bands, _placed(parts), strict=True):
        moved(values[first * columns : last * columns], tile_at // 16, stream_at)
        moved(more, tile_at // 16, stream_at)
        tiles[tile_at : tile_at + len(more)] = more
        stream[stream_at : stream_at + len(records)] = records
    return tiles, stream


def _placed(parts: list[tuple[Numbers, Numbers]]) -> Iterator[tuple[int, int, Numbers, Numbers]]:
    tile_at = stream_at = 0
    parts.reverse()
    while parts:
        tiles, stream = parts.pop()
        yield tile_at, stream_at, tiles, stream
        tile_at, stream_at = tile_at + len(tiles), stream_at + len(stream)
