"""``import FILE``: every row that can be read becomes one item, once, however often and however rudely it is run."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import cli.service
from boundaries.read import read_district
from cli import items
from cli.live import operator
from cli.service import Service, clock
from dispatch.rulebook import RULES, read_rules
from gis.datum import datum_named
from gis.errors import Refusal
from store import publishing
from store.bulk import decide, take_in_many, write
from store.database import Database
from tests.boundaries.sheets import a_district
from tests.cli.commands import run

ROOT = Path(__file__).parents[2]
GULOU = ROOT / "boundaries" / "gulou"
HEAD = "description,lon,lat\n"
INSIDE = "119.305,26.085"


def open_service(database: Database, district: Any) -> Service:
    service = Service(database, read_rules(RULES))
    service.worlds.keep_rules()
    publishing.publish(
        database.pool, service.worlds, service.pen, district,
        by=operator("test"), reason="", expect=None, clock=clock,
    )  # fmt: skip
    return service


@pytest.fixture
def service(database: Database, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service of two small townships, as the commands open it."""
    return as_opened(open_service(database, a_district()), monkeypatch)


def as_opened(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    @contextmanager
    def opened(**_: Any) -> Iterator[Service]:
        yield service

    monkeypatch.setattr(cli.service, "opened", opened)
    return service


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """``sheet("text")`` is a file that holds it."""

    def make(text: str | bytes, name: str = "items.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


def imported(path: Path, capsys: pytest.CaptureFixture[str], *options: str, code: int = 0) -> dict[str, Any]:
    """What the import of ``path`` says it did."""
    assert run(items, "import", path, "--json", *options) == code
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    return figures


def stored(service: Service) -> list[dict[str, Any]]:
    """All items in the order of their ids, with their reporters."""
    with service.database.pool.transaction() as cur:
        cur.execute("SELECT * FROM item_cards ORDER BY id")
        return [dict(row) for row in cur.fetchall()]


def rejected(path: Path) -> list[dict[str, str]]:
    with path.with_name(f"{path.name}.rejected.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_real_places_all_come_in_each_in_its_own_datum(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    service = as_opened(open_service(database, read_district(GULOU)), monkeypatch)
    source = tmp_path / "places.csv"
    source.write_bytes((GULOU / "source" / "gazetteer-raw.csv").read_bytes())
    with source.open(encoding="utf-8-sig") as lines:
        raw = list(csv.DictReader(lines))

    done = imported(source, capsys, "--map", "name=description", "--channel", "app")

    assert (done["rows"], done["new"], done["rejected"]) == (148, 148, 0)
    cards = stored(service)
    assert [card["description"] for card in cards] == [row["name"] for row in raw]
    for card, row in zip(cards, raw, strict=True):
        assert card["original"]["datum"] == row["datum"].removesuffix(" (inferred)")
        assert (card["original"]["lon"], card["original"]["lat"]) == (row["lon"], row["lat"])
        if row["lon_wgs84"] and card["lon"] is not None:
            assert abs(card["lon"] - float(row["lon_wgs84"])) < 2e-5
            assert abs(card["lat"] - float(row["lat_wgs84"])) < 2e-5
        assert card["given"]["source"] == row["source"]
        assert not card["demonstration"]
    unlocated = Counter(card["reason"] for card in cards if card["township"] is None)
    assert dict(unlocated) == done["unlocated"]
    assert unlocated["outside-district"] == sum(row["inside_350102"] == "no" for row in raw)
    assert not source.with_name("places.csv.rejected.csv").exists()

    again = imported(source, capsys, "--map", "name=description", "--channel", "app")
    assert (again["new"], again["already_there"]) == (0, 148)
    assert len(stored(service)) == 148


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


def test_equal_rows_are_each_an_item_and_equal_client_refs_are_one(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    done = imported(sheet(f"{HEAD}a,{INSIDE}\na,{INSIDE}\na ,{INSIDE}\nb,{INSIDE}\n"), capsys)
    assert (done["new"], done["already_there"]) == (4, 0)
    done = imported(sheet(f"{HEAD}a,{INSIDE}\nb,{INSIDE}\na,{INSIDE}\na,{INSIDE}\na,{INSIDE}\n"), capsys)
    assert (done["new"], done["already_there"]) == (1, 4)
    refs = "description,channel,client_ref\nx,app,1\ny,app,1\nz,web,1\n"
    done = imported(sheet(refs), capsys)
    assert (done["new"], done["already_there"]) == (2, 1)
    assert [card["description"] for card in stored(service)[5:]] == ["x", "z"]


def test_impossible_places_come_in_with_their_reasons(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    places = {
        "26.085,119.305,": "swapped-axes",
        "0,0,": "null-island",
        "abc,26.085,": "not-a-number",
        "999,26.085,": "out-of-range",
        "119.305,,": "no-location",
        "119.305,26.085,Beijing 54": "unknown-datum",
        "116.4,39.9,": "outside-district",
        "1e400,26.085,": "out-of-range",
    }
    rows = "".join(f"row,{place}\n" for place in places)
    done = imported(sheet(f"description,lon,lat,datum\n{rows}"), capsys)
    assert done["rejected"] == 0
    assert done["unlocated"] == dict(Counter(places.values()))
    assert [card["reason"] for card in stored(service)] == list(places.values())


@pytest.mark.parametrize(
    ("spelling", "datum"),
    [("GCJ-02", "gcj02"), ("火星坐标系", "gcj02"), ("高德", "gcj02"), ("GCJ-02 (inferred)", "gcj02"), ("百度", "bd09"),
     ("BD-09（推断）", "bd09"), ("WGS 84", "wgs84"), ("EPSG:4490", "cgcs2000"), ("", "gcj02")],
)  # fmt: skip
def test_a_datum_in_any_usual_spelling(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str], spelling: str, datum: str
) -> None:
    imported(sheet(f"description,lon,lat,datum\na,{INSIDE},{spelling}\n"), capsys, "--channel", "app")
    (card,) = stored(service)
    assert datum_named(card["original"]["datum"]) == datum
    assert card["lon"] is not None


def test_the_row_names_its_datum_then_the_option_then_the_channel(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = f"description,lon,lat,datum,channel\na,{INSIDE},,\nb,{INSIDE},bd09,\nc,{INSIDE},,phone\n"
    imported(sheet(rows), capsys, "--channel", "app", "--datum", "WGS84")
    assert [card["original"]["datum"] for card in stored(service)] == ["WGS84", "bd09", "WGS84"]
    assert [card["channel"] for card in stored(service)] == ["app", "app", "phone"]


def test_map_gives_columns_their_meaning(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text = "问题描述,经度,纬度,lon,电话,a=b,x,x,\n井盖,119.305,26.085,1,13900001111,k,1,2,3\n"
    pairs = ["问题描述=description", "经度=lon", "纬度=LAT", "电话=reporter.phone", "a=b=external_number"]
    imported(sheet(text), capsys, *[word for pair in pairs for word in ("--map", pair)])
    (card,) = stored(service)
    assert (card["description"], card["grid"], card["reporter_phone"]) == ("井盖", "T1G1", "13900001111")
    assert card["external_ref"] == {"system": "", "number": "k"}
    assert card["given"] == {"lon (2)": "1", "x": "1", "x (2)": "2", "column 9": "3"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--map", "description=words"], "use one of: accuracy_m, address"),
        (["--map", "nowhere=address"], "no column 'nowhere'; the columns are: description, lon, lat"),
        (["--map", "description"], "write THEIRS=OURS"),
        (["--map", "lon=address", "--map", "lat=address"], "mapped already"),
        (["--channel", "pigeon"], "use one of: phone, sms"),
        (["--datum", "mars ellipsoid"], "use wgs84"),
    ],
)
def test_wrong_options_import_nothing(
    service: Service, sheet: Callable[..., Path], options: list[str], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        run(items, "import", sheet(f"{HEAD}a,{INSIDE}\n"), *options)
    assert stored(service) == []


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


def test_dates_as_spreadsheets_write_them(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["2026/3/5 9:30", "2026年3月5日 09:30:00", "2026-03-05T01:30Z", "yesterday", "2026/3/5 9:30 AM"]
    imported(sheet("description,received_at\n" + "".join(f"a,{at}\n" for at in given)), capsys)
    cards = stored(service)
    assert [card["received_at"].isoformat() for card in cards[:3]] == ["2026-03-05T01:30:00+00:00"] * 3
    assert [card["given"] for card in cards[3:]] == [{"received_at": at} for at in given[3:]]


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)})


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def point(lon: Any = 119.305, lat: Any = 26.085) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def test_features_of_every_sort(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    square = [[[119.301, 26.081], [119.303, 26.081], [119.303, 26.083], [119.301, 26.081]]]
    path = sheet(
        collection(
            feature(point(), description="点", reporter={"name": "王芳"}, lon=1, extra={"a": [1, "\ud800"]}),
            feature({"type": "Polygon", "coordinates": square}, description="面"),
            feature(None, description="no place"),
            feature(point("x"), description="bad place"),
            feature({"type": "Polygon", "coordinates": [["no"]]}, description="bad shape"),
            feature(point(), description="datum", datum="百度"),
            {"type": "Point"},
            feature(None, note="nothing said"),
            feature(point(1e999), description="far"),
        ).replace("Infinity", "1e999"),
        "items.geojson",
    )
    done = imported(path, capsys, "--channel", "app", code=1)
    assert (done["new"], done["rejected"]) == (7, 2)
    cards = {card["description"]: card for card in stored(service)}
    assert cards["点"]["grid"] == cards["面"]["grid"] == "T1G1"
    assert cards["点"]["original"] == {"lon": 119.305, "lat": 26.085, "datum": "wgs84"}
    assert cards["点"]["given"] == {"lon (2)": 1, "extra": {"a": [1, "?"]}}
    assert cards["点"]["reporter_name"] == "王芳"
    assert cards["面"]["given"] == {"geometry_type": "Polygon"}
    assert cards["bad shape"]["given"]["geometry"]["type"] == "Polygon"
    reasons = {words: card["reason"] for words, card in cards.items() if card["lon"] is None}
    assert reasons == {"no place": "no-location", "bad place": "not-a-number", "bad shape": "no-location",
                       "far": "out-of-range"}  # fmt: skip
    assert cards["datum"]["original"]["datum"] == "百度"
    assert [(row["line"], json.loads(row["feature"])["type"]) for row in rejected(path)] == [
        ("7", "Point"), ("8", "Feature")]  # fmt: skip
    assert imported(path, capsys, code=1)["already_there"] == 7


def test_a_declared_coordinate_system_counts_unless_the_option_names_another(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    imported(sheet(collection(feature(point(), address="甲"), crs=crs)), capsys)
    imported(sheet(collection(feature(point(), address="乙"), crs=crs)), capsys, "--datum", "gcj02")
    datums = [datum_named(card["original"]["datum"]) for card in stored(service)]
    assert datums == ["cgcs2000", "gcj02"]


def test_imported_items_have_all_that_an_item_has(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same as what the desk takes in one by one: parts, history, counters, outbox."""
    imported(sheet(f"description,lon,lat,category,channel\na,{INSIDE},,phone\n"), capsys)
    (path,) = [sheet(f"description,lon,lat,category,channel\na,{INSIDE},,phone\nb,{INSIDE},,phone\n")]
    done = imported(path, capsys)
    assert (done["new"], done["already_there"]) == (1, 1)
    with service.database.pool.transaction() as cur:
        cur.execute("""SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM outbox
            WHERE event_id IN (SELECT id FROM events) AND topic = 'item') AS outbox,
            (SELECT sum(n) FROM item_counters) AS counted, (SELECT count(*) FROM deadlines) > 0 AS clocks,
            (SELECT count(*) FROM handlers) AS handlers, (SELECT count(*) FROM intake_keys) AS keys""")
        assert dict(cur.fetchone()) == {
            "events": 2, "outbox": 2, "counted": 2, "clocks": True, "handlers": 2, "keys": 2}  # fmt: skip


def reports(service: Service, *refs: str) -> list[Any]:
    from dispatch.report import read_report

    body = {"description": "x", "channel": "app"}
    return [(read_report(body | {"client_ref": ref}, now=clock(), zone=service.rules.zone), None) for ref in refs]


def test_a_block_that_another_writer_overtakes_is_decided_again(service: Service) -> None:
    who = operator("import")
    decided = decide(service.desk, who, reports(service, "a", "b", "c", "c"))
    assert [item is not None for item in decided.items] == [True, True, True, False]
    service.desk.take_in(who, *reports(service, "b")[0])
    done = write(service.desk, who, decided)
    assert [item is not None for item in done] == [True, False, True, False]
    assert len(stored(service)) == 3


def test_a_block_is_decided_again_by_the_edition_that_went_live(service: Service) -> None:
    who = operator("import")
    decided = decide(service.desk, who, reports(service, "a"))
    other = publishing.publish(
        service.database.pool, service.worlds, service.pen, a_district(name="Again"),
        by=who, reason="", expect=None, clock=clock,
    )  # fmt: skip
    assert other != decided.edition
    (item,) = write(service.desk, who, decided)
    assert item is not None
    assert service.shelf.live().id == other
    assert take_in_many(service.desk, who, reports(service, "a")) == [None]


def test_killed_in_the_middle_and_run_again_each_row_is_in_once(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = 4_000
    path = sheet(HEAD + "".join(f"row {n // 2},{INSIDE}\n" for n in range(rows)))
    environ = {**os.environ, "DATABASE_URL": service.database.admin_dsn,
               "FIRSTLINE_SECRET": service.database.settings.secret.decode(),
               "FIRSTLINE_HOME": str(service.database.settings.home)}  # fmt: skip
    command = [sys.executable, str(ROOT / "app.py"), "import", str(path)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None and count(service) < 400:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    before = count(service)
    assert 400 <= before < rows
    done = imported(path, capsys)
    assert (done["new"] + before, done["already_there"]) == (rows, before)
    assert Counter(Counter(card["description"] for card in stored(service)).values()) == {2: rows // 2}


def count(service: Service) -> int:
    with service.database.pool.transaction() as cur:
        cur.execute("SELECT count(*) AS n FROM items")
        return int(cur.fetchone()["n"])


def test_interrupted_what_is_in_stays_in(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet(HEAD + "bad\n" + "".join(f"row {n},{INSIDE}\n" for n in range(700)))
    from cli.importing import run as running

    def interrupted(*given: Any) -> Any:
        if count(service) >= 200:
            raise KeyboardInterrupt
        return decide(*given)

    monkeypatch.setattr(running, "decide", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(items, "import", path)
    stood = count(service)
    assert 200 <= stood < 700
    assert f"{stood} new items are in" in capsys.readouterr().err
    assert [file.name for file in path.parent.iterdir()] == ["items.csv"]
    monkeypatch.undo()


def test_what_a_person_sees(service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(items, "import", sheet(f"{HEAD}a,{INSIDE}\nb,0,0\nc\n")) == 1
    said = capsys.readouterr()
    assert said.out.split("\n") == [
        "rows 3", "new 2", "already there 0", "rejected 1", "unlocated 1", "  null-island 1", ""]  # fmt: skip
    assert said.err == f"1 rows could not be read: see {sheet('')}.rejected.csv\n"
