"""What is exported is read again as it was: every code, name, number and bit, in both forms."""

import sqlite3
import xml.etree.ElementTree as ElementTree
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely

from boundaries import export, package
from boundaries.check import check
from boundaries.difference import difference
from boundaries.district import District, Expected
from boundaries.edition import digest_of
from boundaries.errors import BoundaryFileError
from boundaries.export import write_folder
from boundaries.package import write_package
from boundaries.qgis_styles import colours_of
from boundaries.read import read_district
from store.settings import ROOT
from tests.boundaries.any_district import any_district
from tests.factories import a_town

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
HARMFUL = 'a "quoted" <b>&\n, name\\'


def write(district: District, out: Path) -> Path:
    if out.suffix == ".gpkg":
        write_package(district, out, AT)
    else:
        write_folder(district, out)
    return out


DISTRICTS = {
    "small": lambda: a_town(expected=Expected(2, 4), provenance="demonstration"),
    "shipped": lambda: read_district(ROOT / "boundaries" / "gulou"),
    "other": lambda: any_district(7, cells=30, townships=4),
    "harmful": lambda: a_town(code='"0\\', name=HARMFUL),
    "bare": lambda: replace(a_town(), code=None, name=None, townships=(), gazetteer=(), communities=()),
}


@pytest.mark.parametrize("name", DISTRICTS)
@pytest.mark.parametrize("form", ["folder", "out.gpkg"])
def test_what_is_exported_is_read_again(tmp_path: Path, name: str, form: str) -> None:
    district = DISTRICTS[name]()
    if name == "bare":
        district = replace(district, cells=tuple(replace(cell, community=None) for cell in district.cells))
    again = read_district(write(district, tmp_path / form))
    assert [f.kind for f in check(again) if f.severity == "error"] == [
        f.kind for f in check(district) if f.severity == "error"
    ]
    assert again.problems == ()
    assert _bare(again) == _bare(district)
    assert difference(district, again).is_empty, "nothing changed"
    if form == "folder":
        assert digest_of(again) == digest_of(district)


def _bare(district: District) -> Any:
    """Everything that a district says, with shapes that are the same where they are drawn the same."""
    townships = {a.code: (a.name, a.provenance, _drawn(a.geometry)) for a in district.townships}
    cells = {c.code: (c.name, c.township, c.community, _drawn(c.geometry)) for c in district.cells}
    rest = (district.code, district.name, district.provenance, district.expected, district.communities)
    return townships, cells, rest, district.gazetteer, dict(district.cell_provenance), _drawn(district.outline)


def _drawn(shape: Any) -> Any:
    """A polygon is the same as the multipolygon that holds it alone."""
    return None if shape is None else shapely.normalize(shapely.multipolygons(shapely.get_parts(shape))).wkb


def test_a_package_in_a_folder_keeps_the_gazetteer_too(tmp_path: Path) -> None:
    write(a_town(), tmp_path / "district.gpkg")
    again = read_district(tmp_path)
    assert (again.name, len(again.gazetteer)) == ("Squares", 3)


def test_qgis_finds_a_style_for_every_layer(tmp_path: Path) -> None:
    district = read_district(ROOT / "boundaries" / "gulou")
    out = write(district, tmp_path / "out.gpkg")
    layers = {str(name): kind for name, kind in pyogrio.list_layers(out)}
    assert {name: layers[name] for name in ("townships", "grids", "outline", "gazetteer")} == {
        **dict.fromkeys(("townships", "grids", "outline"), "MultiPolygon"),
        "gazetteer": "Point",
    }
    with closing(sqlite3.connect(out)) as opened:
        rows = opened.execute(  # as QGIS asks: the schema is empty and not null, the geometry's column is named
            "SELECT f_table_name, styleQML FROM layer_styles WHERE f_table_schema = '' AND f_geometry_column = "
            "(SELECT column_name FROM gpkg_geometry_columns WHERE table_name = f_table_name) AND useAsDefault"
        ).fetchall()
        listed = {row[0] for row in opened.execute("SELECT table_name FROM gpkg_contents")}
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {name for name, _ in rows} == {"townships", "grids", "outline", "gazetteer"} and "layer_styles" in listed
    styles = {name: ElementTree.fromstring(qml.partition("\n")[2]) for name, qml in rows}
    categories = styles["grids"].findall("renderer-v2/categories/category")
    assert {one.get("value") for one in categories} == {"", *(a.code for a in district.townships)}
    symbols = {one.get("name") for one in styles["grids"].findall("renderer-v2/symbols/symbol")}
    assert {one.get("symbol") for one in categories} == symbols


def test_names_of_townships_are_text_in_a_style(tmp_path: Path) -> None:
    town = a_town()
    odd = replace(town, townships=tuple(replace(a, name=HARMFUL) for a in town.townships))
    out = write(odd, tmp_path / "out.gpkg")
    with closing(sqlite3.connect(out)) as opened:
        qml = opened.execute("SELECT styleQML FROM layer_styles WHERE f_table_name = 'grids'").fetchone()[0]
    labels = [one.get("label") for one in ElementTree.fromstring(qml.partition("\n")[2]).iter("category")]
    assert labels[0] == HARMFUL


def test_colours_are_the_same_for_the_same_codes_and_all_differ() -> None:
    codes = [f"{n:03}" for n in range(40)]
    assert colours_of(codes) == colours_of(reversed(codes))
    assert len(set(colours_of(codes).values())) == 40


@pytest.mark.parametrize("form", ["folder", "out.gpkg"])
def test_what_stands_there_is_never_harmed(tmp_path: Path, form: str) -> None:
    out = tmp_path / form
    write(a_town(), out)
    kept = sorted((file.name, file.read_bytes()) for file in (out.iterdir() if out.is_dir() else [out]))
    with pytest.raises(BoundaryFileError, match="is there already"):
        write(any_district(1, cells=5), out)
    assert kept == sorted((file.name, file.read_bytes()) for file in (out.iterdir() if out.is_dir() else [out]))
    with pytest.raises(BoundaryFileError, match="is no folder"):
        write(a_town(), tmp_path / "nowhere" / form)
    assert sorted(path.name for path in tmp_path.iterdir()) == [form], "nothing half-written is left"


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert len(read_district(write(a_town(), tmp_path / "new")).cells) == 4


@pytest.mark.parametrize(("form", "module"), [("folder", export), ("out.gpkg", package)])
def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, module: Any) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BoundaryFileError, match="No space left"):
        write(a_town(), tmp_path / form)
    assert list(tmp_path.iterdir()) == []


BROKEN = [
    ("UPDATE gazetteer SET name = ''", "lacks a name or a point"),
    ("UPDATE gazetteer SET accuracy_m = -1", "no length in metres"),
    ("UPDATE district SET grids = -1", "whole number is meant"),
    ("INSERT INTO district (name) VALUES ('another'); UPDATE gpkg_ogr_contents SET feature_count = NULL", "2 rows"),
    ("DELETE FROM district", "0 rows"),
]


@pytest.mark.parametrize(("change", "words"), BROKEN)
def test_a_package_that_was_spoilt_gets_a_sentence(tmp_path: Path, change: str, words: str) -> None:
    out = write(a_town(expected=Expected(2, 4)), tmp_path / "out.gpkg")
    with closing(sqlite3.connect(out)) as opened, opened:
        for (trigger,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            opened.execute(f'DROP TRIGGER "{trigger}"')  # they call functions that only GDAL has
        opened.executescript(change)
    with pytest.raises(BoundaryFileError, match=words):
        read_district(out)
