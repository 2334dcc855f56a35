"""Bulk resolving of Parquet: rows, columns and types are kept, and each row is answered as one point alone is."""

import json
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import boundaries.parquet
from boundaries.edition import Edition
from boundaries.number_columns import numbers_in, numbers_of
from boundaries.read import read_district
from boundaries.resolver import Resolver
from cli import resolve
from gis.cells import CellIndex
from gis.number import read_number, read_numbers
from gis.place import NoPlace, place
from tests.boundaries.sheets import a_district, write_district
from tests.cli.commands import run
from tests.gis.districts import random_district, random_points

GULOU = Path(__file__).parents[2] / "boundaries" / "gulou"
ADDED = ["township", "grid", "border_m", "on_border", "doubtful", "reason"]
IN_T1G1, NEAR_T2 = (119.305, 26.085), (119.3099, 26.085)
Resolve = Callable[..., pa.Table]


@pytest.fixture
def resolved(tmp_path: Path) -> Resolve:
    """Resolves a table by the two-by-two squares, and reads what was written."""
    folder = write_district(tmp_path / "district", a_district())

    def go(table: pa.Table, *words: str, **how: Any) -> pa.Table:
        source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
        pq.write_table(table, source, **how)
        assert run(resolve, "resolve", source, "-o", target, "--boundaries", folder, *words) == 0
        return pq.ParquetFile(target).read()

    return go


def points(*pairs: tuple[Any, Any], **more: Any) -> pa.Table:
    return pa.table({"lon": [lon for lon, _ in pairs], "lat": [lat for _, lat in pairs], **more})


def test_rows_columns_and_types_are_kept_in_order(resolved: Resolve) -> None:
    given = pa.table(
        {
            "id": pa.array([2, 1], pa.int16()),
            "lat": [26.085, 26.095],
            "when": pa.array([1, None], pa.timestamp("us", "Asia/Shanghai")),
            "nested": [{"a": [1, None], "b": "x"}, None],
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "price": pa.array([Decimal("1.10"), None], pa.decimal128(9, 2)),
            "地址": pa.array(["西洪路", None], pa.large_string()),
            "lon": [119.305, 119.315],
            "raw": [b"\x00\xff", None],
        },
    ).replace_schema_metadata({"note": "kept", "pandas": json.dumps({"columns": []})})
    found = resolved(given)
    assert found.column_names == [*given.column_names, *ADDED]
    assert found.select(given.column_names).equals(given)
    assert found.schema.metadata[b"note"] == b"kept" and b"pandas" in found.schema.metadata
    assert found["grid"].to_pylist() == ["T1G1", "T2G2"] and found["township"].to_pylist() == ["T1", "T2"]
    assert [found.schema.field(name).type for name in ADDED] == [
        pa.string(), pa.string(), pa.float64(), pa.bool_(), pa.bool_(), pa.string(),
    ]  # fmt: skip


def test_every_unusable_row_has_its_reason(resolved: Resolve) -> None:
    table = points(
        IN_T1G1, (None, 26.0), (119.3, None), (np.nan, 26.0), (np.inf, 26.0), IN_T1G1[::-1], (0.0, 0.0), (1e308, 0.0),
        (119.4, 26.085), (1e-320, -0.0),
    )  # fmt: skip
    found = resolved(table)
    assert found["reason"].to_pylist() == [
        None, "no-location", "no-location", "not-a-number", "not-a-number", "swapped-axes", "null-island",
        "out-of-range", "outside-district", "null-island",
    ]  # fmt: skip
    outside = found.slice(1).to_pydict()
    assert set(outside["grid"]) == set(outside["township"]) == set(outside["border_m"]) == {None}
    assert set(outside["on_border"]) == set(outside["doubtful"]) == {False}


@pytest.mark.parametrize(
    ("lon", "lat", "grid"),
    [
        (pa.array(["119.305", " １１９.３０５", None]), pa.array(["26.085"] * 3), "T1G1"),
        (pa.array(["119.305", "x", ""]).dictionary_encode(), pa.array(["26.085"] * 3, pa.large_string()), "T1G1"),
        (pa.array([Decimal("119.305"), None, None]), pa.array([26.085] * 3, pa.float32()), "T1G1"),
        (pa.array([119, 2**63, None], pa.uint64()), pa.array([26, 1, -(2**62)], pa.int64()), None),
        (pa.array([119.3, 1, None], pa.float16()), pa.array([26.08, 1, 1], pa.float16()), None),
        (pa.nulls(3), pa.nulls(3), None),
    ],
)
def test_numbers_of_any_type_are_read_as_one_alone_is(resolved: Resolve, lon: Any, lat: Any, grid: str | None) -> None:
    table = pa.table({"lon": lon, "lat": lat})
    found = resolved(table)
    assert found.select(["lon", "lat"]).equals(table) and found["grid"][0].as_py() == grid
    index = CellIndex(a_district().cells)
    for row in found.to_pylist():
        assert alone(index, row["lon"], row["lat"], "wgs84", None) == tuple(row[name] for name in ADDED)


def alone(index: CellIndex, lon: Any, lat: Any, datum: str, accuracy: Any) -> tuple[Any, ...]:
    """What one point, asked for alone, is answered."""
    try:
        one = index.resolve(place(lon, lat, datum, box=index.box), read_number(accuracy)[0])
    except NoPlace as none:
        return (None, None, None, False, False, none.code)
    return (one.township, one.grid, one.border_m, one.on_border, one.doubtful, one.reason)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_each_row_is_what_one_point_is_answered(seed: int, datum: str, tmp_path: Path) -> None:
    district = random_district(seed)
    lon, lat = random_points(seed, district, 60)
    accuracy = np.random.default_rng(seed).choice([np.nan, 0.0, -1.0, 5.0, 300.0, 5000.0, 5001.0, np.inf], len(lon))
    index = CellIndex(district)
    pq.write_table(pa.table({"lon": lon, "lat": lat, "accuracy_m": accuracy}), tmp_path / "in.parquet")
    boundaries.parquet.resolve_parquet(
        tmp_path / "in.parquet", tmp_path / "out.parquet", Resolver(index, datum), lambda *_: None
    )
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert len(rows) == len(lon)
    for row in rows:
        township, grid, border_m, *rest = alone(index, row["lon"], row["lat"], datum, row["accuracy_m"])
        assert (row["township"], row["grid"], [row[name] for name in ADDED[3:]]) == (township, grid, rest)
        assert row["border_m"] == (border_m if border_m is None else pytest.approx(border_m, abs=1e-6))


@settings(deadline=None)
@given(
    st.lists(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=6)
        | st.from_regex(r"\A ?-?[0-9]{1,4}(\.[0-9]{0,24})?(e[0-9]{1,3})?\n?\Z")
        | st.lists(st.integers(), max_size=1),
        max_size=6,
    )
)
def test_any_values_are_the_same_numbers_by_both_roads(values: list[Any]) -> None:
    for mine, plain in zip(numbers_in(values), read_numbers(values), strict=True):
        assert np.array_equal(mine, plain, equal_nan=mine.dtype.kind == "f")
    texts = [value if isinstance(value, str) else None for value in values]
    texts = [text for text in texts if text is None or text.isprintable()]
    for mine, plain in zip(numbers_of(pa.array(texts, pa.string())), read_numbers(texts), strict=True):
        assert np.array_equal(mine, plain, equal_nan=mine.dtype.kind == "f")


def test_codes_only(resolved: Resolve) -> None:
    found = resolved(points(IN_T1G1, (0.0, 0.0), border_m=["mine"] * 2), "--codes-only")
    assert found.column_names == ["lon", "lat", "border_m", "township", "grid", "reason"]
    assert found["reason"].to_pylist() == [None, "null-island"] and found["grid"].to_pylist() == ["T1G1", None]


def test_accuracy_makes_doubt(resolved: Resolve) -> None:
    table = points(*[NEAR_T2] * 5, accuracy_m=["200", None, "x", "6000", "5"])
    assert resolved(table)["doubtful"].to_pylist() == [True, False, False, False, False]


def test_columns_called_like_results_are_kept_under_another_name(resolved: Resolve) -> None:
    table = points(IN_T1G1, grid=["old"], given_reason=["x"], reason=["y"])
    found = resolved(table.replace_schema_metadata({"pandas": '{"index_columns": ["grid"]}'}))
    assert found.column_names == ["lon", "lat", "given_grid", "given_reason", "given_given_reason", *ADDED]
    assert found["given_grid"].to_pylist() == ["old"] and b"pandas" not in (found.schema.metadata or {})
    again = resolved(found)
    assert again["given_grid"].to_pylist() == ["old"] and again["given_given_grid"].to_pylist() == ["T1G1"]
    assert again["given_township"].to_pylist() == ["T1"]


def test_many_blocks_and_groups_are_as_one(resolved: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    table = points(*[(119.295 + i * 0.0003, 26.085) for i in range(100)], id=range(100), word=["x" * 99] * 100)
    whole = resolved(table, row_group_size=13, compression="zstd")
    monkeypatch.setattr(boundaries.parquet, "ROWS", 7)
    monkeypatch.setattr(boundaries.parquet, "GROUP_ROWS", 20)
    assert resolved(table, row_group_size=40).equals(whole) and whole["id"].to_pylist() == list(range(100))
    assert len({thread.name for thread in threading.enumerate() if thread.name.startswith("parquet")}) == 0


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_the_compression_is_kept(resolved: Resolve, tmp_path: Path, compression: str) -> None:
    resolved(points(IN_T1G1), compression=compression)
    used = [
        pq.ParquetFile(tmp_path / name).metadata.row_group(0).column(0).compression
        for name in ("in.parquet", "out.parquet")
    ]
    assert used[0] == used[1]


def test_a_table_without_rows(resolved: Resolve) -> None:
    found = resolved(pa.table({"lon": pa.array([], pa.float64()), "lat": pa.array([], pa.float64())}))
    assert found.num_rows == 0 and found.column_names == ["lon", "lat", *ADDED]


def test_the_file_itself_may_be_written_over(tmp_path: Path) -> None:
    table = points(*[IN_T1G1] * 3, id=[1, 2, 3])
    pq.write_table(table, tmp_path / "in.parquet")
    assert run(resolve, "resolve", tmp_path / "in.parquet", "-o", tmp_path / "in.parquet", "--boundaries", GULOU) == 0
    found = pq.read_table(tmp_path / "in.parquet")
    assert found.select(["lon", "lat", "id"]).equals(table) and found.num_columns == 9
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def cut(table: pa.Table) -> bytes:
    """The table as a Parquet whose data are spoilt and whose footer is sound."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data = bytearray(sink.getvalue().to_pybytes())
    data[4:60] = b"\xff" * 56
    return bytes(data)


def written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue().to_pybytes())


TWICE = pa.Table.from_arrays([pa.array([1.0]), pa.array([1.0]), pa.array([1.0])], names=["lon", "LON", "lat"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no Parquet file"),
        (b"lon,lat\n1,2\n", "no Parquet file"),
        (b"PAR1", "cannot be read"),
        (b"PAR1" + b"\x00" * 100, "cannot be read"),
        (written(points(IN_T1G1))[:-9], "cannot be read"),
        (cut(points(*[IN_T1G1] * 50)), "cannot be read"),
        (written(pa.table({"x": [1.0], "lat": [1.0]})), "no column lon; the columns found are: x, lat"),
        (written(TWICE), "more than one column lon"),
        (written(points(([1.0], 2.0))), "lon is of type list<"),
        (written(points((True, 2.0))), "lon is of type bool"),
        (written(points((1.0, b"2"))), "lat is of type binary"),
        (written(points(IN_T1G1, accuracy_m=[{"a": 1}])), "accuracy_m is of type struct<"),
    ],
)
def test_what_is_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, said: str) -> None:
    (tmp_path / "in.parquet").write_bytes(data)
    (tmp_path / "out.parquet").write_text("before")
    words = ("resolve", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet", "--boundaries", GULOU)
    assert run(resolve, *words) == 2
    out, err = capsys.readouterr()
    assert said in err and out == "" and "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]
    assert (tmp_path / "out.parquet").read_text() == "before"


def test_another_sort_of_file_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pq.write_table(points(IN_T1G1), tmp_path / "in.parquet")
    assert run(resolve, "resolve", tmp_path / "in.parquet", "-o", tmp_path / "out.csv", "--boundaries", GULOU) == 2
    assert "name OUT with .parquet" in capsys.readouterr().err
    assert run(resolve, "resolve", tmp_path, "-o", tmp_path / "out.csv", "--boundaries", GULOU) == 2
    assert run(resolve, "resolve", tmp_path / "no.pq", "-o", tmp_path / "out.pq", "--boundaries", GULOU) == 2


def test_a_failing_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(points(*[IN_T1G1] * 50), tmp_path / "in.parquet")
    (tmp_path / "out.parquet").write_text("before")
    index = Edition.of(read_district(GULOU)).index
    monkeypatch.setattr(boundaries.parquet, "GROUP_ROWS", 10)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        boundaries.parquet.resolve_parquet(
            tmp_path / "in.parquet", tmp_path / "out.parquet", Resolver(index, "wgs84"), lambda *_: None
        )
    assert (tmp_path / "out.parquet").read_text() == "before" and len(list(tmp_path.iterdir())) == 2
