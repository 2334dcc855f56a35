"""Due times from the history alone: a thousand random histories, each derived again from its events and the rules."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.account import Account
from dispatch.deadlines import Turns, stages
from dispatch.derive import derived, standing
from dispatch.item import Item
from dispatch.workflow import act, allowed
from gis.errors import Refusal
from store.saving import outcome
from tests.factories import IN_T2G1, NOON, PEOPLE, POLICY, RUBBISH, TOILET, a_photo, a_world, an_item, rules

HISTORIES = 1000
STEPS = 12
WORLD = a_world()
PEOPLE_OF = {name: Account(n, name, *PEOPLE[name]) for n, name in enumerate(PEOPLE, 10)}
STARTS = (NOON, NOON.replace(month=9, day=29), NOON.replace(month=12, day=29), NOON.replace(month=2, day=12))
"""A plain day, the eves of National Day with its make-up days, of an unannounced year, and of Spring Festival."""
CATEGORIES = ("2.06", "3.02", TOILET, RUBBISH, POLICY)
ENDS = ("decline", "transfer", "reply", "merge", "unmerge", "split", "comment", "urge", "escalate")
ASIDE = frozenset({"supplement", "classify", "locate", "assign"})
"""What can be done nearly always: done in one step of five, or nothing else would happen."""


def arguments(action: str, item: Item, now: datetime, dice: random.Random) -> dict[str, Any]:
    """Sensible words for an action."""
    words = dict.fromkeys(("note", "text", "reason", "comment"), "话")
    if action == "assign":
        return {"main": dice.choice(("city-management", "housing-bureau", "T1", "T2")), "worker": "w-T1G2"}
    if action == "locate":
        return {"lon": IN_T2G1[0], "lat": IN_T2G1[1]}
    if action == "classify":
        return {"category": dice.choice(CATEGORIES), "urgency": dice.choice(("normal", "urgent", "critical"))}
    if action.startswith("request"):
        due = max((clock.due_at for clock in item.clocks), default=now)
        return words | {"until": (max(due, now) + timedelta(days=dice.randint(1, 20))).isoformat()}
    return words | {"grant": dice.random() < 0.7, "level": dice.randint(1, 5), "close_at": item.close_at}


def a_history(seed: int) -> Iterator[tuple[str, Item, list[str]]]:
    """A random life of one item: after each step its action, the item, and the bodies of its events so far."""
    dice = random.Random(seed)
    now = dice.choice(STARTS) + timedelta(minutes=dice.randint(0, 60 * 24 * 3))
    due = {"due_at": (now + timedelta(hours=dice.randint(1, 90))).isoformat()} if dice.random() < 0.3 else {}
    place = {"lon": None} if dice.random() < 0.2 else {}
    item = an_item(replace(WORLD, now=now), category=dice.choice(CATEGORIES), **due, **place)
    item = replace(item, photos=(a_photo(),))
    bodies = [json.dumps(outcome(item))]
    yield "received", item, bodies
    for _ in range(STEPS):
        now += timedelta(minutes=dice.choice((3, 40, 300, 60 * 24, 60 * 24 * 4)))
        may = [(name, one) for name, who in PEOPLE_OF.items() for one in allowed(item, who, rules()) if one not in ENDS]
        if not may:
            return
        named = sorted({one for _, one in may})
        onward = [one for one in named if one not in ASIDE]
        action = dice.choice(onward if onward and dice.random() < 0.8 else named)
        who = PEOPLE_OF[dice.choice([name for name, one in may if one == action])]
        try:
            after = act(item, who, action, arguments(action, item, now, dice), replace(WORLD, now=now)).item
        except Refusal:
            continue
        old, new = outcome(item), outcome(after)
        changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
        bodies.append(json.dumps({"status": after.status, "changed": changed}))
        item = after
        yield action, item, bodies


def test_a_thousand_histories_give_their_due_times_again() -> None:
    seen: Counter[str] = Counter()
    for seed in range(HISTORIES):
        *lived, (_, item, bodies) = a_history(seed)
        seen.update(action for action, _, _ in lived)
        due = {line.stage: line.due_at for line in derived(bodies, rules())}
        assert due.keys() == {clock.stage for clock in item.clocks}, seed
        for clock in item.clocks:
            if clock.met_at is None:
                assert due[clock.stage] == clock.due_at, (seed, clock)
        assert standing(bodies)["clocks"] == json.loads(json.dumps(outcome(item)))["clocks"], seed
        seen["flagged"] += any(line.flagged for line in derived(bodies, rules()))
    turns = "decide_extension pause resume decide_suspension reopen assign classify verify locate decide_return flagged"
    assert min(seen[name] for name in turns.split()) >= 20, seen


@pytest.mark.parametrize("name", ["extended_until", "restarted_at", "reassigned_at", "waits", "dispatched_at"])
def test_what_moves_a_clock_must_stand_in_the_history(name: str) -> None:
    """Were one of the turns left out of the events, some history would give other due times."""
    for seed in range(HISTORIES):
        *_, (_, item, bodies) = a_history(seed)
        known = standing(bodies)
        if not known[name]:
            continue
        forgetful = [json.dumps(known | {name: [] if name == "waits" else None})]
        due = {line.stage: line.due_at for line in derived(forgetful, rules())}
        if any(due.get(clock.stage) != clock.due_at for clock in item.clocks if clock.met_at is None):
            return
    raise AssertionError(f"nothing depends on {name}")


def test_the_rules_of_the_last_event_give_them() -> None:
    item = an_item()
    told = derived([json.dumps(outcome(item))], rules())
    category = rules().category(item.category)
    assert told == stages(category, item.urgency, item.received_at, item.dispatched_at, Turns(), rules())
