"""The files of a made district: GeoJSON with one feature a line, a gazetteer and district.toml."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shapely import Polygon

from boundaries.demonstration.coverage import DECIMALS, merged
from boundaries.demonstration.making import Made
from boundaries.demonstration.source import Source
from boundaries.extent import middle_and_reach

PROVENANCE = "demonstration"
PLACE_ACCURACY_M = {"bike_station": 50, "parking_lot": 100, "populated_place": 500}
"""How far a published place may be from its point: a station is a spot, a car park has several gates."""
COLUMNS = ("name", "kind", "lon", "lat", "datum", "accuracy_m", "address", "source")


def write(made: Made, source: Source, folder: Path) -> None:
    """Write district.toml, townships.geojson, grids.geojson, outline.geojson and gazetteer.csv into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "district.toml": _district(source, len(made.townships), len(made.cells)),
        "townships.geojson": _collection(({"code": t.code, "name": t.name}, shape) for t, shape in made.townships),
        "grids.geojson": _collection(
            (
                {
                    "code": cell.code,
                    "name": cell.name,
                    "township": cell.township.code,
                    "community": cell.community.code,
                    "community_name": cell.community.name,
                },
                cell.shape,
            )
            for cell in made.cells
        ),
        "outline.geojson": _collection([({"code": source.code, "name": source.name}, made.outline)]),
        "gazetteer.csv": _gazetteer(made, source),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _district(source: Source, townships: int, grids: int) -> str:
    return (
        "# What this folder should hold. Leave a number out and it is not checked.\n"
        f'code = "{source.code}"\nname = "{source.name}"\ntownships = {townships}\ngrids = {grids}\n'
        f'provenance = "{PROVENANCE}"\n'
    )


def _collection(features: Iterable[tuple[dict[str, str], Polygon]]) -> str:
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties | {"provenance": PROVENANCE},
                "geometry": {"type": "Polygon", "coordinates": _coordinates(shape)},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, shape in features
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _coordinates(shape: Polygon) -> list[list[list[float]]]:
    rings = [shape.exterior, *shape.interiors]
    return [[[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords] for ring in rings]


def _gazetteer(made: Made, source: Source) -> str:
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(_place_rows(source))
    table.writerows(_community_rows(made))
    return out.getvalue()


def _place_rows(source: Source) -> Iterable[dict[str, Any]]:
    """The published places, without those whose point contradicts the place, and without what names everything."""
    for place in source.places:
        if not place["lon_wgs84"] or _contradicted(place) or place["name"].endswith(("市", "区")):
            continue
        yield {
            "name": place["name"],
            "kind": place["kind"],
            "lon": place["lon_wgs84"],
            "lat": place["lat_wgs84"],
            "datum": "wgs84",
            "accuracy_m": PLACE_ACCURACY_M[place["kind"]],
            "address": place["address"],
            "source": place["source"],
        }


def _contradicted(place: dict[str, str]) -> bool:
    return "lies outside" in place["note"] or "impossible" in place["note"]


def _community_rows(made: Made) -> Iterable[dict[str, Any]]:
    """Each community by the middle of its cells, with the reach of its cells as accuracy: derived, not published."""
    communities = sorted({cell.community for cell in made.cells}, key=lambda community: community.code)
    for community in communities:
        cells = [cell.shape for cell in made.cells if cell.community == community]
        lon, lat, reach = middle_and_reach(merged(cells))
        yield {
            "name": community.name,
            "kind": "community",
            "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}",
            "datum": "wgs84",
            "accuracy_m": int(reach),
            "address": "",
            "source": "derived: the middle of the community's demonstration cells",
        }
