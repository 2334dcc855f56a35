"""Reading in a process of its own: the same district, faults included, and no end of ours for what never ends."""

import sqlite3
from pathlib import Path

import pytest

from boundaries.apart import read_apart
from boundaries.check import check
from boundaries.draft import Reading
from boundaries.edition import digest_of
from boundaries.errors import BoundaryFileError
from boundaries.read import read_district
from tests.boundaries.sheets import a_district, square, write_district, write_geojson


def test_it_reads_what_is_read_here(tmp_path: Path) -> None:
    write_geojson(
        tmp_path / "grids.geojson",
        [
            ({"code": "A", "name": "a", "township": "T"}, square(0, 0)),
            ({"code": "B", "name": "b", "township": "T"}, None),
        ],
    )
    here, there = read_district(tmp_path), read_apart(tmp_path)
    assert digest_of(there) == digest_of(here)
    assert there.problems == here.problems != ()
    assert check(there) == check(here)


def test_a_refusal_comes_through_without_our_paths(tmp_path: Path) -> None:
    (tmp_path / "grids.geojson").write_text('{"type": "FeatureCollection"')
    with pytest.raises(BoundaryFileError, match=r"^grids.geojson: not complete JSON") as told:
        read_apart(tmp_path)
    assert str(tmp_path) not in told.value.detail
    write_district(tmp_path, a_district())
    with pytest.raises(BoundaryFileError, match="fields are: code, name, township"):
        read_apart(tmp_path, Reading(code_field="CODE"))


def test_a_package_with_a_view_that_never_ends_costs_its_seconds(tmp_path: Path) -> None:
    _package_without_end(tmp_path / "district.gpkg")
    with pytest.raises(BoundaryFileError, match=r"within 3 seconds|cannot be read"):
        read_apart(tmp_path, seconds=3)


def test_a_reader_that_dies_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(BoundaryFileError, match="broke the reader"):
        read_apart(tmp_path)


def _package_without_end(path: Path) -> None:
    """A GeoPackage whose layer grids is a view over all natural numbers."""
    import pyogrio
    import shapely

    pyogrio.raw.write(
        path, geometry=shapely.to_wkb([square(0, 0)]), field_data=[], fields=[], layer="real",
        geometry_type="Polygon", crs="EPSG:4326", driver="GPKG",
    )  # fmt: skip
    with sqlite3.connect(path) as package:
        package.execute(
            "CREATE VIEW grids AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS fid, NULL AS geom, 'x' AS code FROM n"
        )
        package.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('grids', 'features', 'g', 4326)"
        )
        package.execute("INSERT INTO gpkg_geometry_columns VALUES ('grids', 'geom', 'POLYGON', 4326, 0, 0)")
