"""The published facts that a demonstration district is made from."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely import Polygon


@dataclass(frozen=True)
class Named:
    """An official code and name; ``parent`` is the township of a community, and empty for a township."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True)
class Source:
    """What is real: the outline (WGS84), the areas' codes and names, township centres and places (WGS84 lon, lat)."""

    code: str
    name: str
    outline: Polygon
    townships: tuple[Named, ...]
    communities: tuple[Named, ...]
    centres: dict[str, tuple[float, float]]
    places: tuple[dict[str, str], ...]

    def communities_of(self, township: str) -> list[Named]:
        return [community for community in self.communities if community.parent == township]


def read_source(folder: Path) -> Source:
    """The files of ``folder``: outline.geojson, townships-communities.csv, township-centres.csv, gazetteer-raw.csv."""
    feature = json.loads((folder / "outline.geojson").read_text(encoding="utf-8"))["features"][0]
    areas = list(rows(folder / "townships-communities.csv"))
    return Source(
        code=feature["properties"]["adcode"],
        name=feature["properties"]["name"],
        outline=_whole(shapely.from_geojson(json.dumps(feature["geometry"]))),
        townships=tuple(Named(r["code"], r["name"], "") for r in areas if r["level"] == "township"),
        communities=tuple(Named(r["code"], r["name"], r["parent_code"]) for r in areas if r["level"] == "community"),
        centres={
            r["code"]: (float(r["lon_wgs84"]), float(r["lat_wgs84"])) for r in rows(folder / "township-centres.csv")
        },
        places=tuple(rows(folder / "gazetteer-raw.csv")),
    )


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _whole(outline: shapely.Geometry) -> Polygon:
    parts = shapely.get_parts(outline)
    if len(parts) != 1 or not isinstance(parts[0], Polygon):
        raise ValueError("the outline must be one polygon")
    return parts[0]
