"""``import FILE`` cut off in the middle and run again: every row is in once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli import items
from cli.importing import run as running
from cli.service import Service
from store.bulk import decide
from tests.cli.commands import run
from tests.cli.importing import HEAD, INSIDE, ROOT, count, imported, stored


def test_killed_in_the_middle_and_run_again_each_row_is_in_once(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = 4_000
    path = sheet(HEAD + "".join(f"row {n // 2},{INSIDE}\n" for n in range(rows)))
    environ = {**os.environ, "DATABASE_URL": service.database.admin_dsn,
               "FIRSTLINE_SECRET": service.database.settings.secret.decode(),
               "FIRSTLINE_HOME": str(service.database.settings.home)}  # fmt: skip
    command = [sys.executable, str(ROOT / "app.py"), "import", str(path)]
    said = path.with_name("said.txt")
    with (
        said.open("wb") as out,
        subprocess.Popen(command, env=environ, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None and count(service) < 400:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    before = count(service)
    assert 400 <= before < rows, said.read_text()
    done = imported(path, capsys)
    assert done["new"] + done["already_there"] == rows
    assert done["already_there"] >= before
    assert Counter(Counter(card["description"] for card in stored(service)).values()) == {2: rows // 2}


def test_interrupted_what_is_in_stays_in(
    service: Service, sheet: Callable[..., Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet(HEAD + "bad\n" + "".join(f"row {n},{INSIDE}\n" for n in range(700)))

    def interrupted(*given: Any) -> Any:
        if count(service) >= 200:
            raise KeyboardInterrupt
        return decide(*given)

    monkeypatch.setattr(running, "decide", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(items, "import", path)
    stood = count(service)
    assert 200 <= stood < 700
    assert f"{stood} new items are in" in capsys.readouterr().err
    assert [file.name for file in path.parent.iterdir()] == ["items.csv"]
    monkeypatch.undo()
