"""Whose process is that? A number in a pid file proves nothing: after a crash another programme may bear it."""

import os
import subprocess
from pathlib import Path

PROC = Path("/proc")


def command(pid: int) -> str:
    """The command line of a process, words joined by spaces; empty for none, a dead one not yet collected, or one that
    the system hides from this account."""
    if (PROC / "self" / "cmdline").exists():
        try:
            raw = (PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ""
        return raw.replace(b"\0", b" ").decode(errors="replace").strip()
    return _ps("-ww", "-o", "command=", "-p", str(pid)).strip()


def alive(pid: int) -> bool:
    """Whether any process bears the number, whosever it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_postmaster(pid: int, data: Path) -> bool:
    """Whether the process is the PostgreSQL server of this data folder."""
    return pid > 0 and f"/postgres -D {data} " in command(pid) + " "


def orphans(cluster_name: str) -> list[int]:
    """The backends of a cluster, known by the name that PostgreSQL puts in their titles. Asked when their server is
    gone: they leave by themselves once they notice, and no new server starts before. The logger does not count: it has
    no share in their memory and leaves after them."""
    title = f"postgres: {cluster_name}: "
    return [pid for pid, line in _everyone() if line.startswith(title) and line != title + "logger"]


def _everyone() -> list[tuple[int, str]]:
    if (PROC / "self" / "cmdline").exists():
        return [(int(entry.name), command(int(entry.name))) for entry in PROC.iterdir() if entry.name.isdigit()]
    lines = _ps("-axww", "-o", "pid=,command=").splitlines()
    rows = (line.strip().partition(" ") for line in lines if line.strip())
    return [(int(pid), line.strip()) for pid, _, line in rows]


def _ps(*flags: str) -> str:
    return subprocess.run(["ps", *flags], capture_output=True, text=True, errors="replace", check=False).stdout
