"""Drafts for browser tests: the demonstration district's own files with one thing changed, as zips."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shapely import box, unary_union
from shapely.geometry import mapping, shape

GULOU = Path(__file__).resolve().parents[2] / "boundaries" / "gulou"
WIDE = "350102002G011"
"""A cell that lies on its neighbours in the faulty draft."""
GIVING, TAKING = "350102100G005", "350102100G010"
"""Neighbours of one township; in the mended draft the first gives ground to the second."""

Change = Callable[[dict[str, Any]], None]


def a_draft(path: Path, change: Change) -> Path:
    """The shipped district with its cells changed by ``change`` (code -> feature)."""
    grids = json.loads((GULOU / "grids.geojson").read_text(encoding="utf-8"))
    change({feature["properties"]["code"]: feature for feature in grids["features"]})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("gulou/grids.geojson", json.dumps(grids, ensure_ascii=False))
        for name in ("townships.geojson", "outline.geojson", "gazetteer.csv", "district.toml"):
            target.write(GULOU / name, f"gulou/{name}")
    return path


def widened(cells: dict[str, Any]) -> None:
    """A cell lies on its neighbours."""
    cells[WIDE]["geometry"] = mapping(shape(cells[WIDE]["geometry"]).buffer(0.0004))


def given(cells: dict[str, Any]) -> None:
    """The southern third of a cell goes to its neighbour in the south, along a straight border."""
    giving, taking = (shape(cells[code]["geometry"]) for code in (GIVING, TAKING))
    west, south, east, north = giving.bounds
    strip = giving.intersection(box(west - 1, south - 1, east + 1, south + (north - south) / 3))
    cells[GIVING]["geometry"] = mapping(giving.difference(strip))
    cells[TAKING]["geometry"] = mapping(unary_union([taking, strip]))
