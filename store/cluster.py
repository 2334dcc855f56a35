"""One PostgreSQL cluster in one folder: what is where, and how it is made. What changes anything runs inside the gate
(:mod:`store.locks`), so only one process at a time does it."""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from psycopg2.extensions import make_dsn

from store import processes
from store.binaries import Runner
from store.errors import NoDatabase

DATABASE = "firstline"
OWNER = "postgres"
SOCKET = ".s.PGSQL.5432"
SOCKET_LIMIT = 103  # bytes of a socket's whole path: 107 on Linux, 103 on macOS


class Cluster:
    """The cluster under ``home/pg``. ``extra``: further server options, such as ``{"fsync": "off"}`` for tests."""

    def __init__(self, home: Path, runner: Runner, extra: dict[str, str] | None = None) -> None:
        self.folder = home / "pg"
        self.data = self.folder / "data"
        self.logs = self.folder / "log"
        self.runner = runner
        self.digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        self.name = f"firstline-{self.digest}"
        self.extra = extra or {}

    # -- what is there ------------------------------------------------------------------------------------------------

    def pid_file(self) -> list[str]:
        """The lines of postmaster.pid: pid, folder, start, port, socket folder, address, memory key, state."""
        try:
            return (self.data / "postmaster.pid").read_text(errors="replace").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def postmaster(self) -> int | None:
        """The pid of this cluster's running server. The file is believed only where that process is one."""
        pid = number_in(self.pid_file())
        return pid if pid is not None and processes.is_postmaster(pid, self.data) else None

    def identity(self) -> str:
        """What tells this run of the server from every other: its pid and the second it started."""
        lines = self.pid_file()
        return " ".join([lines[0].strip(), lines[2].strip()]) if len(lines) > 2 else ""

    def socket_folder(self) -> Path:
        """Where the running server listens. The pid file tells, unless it came along when the folder was copied."""
        lines = self.pid_file()
        if len(lines) > 4 and lines[1].strip() == str(self.data) and lines[4].strip():
            return Path(lines[4].strip())
        return self.next_socket_folder()

    def next_socket_folder(self) -> Path:
        """Where a server that starts now will listen: in the folder, or in a short one where its path is too long."""
        run = self.folder / "run"
        plain = not set(str(run)) & set(",'\"\\\n")  # a comma parts hosts in a connection string
        if plain and len(os.fsencode(run / SOCKET)) <= SOCKET_LIMIT:
            return run
        base = Path("/tmp") if os.access("/tmp", os.W_OK) else Path(tempfile.gettempdir())
        return base / self.name

    def dsn(self, database: str = DATABASE) -> str:
        """The owner's connection string."""
        return str(make_dsn(host=str(self.socket_folder()), user=OWNER, dbname=database))

    # -- making -------------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Create the cluster where there is none; all of it or nothing, whenever it is interrupted."""
        if (self.data / "PG_VERSION").exists():
            return self._check_version()
        for old in self.folder.glob("making-*"):
            shutil.rmtree(old, ignore_errors=True)  # an interrupted one; whatever resists goes next time
        draft = self.folder / f"making-{os.getpid()}"
        for ctype in ("en_US.UTF-8", "C.UTF-8") if sys.platform == "darwin" else ("C.UTF-8", "en_US.UTF-8"):
            # collation by bytes, but letters known as letters: under plain C pg_trgm sees nothing in Chinese
            done = self.runner.run("initdb", "-D", draft, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C",
                                   f"--lc-ctype={ctype}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
            if done.returncode == 0:
                draft.rename(self.data)
                return None
            shutil.rmtree(draft, ignore_errors=True)
            if "locale" not in done.stderr:
                break
        raise NoDatabase(f"PostgreSQL cannot make its folder {self.data}: {last_words(done.stderr)}")

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = self.runner.run("postgres", "-V").stdout.split()[-1].split(".")[0]
        if made_by != ours:
            raise NoDatabase(f"{self.data} was made by PostgreSQL {made_by}, this release has {ours}. Make a backup "
                             "with the release that made it, move the folder away, and restore the backup here.")


def number_in(lines: Sequence[str]) -> int | None:
    """The pid that a pid file names; ``None`` where it names none."""
    try:
        return abs(int(lines[0]))
    except (IndexError, ValueError):
        return None


def last_words(words: str) -> str:
    """The last lines that say what is wrong."""
    lines = [line.strip() for line in words.strip().splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line or "could not" in line]
    return " ".join((telling or lines)[-2:])
