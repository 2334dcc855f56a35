"""Which community and which number a cut piece gets."""

from collections.abc import Sequence
from math import hypot

from shapely import Point, Polygon

from boundaries.demonstration.source import Named, Source
from boundaries.plane import Plane


def anchors(source: Source, plane: Plane) -> dict[str, tuple[float, float]]:
    """Metres of the first published place whose name holds a community's name: roughly where that community is."""
    found = {}
    for community in source.communities:
        stem = community.name.removesuffix("社区")
        for place in source.places:
            if stem in place["name"] and place["inside_350102"] == "yes" and place["kind"] != "populated_place":
                point = plane.metres(Point(float(place["lon_wgs84"]), float(place["lat_wgs84"])))
                found[community.code] = (float(point.x), float(point.y))
                break
    return found


def name_pieces(
    pieces: Sequence[Polygon], communities: Sequence[Named], known: dict[str, tuple[float, float]]
) -> list[Named]:
    """A community for each piece, in the order of ``pieces``: those of known place take the nearest piece first.

    The others follow in the order of their codes, pieces from west to east.
    """
    free = set(range(len(pieces)))
    taken: dict[int, Named] = {}
    pairs = sorted(
        (hypot(pieces[i].centroid.x - known[c.code][0], pieces[i].centroid.y - known[c.code][1]), c.code, i, c)
        for c in communities
        if c.code in known
        for i in range(len(pieces))
    )
    placed: set[str] = set()
    for _, code, i, community in pairs:
        if i in free and code not in placed:
            taken[i] = community
            placed.add(code)
            free.discard(i)
    left = sorted(free, key=lambda i: (round(pieces[i].centroid.x), i))
    taken.update(zip(left, (c for c in communities if c.code not in placed), strict=True))
    return [taken[i] for i in range(len(pieces))]


def reading_order(pieces: Sequence[Polygon]) -> list[int]:
    """The indices of ``pieces`` as one reads a page: rows from north to south, each row from west to east.

    There are about as many rows as pieces in a row; a piece belongs to a row by the rank of its centroid's latitude.
    """
    count = max(1, round(len(pieces) ** 0.5))
    southward = sorted(range(len(pieces)), key=lambda i: (-pieces[i].centroid.y, pieces[i].centroid.x))
    size = -(-len(pieces) // count)
    order = []
    for start in range(0, len(southward), size):
        order += sorted(southward[start : start + size], key=lambda i: pieces[i].centroid.x)
    return order
