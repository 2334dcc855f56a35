"""Building the tree of pixels: a raster whose edge pixels are divided into tiles of 4 x 4, and these again.

A pixel that no border touches lies wholly in a cell or outside all, and its value says which. One that a border touches
is divided or, at the last, gets a record (see :func:`gis.walk.settle`) of the segments that touch it and of the cells
that hold its centre. Which cells hold a centre is known by walking there from the centre before, the first of a row
being outside everything.
"""

from gis.compiled import compiled, inner
from gis.record import FULL, TILES, write_leaf
from gis.segments import Floats, Ints, Numbers
from gis.touch import touches
from gis.walk import OUTSIDE, crosses_meridian, crosses_parallel

COLUMN, ROW, BEGIN, END, FREE, COUNT, TILE, NEXT, HELD, PLACES = range(10)
"""Places in a frame, which is a pixel in hand: where it is, where its segments stand in the list and where that has
room, how many cells hold its centre; its tile, the next pixel of it to fill, how many cells hold the walker, and where
the segments of each pixel of the tile end in the list."""
DIVIDED, NO_ROOM, NO_GAIN = 0, 1, 2
_HEAVY = 3
"""Pixels of a tile, each with three fifths of its segments, in which these are taken to run side by side."""


@inner
def toggle(active: Numbers, line: int, count: int, owner: int) -> int:
    """``owner`` entered or left in the ascending list of cells that hold the walker, a line of ``active``; how many it
    lists then."""
    at = 0
    while at < count and active[line, at] < owner:
        at += 1
    if at < count and active[line, at] == owner:
        for k in range(at, count - 1):
            active[line, k] = active[line, k + 1]
        return count - 1
    for k in range(count, at, -1):
        active[line, k] = active[line, k - 1]
    active[line, at] = owner
    return count + 1


@inner
def walk_parallel(
    vertices: Floats, owners: Numbers, listed: Numbers, begin: int, end: int, x0: float, x1: float, y: float,
    active: Numbers, line: int, count: int,
) -> int:  # fmt: skip
    """Walks from (x0, y) to (x1, y) across the listed segments; how many cells that line of
    ``active`` then lists."""
    for k in range(begin, end):
        s = listed[k]
        ax, ay, bx, by = vertices[2 * s], vertices[2 * s + 1], vertices[2 * s + 2], vertices[2 * s + 3]
        if crosses_parallel(ax, ay, bx, by, y, x0, x1):
            count = toggle(active, line, count, owners[s])
    return count


@inner
def walk_meridian(
    vertices: Floats, owners: Numbers, listed: Numbers, begin: int, end: int, y0: float, y1: float, x: float,
    active: Numbers, line: int, count: int,
) -> int:  # fmt: skip
    """Walks from (x, y0) to (x, y1) across the listed segments; how many cells that line of
    ``active`` then lists."""
    for k in range(begin, end):
        s = listed[k]
        ax, ay, bx, by = vertices[2 * s], vertices[2 * s + 1], vertices[2 * s + 2], vertices[2 * s + 3]
        if crosses_meridian(ax, ay, bx, by, x, y0, y1):
            count = toggle(active, line, count, owners[s])
    return count


@inner
def _divide(
    vertices: Floats, west: float, south: float, per: float, column: int, row: int, listed: Numbers, begin: int,
    end: int, free: int, frames: Ints, depth: int, always: bool,
) -> int:  # fmt: skip
    """Lists the segments of a pixel by the 16 pixels of its tile, from ``free`` on, and says in the frame where each
    list ends. DIVIDED, or NO_ROOM, or NO_GAIN: not ``always``, and many borders that run side by side stay together."""
    box = (4 * column, 4 * row, 4, 4)
    places = frames[depth, PLACES:]
    places[:] = 0
    for k in range(begin, end):
        touches(vertices, listed[k], west, south, per, box, places, listed, False)
    total, heavy = free, 0
    for pixel in range(16):
        count = places[pixel]
        heavy += 5 * count >= 3 * (end - begin)
        places[pixel] = total
        total += count
    if heavy >= _HEAVY and not always:
        return NO_GAIN
    if total > len(listed):
        return NO_ROOM
    for k in range(begin, end):
        touches(vertices, listed[k], west, south, per, box, places, listed, True)
    return DIVIDED


@inner
def _open(
    vertices: Floats, owners: Numbers, west: float, south: float, size: float, depth: int, rule: tuple[int, int, int],
    frames: Ints, listed: Numbers, active: Numbers, tiles: Numbers, stream: Numbers, used: Ints,
) -> int:  # fmt: skip
    """The value of the pixel in the frame: an odd one where it has a record now, an even one where it has a tile, whose
    pixels are still to be filled. ``active[2 * depth]`` lists the cells that hold its centre."""
    begin, end, free = frames[depth, BEGIN], frames[depth, END], frames[depth, FREE]
    if depth >= rule[2] or (depth >= rule[0] and end - begin <= rule[1]):
        return write_leaf(vertices, owners, listed, begin, end, active, 2 * depth, frames[depth, COUNT], stream, used)
    tile = used[TILES]
    column, row = frames[depth, COLUMN], frames[depth, ROW]
    done = _divide(
        vertices, west, south, 4.0 / size, column, row, listed, begin, end, free, frames, depth, depth < rule[0]
    )  # fmt: skip
    if done == NO_GAIN:
        return write_leaf(vertices, owners, listed, begin, end, active, 2 * depth, frames[depth, COUNT], stream, used)
    if done == NO_ROOM or 16 * tile + 16 > len(tiles):
        used[FULL] = 1
        return OUTSIDE
    used[TILES] += 1
    frames[depth, TILE], frames[depth, NEXT] = tile, 0
    return int(-2 - 2 * tile)


@inner
def _to_row(
    vertices: Floats, owners: Numbers, west: float, south: float, size: float, depth: int, frames: Ints,
    listed: Numbers, active: Numbers, x: float, y: float,
) -> int:  # fmt: skip
    """Walks from the centre of the pixel in the frame, of ``size``, to where a row of its tile begins; how many cells
    ``active[2 * depth + 1]`` then lists."""
    begin, end, held = frames[depth, BEGIN], frames[depth, END], frames[depth, COUNT]
    cx, cy = west + (frames[depth, COLUMN] + 0.5) * size, south + (frames[depth, ROW] + 0.5) * size
    line = 2 * depth + 1
    for k in range(held):
        active[line, k] = active[line - 1, k]
    held = walk_meridian(vertices, owners, listed, begin, end, cy, y, cx, active, line, held)
    return walk_parallel(vertices, owners, listed, begin, end, cx, x, y, active, line, held)


@inner
def _step(
    vertices: Floats, owners: Numbers, west: float, south: float, size: float, depth: int, rule: tuple[int, int, int],
    frames: Ints, listed: Numbers, active: Numbers, tiles: Numbers, stream: Numbers, used: Ints,
) -> int:  # fmt: skip
    """Fills the next pixel of the tile in hand; the depth to go on at. ``size`` is that of the tile's pixels."""
    pixel = frames[depth, NEXT]
    frames[depth, NEXT] += 1
    c, r = 4 * frames[depth, COLUMN] + (pixel & 3), 4 * frames[depth, ROW] + (pixel >> 2)
    x, y = west + c * size, south + (r + 0.5) * size
    own, below = 2 * depth + 1, 2 * depth + 2
    held = frames[depth, HELD] if pixel & 3 else _to_row(
        vertices, owners, west, south, 4.0 * size, depth, frames, listed, active, x, y
    )  # fmt: skip
    first, last = frames[depth, PLACES + pixel - 1] if pixel > 0 else frames[depth, FREE], frames[depth, PLACES + pixel]
    place = 16 * frames[depth, TILE] + pixel
    if first == last:
        tiles[place] = active[own, 0] if held > 0 else OUTSIDE
        frames[depth, HELD] = held
        return depth
    middle = west + (c + 0.5) * size
    held = walk_parallel(vertices, owners, listed, first, last, x, middle, y, active, own, held)
    for k in range(held):
        active[below, k] = active[own, k]
    under = depth + 1
    frames[under, COLUMN], frames[under, ROW], frames[under, BEGIN], frames[under, END] = c, r, first, last
    frames[under, FREE], frames[under, COUNT] = frames[depth, PLACES + 15], held
    value = _open(vertices, owners, west, south, size, under, rule, frames, listed, active, tiles, stream, used)
    tiles[place] = value
    east = west + (c + 1) * size
    frames[depth, HELD] = walk_parallel(
        vertices, owners, listed, first, last, middle, east, y, active, own, held
    )  # fmt: skip
    return under if value & 1 == 0 else depth


@inner
def _plant(
    vertices: Floats, owners: Numbers, west: float, south: float, size: float, rule: tuple[int, int, int],
    frames: Ints, listed: Numbers, active: Numbers, tiles: Numbers, stream: Numbers, used: Ints,
) -> int:  # fmt: skip
    """The value of the raster's pixel in the first of ``frames``; what is below it is planted."""
    planted = _open(vertices, owners, west, south, size, 0, rule, frames, listed, active, tiles, stream, used)
    depth = 0 if planted & 1 == 0 else -1
    while depth >= 0:
        if frames[depth, NEXT] == 16 or used[FULL] != 0:
            depth -= 1
        else:
            small = size / (1 << (2 * depth + 2))
            depth = _step(
                vertices, owners, west, south, small, depth, rule, frames, listed, active, tiles, stream, used
            )  # fmt: skip
    return planted


@compiled
def sweep(
    vertices: Floats, owners: Numbers, west: float, south: float, size: float, rule: tuple[int, int, int],
    columns: int, first_row: int, last_row: int, ends: Ints, touching: Numbers, values: Numbers, listed: Numbers,
    active: Numbers, frames: Ints, tiles: Numbers, stream: Numbers, used: Ints,
) -> None:  # fmt: skip
    """Fills ``values`` of the raster's rows from ``first_row`` to before ``last_row``.

    The segments that touch pixel ``p`` stand in ``touching`` from ``ends[p - 1]`` to ``ends[p]``. ``rule`` is: divide
    every edge pixel down to this depth, beyond it those that more segments than this touch, never beyond that depth.
    Tiles and records go to ``tiles`` and ``stream``, numbered from 0; ``used`` says how many there are.
    ``listed``, ``active`` and ``frames`` are room to work in.
    """
    line, held = len(active) - 1, 0
    for pixel in range(first_row * columns, last_row * columns):
        row, column = pixel // columns, pixel % columns
        if column == 0:
            held = 0
        begin, end = (ends[pixel - 1] if pixel > 0 else 0), ends[pixel]
        many = end - begin
        if many == 0:
            values[pixel] = active[line, 0] if held > 0 else OUTSIDE
            continue
        if many > len(listed) or used[FULL] != 0:
            used[FULL] = 1
            return
        y, middle = south + (row + 0.5) * size, west + (column + 0.5) * size
        x, east = west + column * size, west + (column + 1) * size
        held = walk_parallel(vertices, owners, touching, begin, end, x, middle, y, active, line, held)
        for k in range(many):
            listed[k] = touching[begin + k]
        for k in range(held):
            active[0, k] = active[line, k]
        frames[0, COLUMN], frames[0, ROW], frames[0, BEGIN], frames[0, END] = column, row, 0, many
        frames[0, FREE], frames[0, COUNT] = many, held
        values[pixel] = _plant(
            vertices, owners, west, south, size, rule, frames, listed, active, tiles, stream, used
        )  # fmt: skip
        held = walk_parallel(vertices, owners, touching, begin, end, middle, east, y, active, line, held)


@compiled
def moved(values: Numbers, tiles: int, stream: int) -> None:
    """Adds to the references in ``values`` where the tiles and the stream that they lead into have been put."""
    for k in range(len(values)):
        if values[k] < OUTSIDE:
            values[k] -= 2 * (tiles if values[k] & 1 == 0 else stream)
