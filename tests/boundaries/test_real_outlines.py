"""The three outlines of Gulou that publishers ship: what is wrong with them is found, drawn, and its datum named."""

from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from boundaries.check import Fault, check, has_errors
from boundaries.district import District
from boundaries.read import read_district
from boundaries.repair import repair
from gis.datum import from_wgs84
from maps.faults import faults_html

OUTLINES = Path(__file__).parent / "outlines"
GULOU = Path(__file__).parents[2] / "boundaries" / "gulou"


@pytest.fixture(scope="module")
def datav() -> District:
    return read_district(OUTLINES / "datav.gcj02.geojson", datum="gcj02", code_field="adcode")


@pytest.fixture(scope="module")
def faults(datav: District) -> list[Fault]:
    return check(datav)


@pytest.fixture(scope="module")
def gulou() -> District:
    return read_district(GULOU)


def test_the_release_of_datav_has_two_unsound_districts(faults: list[Fault]) -> None:
    unsound = [fault for fault in faults if fault.kind == "invalid-ring"]
    assert [fault.codes for fault in unsound] == [("350112",), ("350181",)]
    assert all(fault.lon is not None and "self-intersection" in fault.detail for fault in unsound)


def test_gulou_overlaps_four_neighbours_there(faults: list[Fault]) -> None:
    found = {f.codes: f.size_m2 for f in faults if f.kind == "overlap" and "350102" in f.codes}
    # The areas of the README beside the data, taken there in GCJ-02's own stretched degrees.
    published = {"350103": 279, "350104": 85, "350111": 4479, "350121": 1083}
    assert {codes[1]: size for codes, size in found.items()} == pytest.approx(published, rel=0.01)


def test_all_of_it_is_drawn(datav: District, faults: list[Fault]) -> None:
    page = faults_html(datav, faults, title="DataV", language="en")
    assert page.count('"kind": "invalid-ring"') == 2 and page.count('"kind": "overlap"') >= 4
    assert all(fault.shape is not None for fault in faults if fault.kind in ("overlap", "gap", "t-junction"))


def test_a_repair_of_it_passes_but_for_the_field_that_is_missing(datav: District) -> None:
    done = repair(datav)
    assert {fault.kind for fault in check(done.district) if fault.severity == "error"} == {"missing-township"}
    assert {move.label for move in done.moves if move.mended} == {"350112", "350181"}
    # No more ground is moved than the overlaps and the narrow gaps have.
    gulou = next(move for move in done.moves if move.label == "350102")
    assert gulou.gained_m2 < 2_000 and gulou.lost_m2 < 1


def test_the_datum_of_baidus_outline_is_recognised(gulou: District) -> None:
    baidu = read_district(OUTLINES / "baidu.bd09.geojson", code_field="adcode").cells[0].geometry
    wrong = [fault for fault in check(replace(gulou, outline=baidu)) if fault.kind == "wrong-datum"]
    assert [(fault.facts["layer"], fault.facts["datum"]) for fault in wrong] == [("outline", "bd09")]
    assert wrong[0].facts["would_agree"] > 0.93 > 0.65 > wrong[0].facts["agree"]
    assert "--datum" in wrong[0].advice
    read_right = read_district(OUTLINES / "baidu.bd09.geojson", code_field="adcode", datum="bd09").cells[0].geometry
    assert not [fault for fault in check(replace(gulou, outline=read_right)) if fault.kind == "wrong-datum"]


def test_the_datum_of_amaps_outline_is_recognised(gulou: District) -> None:
    amap = shapely.transform(gulou.outline, lambda x, y: from_wgs84(x, y, "gcj02"), interleaved=False)
    wrong = [fault for fault in check(replace(gulou, outline=amap)) if fault.kind == "wrong-datum"]
    assert [(fault.facts["layer"], fault.facts["datum"]) for fault in wrong] == [("outline", "gcj02")]


def test_a_foreign_layer_alone_names_the_field_that_is_missing(datav: District, faults: list[Fault]) -> None:
    assert has_errors(faults)
    told = next(fault for fault in faults if fault.kind == "missing-township")
    assert told.codes == () and told.facts["have"] == len(datav.cells) == 7
