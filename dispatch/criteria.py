"""What the two sides of a summons rate each other by (互评): a city's own list."""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.faults import Fault
from dispatch.tables import table

SIDES = ("township", "department")
"""Who rates: the township that called, or a unit that it called."""

LEVELS = (1, 2, 3, 4, 5)
"""5 is the best; a rating with 1 or 2 in it needs a reason."""

COLUMNS = ("side", "code", "zh", "en")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is rated, with its name in both languages."""

    code: str
    zh: str
    en: str


Criteria = Mapping[str, Mapping[str, Criterion]]
"""Side -> code -> criterion, in the order of the file."""


def read_criteria(text: str, file: str, faults: list[Fault]) -> dict[str, dict[str, Criterion]]:
    """The criteria of each side; each has at least one, and a code stands once on its side."""
    found: dict[str, dict[str, Criterion]] = {side: {} for side in SIDES}
    for row in table(text, file, faults, columns=COLUMNS):
        side = row.one_of("side", SIDES)
        new = Criterion(row.required("code"), row.required("zh"), row.required("en"))
        if side not in found:
            continue
        if new.code in found[side]:
            row.fault(f"code {new.code!r} stands twice for {side}", "give each line of a side its own code")
        elif new.code:
            found[side][new.code] = new
    lacking = [side for side in SIDES if not found[side]]
    if lacking and not any(fault.file == file for fault in faults):
        faults.append(Fault(file, 0, f"no line for {', '.join(lacking)}", "give each side at least one criterion"))
    return found
