"""What an item is (kind) and how pressing it is (urgency): names, and what each asks for."""

from dataclasses import dataclass

from dispatch.faults import Fault
from dispatch.limits import STAGES, Limit, stage_limits
from dispatch.tables import keep, missing, table

KINDS = ("consultation", "help", "complaint", "report", "suggestion", "praise", "finding")
"""Every kind an item may have beside ``unclassified``. The work knows them; a city names them."""

URGENCIES = ("critical", "urgent", "normal")
"""Most pressing first."""

WORKER_TASKS = ("settle", "confirm")
"""Tasks that dispatching may give a grid worker (``verify`` comes later, from the workflow)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``tasks`` are the tasks a grid worker may get at dispatch: none for what cannot be seen on the spot."""

    code: str
    zh: str
    en: str
    needs_place: bool
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Urgency:
    """``limits`` hold for every stage that a category leaves open."""

    code: str
    zh: str
    en: str
    limits: dict[str, tuple[Limit, ...]]


def read_kinds(text: str, file: str, faults: list[Fault]) -> dict[str, Kind]:
    """Kinds by code; all of KINDS must stand there, once, and no others."""
    kinds: dict[str, Kind] = {}
    for row in table(text, file, faults, columns=("code", "zh", "en", "needs_place", "tasks")):
        code = row.one_of("code", KINDS)
        for task in row.words("tasks"):
            if task not in WORKER_TASKS:
                row.fault(f"task {task!r} is unknown", f"write any of: {', '.join(WORKER_TASKS)}, split by ;")
        new = Kind(code, row.required("zh"), row.required("en"), row.yes_no("needs_place"), row.words("tasks"))
        keep(kinds, new.code, new, row)
    missing(KINDS, kinds, file, faults)
    return kinds


def read_urgencies(text: str, file: str, faults: list[Fault]) -> dict[str, Urgency]:
    """Urgencies by code; all of URGENCIES must stand there, each with a limit for every stage."""
    urgencies: dict[str, Urgency] = {}
    for row in table(text, file, faults, columns=("code", "zh", "en", "limits")):
        code = row.one_of("code", URGENCIES)
        before = len(faults)
        limits = stage_limits(row)
        absent = [stage for stage in STAGES if stage not in limits]
        if absent and len(faults) == before:
            row.fault(f"no limit for {', '.join(absent)}", "give every stage one: categories rely on it")
        keep(urgencies, code, Urgency(code, row.required("zh"), row.required("en"), limits), row)
    missing(URGENCIES, urgencies, file, faults)
    return urgencies
