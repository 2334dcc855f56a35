"""``staff check`` and ``staff import`` as a command line: exit codes, what is printed where, and the dry run."""

import argparse
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli import staff
from dispatch.rulebook import RULES
from gis.errors import Refusal

SOUND = "grid,worker,worker_name,phone,deputy,away_from,away_to\nG1,anna,安娜,,,,\n"
FAULTY = SOUND + "G2,anna,安,,,,\n"


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    staff.add(parser.add_subparsers(required=True))
    args = parser.parse_args(["staff", *arguments])
    code: int = args.run(args)
    return code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "staff.csv"


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The service behind the import, with the cells G1 and G2; what it was asked to load."""
    asked: list[Any] = []

    def load(rows: Any, *, commit: bool) -> str:
        asked.append((rows, commit))
        return f"{len(rows)} rows"

    fake = SimpleNamespace(grid_codes=lambda: {"G1", "G2"}, import_staff=load, import_units=load)
    monkeypatch.setitem(sys.modules, "cli.live", fake)
    monkeypatch.setattr("cli.live", fake, raising=False)
    return asked


def test_the_shipped_files_pass(capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(RULES.parents[1] / "boundaries" / "gulou")
    assert run("check", str(RULES / "staff.csv"), "--boundaries", folder) == 0
    assert run("check", str(RULES / "units.csv")) == 0
    assert capsys.readouterr().out == ""


def test_a_fault_is_printed_with_its_line(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(FAULTY, encoding="utf-8")
    folder = str(RULES.parents[1] / "boundaries" / "gulou")
    assert run("check", str(path), "--boundaries", folder) == 1
    said = capsys.readouterr()
    assert "staff.csv:2: grid G1 does not exist" in said.out
    assert "staff.csv:3: worker anna has another name" in said.out
    assert "144 grids without a worker" in said.err
    assert run("check", str(path), "--boundaries", folder, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], len(told["faults"]), len(told["without_worker"])) == (2, 3, 144)


def test_a_file_or_a_folder_that_is_not_there_is_wrong_usage(path: Path, tmp_path: Path) -> None:
    assert run("check", str(path)) == 2
    assert run("import", str(path)) == 2
    path.write_text(SOUND, encoding="utf-8")
    assert run("check", str(path), "--boundaries", str(tmp_path / "none")) == 2


@pytest.mark.parametrize("commit", [False, True])
def test_import_is_dry_unless_told(
    path: Path, live: list[Any], capsys: pytest.CaptureFixture[str], commit: bool
) -> None:
    path.write_text(SOUND, encoding="utf-8")
    assert run("import", str(path), *(["--commit"] if commit else [])) == 0
    assert [(rows[0].worker, told) for rows, told in live] == [("anna", commit)]
    said = capsys.readouterr()
    assert said.out == "1 rows\n"
    assert ("rehearsal" in said.err) is not commit


def test_a_faulty_file_is_not_imported(path: Path, live: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(FAULTY, encoding="utf-8")
    assert run("import", str(path), "--commit") == 1
    assert live == []
    assert "staff.csv:3" in capsys.readouterr().out


def test_a_units_file_is_known_by_its_header(live: list[Any]) -> None:
    assert run("import", str(RULES / "units.csv"), "--commit") == 0
    assert [row.code for row in live[0][0]][:2] == ["construction-bureau", "construction-investment"]


def test_a_refusal_of_the_service_is_said(
    path: Path, live: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise Refusal("No Edition is live: run boundaries publish.")

    monkeypatch.setattr(sys.modules["cli.live"], "grid_codes", refuse)
    path.write_text(SOUND, encoding="utf-8")
    assert run("import", str(path)) == 2
    assert "No Edition is live" in capsys.readouterr().err
