"""``python -m tests.scenarios.clocked FILE COMMAND...``: a command of the service whose clock is ahead of the true one
by the seconds that FILE holds. So a scenario can be there next morning at half past nine."""

import runpy
import sys
from datetime import datetime, timedelta
from pathlib import Path

import cli.service


def shift(file: Path, to: datetime) -> None:
    """From now on it is ``to`` for whoever reads the file."""
    new = file.with_suffix(".new")
    new.write_text(str((to - cli.service.clock()).total_seconds()))
    new.replace(file)


def main() -> None:
    file, true = Path(sys.argv[1]), cli.service.clock
    cli.service.clock = lambda: true() + timedelta(seconds=float(file.read_text()))
    sys.argv = ["app.py", *sys.argv[2:]]
    runpy.run_path("app.py", run_name="__main__")


if __name__ == "__main__":
    main()
