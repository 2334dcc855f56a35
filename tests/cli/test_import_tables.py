"""``import FILE``: tables as they come, in any encoding and with rows that cannot be read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli import items
from cli.service import Service
from gis.errors import Refusal
from tests.cli.commands import run
from tests.cli.importing import HEAD, INSIDE, imported, rejected, stored


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(
    service: Service,
    sheet: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    encoding: str,
    separator: str,
) -> None:
    rows = [
        ["Description ", "LON", "lat", "reporter_name", "备注"],
        ["井盖破损,漏水", "119.305", "26.085", "王芳", "急"],
    ]
    path = sheet("\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows).encode(encoding))
    assert imported(path, capsys)["new"] == 1
    (card,) = stored(service)
    assert (card["description"], card["grid"], card["reporter_name"]) == ("井盖破损,漏水", "T1G1", "王芳")
    assert card["given"] == {"备注": "急"}


def test_the_same_file_in_another_encoding_adds_nothing(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    imported(sheet(f"description,lon,lat,备注\n井盖,{INSIDE},\n树,{INSIDE},急\n"), capsys)
    moved = "lat;description;备注;lon\n26.085;井盖;;119.305\n26.085;树;急;119.305\n26.085;新;;119.305\n"
    done = imported(sheet(moved.encode("gbk")), capsys)
    assert (done["new"], done["already_there"]) == (1, 2)


def test_unreadable_rows_alone_are_set_aside(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text, bad = a_large_table(5_000)
    path = sheet(text)
    done = imported(path, capsys, code=1)
    assert (done["rows"], done["new"], done["rejected"]) == (5_000, 5_000 - len(bad), len(bad))
    assert done["rejected_file"] == str(path) + ".rejected.csv"
    assert [int(row["line"]) for row in rejected(path)] == bad
    assert all(row["reason"] for row in rejected(path))
    assert {card["description"] for card in stored(service)}.isdisjoint({f"第{line}行" for line in bad})

    again = imported(path, capsys, code=1)
    assert (again["new"], again["already_there"], again["rejected"]) == (0, 5_000 - len(bad), len(bad))


def a_large_table(rows: int) -> tuple[bytes, list[int]]:
    """A UTF-8 table with 30 unreadable rows of six kinds in it, and their lines."""
    lines = [b"description,lon,lat,category,client_ref"]
    bad = []
    for line in range(2, rows + 2):
        place = f"{119.3 + line % 190 / 10_000:.4f},{26.08 + line % 170 / 10_000:.4f}"
        row = f'"第{line}行",{place},,' + (f"r{line}" if line % 2 else "")
        if line % (rows // 30) == 7 and len(bad) < 30:
            row = ""
            lines.append(broken(len(bad) % 6, line))
            bad.append(line)
        else:
            lines.append(row.encode())
    return b"\n".join(lines) + b"\n", bad


def broken(kind: int, line: int) -> bytes:
    return [
        f'"第{line}行,119.301,26.081,,'.encode(),
        b"too,few",
        f"第{line}行,119.301,26.081,,,too,many".encode(),
        f"第{line}行".encode() + b"\xff\xfe,119.301,26.081,,",
        f"第{line}行\0,119.301,26.081,,".encode(),
        b",,,c,r",
    ][kind]


def test_a_rejected_row_keeps_what_can_be_shown_and_comes_in_once_it_is_mended(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = sheet(f"{HEAD}a,{INSIDE}\nb,119.305\nc,{INSIDE},left,over\n")
    assert imported(path, capsys, code=1)["new"] == 1
    short, long = rejected(path)
    assert (short["line"], short["description"], short["lon"], short["lat"]) == ("3", "b", "119.305", "")
    assert (long["line"], long["lat"]) == ("4", "26.085,left,over")
    mended = path.with_name("items.csv.rejected.csv")
    mended.write_text(mended.read_text().replace("119.305,,", "119.305,26.085,").replace(',left,over"', '"'))
    assert imported(mended, capsys)["new"] == 2
    path.write_text(f"{HEAD}a,{INSIDE}\nb,{INSIDE}\nc,{INSIDE}\n")
    assert imported(path, capsys)["already_there"] == 3
    assert not mended.exists(), "nothing is rejected any more"
    assert {card["given"] == {} for card in stored(service)} == {True}


def test_a_quotation_that_never_closes_costs_its_own_row(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    many = "".join(f"row {n},{INSIDE}\n" for n in range(3_000))
    path = sheet(f'{HEAD}"two\nlines",{INSIDE}\n"open,{INSIDE}\n{many}"x"y,{INSIDE}\n5" pipe,{INSIDE}\n')
    assert imported(path, capsys, code=1)["new"] == 3_002
    assert [(row["line"], row["reason"]) for row in rejected(path)] == [
        ("4", "a quotation mark opens and never closes"),
        ("3005", "a quotation mark closes in the middle of a field"),
    ]
    words = [card["description"] for card in stored(service)]
    assert words[0] == "two\nlines"
    assert words[-1] == '5" pipe'


def test_a_line_of_many_megabytes_is_set_aside_in_little_memory(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = sheet(f"{HEAD}{'x' * 5_000_000},{INSIDE}\nb,{INSIDE}\n")
    assert imported(path, capsys, code=1)["new"] == 1
    (row,) = rejected(path)
    assert row["reason"] == "the line is longer than 1 MiB"
    assert len(row["description"]) < 2_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "no line"),
        (b"\n \n", "no line"),
        (b"a,b\n1,2\n", "so no row says anything"),
        (b"lon,lat,lon\n1,2,3\n", "two columns are lon"),
        (b'"description,lon\n1,2\n', "headings cannot be read"),
        ("description\nx\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x14\0", "workbook"),
        (b'{"type": "FeatureCollection"', "line 1"),
        (b'{"type": "Topology"}', "no GeoJSON FeatureCollection"),
    ],
)
def test_files_of_which_nothing_can_be_read(
    service: Service, sheet: Callable[..., Path], text: bytes, words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        run(items, "import", sheet(text))


def test_a_file_that_is_not_there(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(items, "import", tmp_path / "none.csv") == 2
    assert "No such file" in capsys.readouterr().err
