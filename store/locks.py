"""File locks between the processes that use one embedded PostgreSQL.

Two files: the *gate* is held, alone and for a moment, by who starts or stops the server; the *use* lock is held,
shared, by every process for as long as it uses the server. The kernel drops a lock with the process that held it,
however that ended.

A lock of this kind (flock) belongs to the opened file, which a forked child shares: the lock lasts until the last of
parent and children has closed it. That is what a server with forked workers needs, and why the use lock is closed and
never unlocked: unlocking in one would unlock for all.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

PROC_LOCKS = Path("/proc/locks")


@contextlib.contextmanager
def gate(file: Path) -> Iterator[None]:
    """Hold the lock alone for the length of the block; wait for it as long as it takes."""
    handle = _open(file)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        fcntl.flock(handle, fcntl.LOCK_UN)  # said aloud: a child forked meanwhile must not prolong it
    finally:
        os.close(handle)


def share(file: Path) -> int:
    """Hold the lock shared; ``os.close`` of the answer gives it back. Call it inside the gate: then nobody holds the
    lock alone for longer than a look."""
    handle = _open(file)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
    except BaseException:
        os.close(handle)
        raise
    return handle


def unused(file: Path) -> bool:
    """Whether no process holds the lock at this moment. Only inside the gate does the answer stay true."""
    handle = _open(file)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def holders(file: Path) -> list[int]:
    """The processes that took the lock, where the system tells (Linux); else empty. One may have ended since and live
    on in its forked children."""
    if not PROC_LOCKS.exists() or not file.exists():
        return []
    inode = str(file.stat().st_ino)
    fields = [line.split() for line in PROC_LOCKS.read_text().splitlines()]
    return sorted({int(row[4]) for row in fields if row[1] == "FLOCK" and row[5].rpartition(":")[2] == inode})


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
