"""Items brought some way along: ``begun(service, "settled")``."""

from dataclasses import dataclass
from typing import Any

from dispatch.item import Item
from tests.factories import RunningService

DOGS = "2.06"
"""Dog nuisance: neither verified nor photographed."""
LATE = "2027-06-30T17:30+08:00"


@dataclass(frozen=True)
class Act:
    """What one of the two does."""

    who: str
    action: str
    args: dict[str, Any]


def act(who: str, action: str, **args: Any) -> Act:
    return Act(who, action, args)


START: dict[str, list[Act]] = {
    "dispatched": [act("dispatcher", "assign", main="city-management")],
    "accepted": [act("dispatcher", "assign", main="city-management"), act("department", "accept")],
}
START["settled"] = [*START["accepted"], act("department", "settle", note="好了")]
START["answered"] = [*START["settled"], act("department", "answer", text="好了")]
START["closed"] = [*START["answered"], act("dispatcher", "close")]
START["disputed"] = [*START["accepted"], act("department", "request_return", reason="不归")]
START["extension"] = [*START["accepted"], act("department", "request_extension", until=LATE, reason="备料")]
START["suspension"] = [*START["accepted"], act("department", "request_suspension", until=LATE, reason="诉讼")]
START["paused"] = [*START["accepted"], act("department", "pause", reason="等")]
START["taken"] = [act("officer", "assign", worker="w-T1G1"), act("w-T1G1", "take")]
START["offered"] = START["taken"][:1]
START["received"] = []


def begun(service: RunningService, start: str) -> Item:
    """An item brought so far, by whom it is to be."""
    number = str(service["dispatcher"].report(category=DOGS)["number"])
    desk = service.service.desk
    for one in START[start]:
        desk.act(service[one.who].account, number, one.action, one.args)
    return desk.item(service["dispatcher"].account, number)
