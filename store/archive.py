"""The backup's file: a gzipped tar that says itself whether it is whole.

``firstline-backup/tables/NAME`` holds a table's rows as PostgreSQL copies them out, ``firstline-backup/photos/...`` the
photographs, ``firstline-backup/secret`` the secret where a file holds it, and the last member, ``manifest.json``, the
size and sha256 of each of them. A file cut short has no manifest, and one that was altered does not fit it.
"""

import contextlib
import hashlib
import io
import json
import os
import secrets
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from store.errors import BackupFault

FORMAT = 1
TOP = "firstline-backup/"
MANIFEST = TOP + "manifest.json"
COMPRESSION = 3  # photographs do not shrink, and rows do so at the first effort
CHUNK = 1 << 20
BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError, UnicodeDecodeError)


@dataclass
class Manifest:
    """What a backup says of itself. ``members``: name -> [bytes, sha256 in hex]."""

    taken_at: str
    release: str
    schema: list[list[Any]]
    secret_mark: str
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    sequences: dict[str, list[Any]] = field(default_factory=dict)
    members: dict[str, list[Any]] = field(default_factory=dict)
    format: int = FORMAT

    def photos(self) -> list[str]:
        """The photographs' paths under the folder of photographs."""
        return [name.removeprefix("photos/") for name in self.members if name.startswith("photos/")]


class Writer:
    """Adds members to a backup that is being written."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar, self.manifest = tar, manifest

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Add ``size`` bytes under a name below the top folder."""
        info = tarfile.TarInfo(TOP + name)
        info.size, info.mode = size, 0o600
        reader = _Hashing(source)
        self._tar.addfile(info, reader)
        self.manifest.members[name] = [size, reader.hexdigest()]

    def finish(self) -> None:
        """Add the manifest: what is added after it does not count."""
        body = json.dumps(asdict(self.manifest), ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(body), 0o600
        self._tar.addfile(info, io.BytesIO(body))


@contextlib.contextmanager
def writing(file: Path, manifest: Manifest) -> Iterator[Writer]:
    """Write a backup. It bears its name only when it is whole and on the disk; an earlier backup of that name stays
    until then. Raises :class:`BackupFault` where the name belongs to something else."""
    if file.exists() and not _is_backup(file):
        raise BackupFault(f"{file} is there already and is no backup of this service: give another name.")
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        with create(draft) as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=COMPRESSION) as tar:
                writer = Writer(tar, manifest)
                yield writer
                writer.finish()
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except OSError as error:
        raise BackupFault(f"The backup {file} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def create(file: Path) -> IO[bytes]:
    """A new file that nobody else may read, from its first moment on."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def members(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The members one after the other: (name below the top folder, what reads it, to be read before the next).

    Raises :class:`BackupFault` for what is no backup, is cut short, or holds anything but plain files.
    """
    try:
        with tarfile.open(file, "r|gz") as tar:
            for info in tar:
                source = tar.extractfile(info) if info.isfile() else None
                if source is None or not info.name.startswith(TOP) or ".." in PurePosixPath(info.name).parts:
                    raise BackupFault(f"{file} is no backup of this service: it holds {info.name}.")
                yield info.name.removeprefix(TOP), source
    except BROKEN as error:
        raise BackupFault(f"{file} cannot be read to its end, so it is no whole backup: {error}.") from error


def verify(file: Path) -> Manifest:
    """Read the whole file and hold it against its manifest. Raises :class:`BackupFault` with what is wrong."""
    try:
        found, body = _read_through(file)
    except BROKEN as error:
        raise BackupFault(f"{file} cannot be read to its end, so it is no whole backup: {error}.") from error
    if body is None:
        raise BackupFault(f"{file} has no manifest, so it is no whole backup.")
    manifest = _manifest(file, body)
    for name in sorted(found.keys() | manifest.members.keys()):
        if found.get(name) != manifest.members.get(name):
            raise BackupFault(f"{file} was altered: {name} is not what the manifest says.", member=name)
    return manifest


def _read_through(file: Path) -> tuple[dict[str, list[Any]], bytes | None]:
    """Size and digest of every member, and the manifest's text."""
    found: dict[str, list[Any]] = {}
    body: bytes | None = None
    for name, source in members(file):
        if name in found or body is not None:
            raise BackupFault(f"{file} was altered: {name} stands where nothing may.")
        reader = _Hashing(source)
        if name == "manifest.json":
            body = reader.read()
        else:
            found[name] = [reader.drain(), reader.hexdigest()]
    return found, body


def _manifest(file: Path, body: bytes) -> Manifest:
    try:
        said = json.loads(body)
        if said["format"] > FORMAT:
            raise BackupFault(f"{file} was written by a newer release: restore it with that one.")
        return Manifest(**said)
    except (ValueError, TypeError, KeyError) as error:
        raise BackupFault(f"The manifest of {file} cannot be read: {error}.") from error


def _is_backup(file: Path) -> bool:
    try:
        with tarfile.open(file, "r|gz") as tar:
            first = tar.next()
    except BROKEN:
        return False
    return first is not None and first.name.startswith(TOP)


class _Hashing:
    """Reads through, and knows the sha256 of what went by."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._hash = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._hash.update(chunk)
        return chunk

    def drain(self) -> int:
        """Read to the end and say how many bytes that were."""
        size = 0
        while chunk := self.read(CHUNK):
            size += len(chunk)
        return size

    def hexdigest(self) -> str:
        return self._hash.hexdigest()
