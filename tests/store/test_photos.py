"""Photographs on disk: whole or not there, never a row without its file, and with the backup there and back."""

import hashlib
import multiprocessing
import os
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from cli.service import Service
from dispatch.errors import UnknownItem
from store import picture_files, saving
from store.backup import backup
from store.database import Database
from store.picture_files import Folder, PhotosAway
from store.restore import restore
from tests.factories import NOON, RunningService, a_service, rules
from tests.pictures import a_picture, exif, opened

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def rows(service: RunningService) -> list[dict[str, Any]]:
    with service.pool.transaction() as cur:
        cur.execute("SELECT * FROM photos ORDER BY id")
        return cur.fetchall()


def add(service: RunningService, number: str, key: str | None = "k") -> int:
    photos, worker = service.service.photos, service["w-T1G1"].account
    _, photo, _ = photos.add(worker, number, "before", a_picture(exif=exif(119.305, 26.085)), key)
    return photo.id


def test_a_file_is_put_whole_and_closed_to_others(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "photos")
    name = folder.put(b"some bytes")
    assert name == hashlib.sha256(b"some bytes").hexdigest() == folder.put(b"some bytes")
    assert folder.read(name) == b"some bytes"
    assert [stat.S_IMODE(p.stat().st_mode) for p in (folder.path(name), folder.path(name).parent, folder.folder)] == [
        0o600, 0o700, 0o700,
    ]  # fmt: skip
    assert files_of(folder.folder) == {f"{name}.jpg"}


def test_a_place_that_cannot_be_used_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photos").write_text("a file stands where the folder should be")
    with pytest.raises(PhotosAway):
        Folder(tmp_path / "photos").put(b"x")
    folder = Folder(tmp_path / "other")
    with pytest.raises(PhotosAway):
        folder.read("0" * 64)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(picture_files.os, "fsync", full)
    with pytest.raises(PhotosAway, match="No space left"):
        folder.put(b"x")
    assert files_of(folder.folder) == set()


def test_nothing_is_stored_where_the_files_cannot_be(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    service.database.settings.photos.write_text("a file stands where the folder should be")
    with pytest.raises(PhotosAway):
        add(service, number)
    assert rows(service) == [] and service["dispatcher"].get(f"/items/{number}").get_json()["version"] == 1


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(service: RunningService, number: str, module: Any, name: str) -> None:
    """Add a photograph in a process of its own that is killed when it comes to that step."""

    def run() -> None:
        with Database.open(service.database.settings) as database:
            setattr(module, name, die)
            photos = Service(database, rules()).photos
            photos.add(service["w-T1G1"].account, number, "before", a_picture(exif=exif(119.305, 26.085)), "k")

    assert service["w-T1G1"]  # its account must be there before the fork
    process = FORK.Process(target=run)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("module", "name", "whole", "drafts"),
    [(os, "fsync", 0, 1), (Path, "replace", 0, 1), (saving, "save", 2, 0)],
    ids=["while writing", "before it has its name", "before the commit"],
)
def test_killed_in_between(service: RunningService, module: Any, name: str, whole: int, drafts: int) -> None:
    number = service["channel"].report()["number"]
    killed_at(service, number, module, name)
    folder = service.database.settings.photos
    left = files_of(folder)
    begun = {name for name in left if name.startswith(".")}
    assert (len(left - begun), len(begun)) == (whole, drafts)
    assert rows(service) == []
    assert service["dispatcher"].get(f"/items/{number}").get_json()["photos"] == []
    first = add(service, number)
    assert add(service, number) == first
    (row,) = rows(service)
    assert {f"{row['sha256']}.jpg", f"{row['thumbnail']}.jpg"} == {n for n in files_of(folder) if n[0] != "."}
    assert opened(service.service.photos.files.read(row["sha256"])).size == (row["width"], row["height"])


def test_there_and_back_with_the_backup(service: RunningService, tmp_path: Path) -> None:
    number = service["channel"].report()["number"]
    kept = add(service, number)
    settings, file = service.database.settings, tmp_path / "whole.tar.gz"
    (settings.photos / "ab").mkdir(exist_ok=True)
    (settings.photos / "ab" / ".half-written").write_bytes(b"?")
    manifest = backup(service.database.admin_dsn, settings, file, NOON)
    (row,) = rows(service)
    assert {Path(path).stem for path in manifest.photos()} == {row["sha256"], row["thumbnail"]}
    before = service["w-T1G1"].get(f"/photos/{kept}").data
    _, later, _ = service.service.photos.add(service["w-T1G1"].account, number, "after", a_picture(color="navy"))
    for path in list(settings.photos.rglob(f"{row['sha256']}.jpg")):
        path.unlink()
    assert service["w-T1G1"].get(f"/photos/{kept}").get_json()["code"] == "photos-away"
    service.pool.close()
    restore(service.database.admin_dsn, settings, file)
    worker = service["w-T1G1"].account
    with Database.open(settings) as database:
        photos = Service(database, rules()).photos
        assert photos.picture(worker, kept)[1]() == before
        with pytest.raises(UnknownItem):
            photos.picture(worker, later.id)
        again = photos.add(worker, number, "before", b"", "k")
        assert (again[1].id, again[2]) == (kept, False), "the promises about repeats come back too"
    assert files_of(settings.photos) == {f"{row['sha256']}.jpg", f"{row['thumbnail']}.jpg"}
