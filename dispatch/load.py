"""What everyone has to do before and after a change of boundaries, and how evenly that is spread."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from boundaries.edition import Edition
from dispatch.past import Sums
from dispatch.rehearsal import Evenness, Load
from dispatch.staff import Roster

NOBODY = ""
"""Stands for the worker of cells that no line of the staff list names."""
MEASURES: Mapping[str, tuple[str, ...]] = {
    "worker": ("items", "tasks", "km2"),
    "township": ("items", "km2"),
    "grid": ("items", "km2"),
}
"""What is weighed for evenness, of whom."""

OpenCounts = Mapping[str | None, int]


@dataclass(frozen=True)
class SideCounts:
    """One side: the Edition, the past items and worker's tasks of each cell of its index, and the open items by lead
    (township), by cell, and the open tasks by worker."""

    edition: Edition
    items: Sequence[int]
    tasks: Sequence[int]
    open_by_lead: OpenCounts
    open_by_grid: OpenCounts
    open_by_worker: OpenCounts


@dataclass
class _Heap:
    """What one worker, township or cell has on one side."""

    cells: int = 0
    km2: float = 0.0
    items: float = 0.0
    tasks: float = 0.0


def sides(
    before: Edition, after: Edition, sums: Sums, open_: Sequence[tuple[OpenCounts, OpenCounts, OpenCounts]]
) -> tuple[SideCounts, SideCounts]:
    """Both sides from what was summed up; ``open_`` has for each the open items by lead and by cell, and the open tasks
    by worker."""
    made = [
        SideCounts(edition, sums.cells[n].tolist(), sums.tasks[n].tolist(), *open_[n])
        for n, edition in enumerate((before, after))
    ]
    return made[0], made[1]


def loads(of: str, both: tuple[SideCounts, SideCounts], staff: Roster, months: float) -> tuple[Load, ...]:
    """The load of every ``worker``, ``township`` or ``grid`` by code. ``months`` is the length of the period in months;
    0 gives no items a month. Cells without a worker are those of NOBODY."""

    def owner(edition: Edition, n: int) -> str:
        cell = edition.index.cells[n]
        if of == "worker":
            row = staff.get(cell.code)
            return row.worker if row else NOBODY
        return cell.township if of == "township" else cell.code

    heaps = [_heaps(side, lambda n, e=side.edition: owner(e, n)) for side in both]  # type: ignore[misc]
    opens = [_open_of(of, side) for side in both]
    names = _names(of, both, staff)
    return tuple(
        _load(code, names.get(code, code), heaps, opens, months) for code in sorted({*heaps[0], *heaps[1]})
    )  # fmt: skip


def evenness(of: str, loads: Iterable[Load]) -> tuple[Evenness, ...]:
    """How evenly each of MEASURES is spread over those who have cells on a side; NOBODY is not one of them."""
    some = [load for load in loads if not (of == "worker" and load.code == NOBODY)]
    return tuple(_evenness(of, measure, some) for measure in MEASURES[of])


def _heaps(side: SideCounts, owner: Callable[[int], str]) -> dict[str, _Heap]:
    found: dict[str, _Heap] = {}
    m2 = side.edition.square_metres
    for n, cell in enumerate(side.edition.index.cells):
        heap = found.setdefault(owner(n), _Heap())
        heap.cells += 1
        heap.km2 += m2[cell.code] / 1e6
        heap.items += side.items[n]
        heap.tasks += side.tasks[n]
    return found


def _open_of(of: str, side: SideCounts) -> OpenCounts:
    return {"worker": side.open_by_worker, "township": side.open_by_lead, "grid": side.open_by_grid}[of]


def _names(of: str, both: tuple[SideCounts, SideCounts], staff: Roster) -> dict[str, str]:
    if of == "worker":
        return {row.worker: row.worker_name for row in staff.values()}
    before, after = (
        side.edition.township_names if of == "township" else side.edition.grid_names for side in both
    )  # fmt: skip
    return given(before, after)


def given(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """The names of both by code, the later one where it is given: one that is the code was not."""
    return {**after, **before, **{code: name for code, name in after.items() if name != code}}


def _load(code: str, name: str, heaps: list[dict[str, _Heap]], opens: list[OpenCounts], months: float) -> Load:
    two = [side.get(code) for side in heaps]

    def each(told: Callable[[_Heap], float]) -> tuple[float | None, float | None]:
        first, second = (told(heap) if heap else None for heap in two)
        return first, second

    def monthly(told: Callable[[_Heap], float]) -> tuple[float | None, float | None]:
        return each(lambda heap: told(heap) / months if months > 0.0 else 0.0)

    first, second = (side.get(code, 0) if heap else None for side, heap in zip(opens, two, strict=True))
    cells = two[0].cells if two[0] else None, two[1].cells if two[1] else None
    items, tasks = monthly(lambda heap: heap.items), monthly(lambda heap: heap.tasks)
    return Load(code, name, cells, each(lambda heap: heap.km2), items, tasks, (first, second))


def _evenness(of: str, measure: str, loads: Sequence[Load]) -> Evenness:
    told = [_spread([(load.code, getattr(load, measure)[side]) for load in loads]) for side in (0, 1)]
    cv, mean, worst, most = zip(*told, strict=True)
    return Evenness(of, measure, cv, mean, worst, most)


def _spread(
    values: Iterable[tuple[str, float | None]],
) -> tuple[float | None, float | None, str | None, float | None]:
    """Coefficient of variation, mean, and the code and value of the largest (the lowest code of equal ones)."""
    some = [(code, value) for code, value in values if value is not None]
    if not some:
        return None, None, None, None
    numbers = np.array([value for _, value in some])
    mean = float(numbers.mean())
    worst, most = max(some, key=lambda pair: pair[1])
    return (float(numbers.std() / mean) if mean > 0.0 else None), mean, worst, most
