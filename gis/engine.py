"""Whether numba may be used. Without it everything is slower and nothing is different."""

from functools import cache
from typing import Any


@cache
def numba_is_there() -> bool:
    """Whether numba can be imported and may compile here (``NUMBA_DISABLE_JIT`` says that it may not)."""
    try:
        import numba
    except ImportError:  # no wheel for this machine: the service runs without
        return False
    config: Any = numba.config
    return not config.DISABLE_JIT
