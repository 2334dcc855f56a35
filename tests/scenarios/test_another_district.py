"""A district that is like the shipped one in nothing, end to end: its files are checked, published, resolved against,
and its items go to its own townships, cells and workers. So nothing in the service knows where it was built."""

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundaries.district import District
from boundaries.read import read_district
from cli import boundaries, resolve
from dispatch.staff import StaffRow
from gis.datum import from_wgs84
from store.database import Database
from store.world import import_people
from tests.boundaries.any_district import any_district, write_folder
from tests.cli.commands import run
from tests.factories import RunningService
from tests.repository import ROOT, files, text_of

SHIPPED = re.compile("350102|鼓楼|福州|" r"\bgulou\b", re.IGNORECASE)
MAY_NAME_IT = {
    "boundaries/demonstration/": "makes the shipped demonstration district",
    "dispatch/demonstration_staff.py": "writes the demonstration's staff list",
    "store/settings.py": "the default of FIRSTLINE_BOUNDARIES is the shipped folder",
}
"""The only code that names the shipped district, each with its reason."""


@pytest.fixture(scope="module")
def district() -> District:
    return any_district(2, cells=45, townships=7)


@pytest.fixture
def folder(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIRSTLINE_HOME", str(tmp_path / "home"))
    return write_folder(tmp_path / "another", district)


def spots(district: District) -> list[tuple[str, str, float, float]]:
    """(cell, township, longitude, latitude) of a point in each cell."""
    points = [(cell, cell.geometry.representative_point()) for cell in district.cells]
    return [(cell.code, cell.township, point.x, point.y) for cell, point in points]


def test_its_files_pass_the_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "check", folder) == 0
    assert "7 townships, 45 grids, 0 errors, 0 warnings" in capsys.readouterr().err


def test_points_resolve_in_bulk_without_a_database(district: District, folder: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "points.csv", tmp_path / "out.csv"
    places = spots(district)
    lon, lat = from_wgs84(np.array([p[2] for p in places]), np.array([p[3] for p in places]), "gcj02")
    with source.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["lon", "lat"], *zip(lon.tolist(), lat.tolist(), strict=True)])
    assert run(resolve, "resolve", source, "-o", target, "--datum", "gcj02", "--boundaries", folder) == 0
    with target.open(encoding="utf-8-sig", newline="") as lines:
        found = [(row["grid"], row["township"]) for row in csv.DictReader(lines)]
    assert found == [(code, township) for code, township, *_ in places]


def test_items_go_to_its_own_townships_cells_and_workers(folder: Path, database: Database) -> None:
    district = read_district(folder)
    service = RunningService(database, district)
    staff = [StaffRow(cell.code, f"w-{n}", f"worker {n}") for n, cell in enumerate(district.cells)]
    import_people(service.pool, staff=staff)
    service.service.worlds.forget_people()
    desk = service["dispatcher"]
    names = {area.code: area.name for area in district.townships}
    workers = {row.grid: row.worker for row in staff}
    expected: dict[str, int] = {}
    for code, township, lon, lat in spots(district)[::4]:
        told = desk.get("/resolve", lon=lon, lat=lat).get_json()
        assert (told["grid"]["code"], told["township"]["code"]) == (code, township)
        item = desk.report(lon=lon, lat=lat)
        resolution: dict[str, Any] = item["resolution"]
        assert resolution["grid"]["code"] == code
        assert resolution["township"] == {"code": township, "name": names[township]}
        assert item["lead"] == {"kind": "township", "code": township, "name": names[township]}
        assert {task["worker"] for task in item["tasks"]} == {workers[code]}
        expected[code] = expected.get(code, 0) + 1
        assert item["number"] in desk.numbers(grid=code) & desk.numbers(township=township)
    cells = desk.get("/map/density", level="grid").get_json()["features"]
    counted = {cell["properties"]["code"]: cell["properties"]["count"] for cell in cells}
    assert {code: count for code, count in counted.items() if count} == expected and len(cells) == 45


def test_an_address_of_its_gazetteer_is_found(folder: Path, database: Database) -> None:
    district = read_district(folder)
    service = RunningService(database, district)
    place = district.gazetteer[0]
    item = service["dispatcher"].report(lon=None, lat=None, address=place.name)
    assert item["resolution"]["grid"]["code"] == district.cells[0].code


def test_a_place_of_the_shipped_district_is_outside(folder: Path, database: Database) -> None:
    service = RunningService(database, read_district(folder))
    item = service["dispatcher"].report(lon=119.296, lat=26.082)
    assert item["resolution"]["township"] is None and item["resolution"]["reason"] == "outside-district"


def test_no_code_names_the_shipped_district() -> None:
    named = set()
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(("tests/", "docs/", "benchmarks/", "scripts/", "boundaries/gulou/", "node_modules/")):
            continue
        if path.suffix in {".py", ".js", ".sql", ".html"} and SHIPPED.search(text_of(path) or ""):
            named.add(name)
    assert not {name for name in named if not name.startswith(tuple(MAY_NAME_IT))}
