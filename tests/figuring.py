"""Figures the slow way: from the histories alone, one item after the other, with nothing of the product's counting."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dispatch.summons import Summons, in_time

ITEM_KEYS = ("received", "settled", "timely_dispatch", "timely_handling", "on_time_answer", "satisfaction", "rated")
CALL_KEYS = ("summonses", "called", "acknowledged_in_time", "present", "late", "absent", "excused", "substituted")

Found = dict[tuple[str, str], list[str]]
"""(figure, part) -> the numbers of what is in it, in order."""


def items_of(histories: Iterable[Mapping[str, Any]], now: datetime) -> Found:
    """Items by figure and part. A history is what ``dispatch.derive.standing`` reads out of an item's events, with its
    ``number``."""
    known = {history["number"]: history for history in histories}
    found: Found = defaultdict(list)
    for history in sorted(known.values(), key=lambda one: one["number"]):
        for figure, part in zip(ITEM_KEYS, item_parts(history, known, now), strict=True):
            found[figure, part].append(history["number"])
    return dict(found)


def item_parts(history: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], now: datetime) -> list[str]:
    """The part of each figure that the item is in."""
    status = history["status"]
    fate = known[history["merged_into"]]["status"] if status == "merged" else status
    if fate in ("suspended", "declined", "transferred"):
        return ["yes", *([fate] * 6)]
    levels = [int(rating.split("/")[1]) for rating in history["ratings"]]
    clocks = [verdict(history["clocks"].get(stage), stage, status, now) for stage in ("dispatch", "settle", "answer")]
    done = fate in ("settled", "verified", "answered", "closed")
    if levels:
        ratings = ["yes" if levels[-1] >= 3 else "no", "yes"]
    else:
        ratings = ["unrated", "no"] if status == "closed" else ["pending", "pending"]
    return ["yes", "yes" if done else "no", *clocks, *ratings]


def verdict(clock: str | None, stage: str, status: str, now: datetime) -> str:
    """What the clock of a stage (``due/state`` as an event says it) comes to."""
    due, state = clock.split("/") if clock else ("", "none")
    if state in ("met", "late"):
        return {"met": "yes", "late": "no"}[state]
    if state == "running" and datetime.fromisoformat(due) < now:
        return "no"
    over = status in ("answered", "closed")
    merged = status == "merged" and (stage != "answer" or state == "stopped")
    return "clockless" if over or merged else "pending"


def marks_of(histories: Iterable[Mapping[str, Any]], figure: str, found: Found) -> dict[str, int]:
    """How many of what is inside a rate bear each mark."""
    inside = {number for part in ("yes", "no") for number in found.get((figure, part), ())}
    counted: dict[str, int] = defaultdict(int)
    for history in histories:
        if history["number"] in inside:
            counted["was_suspended"] += any(kind == "suspension" for _, _, kind in history["waits"])
            counted["reopened"] += history["restarted_at"] is not None
            counted["follow_up"] += bool(history["ratings"]) and history["ratings"][-1].endswith("/follow-up")
    return {mark: n for mark, n in counted.items() if n}


def answers_for(history: Mapping[str, Any], unit: str) -> bool:
    """Whether the unit leads the item, or is its main handler."""
    main = [line.split("/")[0] for line in history["handlers"] if "/main/" in line and not line.endswith("/returned")]
    return unit in (history["lead"], *main)


def calls_of(summonses: Iterable[tuple[Summons, str]], now: datetime) -> dict[tuple[str, str], int]:
    """How many calls are in each part of each figure, of summonses with their items' numbers."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for summons, _ in summonses:
        off = summons.state == "cancelled"
        found["summonses", "cancelled" if off else "yes"] += 1
        for call in summons.calls:
            found["called", "cancelled" if off else "yes"] += 1
            told = in_time(summons, call, now)
            waiting = call.state if call.state in ("excused", "substituted") else "pending"
            part = "cancelled" if off else waiting if told is None else "yes" if told else "no"
            found["acknowledged_in_time", part] += 1
            for figure in ("present", "late", "absent"):
                judged = call.state in ("present", "late", "absent")
                part = ("yes" if call.state == figure else "no") if judged else waiting
                found[figure, "cancelled" if off else part] += 1
            if call.state in ("excused", "substituted") and not off:
                found[call.state, "yes"] += 1
    return dict(found)
