"""Work on columns by all cores at once: threads of this process, for loops that hold no lock of the interpreter.

The threads are made when they are first needed and belong to one process: a child that a server forks makes its own.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None


def _forget() -> None:
    global _lock, _pool
    _lock, _pool = threading.Lock(), None


os.register_at_fork(after_in_child=_forget)


def core_count() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cores() -> ThreadPoolExecutor:
    """The threads of this process, one for each core. Work given to them must not wait for other work of theirs."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(core_count(), thread_name_prefix="core")
        return _pool


def side_by_side(rows: int, least: int, work: Callable[[slice], object]) -> None:
    """Does ``work`` on all of ``rows``, in as many equal parts as there are cores, none smaller than ``least``.

    What a part raises is raised here, once all parts have ended.
    """
    parts = min(core_count(), rows // least)
    if parts < 2:
        work(slice(0, rows))
        return
    step = -(-rows // parts)
    waiting = [cores().submit(work, slice(begin, begin + step)) for begin in range(step, rows, step)]
    try:
        work(slice(0, step))
    finally:
        for one in waiting:
            one.exception()
    for one in waiting:
        one.result()
