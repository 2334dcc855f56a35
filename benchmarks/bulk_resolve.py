"""A Parquet of points resolved by the bulk command's own road, reading and writing included.

Usage: python -m benchmarks.bulk_resolve [--rows N] [--rounds N] [--datum D]

The file has a number, a word, ``lon``, ``lat`` (half of them in the shipped district) and, for the road
with doubt, an ``accuracy_m`` of 5 to 100 m. Beside it: the same file copied by pyarrow, which is what reading and
writing alone take, and geopandas.sjoin on a part of it, read and written as well. Answers are compared before a time
counts. Rounds are interleaved. The most memory is that of a process of its own that does nothing else.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.ground_shapes import uniform
from benchmarks.rounds import Work, interleaved, machine, rate, ratio
from boundaries.edition import Edition
from boundaries.parquet import resolve_parquet
from boundaries.read import read_district
from boundaries.resolver import Resolver
from gis.cells import CellIndex
from gis.cores import core_count

GULOU = Path(__file__).parents[1] / "boundaries" / "gulou"
BLOCK = 1_000_000
PEER_SHARE = 20
COPY, SJOIN = "pyarrow, copied alone", "geopandas.sjoin"


def the_index() -> CellIndex:
    """The cells of the shipped district."""
    return Edition.of(read_district(GULOU)).index


def tables(index: CellIndex, rows: int, *, accuracy: bool) -> Iterator[pa.Table]:
    """The rows, block by block, always the same."""
    rng = np.random.default_rng(7)
    for begin in range(0, rows, BLOCK):
        count = min(BLOCK, rows - begin)
        lon, lat = uniform(np.array(index.geometries), BLOCK)
        order = rng.permutation(BLOCK)[:count]
        columns = {
            "id": pa.array(np.arange(begin, begin + count)),
            "word": pa.DictionaryArray.from_arrays(
                pa.array(rng.integers(0, 4, count).astype(np.int32)), pa.array(["phone", "web", "wechat", "app"])
            ).dictionary_decode(),
            "lon": pa.array(lon[order]),
            "lat": pa.array(lat[order]),
        }
        if accuracy:
            columns["accuracy_m"] = pa.array(rng.uniform(5.0, 100.0, count).round(1))
        yield pa.table(columns)


def make(path: Path, index: CellIndex, rows: int, *, accuracy: bool = False) -> Path:
    """A file of so many rows."""
    writer: pq.ParquetWriter | None = None
    for table in tables(index, rows, accuracy=accuracy):
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()
    return path


def ours(index: CellIndex, source: Path, target: Path, datum: str, *, measure: bool) -> Work:
    """The command's road."""
    return lambda: resolve_parquet(source, target, Resolver(index, datum, measure=measure), lambda *_: None)


def copied(source: Path, target: Path) -> None:
    """What reading and writing alone take."""
    with pq.ParquetFile(source) as file, pq.ParquetWriter(target, file.schema_arrow) as writer:
        for batch in file.iter_batches(BLOCK):
            writer.write_batch(batch)


def by_sjoin(index: CellIndex, source: Path, target: Path) -> None:
    """What one would write with geopandas."""
    frame = geopandas.pd.read_parquet(source)
    points = geopandas.GeoDataFrame(frame, geometry=geopandas.points_from_xy(frame.lon, frame.lat), crs=4326)
    codes = {"township": [c.township for c in index.cells], "grid": [c.code for c in index.cells]}
    cells = geopandas.GeoDataFrame(codes, geometry=list(index.geometries), crs=4326)
    joined = geopandas.sjoin(points, cells, how="left", predicate="intersects").sort_values("grid")
    first = joined[~joined.index.duplicated()].sort_index()
    first.drop(columns=["geometry", "index_right"]).to_parquet(target)


def compare(index: CellIndex, folder: Path, rows: int, rounds: int, datum: str) -> None:
    """Prints the table, after the answers have been compared."""
    few = max(rows // PEER_SHARE, 50_000)
    whole, part = make(folder / "in.parquet", index, rows), make(folder / "part.parquet", index, few)
    doubt = make(folder / "doubt.parquet", index, few, accuracy=True)
    out, peer = folder / "out.parquet", folder / "peer.parquet"
    ours(index, part, out, "wgs84", measure=False)()
    by_sjoin(index, part, peer)
    if pq.read_table(out)["grid"].to_pylist() != pq.read_table(peer)["grid"].to_pylist():
        raise SystemExit("the codes are not those of geopandas.sjoin: no figures")
    engines: dict[str, tuple[int, Work]] = {
        COPY: (rows, lambda: copied(whole, out)),
        "codes only": (rows, ours(index, whole, out, datum, measure=False)),
        "codes only, from gcj02": (rows, ours(index, whole, out, "gcj02", measure=False)),
        "with border_m": (rows, ours(index, whole, out, datum, measure=True)),
        "with border_m and circles of 5 to 100 m": (few, ours(index, doubt, out, datum, measure=True)),
        SJOIN: (few, lambda: by_sjoin(index, part, peer)),
    }
    taken = interleaved({name: work for name, (_, work) in engines.items()}, rounds)
    print(f"{rows:,} rows ({few:,} with circles and by sjoin): million rows/s, median (least to most); then the")
    print(f"times {SJOIN}, and the seconds of the processor for a million rows")
    for name, (count, _) in engines.items():
        times = taken[name]
        on_wall = ratio(times.wall, taken[SJOIN].wall, count, few)
        processor = float(np.median(times.processor)) / count * 1e6
        print(f"| {name} | {rate(times.wall, count)} | {on_wall:,.1f} x | {processor:.2f} s |")
    for words in ([], ["--measure"]):
        command = [sys.executable, "-m", "benchmarks.bulk_resolve", "--alone", str(whole), *words]
        most = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"most memory, {'with border_m' if words else 'codes only'}: {most // 1024:,} MB")


def alone(source: Path, *, measure: bool) -> None:
    """Resolves once and prints the most memory (kB) that this process had."""
    ours(the_index(), source, source.with_name("alone.parquet"), "wgs84", measure=measure)()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--datum", default="wgs84")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.alone:
        alone(args.alone, measure=args.measure)
        return
    print(machine(), f"({core_count()} used)")
    with tempfile.TemporaryDirectory(prefix="firstline-benchmark-") as folder:
        compare(the_index(), Path(folder), args.rows, args.rounds, args.datum)


if __name__ == "__main__":
    main()
