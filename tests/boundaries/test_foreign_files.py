"""What publishers ship: other fields, numbers as codes, GBK, another coordinate system, heights, swapped axes."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from boundaries.check import check
from boundaries.district import District
from boundaries.errors import BoundaryFileError
from boundaries.read import read_district
from tests.boundaries.any_district import any_district
from tests.boundaries.sheets import a_district, with_cell, write_district

FIELDS = {"code_field": "WGBM", "name_field": "WGMC", "township_field": "SSJD"}


@pytest.fixture(scope="module")
def district() -> District:
    return any_district(1, cells=30, townships=3)


def table(district: District) -> geopandas.GeoDataFrame:
    """The cells as a survey office names and numbers them, with heights."""
    towns = {area.code: 410_000 + n for n, area in enumerate(district.townships)}
    columns = {
        "WGBM": [41_000_000_001.0 + n for n, _ in enumerate(district.cells)],
        "WGMC": [f"第{n}网格" for n, _ in enumerate(district.cells)],
        "SSJD": [towns[cell.township] for cell in district.cells],
    }
    shapes = [shapely.force_3d(cell.geometry, 12.5) for cell in district.cells]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


@pytest.mark.parametrize("name", ["survey.shp", "survey.SHP", "survey.geojson"])
def test_one_layer_of_a_survey_office(district: District, tmp_path: Path, name: str) -> None:
    frame = table(district)
    if name.lower().endswith(".shp"):
        frame.to_crs("EPSG:4546").to_file(tmp_path / "survey.shp", encoding="GBK")
        (tmp_path / "survey.cpg").unlink()
        for suffix in (".shp", ".dbf", ".shx", ".prj") if name.endswith("SHP") else ():
            (tmp_path / f"survey{suffix}").rename(tmp_path / f"survey{suffix.upper()}")
    else:
        frame.to_file(tmp_path / name)
    read = read_district(tmp_path / name, **FIELDS)
    assert [cell.code for cell in read.cells][:2] == ["41000000001", "41000000002"]
    assert read.cells[3].name == "第3网格" and {cell.township for cell in read.cells} == {"410000", "410001", "410002"}
    assert not any(cell.geometry.has_z for cell in read.cells)
    faults = check(replace(read, outline=district.outline))
    assert [fault.kind for fault in faults if fault.severity == "error"] == []
    # There and back through another system the corners of the outline are no longer the same to the last bit.
    assert {fault.kind for fault in faults} <= {"outside-outline", "gap"}


def test_a_missing_field_is_named_with_those_there_are(district: District, tmp_path: Path) -> None:
    table(district).to_file(tmp_path / "survey.geojson")
    with pytest.raises(BoundaryFileError, match=r"'code'.*SSJD, WGBM, WGMC"):
        read_district(tmp_path / "survey.geojson")


def test_swapped_axes_are_asked_about(tmp_path: Path) -> None:
    swapped = a_district()
    for cell in swapped.cells:
        turned = shapely.transform(cell.geometry, lambda p: p[:, ::-1])
        swapped = with_cell(swapped, cell.code, geometry=turned)
    with pytest.raises(BoundaryFileError, match="Are longitude and latitude swapped"):
        read_district(write_district(tmp_path, swapped, townships=False))


def test_numbers_that_are_none_are_a_fault_without_a_place() -> None:
    ring = np.array([(119.3, 26.08), (119.31, 26.08), (np.nan, 26.09), (119.3, 26.09), (119.3, 26.08)])
    with np.errstate(invalid="ignore"):
        shape = shapely.Polygon(ring)
    faults = check(with_cell(a_district(), "T1G1", geometry=shape))
    told = next(fault for fault in faults if fault.kind == "invalid-ring")
    assert told.codes == ("T1G1",) and (told.lon, told.lat) == (None, None)
    assert "NaN" not in json.dumps([fault.shape for fault in faults])
