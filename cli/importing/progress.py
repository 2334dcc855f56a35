"""How far a long command is: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable
from typing import TextIO

BAR_EVERY_S, LINE_EVERY_S = 0.2, 5.0
WIDTH = 24


class Progress:
    """Tells on ``out`` how much of ``total`` is done: on a terminal a bar, drawn over itself and wiped at the end."""

    def __init__(self, total: int, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._out, self._clock = max(total, 1), out, clock
        self._bar = out.isatty()
        self._began = self._last = clock()

    def tell(self, done: int, rows: int) -> None:
        """``done`` of the total is done, which were ``rows`` rows. Says nothing where it said something just now."""
        now = self._clock()
        if now - self._last < (BAR_EVERY_S if self._bar else LINE_EVERY_S):
            return
        self._last = now
        share = min(done / self._total, 1.0)
        spent = now - self._began
        left = _minutes(spent / share - spent if share else 0)
        words = f"{share:4.0%}  {rows:,} rows  {rows / spent:,.0f} rows/s  {left} left"
        if self._bar:
            full = round(share * WIDTH)
            self._out.write(f"\r\x1b[K[{'#' * full}{'.' * (WIDTH - full)}] {words}")
        else:
            self._out.write(f"{words.strip()}\n")
        self._out.flush()

    def end(self) -> None:
        """Wipe the bar."""
        if self._bar:
            self._out.write("\r\x1b[K")
            self._out.flush()


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
