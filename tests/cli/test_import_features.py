"""``import FILE``: GeoJSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.service import Service
from gis.datum import datum_named
from tests.cli.importing import imported, rejected, stored


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)})


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def point(lon: Any = 119.305, lat: Any = 26.085) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def test_features_of_every_sort(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    square = [[[119.301, 26.081], [119.303, 26.081], [119.303, 26.083], [119.301, 26.081]]]
    path = sheet(
        collection(
            feature(point(), description="点", reporter={"name": "王芳"}, lon=1, extra={"a": [1, "\ud800"]}),
            feature({"type": "Polygon", "coordinates": square}, description="面"),
            feature(None, description="no place"),
            feature(point("x"), description="bad place"),
            feature({"type": "Polygon", "coordinates": [["no"]]}, description="bad shape"),
            feature(point(), description="datum", datum="百度"),
            {"type": "Point"},
            feature(None, note="nothing said"),
            feature(point(1e999), description="far"),
        ).replace("Infinity", "1e999"),
        "items.geojson",
    )
    done = imported(path, capsys, "--channel", "app", code=1)
    assert (done["new"], done["rejected"]) == (7, 2)
    cards = {card["description"]: card for card in stored(service)}
    assert cards["点"]["grid"] == cards["面"]["grid"] == "T1G1"
    assert cards["点"]["original"] == {"lon": 119.305, "lat": 26.085, "datum": "wgs84"}
    assert cards["点"]["given"] == {"lon (2)": 1, "extra": {"a": [1, "?"]}}
    assert cards["点"]["reporter_name"] == "王芳"
    assert cards["面"]["given"] == {"geometry_type": "Polygon"}
    assert cards["bad shape"]["given"]["geometry"]["type"] == "Polygon"
    reasons = {words: card["reason"] for words, card in cards.items() if card["lon"] is None}
    assert reasons == {"no place": "no-location", "bad place": "not-a-number", "bad shape": "no-location",
                       "far": "out-of-range"}  # fmt: skip
    assert cards["datum"]["original"]["datum"] == "百度"
    assert [(row["line"], json.loads(row["feature"])["type"]) for row in rejected(path)] == [
        ("7", "Point"), ("8", "Feature")]  # fmt: skip
    assert imported(path, capsys, code=1)["already_there"] == 7


def test_a_declared_coordinate_system_counts_unless_the_option_names_another(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    imported(sheet(collection(feature(point(), address="甲"), crs=crs)), capsys)
    imported(sheet(collection(feature(point(), address="乙"), crs=crs)), capsys, "--datum", "gcj02")
    datums = [datum_named(card["original"]["datum"]) for card in stored(service)]
    assert datums == ["cgcs2000", "gcj02"]
