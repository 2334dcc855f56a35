"""A Parquet table of points, resolved block by block: every row, column and type is kept, in order."""

import base64
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from boundaries.errors import TableError
from boundaries.heading import Heading, heading
from boundaries.number_columns import holds_numbers, numbers_of
from boundaries.resolver import Counts, Resolver, Tell
from boundaries.whole_file import whole_file

MAGIC = b"PAR1"
ROWS, BYTES = 131_072, 16 * 1024 * 1024
"""A block is at most so many rows, and where rows are wide about so many bytes."""
GROUP_ROWS, GROUP_BYTES = 1_048_576, 96 * 1024 * 1024
"""A row group is written when so much is in hand."""
_BUFFER = 1024 * 1024
_WRITABLE = {"SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4"}


def resolve_parquet(source: Path, target: Path, resolver: Resolver, tell: Tell) -> Counts:
    """Write ``source`` to ``target`` with the resolver's columns added; it appears whole or not at all.

    ``source`` has the columns ``lon`` and ``lat`` (degrees; integers, floats, decimals or decimal texts) and perhaps
    ``accuracy_m``. Columns that are called like an added one are kept as ``given_...``. Reading, resolving and writing
    go on side by side. Raises TableError, OSError.
    """
    with whole_file(target) as part, _readable(source.name), _open(source) as file:
        head = _heading(source.name, file.schema_arrow, resolver)
        out = _Output(part, file, head, resolver)
        with ThreadPoolExecutor(2, thread_name_prefix="parquet") as threads:
            try:
                for batch in _ahead(file.iter_batches(_rows(file.metadata), use_threads=False), threads):
                    out.add(batch.columns + _answers(batch, head, resolver), threads)
                    tell(resolver.counts.rows, file.metadata.num_rows, resolver.counts.rows)
            finally:
                out.end()
    return resolver.counts


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet does. Raises OSError."""
    with path.open("rb") as data:
        return data.read(4) == MAGIC


def _open(source: Path) -> Any:
    return pq.ParquetFile(source, buffer_size=_BUFFER, pre_buffer=False)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """What Arrow raises of a file that is no good, as a sentence. What the system says stays an OSError."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        said = str(error).strip().split("\n")[0][:300]
        raise TableError(f"{name}: the Parquet cannot be read or written: {said}") from error


def _heading(name: str, schema: Any, resolver: Resolver) -> Heading:
    head = heading(name, schema.names, resolver.answers.names)
    for place in (head.lon, head.lat, head.accuracy):
        if place is not None and not holds_numbers(schema.field(place).type):
            column, kind = schema.field(place).name, schema.field(place).type
            raise TableError(f"{name}: the column {column} is of type {kind}; numbers or decimal texts are due.")
    return head


def _rows(meta: Any) -> int:
    size: int = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
    return max(min(ROWS, BYTES * int(meta.num_rows) // max(size, 1)), 256)


def _ahead(batches: Iterator[Any], threads: ThreadPoolExecutor) -> Iterator[Any]:
    """The batches, the next of which is read while one is worked on."""
    coming = threads.submit(next, batches, None)
    while (batch := coming.result()) is not None:
        coming = threads.submit(next, batches, None)
        yield batch


def _answers(batch: Any, head: Heading, resolver: Resolver) -> list[Any]:
    lon, lat = numbers_of(batch.column(head.lon)), numbers_of(batch.column(head.lat))
    accuracy = None if head.accuracy is None or not resolver.measure else numbers_of(batch.column(head.accuracy))
    return resolver.block(lon, lat, accuracy)


class _Output:
    """The file that is written: blocks are gathered to row groups, each of which a thread writes."""

    def __init__(self, part: Path, file: Any, head: Heading, resolver: Resolver) -> None:
        given = file.schema_arrow
        own = [field.with_name(name) for field, name in zip(given, head.columns, strict=True)]
        metadata = dict(given.metadata or {})
        if head.columns != given.names:
            metadata.pop(b"pandas", None)  # it speaks of columns by names that are others now
        self._schema = pa.schema([*own, *resolver.answers.fields(plain=False)], metadata)
        self._seen = pa.schema([*own, *resolver.answers.fields(plain=True)], metadata)
        self._writer = pq.ParquetWriter(part, self._schema, **_as_written(file.metadata, resolver))
        self._batches: list[Any] = []
        self._writing: Future[None] | None = None

    def add(self, columns: list[Any], threads: ThreadPoolExecutor) -> None:
        """Takes a block; what a row group that was written before raised is raised here."""
        self._batches.append(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        full = sum(batch.num_rows for batch in self._batches) >= GROUP_ROWS
        if full or sum(batch.nbytes for batch in self._batches) >= GROUP_BYTES:
            self._wait()
            self._writing = threads.submit(self._write, self._batches)
            self._batches = []

    def end(self) -> None:
        """Writes what is left, and the footer: texts are to be read as texts, however they were handed in."""
        try:
            self._wait()
            if self._batches:
                self._write(self._batches)
            seen = base64.b64encode(self._seen.serialize().to_pybytes())
            self._writer.add_key_value_metadata({"ARROW:schema": seen.decode()})
        finally:
            self._writer.close()

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()

    def _write(self, batches: list[Any]) -> None:
        table = pa.Table.from_batches(batches, self._schema)
        self._writer.write_table(table, row_group_size=max(table.num_rows, 1))


def _as_written(meta: Any, resolver: Resolver) -> dict[str, Any]:
    """How to write: by the compression of the source; words in dictionaries, and floats as they are."""
    leaves = [meta.schema.column(number) for number in range(meta.num_columns)]
    words = [leaf.path for leaf in leaves if leaf.physical_type not in ("DOUBLE", "FLOAT", "BOOLEAN")]
    codec = meta.row_group(0).column(0).compression if meta.num_row_groups and meta.num_columns else "SNAPPY"
    return {
        "compression": codec if codec in _WRITABLE else "NONE" if codec == "UNCOMPRESSED" else "SNAPPY",
        "use_dictionary": [*words, *(name for name in resolver.answers.names if name != "border_m")],
    }
