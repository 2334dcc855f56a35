"""How long the cell index takes to build, and how much memory, as cells grow in number.

Usage: python -m benchmarks.index [--cells N,N] [--rounds N] [--picture FILE.svg]

Each size is built in a process of its own, so that its peak of memory is its own; told are the index, the process
before the build (the cells, Python and its libraries), and the peak of the process while it builds. The build is all of
it: validity of every cell, look-ups ready. Small sizes are built several times; figures are medians.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.curve import draw
from benchmarks.ground_shapes import lattice
from benchmarks.rounds import machine, seconds
from gis.cells import Cell, CellIndex


def one_size(cells: int, rounds: int) -> dict[str, float]:
    """Builds ``cells`` cells; seconds on the wall and of the processor, bytes of the index, peak of the process."""
    CellIndex([Cell("0", "", "", None, lattice(1)[0])])  # loads what is compiled, which is not a part of any one size
    shapes = lattice(round(cells**0.5))
    made = [Cell(f"{k:06d}", "", "", None, shape) for k, shape in enumerate(shapes)]
    held = forget_peak()
    built: list[CellIndex] = []

    def build() -> None:
        built.clear()
        built.append(CellIndex(made))

    before = time.process_time()
    walls = [seconds(build) for _ in range(rounds)]
    worked = (time.process_time() - before) / rounds
    peak = memory("VmHWM")
    finder = built[0]._finder
    return {
        "cells": len(made), "wall": statistics.median(walls), "least": min(walls), "most": max(walls),
        "processor": worked, "peak": peak, "held": held, "index": getattr(finder, "size", 0),
    }  # fmt: skip


def memory(word: str) -> int:
    """Bytes in memory now (``VmRSS``) or at most (``VmHWM``), as Linux tells them."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(word))


def forget_peak() -> int:
    """What making the cells took at most is forgotten; bytes in memory now, the cells and Python with its libraries."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    return memory("VmRSS")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", default="144,1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    sizes = [int(cells) for cells in args.cells.split(",")]
    if args.one:
        print(json.dumps(one_size(sizes[0], args.rounds)))
        return
    print(machine())
    rows = []
    for cells in sizes:
        command = [
            sys.executable,
            "-m",
            "benchmarks.index",
            "--one",
            "--cells",
            str(cells),
            "--rounds",
            str(args.rounds if cells < 50_000 else 1),
        ]
        row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        rows.append(row)
        print(
            f"| {row['cells']:,} | {row['wall']:.2f} s ({row['least']:.2f} to {row['most']:.2f}) | "
            f"{row['processor']:.2f} s | {row['index'] / 1e6:,.0f} MB | {row['held'] / 1e9:.2f} GB | "
            f"{row['peak'] / 1e9:.2f} GB |"
        )
    if args.picture:
        draw(args.picture, "Building the cell index", "cells", "", [row["cells"] for row in rows], {
            "seconds of the processor": [row["processor"] for row in rows],
            "seconds on the wall": [row["wall"] for row in rows],
            "peak of the process, GB": [row["peak"] / 1e9 for row in rows],
        })  # fmt: skip


if __name__ == "__main__":
    main()
