"""A Rehearsal as plain data for programs and the planner's page, and as the rows of a CSV file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from dispatch.rehearsal import Counts, Evenness, Load, OpenItem, PairCount, PastItem, Rehearsal, Side

COLUMNS = (
    *("number", "open", "status", "received_at", "category", "changes", "kept"),
    *(f"{what}_{side}" for what in ("township", "grid", "community", "lead", "handler", "worker", "doubtful")
      for side in ("before", "after")),
    *("deadlines", "summonses"),
)  # fmt: skip
"""The columns of the CSV: one line for each item that changes."""
_TWO = ("cells", "km2", "items", "tasks", "open", "cv", "mean", "worst", "most", "doubtful")


def as_json(rehearsal: Rehearsal) -> dict[str, Any]:
    """What ``boundaries rehearse --json`` prints and the planner's page shows: the fields of Rehearsal under their
    names; what is told of both sides as ``{"before", "after"}``, instants in ISO 8601 with an offset, figures to six
    places. ``period`` holds ``from``, ``to`` and ``months``."""
    return {
        "edition": rehearsal.edition,
        "at": rehearsal.at.isoformat(),
        "period": {
            "from": _instant(rehearsal.since),
            "to": _instant(rehearsal.until),
            "months": round(rehearsal.months, 6),
        },
        "demonstration": rehearsal.demonstration,
        "open": _flat(rehearsal.open),
        "kept": rehearsal.kept,
        "past": _flat(rehearsal.past),
        "open_items": [_open(item) for item in rehearsal.open_items],
        "past_items": [_past(item) for item in rehearsal.past_items],
        "pairs": [_pair(pair) for pair in rehearsal.pairs],
        "workers": [_flat(load) for load in rehearsal.workers],
        "townships": [_flat(load) for load in rehearsal.townships],
        "grids": [_flat(load) for load in rehearsal.grids],
        "evenness": [_flat(one) for one in rehearsal.evenness],
        "unstaffed": list(rehearsal.unstaffed),
        "idle": list(rehearsal.idle),
        "names": dict(rehearsal.names),
    }


def open_row(item: OpenItem) -> dict[str, str]:
    """An open item as a line of the CSV, by COLUMNS."""
    due = (f"{d.stage} {_instant(d.before) or '-'} -> {_instant(d.after) or '-'}" for d in item.deadlines)
    called = (f"{s.id} {s.meet_at.isoformat()} {' '.join(s.departments)}" for s in item.summonses)
    return {
        "number": item.number,
        "open": "yes",
        "status": item.status,
        "received_at": "",
        "category": item.category,
        "changes": " ".join(item.changes),
        "kept": "yes" if item.kept else "no",
        **_both(item.before, item.after),
        "deadlines": "; ".join(due),
        "summonses": "; ".join(called),
    }


def past_rows(items: Iterable[PastItem]) -> Iterator[dict[str, str]]:
    """Past items as lines of the CSV."""
    for item in items:
        yield {
            "number": item.number,
            "open": "no",
            "status": "",
            "received_at": item.received_at.isoformat(),
            "category": item.category,
            "changes": " ".join(item.changes),
            "kept": "no",
            **_both(item.before, item.after),
            "deadlines": "",
            "summonses": "",
        }


def _both(before: Side, after: Side) -> dict[str, str]:
    told: dict[str, str] = {}
    for what in Side.__slots__:
        for side, value in (("before", getattr(before, what)), ("after", getattr(after, what))):
            told[f"{what}_{side}"] = "yes" if value is True else "no" if value is False else _inert(value or "")
    return told


def _inert(code: str) -> str:
    """A code as a spreadsheet takes it for text: one that would be a formula there gets an apostrophe before it."""
    return f"'{code}" if code.startswith(("=", "+", "-", "@", "\t", "\r")) else code


def _open(item: OpenItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "status": item.status,
        "category": item.category,
        "urgency": item.urgency,
        "before": _side(item.before),
        "after": _side(item.after),
        "kept": item.kept,
        "changes": list(item.changes),
        "deadlines": [
            {"stage": due.stage, "before": _instant(due.before), "after": _instant(due.after)} for due in item.deadlines
        ],
        "summonses": [
            {
                "id": call.id,
                "township": call.township,
                "meet_at": call.meet_at.isoformat(),
                "departments": list(call.departments),
            }
            for call in item.summonses
        ],
    }


def _past(item: PastItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "received_at": item.received_at.isoformat(),
        "category": item.category,
        "before": _side(item.before),
        "after": _side(item.after),
        "changes": list(item.changes),
    }


def _pair(pair: PairCount) -> dict[str, Any]:
    return {
        "before": {"township": pair.before_township, "grid": pair.before_grid},
        "after": {"township": pair.after_township, "grid": pair.after_grid},
        "open": pair.open,
        "past": pair.past,
    }


def _side(side: Side) -> dict[str, Any]:
    return {what: getattr(side, what) for what in Side.__slots__}


def _flat(told: Counts | Load | Evenness) -> dict[str, Any]:
    """The fields of a flat dataclass, those of both sides apart."""
    values = {field.name: getattr(told, field.name) for field in fields(told)}
    return {name: _two(value) if name in _TWO else _plain(value) for name, value in values.items()}


def _two(value: Sequence[Any]) -> dict[str, Any]:
    return {"before": _plain(value[0]), "after": _plain(value[1])}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return round(value, 6) if isinstance(value, float) else value


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
