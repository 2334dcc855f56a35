"""Points to cells, all at once, beside what one would use instead.

Usage: python -m benchmarks.resolve [--cells N,N] [--points N] [--rounds N]

Points are spread evenly (a quarter outside), clustered, and all on borders. Every engine answers a sample of the same
points before a time counts, and what differs ends the run. Peers get fewer points, as they are slow; figures are
points a second. Rounds are interleaved; a ratio is the median of the rounds' ratios.
"""

import argparse
from collections.abc import Callable
from functools import partial

import geopandas
import numpy as np
import shapely

from benchmarks.ground_shapes import Points, clustered, lattice, on_borders, uniform
from benchmarks.rounds import Work, interleaved, machine, rate, ratio
from gis.cells import Cell, CellIndex
from gis.cores import core_count

KINDS: dict[str, Callable[[np.ndarray, int], Points]] = {
    "uniform": uniform, "clustered": clustered, "on borders": on_borders,
}  # fmt: skip
SJOIN = "geopandas.sjoin"
Peer = Callable[[Points], np.ndarray]


def first_of(rows: np.ndarray, cells: np.ndarray, count: int, none: int) -> np.ndarray:
    """Of the cells found for each row the lowest, -1 for none."""
    found = np.full(count, none)
    np.minimum.at(found, rows, cells)
    return np.where(found == none, -1, found)


def by_sjoin(shapes: np.ndarray) -> Peer:
    """geopandas.sjoin with a frame of cells; making the points is part of it."""
    cells = geopandas.GeoDataFrame({"n": np.arange(len(shapes))}, geometry=shapes, crs=4326)
    cells.sindex  # noqa: B018 (built once, as an index of ours is)

    def answer(points: Points) -> np.ndarray:
        frame = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(*points), crs=4326)
        joined = geopandas.sjoin(frame, cells, how="inner", predicate="intersects")
        return first_of(joined.index.to_numpy(), joined["n"].to_numpy(), len(points[0]), len(shapes))

    return answer


def by_strtree(shapes: np.ndarray) -> Peer:
    """shapely's STRtree by box, then prepared ``intersects_xy``: the fair one."""
    tree = shapely.STRtree(shapes)
    prepared = shapes.copy()
    shapely.prepare(prepared)

    def answer(points: Points) -> np.ndarray:
        rows, cells = tree.query(shapely.points(*points))
        held = shapely.intersects_xy(prepared[cells], points[0][rows], points[1][rows])
        return first_of(rows[held], cells[held], len(points[0]), len(shapes))

    return answer


def by_duckdb(shapes: np.ndarray) -> Peer:
    """DuckDB's spatial extension, where it is installed."""
    import duckdb
    import pandas

    base = duckdb.connect()
    base.load_extension("spatial")
    wkb = pandas.DataFrame({"n": np.arange(len(shapes)), "wkb": shapely.to_wkb(shapes)})  # noqa: F841 (read by name)
    base.execute("CREATE TABLE cells AS SELECT n, ST_GeomFromWKB(wkb) AS shape FROM wkb")

    def answer(points: Points) -> np.ndarray:
        given = pandas.DataFrame({"row": np.arange(len(points[0])), "x": points[0], "y": points[1]})  # noqa: F841
        found = base.execute(
            "SELECT row, min(n) AS n FROM given JOIN cells ON ST_Intersects(shape, ST_Point(x, y)) GROUP BY row"
        ).fetchnumpy()
        return first_of(found["row"], found["n"], len(points[0]), len(shapes))

    return answer


def by_sedona(shapes: np.ndarray) -> Peer:
    """sedonadb, where it is installed."""
    import sedonadb

    base = sedonadb.connect()
    cells = geopandas.GeoDataFrame({"n": np.arange(len(shapes))}, geometry=shapes, crs=4326)
    base.create_data_frame(cells).to_view("cells")

    def answer(points: Points) -> np.ndarray:
        rows = np.arange(len(points[0]))
        given = geopandas.GeoDataFrame({"row": rows}, geometry=geopandas.points_from_xy(*points), crs=4326)
        base.create_data_frame(given).to_view("given", overwrite=True)
        found = base.sql(
            "SELECT given.row, min(cells.n) AS n FROM given JOIN cells "
            "ON ST_Intersects(cells.geometry, given.geometry) GROUP BY given.row"
        ).to_pandas()
        return first_of(found["row"].to_numpy(), found["n"].to_numpy(), len(points[0]), len(shapes))

    return answer


PEERS = {
    SJOIN: by_sjoin, "STRtree by box + prepared": by_strtree, "DuckDB spatial": by_duckdb, "sedonadb": by_sedona,
}  # fmt: skip


def peers_of(shapes: np.ndarray) -> dict[str, Peer]:
    """The peers that are installed; of the others a line is printed."""
    made: dict[str, Peer] = {}
    for name, make in PEERS.items():
        try:
            made[name] = make(shapes)
        except Exception as why:  # whatever a peer that is not there, or not whole, raises
            print(f"{name}: not compared ({type(why).__name__})")
    return made


def compare(shapes: np.ndarray, kind: str, count: int, rounds: int, index: CellIndex, peers: dict[str, Peer]) -> None:
    """Prints one table, after the answers have been compared."""
    points = KINDS[kind](shapes, count)
    few = max(count // 100, 20_000)
    part: Points = points[0][:few], points[1][:few]
    truth = peers[SJOIN](part)
    for name, answer in [("cell index", lambda p: index.find_many(*p)), *peers.items()]:
        if not np.array_equal(answer(part), truth):
            raise SystemExit(f"{name} does not give the exact answers for points {kind}: no figures")
    engines: dict[str, Work] = {
        "cell index, codes only": lambda: index.find_many(*points),
        "cell index, with border_m": lambda: index.resolve_many(*points),
        **{name: partial(answer, part) for name, answer in peers.items()},
    }
    sizes = {name: few if name in peers else count for name in engines}
    taken = interleaved(engines, rounds)
    print(f"\n{len(shapes):,} cells, {kind}: million points/s, median (least to most);")
    print("times geopandas.sjoin on the wall, and for a second of the processor (what one core does):")
    for name, times in taken.items():
        on_wall = ratio(times.wall, taken[SJOIN].wall, sizes[name], few)
        of_core = ratio(times.processor, taken[SJOIN].processor, sizes[name], few)
        print(f"| {name} | {rate(times.wall, sizes[name])} | {on_wall:,.1f} x | {of_core:,.1f} x |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", default="144,10000,100000")
    parser.add_argument("--points", type=int, default=4_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    print(machine(), f"({core_count()} used)")
    for cells in map(int, args.cells.split(",")):
        shapes = lattice(round(cells**0.5))
        index = CellIndex([Cell(f"{k:06d}", "", "", None, shape) for k, shape in enumerate(shapes)])
        peers = peers_of(shapes)
        for kind in KINDS:
            compare(shapes, kind, args.points, args.rounds, index, peers)


if __name__ == "__main__":
    main()
