"""``import FILE``: each row becomes the item that it says."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from boundaries.read import read_district
from cli import items
from cli.service import Service
from gis.datum import datum_named
from gis.errors import Refusal
from store.database import Database
from tests.cli.commands import run
from tests.cli.importing import GULOU, HEAD, INSIDE, as_opened, imported, open_service, stored


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


def test_dates_as_spreadsheets_write_them(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["2026/3/5 9:30", "2026年3月5日 09:30:00", "2026-03-05T01:30Z", "yesterday", "2026/3/5 9:30 AM"]
    imported(sheet("description,received_at\n" + "".join(f"a,{at}\n" for at in given)), capsys)
    cards = stored(service)
    assert [card["received_at"].isoformat() for card in cards[:3]] == ["2026-03-05T01:30:00+00:00"] * 3
    assert [card["given"] for card in cards[3:]] == [{"received_at": at} for at in given[3:]]


def test_what_a_person_sees(service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(items, "import", sheet(f"{HEAD}a,{INSIDE}\nb,0,0\nc\n")) == 1
    said = capsys.readouterr()
    assert said.out.split("\n") == [
        "rows 3", "new 2", "already there 0", "rejected 1", "unlocated 1", "  null-island 1", ""]  # fmt: skip
    assert said.err == f"1 rows could not be read: see {sheet('')}.rejected.csv\n"
