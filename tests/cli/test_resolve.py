"""Bulk resolving: nothing of the table is lost, and each row says where it is or why it is nowhere."""

import csv
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import boundaries.table
from boundaries.columns import RESULTS
from boundaries.edition import Edition
from boundaries.read import read_district
from cli import resolve
from gis.datum import from_wgs84
from gis.errors import Refusal
from tests.boundaries.sheets import a_district, reshaped, write_district
from tests.cli.commands import run

GULOU = Path(__file__).parents[2] / "boundaries" / "gulou"
Resolve = Callable[..., list[dict[str, str]]]


@pytest.fixture
def resolved(tmp_path: Path) -> Resolve:
    """Resolves a text, bytes or file by the two-by-two squares, and reads what was written."""
    folder = write_district(tmp_path / "district", a_district())

    def go(table: str | bytes, *words: str) -> list[dict[str, str]]:
        source, target = tmp_path / "in.csv", tmp_path / "out.csv"
        source.write_bytes(table if isinstance(table, bytes) else table.encode())
        assert run(resolve, "resolve", source, "-o", target, "--boundaries", folder, *words) == 0
        with target.open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    return go


def test_rows_and_columns_are_kept_in_order(resolved: Resolve) -> None:
    rows = resolved('id,lat,note,lon\n2,26.085,"a, ""b""\nc",119.305\n1,26.095, x ,119.315\n')
    assert list(rows[0]) == ["id", "lat", "note", "lon", *RESULTS]
    assert [(r["id"], r["note"], r["grid"]) for r in rows] == [("2", 'a, "b"\nc', "T1G1"), ("1", " x ", "T2G2")]
    assert rows[0]["township"] == "T1" and rows[0]["reason"] == ""
    assert (rows[0]["on_border"], rows[0]["doubtful"]) == ("false", "false")
    # half of 0.01 degree of latitude at 26.085 N: 553.9 m; of longitude more than 500 m
    assert float(rows[0]["border_m"]) == pytest.approx(500.2, abs=0.5)


@pytest.mark.parametrize(
    ("lon", "lat", "reason"),
    [
        ("", "", "no-location"),
        (" ", "26.085", "no-location"),
        ("abc", "26.085", "not-a-number"),
        ("nan", "26.085", "not-a-number"),
        ("inf", "26.085", "not-a-number"),
        ("1.193e400", "26.085", "out-of-range"),
        ("26.085", "119.305", "swapped-axes"),
        ("0", "0", "null-island"),
        ("200", "26.085", "out-of-range"),
        ("119.4", "26.085", "outside-district"),
    ],
)
def test_an_unusable_row_stays_with_its_reason(resolved: Resolve, lon: str, lat: str, reason: str) -> None:
    row = resolved(f"lon,lat\n{lon},{lat}\n119.305,26.085\n")[0]
    assert (row["lon"], row["lat"], row["reason"]) == (lon, lat, reason)
    assert (row["township"], row["grid"], row["border_m"]) == ("", "", "")


def test_full_width_digits_are_numbers(resolved: Resolve) -> None:
    assert resolved("lon,lat\n１１９.３０５,26.085\n")[0]["grid"] == "T1G1"


def test_a_shared_border_goes_to_the_lowest_code_and_says_so(resolved: Resolve) -> None:
    row = resolved("lon,lat\n119.31,26.085\n")[0]
    assert (row["township"], row["grid"], row["border_m"], row["on_border"]) == ("T1", "T1G1", "0.000", "true")


def test_accuracy_makes_doubt_between_townships_only(resolved: Resolve) -> None:
    rows = resolved(
        "lon,lat,accuracy_m\n"
        "119.3099,26.085,200\n"  # ten metres from the other township
        "119.3050,26.0899,200\n"  # ten metres from another cell of the same township
        "119.3099,26.085,\n"
        "119.3099,26.085,unknown\n"
        "119.3099,26.085,-1\n"
        "119.3099,26.085,5\n"
    )
    assert [row["doubtful"] for row in rows] == ["true", "false", "false", "false", "false", "false"]


def test_a_datum_is_undone(resolved: Resolve) -> None:
    lon, lat = from_wgs84(119.3002, 26.0802, "gcj02")
    table = f"lon,lat,datum\n{lon!r},{lat!r},wgs84\n"
    assert resolved(table, "--datum", "GCJ-02")[0]["grid"] == "T1G1"
    assert float(resolved(table, "--datum", "GCJ-02")[0]["border_m"]) < 23
    assert resolved(table)[0]["border_m"] != resolved(table, "--datum", "gcj02")[0]["border_m"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_texts_survive_in_any_encoding(resolved: Resolve, tmp_path: Path, encoding: str) -> None:
    table = "地址,lon,lat\n西洪路𠀀,119.305,26.085\n"
    assert resolved(table.encode(encoding))[0]["地址"] == "西洪路𠀀"
    marked = (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert marked == (encoding != "utf-8")


def test_rows_that_are_too_short_or_too_long_lose_nothing(resolved: Resolve, tmp_path: Path) -> None:
    resolved("lon,lat,a,b\n119.305,26.085\n119.305,26.085,1,2,3,4\n\n")
    with (tmp_path / "out.csv").open(newline="") as lines:
        header, short, long = list(csv.reader(lines))
    assert len(short) == len(header) and short[header.index("grid")] == "T1G1"
    assert long[header.index("grid")] == "T1G1" and long[len(header) :] == ["3", "4"]


def test_columns_called_like_results_are_kept_under_another_name(resolved: Resolve) -> None:
    row = resolved("grid,given_reason,reason,lon,lat\nold,x,y,119.305,26.085\n")[0]
    assert (row["given_grid"], row["grid"]) == ("old", "T1G1")
    assert (row["given_reason"], row["given_given_reason"], row["reason"]) == ("x", "y", "")


def test_its_own_output_can_be_resolved_again(resolved: Resolve, tmp_path: Path) -> None:
    resolved("lon,lat\n119.305,26.085\n")
    again = resolved((tmp_path / "out.csv").read_bytes())[0]
    assert again["grid"] == again["given_grid"] == "T1G1"


def test_column_names_may_be_spelt_otherwise(resolved: Resolve) -> None:
    assert resolved("Lon, LAT \n119.305,26.085\n")[0]["grid"] == "T1G1"


def test_a_table_without_rows(resolved: Resolve, tmp_path: Path) -> None:
    assert resolved("lon,lat\n") == []
    assert (tmp_path / "out.csv").read_text() == "lon,lat,township,grid,border_m,on_border,doubtful,reason\n"


def test_many_chunks_are_as_one(resolved: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    table = "id,lon,lat\n" + "".join(f"{i},{119.295 + i * 0.0003},26.085\n" for i in range(100))
    whole = resolved(table)
    monkeypatch.setattr(boundaries.table, "CHUNK", 7)
    assert resolved(table) == whole and [row["id"] for row in whole] == [str(i) for i in range(100)]


def test_every_row_is_what_the_index_says(tmp_path: Path) -> None:
    rng = random.Random(1)
    points = [(rng.uniform(119.23, 119.33), rng.uniform(26.05, 26.13)) for _ in range(500)]
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("lon,lat,accuracy_m\n" + "".join(f"{lon!r},{lat!r},150\n" for lon, lat in points))
    assert run(resolve, "resolve", source, "-o", target, "--boundaries", GULOU) == 0
    edition = Edition.of(read_district(GULOU))
    with target.open() as lines:
        for point, row in zip(points, csv.DictReader(lines), strict=True):
            one = edition.resolve(point, 150.0)
            assert (row["township"] or None, row["grid"] or None, row["reason"] or None) == (
                one.township,
                one.grid,
                one.reason,
            )
            assert (row["doubtful"] == "true") == one.doubtful
            assert row["border_m"] == ("" if one.border_m is None else f"{one.border_m:.3f}")


def test_an_unsound_folder_will_do(tmp_path: Path) -> None:
    torn = reshaped(a_district(), "T2G2", lambda p: p[[0, 2, 1, 3, 0]])
    folder = write_district(tmp_path / "torn", torn, townships=False)
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("lon,lat\n119.305,26.085\n")
    assert run(resolve, "resolve", source, "-o", target, "--boundaries", folder) == 0
    assert "T1G1" in target.read_text()


def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], table: bytes, *words: object) -> str:
    """The sentence with which a table is refused; nothing is written."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(table)
    assert run(resolve, "resolve", source, "-o", target, "--boundaries", GULOU, *words) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "no line"),
        (b"x,y,\xe5\x9c\xb0\n1,2,3\n", "no column lon; the columns found are: x, y, 地"),
        (b"lon,lng\n1,2\n", "no column lat"),
        (b"lon,lon,lat\n1,2,3\n", "more than one column lon"),
        (b'lon,lat\n1,2\n"1,2\n', "line 3"),
        (b"PAR1....", "name OUT with .parquet"),
        (b"\x1f\x8b\x08lon,lat", "gunzip"),
        (b"PK\x03\x04lon,lat", "Excel"),
        (b"lon,lat\n1,\x80\xff\n", "neither UTF-8 nor GB18030"),
    ],
)
def test_what_is_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str], table: bytes, said: str) -> None:
    assert said in refused(tmp_path, capsys, table)


def test_wrong_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = b"lon,lat\n119.3,26.1\n"
    assert "xian80" in refused(tmp_path, capsys, table, "--datum", "xian80")
    assert "no such folder" in refused(tmp_path, capsys, table, "--boundaries", tmp_path / "nowhere")
    source = tmp_path / "in.csv"
    assert run(resolve, "resolve", tmp_path / "none.csv", "-o", tmp_path / "o.csv", "--boundaries", GULOU) == 2
    assert run(resolve, "resolve", source, "-o", tmp_path / "no" / "o.csv", "--boundaries", GULOU) == 2
    assert run(resolve, "resolve", source, "-o", tmp_path, "--boundaries", GULOU) == 2
    assert run(resolve, "resolve", source, "-o", "/dev/null", "--boundaries", GULOU) == 2
    assert run(resolve, "resolve", source, "-o", tmp_path / "o.parquet", "--boundaries", GULOU) == 2
    assert "without .parquet at its end" in capsys.readouterr().err
    assert Path("/dev/null").is_char_device()


def test_a_failure_half_way_leaves_the_old_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out.csv").write_text("before")
    (tmp_path / "in.csv").write_bytes(b'lon,lat\n119.305,26.085\n"119')
    assert run(resolve, "resolve", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--boundaries", GULOU) == 2
    assert (tmp_path / "out.csv").read_text() == "before" and len(list(tmp_path.iterdir())) == 2


def test_without_a_folder_the_live_edition_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import argparse

    (tmp_path / "in.csv").write_text("lon,lat\n119.305,26.085\n")
    words = {"datum": "wgs84", "boundaries": None, "codes_only": False}
    args = argparse.Namespace(file=tmp_path / "in.csv", out=tmp_path / "out.csv", **words)
    assert resolve.resolve(args, lambda: Edition.of(a_district())) == 0
    assert "T1,T1G1," in (tmp_path / "out.csv").read_text()

    def none() -> Edition:
        raise Refusal("There is no live Edition: publish one.")

    assert resolve.resolve(args, none) == 2
    assert "publish one" in capsys.readouterr().err


def test_words_go_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n119.29,26.09\n0,0\n")
    assert run(resolve, "resolve", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--boundaries", GULOU) == 0
    out, err = capsys.readouterr()
    assert out == "" and "2 rows, 1 in a grid; 1 null-island" in err
    assert np.isfinite(float((tmp_path / "out.csv").read_text().splitlines()[1].split(",")[4]))
