"""Timing side by side: interleaved rounds, so that a machine that slows down slows every engine; medians and spread."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Work = Callable[[], object]


def machine() -> str:
    """One line that says where figures come from."""
    model = next((line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")), "")
    load = f", load {os.getloadavg()[0]:.0f}" if hasattr(os, "getloadavg") else ""
    python = platform.python_version()
    return f"{platform.machine()} {model}, {len(os.sched_getaffinity(0))} cores, Python {python}{load}"


def seconds(work: Work) -> float:
    """Seconds on the wall that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Taken:
    """The seconds of one engine, round by round: on the wall, and of the processor (all threads together)."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def interleaved(engines: Mapping[str, Work], rounds: int) -> dict[str, Taken]:
    """What each engine takes in each round; all engines take their turn in every round."""
    taken = {name: Taken() for name in engines}
    for _ in range(rounds):
        for name, work in engines.items():
            before = time.process_time()
            taken[name].wall.append(seconds(work))
            taken[name].processor.append(time.process_time() - before)
    return taken


def rate(taken: list[float], count: int) -> str:
    """Million a second: the median and, in brackets, the least and the most."""
    mid, low, high = (count / one / 1e6 for one in (statistics.median(taken), max(taken), min(taken)))
    return f"{mid:,.2f} ({low:,.2f} to {high:,.2f})"


def ratio(mine: list[float], theirs: list[float], mine_count: int, their_count: int) -> float:
    """How many times as many a second: the median of the rounds' ratios."""
    pairs = zip(mine, theirs, strict=True)
    return statistics.median((mine_count / my) / (their_count / other) for my, other in pairs)


def _cpu_lines() -> list[str]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123
            return lines.read().splitlines()
    except OSError:
        return []
