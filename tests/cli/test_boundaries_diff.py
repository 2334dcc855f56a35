"""``boundaries diff`` and ``boundaries rehearse``: what they print, draw and write, and what they refuse."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cli.comparing
import cli.live
from boundaries.difference import Difference
from cli import boundaries
from dispatch.rehearsal_json import COLUMNS
from store import past_items
from store.database import Database
from tests.boundaries.sheets import a_district, with_cell, write_district
from tests.cli.commands import run
from tests.factories import IN_T1G1, IN_T1G2, RUBBISH, RunningService, a_service

PHONE, WORDS = "13987654321", "只有来电人知道的话"


@pytest.fixture
def service(database: Database, monkeypatch: pytest.MonkeyPatch) -> RunningService:
    """A service with three items, as the commands open it."""
    service = a_service(database, a_district())

    @contextmanager
    def opened(**_: Any) -> Iterator[Any]:
        yield service.service

    for module in (cli.live, cli.comparing):
        monkeypatch.setattr(module, "opened", opened)
    for place in (IN_T1G1, IN_T1G1, IN_T1G2):
        reporter = {"name": WORDS, "phone": PHONE}
        service["channel"].report(
            lon=place[0], lat=place[1], category=RUBBISH, description=WORDS, reporter=reporter
        )  # fmt: skip
    return service


@pytest.fixture
def a(tmp_path: Path) -> Path:
    return write_district(tmp_path / "a", a_district())


@pytest.fixture
def b(tmp_path: Path) -> Path:
    """T1G1 given to the other township, T1G2 under another name."""
    moved = with_cell(with_cell(a_district(), "T1G1", township="T2"), "T1G2", name="new name")
    return write_district(tmp_path / "b", moved, townships=False)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The same change as a draft of the service's town."""
    return write_district(tmp_path / "draft", with_cell(a_district(), "T1G1", township="T2"), townships=False)


def test_two_folders_need_no_database(a: Path, b: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "diff", a, b) == 0
    out, err = capsys.readouterr()
    assert "grid reassigned: T1G1 grid 1: T1 -> T2" in out and "grid renamed: T1G2 new name: grid 2 -> new name" in out
    assert "township ground: T1 -> T2: 1,10" in out and "open items" not in out
    assert "4 changes, 0.000 km2 in another cell" in err
    assert run(boundaries, "boundaries", "diff", a, a) == 0
    assert capsys.readouterr() == ("", "no difference\n")


def test_json_and_map(a: Path, b: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    assert run(boundaries, "boundaries", "diff", a, b, "--json", "--map", out, "--language", "en") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["same"] is False and {c["kind"] for c in told["changes"]} == {"moved", "reassigned", "renamed"}
    page = out.read_text(encoding="utf-8")
    assert "Change of boundaries" in page and "<script src" not in page
    assert not list(tmp_path.glob("*.part"))


def test_editions_by_number_and_live_with_open_items(
    service: RunningService, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(boundaries, "boundaries", "diff", "live", draft, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    pair = next(p for p in told["pairs"] if p["level"] == "township")
    assert (pair["before"]["code"], pair["after"]["code"], pair["items"]) == ("T1", "T2", 0)
    service.publish(replace(a_district(), cells=a_district().cells[1:], townships=()))
    assert run(boundaries, "boundaries", "diff", "1", "2") == 0
    out, err = capsys.readouterr()
    assert "grid removed: T1G1" in out and "T1G1 -> no area: 1,10" in out and ", 2 open items" in out
    assert "2 open items on it" in err
    assert run(boundaries, "boundaries", "diff", draft, draft, "--items") == 0


@pytest.mark.parametrize("words", [("7", "live"), ("nowhere", "live"), ("live", "nowhere")])
def test_what_is_not_there(service: RunningService, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "diff", *words) == 2
    out, err = capsys.readouterr()
    assert out == "" and ("no Edition 7" in err or "nowhere" in err)


def test_a_file_that_cannot_be_written_is_said_before_the_work(
    a: Path, b: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> Difference:
        raise AssertionError

    monkeypatch.setattr("boundaries.difference.difference", never)
    assert run(boundaries, "boundaries", "diff", a, b, "--map", tmp_path / "no" / "out.html") == 2
    assert run(boundaries, "boundaries", "rehearse", a, "--csv", tmp_path) == 2
    assert "is a folder" in capsys.readouterr().err


def test_a_rehearsal_prints_tables_and_writes_every_item(
    service: RunningService, draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, page = tmp_path / "out.csv", tmp_path / "out.html"
    assert run(boundaries, "boundaries", "rehearse", draft, "--csv", lines, "--map", page) == 0
    out, err = capsys.readouterr()
    tables = out.split("\n\n")
    assert len(tables) == 4 and tables[0].splitlines()[1].split("\t")[:4] == ["open", "3", "3", "2"]
    assert "worker\titems\t" in tables[1] and "township\tT2\t" in tables[2]
    assert tables[3].splitlines()[1].split("\t") == ["T1", "T1G1", "T2", "T1G1", "2", "2"]
    assert "2 of 3 open items would change, 0 in work would keep their lead" in err
    with lines.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS and [row["open"] for row in rows] == ["no", "no", "yes", "yes"]
    assert {(row["lead_before"], row["lead_after"]) for row in rows} == {("T1", "T2")}
    assert "settle" in rows[2]["deadlines"]
    whole = out + err + lines.read_text(encoding="utf-8") + page.read_text(encoding="utf-8")
    assert PHONE not in whole and WORDS not in whole
    assert service.row("SELECT count(*) AS n FROM editions")["n"] == 1, "nothing was published"


def test_a_rehearsal_as_json_and_of_a_period(
    service: RunningService, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("boundaries", "rehearse", draft, "--json", "--move", "in-work")
    assert run(boundaries, *words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["past"]["changed"]["township"] == 2 and told["open"]["any"] == 2 and told["edition"] == 1
    assert told["open_items"][0]["after"]["lead"] == "T2" and told["period"]["from"].endswith("+00:00")
    assert run(boundaries, *words, "--from", "2020-01-01", "--to", "2020-02-01") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["period"] == {"from": None, "to": None, "months": 0} and "no past items" in err
    assert run(boundaries, *words, "--from", "soon") == 2
    assert "is no instant" in capsys.readouterr().err
    assert run(boundaries, *words, "--from", "2020-02-01", "--to", "2020-01-01") == 2
    assert "ends after it begins" in capsys.readouterr().err


def test_a_draft_with_faults_is_rehearsed_and_said(
    service: RunningService, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = replace(a_district(), cells=(*a_district().cells, replace(a_district().cells[0], code="X")))
    assert run(boundaries, "boundaries", "rehearse", write_district(tmp_path / "x", faulty)) == 0
    err = capsys.readouterr().err
    assert "errors: publishing would refuse it" in err and "1 cells have no worker: X" in err


def test_a_rehearsal_that_is_called_off_leaves_no_file(
    service: RunningService, draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> Iterator[Any]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("store.rehearsing.blocks", stopped)
    out = tmp_path / "out.csv"
    out.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        run(boundaries, "boundaries", "rehearse", draft, "--csv", out)
    assert out.read_text() == "before" and not list(tmp_path.glob("*.part"))


def test_progress_is_shown(
    service: RunningService, draft: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_items, "BLOCK", 1)
    monkeypatch.setattr("cli.importing.progress.LINE_EVERY_S", 0.0)
    assert run(boundaries, "boundaries", "rehearse", draft) == 0
    assert "100%  3 rows" in capsys.readouterr().err
