"""The workflow walked whole: every action, from every status, by every role; what is not allowed is refused by name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch.account import Account
from dispatch.errors import Forbidden, UnknownAction, WrongState
from dispatch.item import Item
from dispatch.merging import Earlier
from dispatch.workflow import act, allowed
from tests.factories import (
    IN_T2G1,
    NOON,
    OUTSIDE,
    PEOPLE,
    POLICY,
    RUBBISH,
    TOILET,
    a_photo,
    a_world,
    an_account,
    an_item,
    rules,
)

WORLD = a_world(now=NOON + timedelta(hours=1))
OPEN = "received dispatched accepted settled verified suspended"
ALL = f"{OPEN} answered closed merged declined transferred".split()
TABLE: dict[str, tuple[str, str]] = {
    "locate": ("dispatcher", OPEN),
    "classify": ("dispatcher officer", OPEN),
    "assign": ("dispatcher officer", "received dispatched accepted suspended"),
    "accept": ("department officer", "dispatched"),
    "take": ("w-T1G1", OPEN),
    "arrive": ("w-T1G1", ""),
    "done": ("w-T1G1", ""),
    "settle": ("department officer", "accepted"),
    "verify": ("dispatcher", "settled"),
    "answer": ("dispatcher officer department", "verified"),
    "reply": ("dispatcher", "received dispatched"),
    "close": ("dispatcher", "answered"),
    "reopen": ("dispatcher supervisor", "answered closed"),
    "rate": ("", "answered closed"),
    "follow_up": ("dispatcher", "answered closed"),
    "appeal": ("", "closed"),
    "request_return": ("department", "dispatched accepted"),
    "decide_return": ("dispatcher supervisor", ""),
    "request_extension": ("department", "accepted"),
    "decide_extension": ("dispatcher supervisor", ""),
    "request_suspension": ("department", "accepted"),
    "decide_suspension": ("supervisor", ""),
    "pause": ("department", "accepted"),
    "resume": ("dispatcher supervisor department", ""),
    "decline": ("dispatcher", "received dispatched accepted"),
    "transfer": ("dispatcher", "received dispatched accepted"),
    "merge": ("dispatcher", OPEN),
    "unmerge": ("dispatcher", "merged"),
    "split": ("dispatcher", OPEN),
    "escalate": ("supervisor", OPEN),
    "urge": ("dispatcher", OPEN),
    "supplement": ("dispatcher", OPEN),
    "comment": (" ".join(PEOPLE), " ".join(ALL)),
}
"""Action -> who may, and from where, for an item that T1 leads and city-management handles, with a task offered in T1G1
and a photo taken after the work; nothing is asked for or held. '' where something more must be so first."""
ARGUMENTS: dict[str, dict[str, Any]] = {
    "locate": {"lon": IN_T2G1[0], "lat": IN_T2G1[1]},
    "classify": {"category": RUBBISH},
    "reply": {"text": "已告知"},
    "settle": {"note": "已清理"},
    "verify": {"grant": True, "note": "属实"},
    "answer": {"text": "已办结"},
    "reopen": {"reason": "又脏了"},
    "follow_up": {"level": 5},
    "merge": {"into": replace(an_item(), id=2, number="261124-0000002")},
    "unmerge": {"earlier": Earlier("dispatched")},
    "split": {"parts": [{"description": "路灯不亮"}]},
    "request_return": {"reason": "不属本部门"},
    "request_extension": {"reason": "备料", "until": "2026-12-30T17:30+08:00"},
    "request_suspension": {"reason": "待拆迁", "until": "2026-12-30T17:30+08:00"},
    "pause": {"reason": "等来电人补充"},
    "escalate": {"reason": "久拖不决", "until": "2026-12-30T17:30+08:00"},
    "decline": {"ground": next(iter(rules().grounds))},
    "transfer": {"to": "110"},
    **{action: {"text": "请尽快"} for action in ("urge", "supplement", "comment")},
}


def arguments(action: str, name: str) -> dict[str, Any]:
    if action == "assign":
        return {"worker": "w-T1G2"} if name == "officer" else {"main": "housing-bureau", "assist": ["T1"]}
    return ARGUMENTS.get(action, {})


def may(name: str, status: str) -> list[str]:
    return [action for action, (who, when) in TABLE.items() if name in who.split() and status in when.split()]


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("status", ALL)
def test_the_table_and_its_complement(status: str, name: str) -> None:
    item, account = replace(an_item(status=status), photos=(a_photo(),)), an_account(name)
    assert list(allowed(item, account, rules())) == may(name, status)
    for action, (who, _) in TABLE.items():
        if action in may(name, status):
            change = act(item, account, action, arguments(action, name), WORLD)
            assert change.item.number == item.number
        elif name not in who.split():
            with pytest.raises(Forbidden):
                act(item, account, action, arguments(action, name), WORLD)
        else:
            with pytest.raises(WrongState) as refused:
                act(item, account, action, arguments(action, name), WORLD)
            assert refused.value.members["allowed"] == may(name, status)
            assert status in refused.value.detail


def test_every_action_of_the_design_is_here() -> None:
    named = (
        "locate classify assign accept take arrive done settle verify answer reply close reopen request_return "
        "decide_return request_extension decide_extension request_suspension decide_suspension resume pause decline "
        "transfer merge unmerge split urge supplement escalate comment rate follow_up appeal"
    )
    assert TABLE.keys() == set(named.split())


def test_an_unknown_action() -> None:
    with pytest.raises(UnknownAction, match="dance"):
        act(an_item(), an_account("dispatcher"), "dance", {}, WORLD)


def done(action: str, name: str = "dispatcher", item: Item | None = None, **args: Any) -> Item:
    return act(item or an_item(), an_account(name), action, args, WORLD).item


def main_of(item: Item) -> str:
    assert item.main is not None
    return item.main.unit


def test_no_open_item_is_ever_without_lead_and_main_handler() -> None:
    nowhere = {"lon": None, "lat": None}
    places: list[dict[str, Any]] = [{}, nowhere, {"lon": OUTSIDE[0]}, {"lon": "x"}, {"lon": 0, "lat": 0}]
    for fields in places:
        for category in (TOILET, RUBBISH, POLICY, "?", None):
            item = an_item(category=category, **fields)
            assert item.lead.code and main_of(item)
            for name in ("dispatcher", "officer", "department"):
                account = Account(3, name, *PEOPLE[name])
                for action in allowed(item, account, rules()):
                    if action in ("decline", "transfer", "reply"):
                        continue
                    after = act(item, account, action, arguments(action, name), WORLD).item
                    assert after.lead.code and main_of(after)
