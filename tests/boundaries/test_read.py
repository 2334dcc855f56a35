"""Reading districts from every form they come in, and refusing what is no district, with the place."""

import json
import os
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely import box

from boundaries.check import check
from boundaries.district import District
from boundaries.read import BoundaryFileError, read_district
from gis.datum import from_wgs84
from tests.boundaries.sheets import a_district, square, write_district, write_geojson


def frame(district: District, what: str) -> geopandas.GeoDataFrame:
    areas: Any = district.cells if what == "grids" else district.townships
    columns: dict[str, list[Any]] = {"code": [a.code for a in areas], "name": [a.name for a in areas]}
    if what == "grids":
        columns["township"] = [a.township for a in areas]
    return geopandas.GeoDataFrame(columns, geometry=[a.geometry for a in areas], crs="EPSG:4326")


def same_areas(one: District, other: District, tolerance: float = 1e-9) -> bool:
    """Whether the cells have the same codes, names and townships, and the same areas within ``tolerance`` degrees."""
    pairs = list(zip(one.cells, other.cells, strict=True))
    return all(
        (a.code, a.name, a.township) == (b.code, b.name, b.township)
        and shapely.hausdorff_distance(a.geometry, b.geometry) <= tolerance
        for a, b in pairs
    )


def test_a_folder_of_geojson(tmp_path: Path) -> None:
    read = read_district(write_district(tmp_path, a_district()))
    assert same_areas(read, a_district(), 0.0)
    assert [area.code for area in read.townships] == ["T1", "T2"]
    assert (read.code, read.name, read.outline, read.gazetteer) == (None, None, None, ())


@pytest.mark.parametrize("name", ["district.gpkg", "anything.gpkg"])
def test_a_geopackage(tmp_path: Path, name: str) -> None:
    for layer in ("townships", "grids"):
        frame(a_district(), layer).to_file(tmp_path / name, layer=layer, driver="GPKG")
    assert same_areas(read_district(tmp_path / name), a_district(), 0.0)
    if name == "district.gpkg":
        assert same_areas(read_district(tmp_path), a_district(), 0.0)


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("says_so", [True, False])
def test_shapefiles_in_chinese(tmp_path: Path, encoding: str, says_so: bool) -> None:
    for layer in ("townships", "grids"):
        table = frame(a_district(), layer)
        table["name"] = "鼓东街道" + table["name"]
        table.to_file(tmp_path / f"{layer}.shp", encoding=encoding)
        if not says_so:
            (tmp_path / f"{layer}.cpg").unlink()
    read = read_district(tmp_path)
    assert [cell.name for cell in read.cells] == ["鼓东街道grid 1", "鼓东街道grid 2"] * 2
    assert check(read) == []


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:3857", "EPSG:4490", "EPSG:32650"])
def test_another_coordinate_system_is_converted(tmp_path: Path, crs: str) -> None:
    for layer in ("townships", "grids"):
        frame(a_district(), layer).to_crs(crs).to_file(tmp_path / "district.gpkg", layer=layer, driver="GPKG")
    read = read_district(tmp_path)
    assert same_areas(read, a_district(), 1e-8)
    assert check(read) == []


def test_geojson_that_names_its_coordinate_system(tmp_path: Path) -> None:
    step = Transformer.from_crs("EPSG:4326", "EPSG:4547", always_xy=True)
    features = [
        (
            {"code": c.code, "name": c.name, "township": c.township},
            shapely.transform(c.geometry, step.transform, interleaved=False),
        )
        for c in a_district().cells
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    write_geojson(tmp_path / "grids.geojson", features, crs=crs)
    assert same_areas(read_district(tmp_path), a_district(), 1e-8)


@pytest.mark.parametrize("datum", ["gcj02", "BD-09", "火星坐标"])
def test_a_declared_datum_is_undone_vertex_by_vertex(tmp_path: Path, datum: str) -> None:
    shifted = a_district()
    cells = []
    for cell in shifted.cells:
        moved = shapely.transform(cell.geometry, lambda p: np.column_stack(from_wgs84(p[:, 0], p[:, 1], datum)))
        cells.append(({"code": cell.code, "name": cell.name, "township": cell.township}, moved))
    write_geojson(tmp_path / "grids.geojson", cells)
    assert same_areas(read_district(tmp_path, datum=datum), a_district(), 1e-9)
    assert not same_areas(read_district(tmp_path), a_district(), 1e-3)
    assert shapely.coverage_is_valid([cell.geometry for cell in read_district(tmp_path, datum=datum).cells])


def test_an_unknown_datum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryFileError, match="xian80"):
        read_district(write_district(tmp_path, a_district()), datum="xian80")


def test_numbers_become_codes_without_a_point(tmp_path: Path) -> None:
    table = frame(a_district(), "grids")
    table["code"] = [1.0, 2.0, 3.0, None]
    table["township"] = [350102001, 350102001, 350102002, 350102002]
    table.to_file(tmp_path / "district.gpkg", layer="grids", driver="GPKG")
    read = read_district(tmp_path)
    assert [cell.code for cell in read.cells] == ["1", "2", "3", ""]
    assert {cell.township for cell in read.cells} == {"350102001", "350102002"}


def test_fields_by_other_names(tmp_path: Path) -> None:
    write_geojson(tmp_path / "grids.geojson", [({"WGBM": 7, "WGMC": "七", "township": "T"}, square(0, 0))])
    read = read_district(tmp_path, code_field="WGBM", name_field="WGMC")
    assert (read.cells[0].code, read.cells[0].name) == ("7", "七")
    with pytest.raises(BoundaryFileError, match=r"'code'.*WGBM, WGMC, township"):
        read_district(tmp_path)


def test_heights_are_dropped_and_townships_may_be_left_out(tmp_path: Path) -> None:
    lifted = shapely.force_3d(square(0, 0), 12.5)
    write_geojson(tmp_path / "grids.geojson", [({"code": "a", "township": "T"}, lifted)])
    read = read_district(tmp_path)
    assert not read.cells[0].geometry.has_z and read.cells[0].geometry == square(0, 0)
    assert read.townships == () and read.township_areas["T"].equals(square(0, 0))


def test_a_township_without_geometry_is_the_union_of_its_cells(tmp_path: Path) -> None:
    write_district(tmp_path, a_district())
    write_geojson(tmp_path / "townships.geojson", [({"code": "T1"}, None), ({"code": "T2"}, None)])
    read = read_district(tmp_path)
    assert check(read) == []
    assert read.township_areas["T1"].equals(box(119.3, 26.08, 119.31, 26.1))


GOOD = json.loads(shapely.to_geojson(square(0, 0)))


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [
        (None, "missing-geometry"),
        ({"type": "Polygon", "coordinates": []}, "missing-geometry"),
        ({"type": "Point", "coordinates": [119.3, 26.1]}, "not-an-area"),
        ({"type": "Nonsense"}, "not-an-area"),
        ("POLYGON", "not-an-area"),
        ({"type": "Polygon"}, "invalid-ring"),
        ({"type": "Polygon", "coordinates": [[[119.3, 26.1], [119.4, 26.1], [119.3, 26.1]]]}, "invalid-ring"),
        ({"type": "Polygon", "coordinates": [GOOD["coordinates"][0][:-1]]}, "invalid-ring"),
        ({"type": "Polygon", "coordinates": [[["119.3", 26.1]] * 4]}, "invalid-ring"),
        ({"type": "Polygon", "coordinates": [[[10**400, 26.1]] * 4]}, "invalid-ring"),
        ({"type": "Polygon", "coordinates": [[119.3, 26.1]]}, "invalid-ring"),
        ({"type": "MultiPolygon", "coordinates": 7}, "invalid-ring"),
    ],
)
def test_a_feature_without_a_usable_area_is_a_fault_not_a_refusal(tmp_path: Path, geometry: Any, kind: str) -> None:
    write_geojson(
        tmp_path / "grids.geojson",
        [({"code": "a", "township": "T"}, square(0, 0)), ({"code": "b", "township": "T"}, geometry)],
    )
    read = read_district(tmp_path)
    assert [(problem.kind, problem.label) for problem in read.problems] == [(kind, "b")]
    assert [(fault.kind, fault.codes) for fault in check(read) if fault.severity == "error"] == [(kind, ("b",))]


def refused(folder: Path, text: str | bytes, name: str = "grids.geojson") -> str:
    """What is said about a folder with this file in it."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BoundaryFileError) as error:
        read_district(folder)
    assert name in error.value.detail and str(folder) not in error.value.detail
    return error.value.detail


def test_half_written_json_tells_the_line(tmp_path: Path) -> None:
    write_district(tmp_path, a_district(), townships=False)
    whole = (tmp_path / "grids.geojson").read_text()
    assert "line 1, column" in refused(tmp_path, whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("[]", "FeatureCollection"),
        ('{"type": "FeatureCollection"}', "features"),
        ('{"type": "FeatureCollection", "features": [7]}', "entry 1"),
        ('{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": [1]}]}', "feature 1"),
        ('{"type": "FeatureCollection", "features": [], "crs": 7}', "crs"),
        ('{"type": "FeatureCollection", "features": [], "a": NaN}', "NaN"),
        ("[" * 100_000, "deep"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("<OGRVRTDataSource><OGRVRTLayer name='grids'/></OGRVRTDataSource>", "line 1, column 1"),
    ],
)
def test_what_is_no_geojson(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert said in refused(tmp_path, text)


def test_a_key_given_twice_is_not_guessed(tmp_path: Path) -> None:
    feature = '{"type":"Feature","properties":{"code":"a","code":"b"},"geometry":null}'
    assert '"code" twice' in refused(tmp_path, '{"type":"FeatureCollection","features":[' + feature + "]}")


@pytest.mark.parametrize("name", ["district.gpkg", "grids.gpkg", "grids.shp"])
def test_another_driver_behind_a_known_name_is_not_opened(tmp_path: Path, name: str) -> None:
    layer = "<OGRVRTLayer name='grids'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    refused(tmp_path, f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>", name)


def test_a_broken_geopackage_and_a_shapefile_without_its_parts(tmp_path: Path) -> None:
    frame(a_district(), "grids").to_file(tmp_path / "whole.gpkg", layer="grids", driver="GPKG")
    refused(tmp_path, (tmp_path / "whole.gpkg").read_bytes()[:3000], "district.gpkg")
    (tmp_path / "district.gpkg").unlink()
    frame(a_district(), "grids").to_file(tmp_path / "grids.shp")
    (tmp_path / "grids.dbf").unlink()
    (tmp_path / "grids.shx").unlink()
    with pytest.raises(BoundaryFileError, match=r"grids\.shp"):
        read_district(tmp_path)


@pytest.mark.parametrize("path", ["/vsizip/x.zip", "/vsicurl/http://127.0.0.1/x.gpkg"])
def test_virtual_paths_are_refused(path: str) -> None:
    with pytest.raises(BoundaryFileError, match="plain files"):
        read_district(path)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BoundaryFileError, match="no such folder"):
        read_district(tmp_path / "nowhere")
    with pytest.raises(BoundaryFileError, match="no grids"):
        read_district(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(BoundaryFileError, match="folder, or one file"):
        read_district(tmp_path / "notes.txt")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "grids.geojson").open("wb") as file:
        os.truncate(file.fileno(), 201 * 1024 * 1024)
    with pytest.raises(BoundaryFileError, match="too large"):
        read_district(tmp_path)


def test_what_is_there_twice_is_not_chosen_from(tmp_path: Path) -> None:
    write_district(tmp_path, a_district())
    frame(a_district(), "grids").to_file(tmp_path / "district.gpkg", layer="grids", driver="GPKG")
    with pytest.raises(BoundaryFileError, match="grids is there twice"):
        read_district(tmp_path)


def test_metres_without_a_coordinate_system_are_refused(tmp_path: Path) -> None:
    write_geojson(tmp_path / "grids.geojson", [({"code": "a"}, box(430000, 2880000, 431000, 2881000))])
    with pytest.raises(BoundaryFileError, match=r"feature 1.*no degrees"):
        read_district(tmp_path)


def test_an_unknown_coordinate_system_is_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:999999"}}
    write_geojson(tmp_path / "grids.geojson", [({"code": "a"}, square(0, 0))], crs=crs)
    with pytest.raises(BoundaryFileError, match="coordinate system"):
        read_district(tmp_path)


def test_settings(tmp_path: Path) -> None:
    write_district(tmp_path, a_district())
    (tmp_path / "district.toml").write_text('code = 350102\nname = "鼓楼区"\ngrids = 5\n')
    read = read_district(tmp_path)
    assert (read.code, read.name, read.expected.townships, read.expected.grids) == ("350102", "鼓楼区", None, 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code = = 1", "line 1"),
        ('grids = "many"', "whole number"),
        ("grids = true", "whole number"),
        ("grids = -1", "less than nothing"),
        ("grid = 144", "'grid'"),
        (b"\xff", "utf-8"),
    ],
)
def test_faulty_settings(tmp_path: Path, text: str | bytes, said: str) -> None:
    write_district(tmp_path, a_district())
    assert said in refused(tmp_path, text, "district.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,lon\nx,1\n", "lat"),
        ("name,lon,lat\nx,119.3,26.1\ny,abc,26.1\n", "line 3"),
        ("name,lon,lat\n,119.3,26.1\n", "line 2"),
        ("name,lon,lat,datum\nx,119.3,26.1,pluto\n", "datum"),
        ("name,lon,lat,accuracy_m\nx,119.3,26.1,-5\n", "accuracy_m"),
        (b"\xff\n", "UTF-8"),
    ],
)
def test_faulty_gazetteers(tmp_path: Path, text: str | bytes, said: str) -> None:
    write_district(tmp_path, a_district())
    assert said in refused(tmp_path, text, "gazetteer.csv")


def test_gazetteer_rows_are_taken_to_wgs84(tmp_path: Path) -> None:
    write_district(tmp_path, a_district())
    lon, lat = from_wgs84(119.3, 26.1, "bd09")
    (tmp_path / "gazetteer.csv").write_text(f"name,kind,lon,lat,datum,address\n军门,spot,{lon!r},{lat!r},BD-09,\n")
    row = read_district(tmp_path).gazetteer[0]
    assert (row.lon, row.lat) == pytest.approx((119.3, 26.1), abs=1e-9)
    assert (row.accuracy_m, row.address) == (500.0, None)
