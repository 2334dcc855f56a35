"""Where pictures lie: behind one small interface, under the sha256 of their bytes. Here a folder of files.

Another store (of objects, of another machine) needs the same two methods and no more.
"""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Protocol

from gis.errors import Refusal


class PhotosAway(Refusal):
    """The place of the photographs cannot be read or written. Asking again later may work."""

    code = "photos-away"


class PictureFiles(Protocol):
    """Keeps bytes under the sha256 of them, in hex."""

    def put(self, data: bytes) -> str:
        """Keep ``data``; its name. When this returns, it is on disk. Raises PhotosAway."""

    def read(self, sha256: str) -> bytes:
        """The bytes of that name. Raises PhotosAway where they are not there."""


class Folder:
    """Pictures as files ``ab/abcdef….jpg`` of a folder. A file bears its name only when it is whole and on disk; one
    that is being written begins with a dot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        file = self.path(sha256)
        try:
            if not file.exists():
                _write(file, data)
        except OSError as error:
            raise PhotosAway(f"The photograph {file} cannot be written: {error.strerror or error}.") from error
        return sha256

    def read(self, sha256: str) -> bytes:
        try:
            return self.path(sha256).read_bytes()
        except OSError as error:
            raise PhotosAway(f"A photograph cannot be read: {error}.") from error

    def path(self, sha256: str) -> Path:
        """The file of that name, there or not."""
        return self.folder / sha256[:2] / f"{sha256}.jpg"


def _write(file: Path, data: bytes) -> None:
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    for folder in (file.parent, file.parent.parent):  # a name is on disk when its folder is
        _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
