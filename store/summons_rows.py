"""Between a Summons and the rows it is stored in. The columns are those of store/migrations/0004_summonses.sql."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.item import Item
from dispatch.scope import readers_of
from dispatch.summons import Attendee, Call, JointTask, Summons, figures

Row = Mapping[str, Any]

_PLAIN = (
    *("id", "item_id", "township", "state", "place", "lon", "lat", "original", "meet_at", "acknowledge_by", "note"),
    *("plan", "reason", "moves", "maker", "opened_at", "updated_at", "closed_at"),
)
_CALL = (
    *("department", "state", "acknowledged_at", "checked_in_at", "proof", "distance_m", "accuracy_m", "late_by_s"),
    *("reason", "substitute"),
)


def summons_rows(summons: Summons) -> dict[str, Any]:
    """``summons``: its row; ``calls`` and ``tasks``: the rows of its parts."""
    return {
        "summons": {name: getattr(summons, name) for name in _PLAIN},
        "calls": [
            {name: getattr(call, name) for name in _CALL}
            | {
                "summons_id": summons.id,
                "n": n,
                "attendee_name": call.attendee.name,
                "attendee_post": call.attendee.post,
            }
            for n, call in enumerate(summons.calls)
        ],
        "tasks": [
            {name: getattr(task, name) for name in JointTask.__slots__} | {"summons_id": summons.id}
            for task in summons.tasks
        ],
    }


def summons_of(row: Row) -> Summons:
    """The Summons of a row of the view ``summons_cards``."""
    return Summons(
        **{name: row[name] for name in _PLAIN},
        calls=tuple(call_of(part) for part in row["calls"]),
        tasks=tuple(
            JointTask(part["n"], part["department"], part["text"], _at(part["due_at"]), _at(part["done_at"]))
            for part in row["tasks"]
        ),
    )


def call_of(part: Row) -> Call:
    """The Call of an element of ``summons_cards.calls``."""
    told = {name: part[name] for name in _CALL}
    times = {name: _at(part[name]) for name in ("acknowledged_at", "checked_in_at")}
    return Call(**(told | times), attendee=Attendee(part["attendee_name"], part["attendee_post"]))


def _at(text: str | None) -> Any:
    return datetime.fromisoformat(text) if text else None


def summons_notice(summons: Summons, before: Item, after: Item) -> dict[str, Any]:
    """The outbox line: what the live stream shows, and under which keys it was and is to be read."""
    how = figures(summons)
    return {
        "id": summons.id,
        "number": after.number,
        "state": summons.state,
        "township": summons.township,
        "lon": summons.lon,
        "lat": summons.lat,
        "meet_at": summons.meet_at.isoformat(),
        "called": how.called,
        "acknowledged": how.acknowledged,
        "come": how.come,
        "updated_at": summons.updated_at.isoformat(),
        "readers": list(readers_of(after)),
        "were": list(readers_of(before)),
    }
