"""Past items replayed by columns in two Editions: where each lies, whose it is, and whether that is in doubt.

Pure, block by block: what blocks count adds up, so that they can be done one after another, or beside each other on
many machines (a Replay can be pickled). The answer for each row is that of taking the item in by the ordinary road:
``Edition.resolve``, ``routing.lead_of``, ``routing.handlers_of``; the worker is the cell's own, away or not.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.edition import Edition
from dispatch.item import UNCLASSIFIED
from dispatch.past import WHAT, Bools, Ints, Objects, PastColumns, Replayed, SideColumns, Sums
from dispatch.routing import handlers_of, lead_of
from dispatch.rulebook import Rules
from dispatch.staff import Roster
from dispatch.units import Unit
from gis.doubt import Doubts
from gis.ellipsoid import metres_per_degree
from gis.resolution import Resolution

_SPARE = 1.02


@dataclass
class _Setting:
    """One side: an Edition with what stands beside it, and the answers of the catalogue that were asked for so far."""

    edition: Edition
    units: Mapping[str, Unit]
    staff: Roster
    rules: Rules
    routed: dict[tuple[int, int], tuple[str, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cells = self.edition.index.cells
        self.township = _column([*(cell.township for cell in cells), None])
        self.grid = _column([*(cell.code for cell in cells), None])
        self.community = _column([*(cell.community for cell in cells), None])
        self.worker = _column([*(self._worker(cell.code) for cell in cells), None])
        homes: dict[tuple[str | None, str | None, bool], int] = {}
        told = [*((cell.township, cell.community, True) for cell in cells), (None, None, False)]
        self.home = np.array([homes.setdefault(home, len(homes)) for home in told], dtype=np.int64)
        self.homes = list(homes)
        self.doubts = Doubts(self.edition.index, self.rules.doubt_share)

    def _worker(self, grid: str) -> str | None:
        row = self.staff.get(grid)
        return row.worker if row else None

    def side(
        self, cell: Ints, trade: npt.NDArray[np.int64], trades: Sequence[tuple[str, str]], doubt: Bools
    ) -> SideColumns:
        """The rows of a block in those cells. ``trade`` is a position in ``trades``: (category, kind)."""
        keys, of = np.unique(trade * len(self.homes) + self.home[cell], return_inverse=True)
        routed = [self._routed(*divmod(int(key), len(self.homes)), trades) for key in keys]
        handler = _column([unit for unit, _ in routed])[of]
        task = np.array([sent for _, sent in routed], dtype=bool)[of]
        worker = self.worker[cell].copy()
        worker[~task] = None
        where = self.township[cell], self.grid[cell], self.community[cell]
        return SideColumns(cell, task, *where, handler, worker, doubt)

    def _routed(self, trade: int, home: int, trades: Sequence[tuple[str, str]]) -> tuple[str, bool]:
        """The main handler of such an item in such a place, and whether its grid worker is sent."""
        if (trade, home) not in self.routed:
            (category, kind), (township, community, inside) = trades[trade], self.homes[home]
            place = Resolution(township, "" if inside else None, community, None, False, False, (), None, None)
            roles, task = handlers_of(
                self.rules.category(category),
                None if kind == UNCLASSIFIED else kind,
                lead_of(place),
                place,
                self.rules,
                self.units,
            )
            self.routed[trade, home] = roles[0].unit, task is not None
        return self.routed[trade, home]


class Replay:
    """Replays blocks of past items in two Editions. ``units`` are those that live on each side."""

    def __init__(
        self,
        before: Edition,
        after: Edition,
        units: tuple[Mapping[str, Unit], Mapping[str, Unit]],
        staff: Roster,
        rules: Rules,
    ) -> None:
        self.before = _Setting(before, units[0], staff, rules)
        self.after = _Setting(after, units[1], staff, rules)
        self._trades: dict[tuple[str, str], int] = {}
        self._other = shapely.STRtree(_other_ground(before, after))

    def block(self, columns: PastColumns) -> Replayed:
        """Where each item lies, whose it is and how that changes. Any number of rows; some 50,000 are quickest."""
        lon, lat = columns.lon, columns.lat
        old, new = (side.edition.index.find_many(lon, lat) for side in (self.before, self.after))
        doubt = self._doubt(old, new, columns)
        trades = self._trades
        told = zip(columns.category, columns.kind, strict=True)
        trade = np.array([trades.setdefault(pair, len(trades)) for pair in told], dtype=np.int64)
        listed = list(trades)
        before = self.before.side(old, trade, listed, doubt[0])
        after = self.after.side(new, trade, listed, doubt[1])
        changed = {what: _differ(getattr(before, what), getattr(after, what)) for what in WHAT}
        return Replayed(columns, before, after, changed, self._sums(columns, before, after, changed))

    def _doubt(self, old: Ints, new: Ints, columns: PastColumns) -> tuple[Bools, Bools]:
        """Whether each is in doubt before and after. A circle on ground that is alike on both sides is asked once."""
        lon, lat, accuracy = columns.lon, columns.lat, columns.accuracy_m
        before = self.before.doubts.many(old, lon, lat, accuracy)
        rows = self.after.doubts.near(new, lon, lat, accuracy)
        after = np.zeros(len(lon), dtype=bool)
        after[rows] = before[rows]
        per_lon, per_lat = metres_per_degree(lat[rows], np)
        reach = accuracy[rows] * _SPARE / np.minimum(per_lon, per_lat)
        points = shapely.points(lon[rows], lat[rows])
        again = rows[np.unique(self._other.query(points, predicate="dwithin", distance=reach)[0])]
        after[again] = self.after.doubts.of_near(new[again], lon[again], lat[again], accuracy[again])
        return before, after

    def _sums(
        self, columns: PastColumns, before: SideColumns, after: SideColumns, changed: Mapping[str, Bools]
    ) -> Sums:
        sizes = len(self.before.grid), len(self.after.grid)
        cells = tuple(
            np.bincount(side.cell % size, minlength=size) for side, size in zip((before, after), sizes, strict=True)
        )
        tasks = tuple(
            np.bincount(side.cell[side.task] % size, minlength=size)
            for side, size in zip((before, after), sizes, strict=True)
        )
        moved = np.nonzero(changed["grid"] | changed["township"])[0]
        pairs: Counter[tuple[int, int]] = Counter(
            zip(before.cell[moved].tolist(), after.cell[moved].tolist(), strict=True)
        )
        any_ = int(np.logical_or.reduce(list(changed.values())).sum())
        counts = {what: int(changed[what].sum()) for what in WHAT}
        doubtful = int(before.doubtful.sum()), int(after.doubtful.sum())
        placed = int(np.isfinite(columns.lon).sum())
        return Sums(len(columns), placed, any_, counts, doubtful, cells, tasks, pairs)  # type: ignore[arg-type]

    def nothing(self) -> Sums:
        """The Sums of no item at all."""
        none = np.empty(0)
        return self.block(PastColumns([], none, none, none, none, [], [])).sums


def replay(
    work: Replay, blocks: Iterator[PastColumns], each: Callable[[Replayed], None] | None = None
) -> Sums:  # fmt: skip
    """All blocks together; ``each`` sees every one when it is done."""
    sums = work.nothing()
    for columns in blocks:
        done = work.block(columns)
        sums.add(done.sums)
        if each is not None:
            each(done)
    return sums


def _column(values: Sequence[object]) -> Objects:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def _differ(before: Objects, after: Objects) -> Bools:
    return np.asarray(before != after, dtype=bool)


def _other_ground(before: Edition, after: Edition) -> list[Any]:
    """The cells of both that are not in the other with the same code, township and shape."""
    sides = []
    for edition in (before, after):
        shapes = edition.index.geometries
        forms = shapely.to_wkb(shapely.normalize(shapes))
        named = zip(edition.index.cells, forms, shapes, strict=True)
        sides.append({(cell.code, cell.township, form): shape for cell, form, shape in named})
    old, new = sides
    return [shape for key, shape in old.items() if key not in new] + [
        shape for key, shape in new.items() if key not in old
    ]
