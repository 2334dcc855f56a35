"""The catalogue of competence: which unit handles a category, who assists, what the grid worker does."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from dispatch.faults import Fault
from dispatch.item import CENTRE
from dispatch.kinds import WORKER_TASKS
from dispatch.tables import Row, keep, table
from dispatch.units import COMMUNITY, LEAD, Unit

NO_TASK = "none"


@dataclass(frozen=True, slots=True)
class HandlerRule:
    """``main`` and ``assist`` are unit codes, or ``lead``, ``community`` (of the place), ``centre``.

    ``task`` is ``settle``, ``confirm`` or None.
    """

    category: str
    main: str
    assist: tuple[str, ...]
    task: str | None


def read_handlers(
    text: str, file: str, faults: list[Fault], *, categories: Container[str], units: Mapping[str, Unit]
) -> dict[str, HandlerRule]:
    """Rules by category code. A category without a line is the lead's."""
    rules: dict[str, HandlerRule] = {}
    for row in table(text, file, faults, columns=("category", "main", "assist", "task")):
        category, main, assist = row.required("category"), row.required("main"), row.words("assist")
        if category and category not in categories:
            row.fault(f"category {category!r} does not exist", "use a code of categories.csv (a spreadsheet cuts 2.10)")
        for unit in (main, *assist):
            _check_unit(row, unit, units)
        if main in units and units[main].kind != "department":
            row.fault(f"main handler {main} is a {units[main].kind}", "name a department, community, lead or centre")
        for unit in {unit for unit in (main, *assist) if (main, *assist).count(unit) > 1}:
            row.fault(f"unit {unit} stands twice", "name each unit once")
        task = row.one_of("task", (*WORKER_TASKS, NO_TASK))
        keep(rules, category, HandlerRule(category, main, assist, None if task == NO_TASK else task), row)
    return rules


def _check_unit(row: Row, unit: str, units: Mapping[str, Unit]) -> None:
    if unit and unit not in units and unit not in (LEAD, COMMUNITY, CENTRE):
        row.fault(f"unit {unit!r} does not exist", "use a code of units.csv, lead, community or centre")
