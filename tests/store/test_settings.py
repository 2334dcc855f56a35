"""Settings: what the environment says, and the secret that is made where it says none."""

import os
import threading
from pathlib import Path

import pytest

from store.errors import NoDatabase
from store.settings import ROOT, Settings


def test_defaults_lie_in_the_programmes_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read = Settings.read({"DATABASE_URL": "", "FIRSTLINE_TILES": " "})
    assert read == Settings(home=ROOT / "var")
    assert (read.boundaries, read.photos) == (ROOT / "boundaries" / "gulou", ROOT / "var" / "photos")


def test_everything_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read = Settings.read({
        "FIRSTLINE_HOME": "there", "DATABASE_URL": "postgresql://h/d", "FIRSTLINE_BOUNDARIES": "/b",
        "FIRSTLINE_TILES": "https://t/{z}/{x}/{y}", "FIRSTLINE_MAP_NOTE": "审图号", "FIRSTLINE_PROXY": "1",
        "FIRSTLINE_SECRET": "密" * 32, "OTHER": "x"})
    assert read == Settings(tmp_path / "there", "postgresql://h/d", Path("/b"), "https://t/{z}/{x}/{y}", "审图号", "1",
                            ("密" * 32).encode())
    assert read.secret == ("密" * 32).encode()
    assert not (tmp_path / "there").exists(), "reading settings makes nothing"


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found: set[bytes] = set()
    threads = [threading.Thread(target=lambda: found.add(Settings(home).secret)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {Settings(home).secret}
    assert len(found.pop()) == 64
    assert [path.name for path in home.iterdir()] == ["secret"]
    assert (home / "secret").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(NoDatabase, match="is empty"):
        _ = Settings(tmp_path).secret
    (tmp_path / "file").write_text("")
    with pytest.raises(NoDatabase, match="cannot be used"):
        _ = Settings(tmp_path / "file" / "home").secret


@pytest.mark.parametrize("secret", ["x", "x" * 31, "  " + "x" * 31 + " "])
def test_a_secret_that_could_be_guessed_is_refused(secret: str) -> None:
    with pytest.raises(NoDatabase, match="fewer than 32 characters"):
        Settings.read({"FIRSTLINE_SECRET": secret})


def test_a_home_is_closed_to_others(tmp_path: Path) -> None:
    _ = Settings(tmp_path / "home").secret
    assert (tmp_path / "home").stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)
