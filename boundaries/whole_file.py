"""A file that appears whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from boundaries.errors import TableError


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A new, empty file beside ``target`` to write to; at the end of the block it takes its name.

    Where the block raises it is gone and ``target`` is as it was. Raises TableError where ``target`` is no plain
    file, OSError.
    """
    target = target.resolve()
    if target.exists() and not target.is_file():
        raise TableError(f"{target}: is not a plain file to write to.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.open("xb").close()
    try:
        yield part
        part.replace(target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
