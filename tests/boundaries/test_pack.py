"""What planners upload: any honest way to send a district is one pack, and no dishonest one gets in."""

import io
import zipfile
from pathlib import Path

import pyogrio
import pytest
import shapely

from boundaries import pack as packs
from boundaries.edition import digest_of
from boundaries.errors import BoundaryFileError
from boundaries.pack import pack_of, packed, unpack
from boundaries.read import read_district
from tests.boundaries.packs import a_zip, files_of, zipped
from tests.boundaries.sheets import a_district

FILES = files_of(a_district())


def read_back(sent: list[tuple[str, bytes]], folder: Path) -> str:
    """The digest of what is read of an upload."""
    unpack(packed(pack_of(sent)), folder)
    return digest_of(read_district(folder))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The cells alone, as a GeoPackage with a layer grids."""
    path = tmp_path_factory.mktemp("package") / "any.gpkg"
    cells = a_district().cells
    fields = [[getattr(cell, name) for cell in cells] for name in ("code", "name", "township")]
    pyogrio.raw.write(
        path, geometry=shapely.to_wkb([cell.geometry for cell in cells]), field_data=[_texts(one) for one in fields],
        fields=["code", "name", "township"], layer="grids", geometry_type="Polygon", crs="EPSG:4326", driver="GPKG",
    )  # fmt: skip
    return path.read_bytes()


def _texts(values: list[str]) -> object:
    import numpy as np

    return np.array(values, dtype=object)


@pytest.mark.parametrize(
    "sent",
    [
        list(FILES.items()),
        [("my district.zip", zipped(a_district()))],
        [("my district.zip", zipped(a_district(), "2026/gulou/"))],
        [("no ending", zipped(a_district(), "gulou\\"))],
        [("GRIDS.GeoJSON", FILES["grids.geojson"]), ("/srv/x/Townships.geojson", FILES["townships.geojson"])],
        [("x.zip", a_zip({**FILES, "__MACOSX/._grids.geojson": b"x", ".DS_Store": b"x", "notes/": b""}))],
    ],
    ids=["files", "zip", "zip of a folder", "backslashes", "other letters", "what systems add"],
)
def test_every_honest_way_is_the_same_district(sent: list[tuple[str, bytes]], tmp_path: Path) -> None:
    assert read_back(sent, tmp_path) == digest_of(read_district(_folder(tmp_path / "as it was")))


def _folder(folder: Path) -> Path:
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_package_may_have_any_name_and_come_alone_or_in_a_zip(package: bytes, tmp_path: Path) -> None:
    for n, sent in enumerate(([("any.gpkg", package)], [("x.zip", a_zip({"a/any.gpkg": package}))])):
        folder = tmp_path / str(n)
        folder.mkdir()
        unpack(packed(pack_of(sent)), folder)
        assert [path.name for path in folder.iterdir()] == ["district.gpkg"]
        assert len(read_district(folder).cells) == 4


def test_a_lone_drawing_may_have_any_name() -> None:
    assert list(pack_of([("cells 2026.geojson", FILES["grids.geojson"])]).files) == ["grids.geojson"]


def test_what_is_no_boundary_file_is_left_out_and_named() -> None:
    pack = pack_of([("x.zip", a_zip({**FILES, "project.qgz": b"x", "run.py": b"x", "readme.md": b"x"}))])
    assert set(pack.files) == set(FILES)
    assert pack.left_out == ("project.qgz", "readme.md", "run.py")


def test_the_same_files_are_the_same_pack() -> None:
    turned = dict(reversed(FILES.items()))
    assert packed(pack_of(list(FILES.items()))) == packed(pack_of(list(turned.items())))


def link() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as target:
        entry = zipfile.ZipInfo("grids.geojson")
        entry.external_attr = 0o120777 << 16
        target.writestr(entry, "/etc/passwd")
    return whole.getvalue()


def locked() -> bytes:
    whole = bytearray(a_zip({"grids.geojson": b"x"}))
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def lying() -> bytes:
    """A bomb whose directory says that it unpacks to ten bytes."""
    whole = bytearray(a_zip({"grids.geojson": bytes(3_000_000)}))
    at = whole.index(b"PK\x01\x02") + 24
    whole[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(whole)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (a_zip({"../grids.geojson": b"x"}), "leads out"),
        (a_zip({"/etc/grids.geojson": b"x"}), "leads out"),
        (a_zip({"a\\..\\..\\grids.geojson": b"x"}), "leads out"),
        (a_zip({"c:grids.geojson": b"x"}), "leads out"),
        (link(), "is a link"),
        (locked(), "password"),
        (lying(), "no zip that can be read|unpacks to more"),
        (a_zip({"grids.geojson": bytes(3_000_000)}), "unpacks to more"),
        (a_zip({f"{n}.txt": b"" for n in range(501)}), "more than 500"),
        (a_zip({}), "no cells"),
        (a_zip({"inner.zip": a_zip(FILES)}), "no cells"),
        (a_zip({"a/grids.geojson": b"x", "b/grids.geojson": b"x"}), "several districts"),
        (b"PK\x03\x04 and then nothing", "no zip"),
        (a_zip(FILES)[:-30], "no zip"),
    ],
)
def test_a_hostile_zip_is_refused(data: bytes, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST_BYTES", 2 * 1024 * 1024)
    with pytest.raises(BoundaryFileError, match=words):
        pack_of([("x.zip", data)])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ([], "No file"),
        ([("", b"x")], "without a name"),
        ([("..", b"x")], "without a name"),
        ([("notes.txt", b"x")], r"no cells in what was sent \(notes.txt\)"),
        ([("townships.geojson", b"x"), ("outline.geojson", b"x")], "no cells"),
        ([("grids.geojson", b"x"), ("Grids.geojson", b"y")], "sent twice"),
        ([("a.gpkg", b"x"), ("b.gpkg", b"y")], "no cells"),
    ],
)
def test_what_is_no_district_is_refused(sent: list[tuple[str, bytes]], words: str) -> None:
    with pytest.raises(BoundaryFileError, match=words):
        pack_of(sent)
