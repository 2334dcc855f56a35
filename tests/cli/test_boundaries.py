"""The planner's commands: what they print, and how they leave."""

import json
from pathlib import Path

import numpy as np
import pytest

from cli import boundaries
from gis.datum import from_wgs84
from tests.boundaries.sheets import a_district, reshaped, write_district
from tests.cli.commands import run

GULOU = Path(__file__).parents[2] / "boundaries" / "gulou"


@pytest.fixture(autouse=True)
def no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLINE_HOME", str(tmp_path / "home"))


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write_district(tmp_path / "sound", a_district())


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Where one cell holds a tenth of its neighbour."""
    wide = reshaped(a_district(), "T1G1", lambda p: np.where(p == [0, 26.09], np.add(p, [0, 0.001]), p))
    return write_district(tmp_path / "faulty", wide)


def test_the_shipped_district_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "check", GULOU) == 0
    out, err = capsys.readouterr()
    assert out == "" and "10 townships, 144 grids, 0 errors, 0 warnings" in err


def test_faults_are_printed_with_their_place(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "check", faulty) == 1
    out, err = capsys.readouterr()
    first = out.splitlines()[0]
    assert first.startswith("error overlap at 119.3") and "T1G1 and T1G2" in first
    assert "1 errors" in err


def test_json_is_one_object_with_every_fault(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "check", faulty, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["errors"], told["district"]["grids"]) == (1, 4)
    assert told["faults"][0]["kind"] == "overlap" and told["faults"][0]["codes"] == ["T1G1", "T1G2"]
    assert set(told["faults"][0]) == {
        "kind", "severity", "codes", "lon", "lat", "size_m2", "size_m", "detail", "advice", "shape", "facts",
    }  # fmt: skip
    assert told["faults"][0]["shape"]["type"] == "Polygon" and "fix" not in told


def test_warnings_alone_leave_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nearly = reshaped(a_district(), "T1G1", lambda p: np.where(p == [0, 26.09], np.subtract(p, [0, 3e-8]), p))
    assert run(boundaries, "boundaries", "check", write_district(tmp_path, nearly)) == 0
    assert capsys.readouterr().out.startswith("warning gap")


def test_foreign_fields_and_a_datum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = a_district()
    for cell in moved.cells:
        moved = reshaped(moved, cell.code, lambda p: np.column_stack(from_wgs84(p[:, 0], p[:, 1], "gcj02")))
    write_district(tmp_path, moved, townships=False)
    path = tmp_path / "grids.geojson"
    path.write_text(path.read_text().replace('"code"', '"WGBM"').replace('"name"', '"WGMC"'))
    words = ("boundaries", "check", tmp_path, "--datum", "gcj02")
    assert run(boundaries, *words) == 2
    assert "WGBM" in capsys.readouterr().err
    assert run(boundaries, *words, "--code-field", "WGBM", "--name-field", "WGMC") == 0


def test_what_cannot_be_read_leaves_with_2(sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "check", tmp_path / "nowhere") == 2
    (sound / "grids.geojson").write_text('{"type": "Feat')
    assert run(boundaries, "boundaries", "check", sound) == 2
    assert "grids.geojson: not complete JSON at line 1" in capsys.readouterr().err
