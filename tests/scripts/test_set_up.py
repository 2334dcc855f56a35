"""The set-up script's own decisions; what it installs is proved by every run of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import set_up

SCRIPT = Path(set_up.__file__)


@pytest.mark.parametrize("words", [[], ["nonsense"], ["packages", "assets"]])
def test_wrong_words_are_told_the_right_ones(words: list[str]) -> None:
    done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "packages | assets | tests" in done.stderr


def test_only_a_python_that_starts_and_is_new_enough_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set_up.works(Path(sys.executable))
    assert not set_up.works(tmp_path / "bin" / "python")
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert not set_up.works(broken)
    monkeypatch.setattr(set_up, "OLDEST", (9, 0))
    assert not set_up.works(Path(sys.executable))


def test_an_old_python_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(set_up, "OLDEST", (9, 0))
    assert set_up.main(["packages"]) == 2
    assert "needs Python" in capsys.readouterr().err


def test_debian_without_venv_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(set_up, "VENV", tmp_path / "venv")
    monkeypatch.setattr(set_up.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert set_up.main(["packages"]) == 2
    assert "python3-venv" in capsys.readouterr().err


def test_a_failing_step_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(set_up, "make_venv", lambda venv: set_up.run(sys.executable, "-c", "raise SystemExit(3)"))
    assert set_up.main(["packages"]) == 2
    assert "This step failed" in capsys.readouterr().err


@pytest.mark.parametrize("there, browser", [(0, "chromium-headless-shell"), (1, "chromium")])
def test_on_debian_as_root_the_programs_that_tests_run_are_installed(
    monkeypatch: pytest.MonkeyPatch, there: int, browser: str
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(set_up.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(set_up.os, "geteuid", lambda: 0)
    answers = {"apt-cache": there}
    asking = lambda words, **_: subprocess.CompletedProcess([], answers.get(words[0], 1))  # noqa: E731
    monkeypatch.setattr(set_up.subprocess, "run", asking)
    monkeypatch.setattr(set_up, "run", lambda *words, **_: asked.append(words))
    set_up.programs()
    assert {"install", browser, "gdal-bin", "fonts-noto-cjk"} <= set(asked[-1])
