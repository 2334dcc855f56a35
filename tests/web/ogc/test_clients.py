"""Real clients on a real port: OWSLib, and GDAL's ``ogrinfo OAPIF:``, which is what QGIS's own road is made like."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from owslib.ogcapi.features import Features
from owslib.util import Authentication
from shapely.geometry import shape
from werkzeug.serving import make_server

from tests.web.ogc.conftest import PRIVATE, Town


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    """The address of ``/ogc`` on a port of its own."""
    server = make_server("127.0.0.1", 0, town.service.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ogc"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(scope="module")
def ogrinfo() -> str:
    """The program. Where there is none: a failure in CI, a loud skip elsewhere."""
    path = shutil.which("ogrinfo")
    if path is None:
        reason = "NO OGRINFO ON PATH: GDAL has not read a feature (on Debian: apt-get install gdal-bin)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


# -- OWSLib ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def features(town: Town, address: str) -> Features:
    """OWSLib's client, signed in by the token as the password."""
    return Features(address, auth=Authentication(username="qgis", password=town.service["dispatcher"].token))


def test_owslib_finds_what_there_is(features: Features) -> None:
    assert features.feature_collections() == ["townships", "grids", "items", "summonses"]
    assert any(one.endswith("/conf/core") for one in features.conformance()["conformsTo"])
    assert features.api()["openapi"].startswith("3.0")
    assert "status" in features.collection_queryables("items")["properties"]
    assert features.collection("grids")["itemType"] == "feature"


def test_owslib_reads_features(town: Town, features: Features) -> None:
    page = features.collection_items("items", limit=2, bbox=[119.3, 26.08, 119.32, 26.1], datetime_="2026-01-01/..")
    assert (page["numberMatched"], page["numberReturned"]) == (3, 2)
    assert features.response_headers["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    one = features.collection_item("items", town.numbers[1])
    assert one["properties"]["grid"] == "T1G2"
    assert features.collection_items("items", status="answered")["features"][0]["id"] == town.numbers[3]


def test_owslib_is_told_what_is_wrong(address: str, features: Features) -> None:
    with pytest.raises(RuntimeError, match="bad-query"):
        features.collection_items("items", sortby=("number", "desc"))
    with pytest.raises(RuntimeError, match="not-found"):
        features.collection("streets")
    wrong = Features(address, json_="{}", auth=Authentication(username="qgis", password="fl_wrong"))
    with pytest.raises(RuntimeError, match="not-signed-in"):
        wrong.collections()


# -- GDAL --------------------------------------------------------------------------------------------------------------


def asked(ogrinfo: str, address: str, token: str, *words: str) -> str:
    """What the program says of the service."""
    command = [ogrinfo, "-ro", "-oo", f"USERPWD=qgis:{token}", f"OAPIF:{address}", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def test_gdal_lists_the_collections(town: Town, address: str, ogrinfo: str) -> None:
    told = asked(ogrinfo, address, town.service["dispatcher"].token)
    assert [name for name in ("townships", "grids", "items", "summonses") if name not in told] == []


def test_gdal_reads_every_feature(town: Town, address: str, ogrinfo: str) -> None:
    token = town.service["dispatcher"].token
    for collection, count in (("townships", 2), ("grids", 4), ("items", 5), ("summonses", 2)):
        told = asked(ogrinfo, address, token, "-al", "-oo", "PAGE_SIZE=1", collection)
        assert f"Feature Count: {count}" in told and told.count("OGRFeature(") == count
        assert 'ID["EPSG",4326]' in told or "CRS84" in told
        assert not [word for word in PRIVATE if word in told]
    assert "status (String) = answered" in asked(
        ogrinfo, address, token, "-al", "-where", "status = 'answered'", "items"
    )


def test_gdal_asks_by_place_and_sees_its_scope(town: Town, address: str, ogrinfo: str) -> None:
    token = town.service["officer"].token
    told = asked(ogrinfo, address, token, "-al", "-spat", "119.31", "26.08", "119.32", "26.1", "grids")
    assert "code (String) = T2G1" in told and told.count("OGRFeature(") >= 2
    assert asked(ogrinfo, address, token, "-al", "items").count("OGRFeature(") == 1


def test_gdal_is_refused_without_a_token(address: str, ogrinfo: str) -> None:
    done = subprocess.run([ogrinfo, "-ro", f"OAPIF:{address}"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0 and "401" in done.stderr


def test_gdal_copies_the_cells_as_they_are(town: Town, address: str, ogrinfo: str, tmp_path: Path) -> None:
    out, token = tmp_path / "grids.json", town.service["dispatcher"].token
    words = ["-oo", f"USERPWD=q:{token}", "-f", "GeoJSON", str(out), f"OAPIF:{address}", "grids"]
    command = [ogrinfo.removesuffix("ogrinfo") + "ogr2ogr", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    copied = {one["properties"]["code"]: shape(one["geometry"]) for one in json.loads(out.read_text())["features"]}
    cells = town.service.service.shelf.live().district.cells
    assert copied.keys() == {cell.code for cell in cells}
    assert all(cell.geometry.equals(copied[cell.code]) for cell in cells)
