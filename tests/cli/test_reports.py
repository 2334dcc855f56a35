"""``report kpi``: the file that leaders get."""

import csv
import json
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import cli.service
from cli import reports
from cli.service import clock
from dispatch.figures import FIGURES
from store.database import Database
from tests.cli.commands import run
from tests.factories import RunningService, a_service


@pytest.fixture
def service(database: Database, monkeypatch: pytest.MonkeyPatch) -> RunningService:
    running = a_service(database)

    @contextmanager
    def opened(**_options: Any) -> Any:
        yield running.service

    monkeypatch.setattr(cli.service, "opened", opened)
    return running


def days() -> list[str]:
    first, end = (clock() + timedelta(days=days) for days in (-2, 2))
    return ["--from", first.date().isoformat(), "--to", end.date().isoformat()]


def test_the_table_has_every_figure_with_its_sentence_and_opens_in_a_spreadsheet(
    service: RunningService, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = service["channel"].report()["number"]
    out = tmp_path / "kpi.csv"
    assert run(reports, "report", "kpi", *days(), "-o", out) == 0
    said = capsys.readouterr()
    assert said.out == "" and f"{len(FIGURES)} figures of 1 items" in said.err and "demonstration" not in said.err
    assert out.read_bytes().startswith(b"\xef\xbb\xbffigure,")
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["figure"] for row in rows] == list(FIGURES)
    assert all(row["口径"] == FIGURES[row["figure"]].sentence.zh for row in rows)
    assert all(row["sentence"] == FIGURES[row["figure"]].sentence.en for row in rows)
    by = {row["figure"]: row for row in rows}
    assert (by["received"]["numerator"], by["received"]["denominator"], by["received"]["numbers"]) == ("1", "", number)
    assert (by["timely_dispatch"]["numerator"], by["timely_dispatch"]["value"]) == ("1", "1.0")
    assert (by["timely_handling"]["denominator"], by["timely_handling"]["value"]) == ("0", "")
    assert by["timely_handling"]["beside"] == "尚未判定 not judged yet 1"
    assert by["settled"]["watch"] == "未办结 not settled 1" and by["settled"]["numbers"] == number
    text = out.read_text(encoding="utf-8")
    assert "13812345678" not in text and "林小明" not in text
    assert [path.name for path in tmp_path.iterdir()] == ["kpi.csv"]


def test_json_holds_the_same(service: RunningService, tmp_path: Path) -> None:
    service["channel"].report()
    for name in ("kpi.json", "kpi.csv"):
        assert run(reports, "report", "kpi", *days(), "-o", tmp_path / name) == 0
    told = json.loads((tmp_path / "kpi.json").read_text(encoding="utf-8"))
    rows = list(csv.DictReader((tmp_path / "kpi.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [one["figure"] for one in told["figures"]] == [row["figure"] for row in rows]
    for one, row in zip(told["figures"], rows, strict=True):
        for name in ("numerator", "denominator", "value"):
            assert row[name] == ("" if one[name] is None else str(one[name]))
    assert (told["demonstration"], told["filters"]) == (False, {})
    assert told["from"].endswith("T00:00+08:00")


def test_it_can_be_of_one_township_or_unit(service: RunningService, tmp_path: Path) -> None:
    service["channel"].report()
    told_of = (("township", "T1", 1), ("township", "T2", 0), ("unit", "city-management", 1), ("channel", "app", 0))
    for name, code, n in told_of:
        assert run(reports, "report", "kpi", *days(), "-o", tmp_path / "x.json", f"--{name}", code) == 0
        told = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
        assert (told["filters"], told["figures"][0]["value"]) == ({name: code}, n)


@pytest.mark.parametrize(("words", "said"), [
    (["--from", "2026-11-31", "--to", "2026-12-01", "-o", "x.csv"], "--to lies after --from"),
    (["--from", "2026-12-01", "--to", "2026-12-01", "-o", "x.csv"], "--to lies after --from"),
    (["--from", "2026-11-01", "--to", "2026-12-01", "-o", "x.xls"], "neither .csv nor .json"),
    (["--from", "2026-11-01", "--to", "2026-12-01", "-o", "none/x.csv"], "is no folder"),
    (["--from", "2026-11-01", "--to", "2026-12-01", "-o", "taken.csv"], "cannot be written"),
    (["--from", "2026-11-01", "--to", "2026-12-01", "-o", "x.csv", "--unit", "nobody"], "there is no unit 'nobody'"),
    (["--to", "2026-12-01", "-o", "x.csv"], "--from"),
])  # fmt: skip
def test_what_cannot_be_written_is_a_sentence_and_leaves_nothing(
    service: RunningService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.csv").mkdir()
    assert run(reports, "report", "kpi", *words) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["taken.csv"]


def test_a_report_that_is_broken_off_leaves_the_one_before(
    service: RunningService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "kpi.csv"
    out.write_text("the one before")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert run(reports, "report", "kpi", *days(), "-o", out) == 2
    assert out.read_text() == "the one before" and [path.name for path in tmp_path.iterdir()] == ["kpi.csv"]


def test_a_demonstration_says_that_it_is_one(
    service: RunningService, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service["channel"].report()
    with service.pool.transaction() as cur:
        cur.execute("UPDATE items SET demonstration = true")
    assert run(reports, "report", "kpi", *days(), "-o", tmp_path / "a.json") == 0
    assert "demonstration" in capsys.readouterr().err
    told = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert (told["demonstration"], told["figures"][0]["value"]) == (True, 1)
    service["channel"].report()  # a real one: from now on the demonstration is in no figure
    assert run(reports, "report", "kpi", *days(), "-o", tmp_path / "a.json") == 0
    told = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert (told["demonstration"], told["figures"][0]["value"]) == (False, 1)
