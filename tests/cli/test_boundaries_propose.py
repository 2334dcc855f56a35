"""``boundaries propose``: the draft, its figures, and how it leaves."""

import json
from pathlib import Path

import pytest

from boundaries.check import check
from boundaries.read import read_district
from cli import boundaries
from cli.service import Service, clock
from dispatch.account import Account
from dispatch.report import read_report
from tests.cli.commands import run
from tests.reports import a_report

PROPOSE = ("boundaries", "propose", "--township", "T1")


def items(service: Service, *places: tuple[float, float]) -> None:
    """One item at each place, in WGS84 degrees."""
    for lon, lat in places:
        report = read_report(a_report(lon=lon, lat=lat), now=clock(), zone=service.rules.zone)
        service.desk.take_in(Account(1, "channel", "channel"), report)


def test_a_draft_even_in_items(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    low = [(119.301 + n * 0.001, 26.081 + m * 0.001) for n in range(8) for m in range(4)]
    items(service, *low, (119.305, 26.095), (119.315, 26.085))  # all but one in the lower half of T1, one in T2
    assert run(boundaries, *PROPOSE, "--cells", 2, "--json", "-o", tmp_path / "draft") == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [round(one["load"] * 12) for one in told["before"]] == [32, 1]
    assert all(abs(one["load"] * 12 - 16.5) < 4 for one in told["after"])
    assert told["variation"]["after"] < told["variation"]["before"] / 3
    assert "2 cells before, 2 in the draft" in err
    draft = read_district(tmp_path / "draft")
    assert [fault for fault in check(draft) if fault.severity == "error"] == [] and len(draft.cells) == 4


def test_a_draft_even_in_area_as_a_package(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--cells", 3, "--balance", "area", "-o", tmp_path / "draft.gpkg")
    assert run(boundaries, *PROPOSE, *words) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["side", "code", "name", "load", "m2", "roundness"]
    assert [line[0] for line in lines[1:]] == ["before"] * 2 + ["after"] * 3
    assert any(line[1] == "T1-e2-1" for line in lines)
    assert len(read_district(tmp_path / "draft.gpkg").cells) == 5


def test_without_items_it_is_even_in_area(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, *PROPOSE, "--cells", 2, "-o", tmp_path / "draft") == 0
    out, err = capsys.readouterr()
    assert "0 items of 365 days" in err and "even in area" in err
    areas = [float(line.split("\t")[3]) for line in out.splitlines() if line.startswith("after")]
    assert areas == pytest.approx([1.1, 1.1], rel=0.1), "square kilometres"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cells", "0"), "1 to 200"),
        (("--township", "T9", "--cells", "2"), "no township 'T9'"),
        (("--cells", "2", "--days", "0"), "--days"),
        (("--cells", "two"), "invalid int"),
    ],
)
def test_what_cannot_be_done(
    service: Service, tmp_path: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(boundaries, *PROPOSE, *words, "-o", tmp_path / "draft") == 2
    assert said in capsys.readouterr().err and not (tmp_path / "draft").exists()


def test_what_stands_there_is_not_harmed(service: Service, tmp_path: Path) -> None:
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "mine").write_text("mine")
    assert run(boundaries, *PROPOSE, "--cells", 2, "-o", tmp_path / "draft") == 2
    assert [path.name for path in (tmp_path / "draft").iterdir()] == ["mine"]
