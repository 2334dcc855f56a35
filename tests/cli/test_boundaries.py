"""The planner's commands: what they print, and how they leave."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import cli
from boundaries.district import District
from cli import boundaries
from gis.datum import from_wgs84
from gis.errors import Refusal
from tests.boundaries.sheets import a_district, reshaped, write_district
from tests.cli.commands import run

GULOU = Path(__file__).parents[2] / "boundaries" / "gulou"


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write_district(tmp_path / "sound", a_district())


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Where one cell holds a tenth of its neighbour."""
    wide = reshaped(a_district(), "T1G1", lambda p: np.where(p == [0, 26.09], np.add(p, [0, 0.001]), p))
    return write_district(tmp_path / "faulty", wide)


class Live(ModuleType):
    """In place of the service: keeps what was published."""

    def __init__(self) -> None:
        super().__init__("cli.live")
        self.published: list[tuple[District, dict[str, Any]]] = []

    def publish_edition(self, district: District, **told: Any) -> int:
        if told["expect"] == 1:
            raise Refusal("Edition 2 is live, not 1.")
        self.published.append((district, told))
        return 3

    def editions(self) -> list[Any]:
        @dataclass
        class Row:
            id: int
            reason: str | None

        return [Row(1, "first"), {"id": 2, "reason": None}][: 2 if self.published else 0]


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Live:
    stand_in = Live()
    monkeypatch.setitem(sys.modules, "cli.live", stand_in)
    monkeypatch.setattr(cli, "live", stand_in, raising=False)
    return stand_in


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
    assert set(told["faults"][0]) == {"kind", "severity", "codes", "lon", "lat", "size_m2", "size_m", "detail"}


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


@pytest.mark.parametrize(
    "words",
    [
        ("check", "X", "--map", "out.html"),
        ("check", "X", "--fix", "out.geojson"),
        ("publish", "X", "--from", "2026-01-01T00:00:00+08:00"),
        ("publish", "X", "--move", "in-work"),
        ("diff", "A", "B"),
        ("rehearse", "X", "--days", "30"),
        ("rollback", "--to", "1", "--commit"),
        ("export",),
        ("propose", "--township", "350102001", "--cells", "12"),
    ],
)
def test_what_comes_later_says_so(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", *words) == 2
    out, err = capsys.readouterr()
    assert out == "" and f"boundaries {words[0]}" in err and "not served yet" in err


def test_publishing_is_dry_unless_told(sound: Path, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "publish", sound) == 0
    out, err = capsys.readouterr()
    assert out == "" and "would publish 2 townships and 4 grids" in err and live.published == []


def test_publishing_prints_the_new_number(sound: Path, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "publish", sound, "--reason", "new", "--expect", "2", "--commit") == 0
    assert capsys.readouterr().out == "3\n"
    district, told = live.published[0]
    assert len(district.cells) == 4 and (told["reason"], told["expect"]) == ("new", 2)


def test_faults_are_never_published(faulty: Path, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "publish", faulty, "--commit") == 1
    assert "nothing was published" in capsys.readouterr().err and live.published == []


def test_another_live_edition_is_a_refusal(sound: Path, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "publish", sound, "--expect", "1", "--commit") == 2
    assert "Edition 2 is live" in capsys.readouterr().err and live.published == []


def test_the_list_of_editions(sound: Path, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "list") == 0
    assert "no Edition" in capsys.readouterr().err
    run(boundaries, "boundaries", "publish", sound, "--commit")
    capsys.readouterr()
    assert run(boundaries, "boundaries", "list") == 0
    assert capsys.readouterr().out == "id\treason\n1\tfirst\n2\t\n"
    assert run(boundaries, "boundaries", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)[1] == {"id": 2, "reason": None}
