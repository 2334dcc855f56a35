"""``python -m dispatch.demonstration_staff``: writes ``rules/staff.csv`` for a boundary folder's cells.

One worker for each cell, named by a role, without a phone. The deputy works in the cell of the same township with
which the longest border is shared; where none is shared, in the one with the next code. The folder is
``boundaries/gulou`` unless the first argument names another.
"""

import csv
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from dispatch.rulebook import RULES
from dispatch.staff import COLUMNS, OPTIONAL, StaffRow

FOLDER = Path("boundaries/gulou")


def demonstration_staff(grids: Path) -> list[StaffRow]:
    """Rows by cell code for the cells of a ``grids.geojson``."""
    features = json.loads(grids.read_text(encoding="utf-8"))["features"]
    townships = {f["properties"]["code"]: f["properties"]["township"] for f in features}
    shapes = {f["properties"]["code"]: shape(f["geometry"]) for f in features}
    return [
        StaffRow(
            grid=code,
            worker=f"w-{code}",
            worker_name=f"网格员 {code}",
            deputy=f"w-{neighbour}" if (neighbour := _neighbour(code, townships, shapes)) else "",
            provenance="demonstration",
        )
        for code in sorted(townships)
    ]


def _neighbour(code: str, townships: Mapping[str, str], shapes: Mapping[str, BaseGeometry]) -> str | None:
    others = sorted(other for other, town in townships.items() if town == townships[code] and other != code)
    if not others:
        return None
    shared = {other: shapes[code].intersection(shapes[other]).length for other in others}
    longest = max(others, key=lambda other: shared[other])
    if shared[longest] > 0:
        return longest
    return next((other for other in others if other > code), others[0])


def write_staff(rows: list[StaffRow], path: Path) -> None:
    """Writes the rows as a staff file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*COLUMNS, *OPTIONAL])
        for row in rows:
            out.writerow([row.grid, row.worker, row.worker_name, row.phone, row.deputy, "", "", row.provenance])


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    staff = demonstration_staff(folder / "grids.geojson")
    write_staff(staff, RULES / "staff.csv")
    print(len(staff))
