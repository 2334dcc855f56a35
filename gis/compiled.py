"""Loops made into machine code by numba, kept on disk, so that each machine compiles them once.

Only what is imported where numba is there imports this module; ask :func:`gis.engine.numba_is_there` first. numba knows
that a function's own file changed, not that another one which it calls did: the folder is therefore named after all
files of compiled loops together. It is ``gis/__pycache__``, where that may not be written the account's own cache
folder, and where that may not either nothing is kept: every process then compiles for itself, some ten seconds.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

_HERE = Path(__file__).parent
_SOURCES = ("compiled", "orient", "touch", "record", "plant", "walk", "look", "near", "held", "datum_loops", "curves")


def _digest() -> str:
    texts = [(_HERE / f"{name}.py").read_bytes() for name in _SOURCES]
    return hashlib.sha256(b"\0".join([numba.__version__.encode(), *texts])).hexdigest()[:16]


def _folder() -> str | None:
    """Where machine code is kept: the first place that can be written, None where there is none."""
    name = f"firstline-{_digest()}"
    homes = [_HERE / "__pycache__"]
    if os.environ.get("HOME"):
        homes.append(Path(os.environ["HOME"]) / ".cache")
    for home in homes:
        try:
            (home / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(home / name, os.W_OK):
            return str(home / name)
    return None


_config: Any = numba.config
FOLDER: str | None = _config.CACHE_DIR or _folder()  # NUMBA_CACHE_DIR, where somebody has set it
_config.CACHE_DIR = FOLDER or ""
_OPTIONS = {"nogil": True, "error_model": "numpy"}
_njit: Any = numba.njit


def compiled(function: F) -> F:
    """The function as machine code that holds no lock of the interpreter, so that threads run it side by side.

    It takes no memory and counts no references to its arrays (``_nrt``): in loops as short as these the counting alone
    would take more than half of the time. The caller holds the arrays.
    """
    made: F = _njit(cache=FOLDER is not None, _nrt=False, **_OPTIONS)(function)
    return made


def inner(function: F) -> F:
    """As ``compiled``, for what only other compiled functions call: it is kept as a part of these.

    No function may call itself: numba 0.68 loads such a one wrongly from its cache.
    """
    made: F = _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, _nrt=False, **_OPTIONS)(function)
    return made


def apart(signature: str) -> Callable[[F], F]:
    """For what compiled functions seldom call and what takes memory of its own, which they may not: it is compiled,
    with this signature, when it is defined."""

    def make(function: F) -> F:
        made: F = _njit(signature, cache=FOLDER is not None, **_OPTIONS)(function)
        return made

    return make
