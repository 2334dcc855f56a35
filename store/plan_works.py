"""The work that planners ask for on a draft: what it looks at, and what the page is told of it."""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import shapely

from boundaries.check import check
from boundaries.difference import difference, items_by_pair
from boundaries.difference_json import as_json as difference_json
from boundaries.difference_json import ground_features
from boundaries.district import District
from boundaries.edition import Edition
from boundaries.fault import Fault
from dispatch.past import Replayed
from dispatch.rehearsal_json import COLUMNS, open_row, past_rows
from dispatch.rehearsal_json import as_json as rehearsal_json
from store import editions
from store.errors import NoEdition
from store.past_items import open_places
from store.plan_jobs import Progress
from store.pool import Pool
from store.rehearsing import rehearse
from store.world import Worlds

MOST_TOLD = 2_000
"""Faults, changes, pieces of ground: as many are told one by one, the gravest or largest; counts are of all."""
MOST_ITEMS = 200
MOST_LINES = 200_000
"""Past items in the CSV of a rehearsal."""

Done = tuple[Mapping[str, Any], bytes | None]
"""A result for JSON, and a gzipped CSV where there is one."""


def checked(pool: Pool, worlds: Worlds, district: District) -> list[Fault]:
    """The faults of a district, also as against the live Edition's ground and the codes that earlier ones gave away."""
    try:
        live = shapely.union_all([*worlds.shelf.live().index.townships.values()])
    except NoEdition:
        live = None
    return check(district, editions.retired(pool), live=live)


def faults_told(faults: Sequence[Fault]) -> dict[str, Any]:
    """The faults of a draft for JSON: how many of each kind, and the first MOST_TOLD, errors before warnings."""
    counts = Counter((fault.kind, fault.severity) for fault in faults)
    return {
        "errors": sum(fault.severity == "error" for fault in faults),
        "warnings": sum(fault.severity == "warning" for fault in faults),
        "kinds": [{"kind": kind, "severity": severity, "n": n} for (kind, severity), n in counts.items()],
        "faults": [asdict(fault) for fault in faults[:MOST_TOLD]],
    }


def compared(pool: Pool, worlds: Worlds, district: District, progress: Progress) -> Done:
    """What a draft changes of the live Edition, with open items by pair: ``as_json`` of the difference, with
    ``edition``, and ``ground`` (GeoJSON of what changes hands)."""
    live = worlds.shelf.get(worlds.shelf.live_id())[0]
    progress(0, 3)
    found = difference(live.district, district)
    progress(1, 3)
    found = found.with_items(items_by_pair(live.index, Edition.of(district).index, *open_places(pool)))
    progress(2, 3)
    told, ground = difference_json(found), ground_features(found)
    for name in ("changes", "pairs"):
        told[f"{name}_left_out"] = max(0, len(told[name]) - MOST_TOLD)
        told[name] = told[name][:MOST_TOLD]
    ground["features"] = ground["features"][:MOST_TOLD]
    progress(3, 3)
    return {"edition": live.id, **told, "ground": ground}, None


def rehearsed(
    pool: Pool, worlds: Worlds, district: District, asked: Mapping[str, Any], progress: Progress
) -> Done:  # fmt: skip
    """What a draft would do to open items and those of the period that is asked for, and all of them as CSV. Past items
    and those of single cells stand in the CSV alone."""
    past = io.StringIO()
    lines = _Lines(past)
    since, until = (datetime.fromisoformat(asked[name]) if asked.get(name) else None for name in ("from", "to"))
    found = rehearse(
        pool, worlds, district, since=since, until=until, progress=progress, each=lines.add,
        move_in_work=asked.get("move") == "in-work",
    )  # fmt: skip
    told = rehearsal_json(found)
    told |= {"open_items": told["open_items"][:MOST_ITEMS], "lines_left_out": lines.left_out}
    for name in ("past_items", "grids", "pairs"):
        del told[name]
    head = io.StringIO()
    writer = csv.DictWriter(head, COLUMNS)
    writer.writeheader()
    writer.writerows(open_row(item) for item in found.open_items)
    return told, gzip.compress((head.getvalue() + past.getvalue()).encode("utf-8-sig"), 5)


class _Lines:
    """Writes past items as lines of the CSV, up to MOST_LINES."""

    def __init__(self, target: io.StringIO) -> None:
        self._writer = csv.DictWriter(target, COLUMNS)
        self._left, self.left_out = MOST_LINES, 0

    def add(self, block: Replayed) -> None:
        items = list(block.items())
        self._writer.writerows(past_rows(items[: self._left]))
        self.left_out += max(0, len(items) - self._left)
        self._left -= min(self._left, len(items))
