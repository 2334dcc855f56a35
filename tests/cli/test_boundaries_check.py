"""``boundaries check``: its map, its repairs, its tolerances, and what earlier Editions have to say."""

import json
from pathlib import Path

import numpy as np
import pytest

import cli.service
from boundaries.check import check
from boundaries.read import read_district
from cli import boundaries, live
from cli.service import Service, clock
from gis.datum import from_wgs84
from store import publishing
from tests.boundaries.any_district import any_district, write_folder
from tests.boundaries.planting import Ground, with_corner_moved
from tests.boundaries.sheets import a_district, reshaped, with_cell, write_district
from tests.cli.commands import run

Words = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where no database is."""
    monkeypatch.setenv("FIRSTLINE_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def faulty(home: Path) -> Path:
    """Another district with a cell that holds 12 m of its neighbour."""
    ground = Ground(any_district(2, cells=24, townships=3))
    return write_folder(home / "faulty", with_corner_moved(ground, ground.inside(), 12.0))


@pytest.mark.parametrize(("language", "word"), [("zh", "重叠"), ("en", "Overlap")])
def test_faults_are_drawn_into_one_file(faulty: Path, home: Path, language: str, word: str, capsys: Words) -> None:
    out = home / "faults.html"
    assert run(boundaries, "boundaries", "check", faulty, "--map", out, "--language", language) == 1
    page = out.read_text(encoding="utf-8")
    assert word in page and '"kind": "overlap"' in page and 'src="http' not in page
    assert "faults.html" in capsys.readouterr().err


def test_a_map_or_a_repair_that_cannot_be_written_is_refused_first(faulty: Path, home: Path, capsys: Words) -> None:
    assert run(boundaries, "boundaries", "check", faulty, "--map", home / "nowhere" / "x.html") == 2
    assert run(boundaries, "boundaries", "check", faulty, "--fix", faulty) == 2
    out, err = capsys.readouterr()
    assert out == "" and "no folder" in err and "there already" in err


@pytest.mark.parametrize("name", ["fixed", "fixed.gpkg"])
def test_repairs_go_to_new_files_that_pass(faulty: Path, home: Path, name: str, capsys: Words) -> None:
    before = {file.name: file.read_bytes() for file in faulty.iterdir()}
    assert run(boundaries, "boundaries", "check", faulty, "--fix", home / name) == 1
    out, err = capsys.readouterr()
    assert "fix grid " in out and "m2 lost" in out and "0 errors and 0 warnings are left" in err
    assert {file.name: file.read_bytes() for file in faulty.iterdir()} == before
    assert check(read_district(home / name)) == []


def test_json_holds_the_moves_too(faulty: Path, home: Path, capsys: Words) -> None:
    assert run(boundaries, "boundaries", "check", faulty, "--fix", home / "fixed", "--json") == 1
    told = json.loads(capsys.readouterr().out)["fix"]
    assert told["left"] == [] and {"level", "label", "gained_m2", "lost_m2", "moved_m"} <= set(told["moves"][0])


def test_a_wrong_datum_is_not_repaired(home: Path, capsys: Words) -> None:
    district = any_district(1, cells=24, townships=3)
    for cell in district.cells:
        district = reshaped(district, cell.code, lambda p: np.column_stack(from_wgs84(p[:, 0], p[:, 1], "gcj02")))
    folder = write_folder(home / "gcj02", district)
    assert run(boundaries, "boundaries", "check", folder, "--fix", home / "fixed") == 2
    assert "gcj02" in capsys.readouterr().err and not (home / "fixed").exists()


def test_tolerances_are_options(home: Path, capsys: Words) -> None:
    ground = Ground(any_district(2, cells=24, townships=3))
    folder = write_folder(home / "near", with_corner_moved(ground, ground.inside(), 0.3))
    assert run(boundaries, "boundaries", "check", folder) == 1
    assert run(boundaries, "boundaries", "check", folder, "--narrow", "0.5") == 0
    for words in (("--narrow", "0"), ("--sliver", "nan"), ("--retired-share", "2")):
        assert run(boundaries, "boundaries", "check", folder, *words) == 2
    assert "is no length" in capsys.readouterr().err


def test_another_field_for_the_township(home: Path, capsys: Words) -> None:
    path = write_district(home / "other", a_district(), townships=False) / "grids.geojson"
    path.write_text(path.read_text().replace('"township"', '"SSJD"'))
    assert run(boundaries, "boundaries", "check", path) == 1
    assert "None of the 4 grids names a township" in capsys.readouterr().out
    assert run(boundaries, "boundaries", "check", path, "--township-field", "SSJD") == 0


def test_a_retired_code_that_returns_is_known_from_earlier_editions(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Words
) -> None:
    """Edition 1 is of the small town; the next one calls T1G1 otherwise, and a draft gives its code to another cell."""
    monkeypatch.setenv("DATABASE_URL", service.database.admin_dsn)
    monkeypatch.setattr(live, "opened", cli.service.opened)
    renamed = with_cell(a_district(), "T1G1", code="T1G9")
    publishing.publish(
        service.database.pool, service.worlds, service.pen, renamed, by=live.operator("test"), reason="", expect=None,
        clock=clock,
    )  # fmt: skip
    draft = write_district(tmp_path / "draft", with_cell(renamed, "T2G2", code="T1G1"))
    assert run(boundaries, "boundaries", "check", draft) == 1
    assert "retired-code" in capsys.readouterr().out
    assert run(boundaries, "boundaries", "check", draft, "--no-database") == 0
    back = write_district(tmp_path / "back", a_district())
    assert run(boundaries, "boundaries", "check", back) == 0, "the same place may have its code again"
