"""Names: which column of a file is which field of an item, and what is kept as it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.importing.rows import ImportFault
from dispatch.report import KNOWN

Slot = tuple[str, ...]
"""Where a value goes: a field of ``POST /items``, or a field within one."""

INNER: Mapping[str, Slot] = {
    "reporter_name": ("reporter", "name"),
    "reporter_phone": ("reporter", "phone"),
    "external_system": ("external_ref", "system"),
    "external_number": ("external_ref", "number"),
}
SLOTS: Mapping[str, Slot] = (
    {name: (name,) for name in sorted(KNOWN)} | dict(INNER) | {".".join(slot): slot for slot in INNER.values()}
)
"""Our names and what they mean."""


def read_map(pairs: Iterable[str]) -> dict[str, Slot]:
    """``THEIRS=OURS`` pairs. Raises ImportFault for what is none, and with the list of names for an unknown OURS."""
    found: dict[str, Slot] = {}
    for pair in pairs:
        theirs, equals, ours = (part.strip() for part in pair.rpartition("="))
        if not equals or not theirs:
            raise ImportFault(f"--map {pair}: write THEIRS=OURS, such as --map 问题描述=description.")
        if ours.lower() not in SLOTS:
            raise ImportFault(f"--map {pair}: {ours!r} is no name of ours; use one of: {', '.join(sorted(SLOTS))}.")
        slot = SLOTS[ours.lower()]
        if theirs in found or slot in found.values():
            raise ImportFault(f"--map {pair}: {theirs if theirs in found else ours} is mapped already.")
        found[theirs] = slot
    return found


@dataclass
class Naming:
    """What the columns of one file mean: those mapped, then those that bear our names in any case.

    A column whose name is ours while another is mapped to it is kept beside, as is every column with another name.
    """

    mapped: Mapping[str, Slot]
    _known: dict[str, Slot | None] = field(default_factory=dict)

    def slot(self, theirs: str) -> Slot | None:
        """Where the column ``theirs`` goes; None where it is kept as it is."""
        if theirs not in self._known:
            own = SLOTS.get(theirs.strip().lower())
            self._known[theirs] = self.mapped.get(theirs.strip(), None if own in self.mapped.values() else own)
        return self._known[theirs]

    def knows(self, theirs: str) -> bool:
        """Whether the column ``theirs`` means something to us."""
        return self.slot(theirs) is not None

    def check_mapped(self, names: Sequence[str], file: str) -> None:
        """Raise ImportFault where a mapped column is not among ``names``."""
        there = {name.strip() for name in names}
        for theirs in self.mapped:
            if theirs not in there:
                raise ImportFault(f"{file}: there is no column {theirs!r}; the columns are: {listed(names)}.")

    def check_columns(self, columns: Sequence[str], file: str) -> None:
        """Raise ImportFault where two columns would be one field, or none says what happened or where."""
        slots = [within(slot) for slot in map(self.slot, columns) if slot]
        twice = next((slot for slot in slots if slots.count(slot) > 1), None)
        if twice:
            raise ImportFault(f"{file}: two columns are {'.'.join(twice)}; --map THEIRS=OURS says which one counts.")
        if not any(slot[0] in ("description", "address", "lon", "lat") for slot in slots):
            raise ImportFault(
                f"{file}: no column is description, address, lon or lat, so no row says anything; the columns are: "
                f"{listed(columns)}. --map THEIRS=OURS gives a column its meaning."
            )

    def sort_out(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The body as ``POST /items`` takes it, and what is to be kept beside it, under names that are not ours."""
        body: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for theirs, value in values.items():
            slot = self.slot(theirs)
            if slot is None or not put(body, slot, value):
                name = theirs.strip()
                others[f"{name} (2)" if name in KNOWN else name] = value
        return body, others


def within(slot: Slot) -> Slot:
    """A slot in full: a plain text for the reporter is a name, one for the other system a number."""
    plain = {"reporter": ("reporter", "name"), "external_ref": ("external_ref", "number")}
    return plain.get(slot[0], slot) if len(slot) == 1 else slot


def put(body: dict[str, Any], slot: Slot, value: Any) -> bool:
    """Put a value where it goes; False, and nothing is changed, where another stands there."""
    if isinstance(value, Mapping) and slot[0] in ("reporter", "external_ref"):
        if slot[0] in body:
            return False
        body[slot[0]] = dict(value)
        return True
    *path, last = within(slot)
    inside = body.setdefault(path[0], {}) if path else body
    if last in inside:
        return False
    inside[last] = value
    return True


def listed(names: Sequence[str]) -> str:
    """Names for a sentence; the first of very many."""
    return ", ".join(names[:40]) + (", ..." if len(names) > 40 else "")
