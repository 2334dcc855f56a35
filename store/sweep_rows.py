"""Between a Sweep and the rows it is stored in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.sweeping import Area, Member, SurveyTask, Sweep

MEMBER = ("number", "status", "category", "description", "address", "score", "task")


def sweep_of(row: Mapping[str, Any]) -> Sweep:
    """The Sweep of a row of the query sweeps_page; items that its reader may not see are only counted, and
    the one it began from is not named."""
    seen = [member for member in row["members"] if member["seen"]]
    return Sweep(
        id=row["id"],
        kind=row["kind"],
        source=row["source"] if row["source_seen"] else None,
        area=Area(row["level"], row["area"]) if row["level"] else None,
        since=row["since"],
        question=row["question"],
        due_at=row["due_at"],
        readers=tuple(row["readers"]),
        role=row["role"],
        unit=row["unit"],
        made_at=row["made_at"],
        members=tuple(Member(**{name: member[name] for name in MEMBER}) for member in seen),
        hidden=len(row["members"]) - len(seen),
        tasks=tuple(_task(task) for task in row["tasks"]),
    )


def _task(part: dict[str, Any]) -> SurveyTask:
    done = part["done_at"]
    return SurveyTask(**part | {"done_at": datetime.fromisoformat(done) if done else None})


def task_rows(tasks: tuple[SurveyTask, ...]) -> list[dict[str, Any]]:
    """The rows of new tasks."""
    names = ("n", "grid", "township", "worker", "worker_name")
    return [{name: getattr(task, name) for name in names} for task in tasks]
