"""Staff and unit files: every fault with its line, and who is on duty."""

import json
from datetime import date
from pathlib import Path

import pytest

from dispatch.demonstration_staff import FOLDER, demonstration_staff
from dispatch.rulebook import RULES
from dispatch.staff import Roster, StaffRow, on_duty, read_staff, uncovered
from dispatch.units import read_units

HEADER = "grid,worker,worker_name,phone,deputy,away_from,away_to"
SOUND = ("G1,anna,安娜,13800000001,bo,2026-01-05,2026-01-09", "G2,bo,阿波,,anna,,")


def staff_file(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "staff.csv"
    path.write_bytes("\n".join((HEADER, *lines, "")).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_sound_file_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    rows, faults = read_staff(staff_file(tmp_path, *SOUND, encoding=encoding), {"G1", "G2", "G3"})
    assert faults == ()
    assert rows[0] == StaffRow("G1", "anna", "安娜", "13800000001", "bo", date(2026, 1, 5), date(2026, 1, 9))
    assert rows[1] == StaffRow("G2", "bo", "阿波", "", "anna")
    assert uncovered(rows, {"G1", "G2", "G3"}) == ["G3"]


def test_a_spreadsheets_dates_are_read(tmp_path: Path) -> None:
    rows, faults = read_staff(staff_file(tmp_path, "G1,anna,安娜,,,2026/1/5,2026/1/9"))
    assert faults == ()
    assert (rows[0].away_from, rows[0].away_to) == (date(2026, 1, 5), date(2026, 1, 9))


FAULTY = [
    ("G9,cy,阿希,,,,", "grid G9 does not exist"),
    ("G1,cy,阿希,,,,", "grid G1 has a worker in line 2 already"),
    ("G3,,阿希,,,,", "worker is empty"),
    ("G3,cy,,,,,", "worker_name is empty"),
    (",cy,阿希,,,,", "grid is empty"),
    ("G3,cy,阿希,,,2026-02-02,2026-02-01", "before away_from"),
    ("G3,cy,阿希,,,2026-02-02,", "only one of away_from and away_to"),
    ("G3,cy,阿希,,,,2026-02-02", "only one of away_from and away_to"),
    ("G3,cy,阿希,,,2026-02-30,2026-03-01", "'2026-02-30' is no day"),
    ("G3,cy,阿希,,,soon,2026-03-01", "'soon' is no day"),
    ("G3,cy,阿希,,cy,,", "deputy of itself"),
    ("G3,cy,阿希,,dora,,", "deputy dora is no worker"),
    ("G3,bo,阿伯,,,,", "another name or phone in grid G2"),
    ("G3,cy,阿希,1.38E+10,,,", "no telephone number"),
    ("G3,cy,阿希,,,", "6 cells where the header has 7"),
]


@pytest.mark.parametrize(("line", "words"), FAULTY)
def test_a_fault_is_told_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    _, faults = read_staff(staff_file(tmp_path, *SOUND, line), {"G1", "G2", "G3"})
    assert [(fault.file, fault.line) for fault in faults] == [("staff.csv", 4)], faults
    assert words in faults[0].detail
    assert faults[0].remedy


def test_faults_of_the_whole_file(tmp_path: Path) -> None:
    assert "no line below the header" in read_staff(staff_file(tmp_path))[1][0].detail
    assert "cannot be read" in read_staff(tmp_path / "none.csv")[1][0].detail
    (tmp_path / "odd.csv").write_text("grid,worker\nG1,anna\n", encoding="utf-8")
    missing = {"worker_name", "phone", "deputy", "away_from", "away_to"}
    assert {fault.detail.split()[1] for fault in read_staff(tmp_path / "odd.csv")[1]} == missing
    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\xff\xff")
    assert read_staff(tmp_path / "odd.csv")[1] != ()


def test_one_worker_may_have_several_cells(tmp_path: Path) -> None:
    assert read_staff(staff_file(tmp_path, *SOUND, "G3,bo,阿波,,anna,,"))[1] == ()


@pytest.mark.parametrize(
    ("day", "who"), [("2026-01-04", "anna"), ("2026-01-05", "bo"), ("2026-01-09", "bo"), ("2026-01-10", "anna")]
)
def test_the_deputy_stands_in_from_the_first_to_the_last_day_away(tmp_path: Path, day: str, who: str) -> None:
    rows, _ = read_staff(staff_file(tmp_path, *SOUND))
    assert on_duty(Roster(rows), "G1", date.fromisoformat(day)) == who


def test_nobody_is_on_duty_without_a_line_a_deputy_or_a_deputy_at_work() -> None:
    day = date(2026, 1, 5)
    alone = Roster([StaffRow("G1", "anna", "安娜", away_from=day, away_to=day)])
    assert on_duty(alone, "G1", day) is None
    assert on_duty(alone, "G2", day) is None
    assert on_duty(alone, None, day) is None
    both = [
        StaffRow("G1", "anna", "安娜", deputy="bo", away_from=day, away_to=day),
        StaffRow("G2", "bo", "阿波", deputy="anna", away_from=day, away_to=day),
    ]
    assert on_duty(Roster(both), "G1", day) is None


def test_a_worker_of_several_cells_is_away_from_all_of_them() -> None:
    day = date(2026, 1, 5)
    rows = [
        StaffRow("G1", "anna", "安娜", deputy="bo", away_from=day, away_to=day),
        StaffRow("G2", "anna", "安娜", deputy="bo"),
        StaffRow("G3", "bo", "阿波"),
    ]
    assert on_duty(Roster(rows), "G2", day) == "bo"


def test_the_shipped_staff_is_one_worker_for_each_shipped_cell() -> None:
    """Run ``python -m dispatch.demonstration_staff`` where this fails after a change of the cells."""
    rows, faults = read_staff(RULES / "staff.csv")
    assert faults == ()
    assert list(rows) == demonstration_staff(RULES.parents[1] / FOLDER / "grids.geojson")
    assert len({row.worker for row in rows}) == len({row.grid for row in rows}) == len(rows)
    cells = json.loads((RULES.parents[1] / FOLDER / "grids.geojson").read_text(encoding="utf-8"))["features"]
    township = {f"w-{cell['properties']['code']}": cell["properties"]["township"] for cell in cells}
    for row in rows:
        assert row.provenance == "demonstration"
        assert row.phone == ""
        assert row.worker_name == f"网格员 {row.grid}"
        assert row.deputy != row.worker
        assert township[row.deputy] == township[row.worker]


def test_the_shipped_units_name_posts_and_no_people() -> None:
    units, faults = read_units(RULES / "units.csv")
    assert faults == ()
    assert len(units) == 9
    for unit in units:
        for post in (unit.handler, unit.leader_in_charge, unit.responsible_leader):
            assert post == "" or (post.endswith("岗") and post.startswith(unit.name))
