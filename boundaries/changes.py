"""From ground to words: which areas of one level were added, split, moved and so on.

More than half of what two areas hold together is the most that one area can share with any other: so an area has at
most one that it is "the same ground" as, whatever the codes. Splits and mergers are looked for first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["township", "community", "grid"]
Kind = Literal["added", "removed", "recoded", "split", "merged", "moved", "reassigned", "renamed"]
KINDS: tuple[Kind, ...] = ("added", "removed", "recoded", "split", "merged", "moved", "reassigned", "renamed")
"""Every kind of change, in the order they are told."""
LEVELS: tuple[Level, ...] = ("township", "community", "grid")
HALF = 0.5

Table = Mapping[tuple[str | None, str | None], float]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an area, or of areas that belong together.

    ``before`` and ``after`` are codes, ascending: an added area has none before, a removed one none after; a split has
    one before and several after, a merger several before and one after; else there is one on each side.

    * ``recoded``: the same ground (more than half of what both hold together) under another code.
    * ``split``, ``merged``: new codes on the ground of one, or one on the ground of others whose codes are gone.
    * ``moved``: its border: ground was gained or lost, as the pairs tell.
    * ``reassigned``: a cell under another township or community; ``was`` and ``now`` are ``township`` or
      ``township/community`` codes. A community under another township.
    * ``renamed``: ``was`` and ``now`` are the names.

    ``kept`` (0 to 1) is the ground that both sides share, of what they hold together: 1 where none moved, 0 for the
    added and the removed. ``gained_m2`` and ``lost_m2`` are what the side after has more and what the side before has
    no more; for an added or a removed area all of it.
    """

    level: Level
    kind: Kind
    before: tuple[str, ...]
    after: tuple[str, ...]
    was: str = ""
    now: str = ""
    kept: float = 1.0
    gained_m2: float = 0.0
    lost_m2: float = 0.0


@dataclass(frozen=True)
class Areas:
    """The areas of one level on one side: names, homes (township, or township/community) and m2, each by code."""

    names: Mapping[str, str]
    homes: Mapping[str, str]
    m2: Mapping[str, float]


@dataclass
class _Finding:
    """The work on one level. ``groups`` are the splits and mergers: codes before -> codes after."""

    level: Level
    old: Areas
    new: Areas
    table: Table
    groups: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    out: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.to: dict[str, dict[str, float]] = {}
        self.of: dict[str, dict[str, float]] = {}
        self.gone, self.come = dict.fromkeys(self.old.names, 0.0), dict.fromkeys(self.new.names, 0.0)
        for (a, b), m2 in self.table.items():
            if a is not None and b is not None:
                self.to.setdefault(a, {})[b] = m2
                self.of.setdefault(b, {})[a] = m2


def changes_of(level: Level, old: Areas, new: Areas, table: Table) -> list[Change]:
    """The changes of one level, by kind and code. ``table`` has the ground in m2 of each (code before, code after),
    None for no area; ground below 1 cm of width is in none of it."""
    work = _Finding(level, old, new, table)
    _splits(work)
    _mergers(work)
    matched = _matched(work)
    grouped_old = {code for before, _ in work.groups for code in before}
    grouped_new = {code for _, after in work.groups for code in after}
    same = [(code, code) for code in old.names if code in new.names and code not in {a for a, _ in matched}
            and code not in {b for _, b in matched}]  # fmt: skip
    for a, b in matched:
        work.out.append(_change(work, "recoded", (a,), (b,), old.names[a], new.names[b]))
    for a, b in [*same, *matched]:
        _on_both_sides(work, a, b)
    taken_old, taken_new = {a for a, _ in [*same, *matched]}, {b for _, b in [*same, *matched]}
    for code in set(new.names) - taken_new - grouped_new:
        work.out.append(_change(work, "added", (), (code,), "", new.names[code]))
    for code in set(old.names) - taken_old - grouped_old:
        work.out.append(_change(work, "removed", (code,), (), old.names[code], ""))
    return sorted(work.out, key=lambda c: (KINDS.index(c.kind), c.before, c.after))


def _splits(work: _Finding) -> None:
    for code in sorted(work.old.names):
        parts = {b for b, m2 in work.to.get(code, {}).items() if m2 >= HALF * work.new.m2.get(b, 0.0)}
        others = parts - {code}
        if len(parts) > 1 and not any(other in work.old.names for other in others):
            _group(work, "split", (code,), tuple(sorted(parts)))


def _mergers(work: _Finding) -> None:
    for code in sorted(work.new.names):
        parts = {a for a, m2 in work.of.get(code, {}).items() if m2 >= HALF * work.old.m2.get(a, 0.0)}
        others = parts - {code}
        if len(parts) > 1 and not any(other in work.new.names for other in others):
            _group(work, "merged", tuple(sorted(parts)), (code,))


def _group(work: _Finding, kind: Kind, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    work.groups.append((before, after))
    was = ", ".join(work.old.names[code] for code in before)
    now = ", ".join(work.new.names[code] for code in after)
    work.out.append(_change(work, kind, before, after, was, now))


def _matched(work: _Finding) -> list[tuple[str, str]]:
    """(code before, another code after) on the same ground, outside splits and mergers."""
    taken_old = {code for before, _ in work.groups for code in before}
    taken_new = {code for _, after in work.groups for code in after}
    found = []
    for (a, b), m2 in work.table.items():
        if a is None or b is None or a == b or a in taken_old or b in taken_new:
            continue
        if m2 > HALF * (work.old.m2[a] + work.new.m2[b] - m2):
            found.append((a, b))
    return sorted(found)


def _on_both_sides(work: _Finding, a: str, b: str) -> None:
    """What else happened to an area that is there before and after."""
    if a == b:
        within = next((group for group in work.groups if a in group[0] and a in group[1]), ((a,), (a,)))
        rest = _change(work, "moved", (a,), (a,), within=within)
        if rest.gained_m2 or rest.lost_m2:
            work.out.append(rest)
        # a name that is the code was not given: townships may be left out of the files
        if work.new.names[a] not in (work.old.names[a], a):
            work.out.append(Change(work.level, "renamed", (a,), (a,), work.old.names[a], work.new.names[a]))
    was, now = work.old.homes.get(a, ""), work.new.homes.get(b, "")
    if was != now:
        work.out.append(Change(work.level, "reassigned", (a,), (b,), was, now))


def _change(
    work: _Finding,
    kind: Kind,
    before: tuple[str, ...],
    after: tuple[str, ...],
    was: str = "",
    now: str = "",
    *,
    within: tuple[tuple[str, ...], tuple[str, ...]] | None = None,
) -> Change:
    """The change with its ground. ``within``: what those give and take among each other is told elsewhere already."""
    givers, takers = within or (before, after)
    lost = _sum(m2 for a in before for b, m2 in _all_to(work, a) if b not in takers)
    gained = _sum(m2 for b in after for a, m2 in _all_of(work, b) if a not in givers)
    shared = _sum(work.table.get((a, b), 0.0) for a in before for b in after)
    whole = _sum(work.old.m2.get(a, 0.0) for a in before) + _sum(work.new.m2.get(b, 0.0) for b in after) - shared
    kept = min(shared / whole, 1.0) if whole > 0.0 and (lost or gained) else 1.0 if before and after else 0.0
    return Change(work.level, kind, before, after, was, now, kept, gained, lost)


def _all_to(work: _Finding, code: str) -> Iterable[tuple[str | None, float]]:
    return [*work.to.get(code, {}).items(), (None, work.table.get((code, None), 0.0))]


def _all_of(work: _Finding, code: str) -> Iterable[tuple[str | None, float]]:
    return [*work.of.get(code, {}).items(), (None, work.table.get((None, code), 0.0))]


def _sum(numbers: Iterable[float]) -> float:
    return float(sum(numbers))
