"""Two independent ways give the same figures: the query over the tables, and a slow count over the histories alone."""

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from cli.service import clock
from dispatch import answering, summoning
from dispatch.account import Account
from dispatch.derive import standing
from dispatch.figures import CALL_FIGURES, FIGURES, ITEM_FIGURES
from dispatch.item import Clock, Hold, Item, Rating, Wait
from dispatch.tally import Tally
from gis.errors import Refusal
from store import saving
from store.database import Database
from tests.factories import IN_T1G1, IN_T1G2, IN_T2G1, RUBBISH, TOILET, RunningService, a_service
from tests.figuring import CALL_KEYS, ITEM_KEYS, answers_for, calls_of, items_of, marks_of

SEES_ALL = Account(0, "report", "admin")
STATUSES = ("received", "dispatched", "accepted", "settled", "verified", "answered", "closed", "suspended", "merged",
            "declined", "transferred")  # fmt: skip
ENDED = ("answered", "closed", "declined", "transferred")
"""What a merged item may have become, still naming the one whose work ended it."""
DAY = timedelta(days=1)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def period(now: datetime) -> dict[str, Any]:
    return {"from": now - 30 * DAY, "to": now + DAY}


def counted(service: RunningService, asked: dict[str, Any], account: Account = SEES_ALL) -> dict[str, Tally]:
    return {one.figure.key: one for one in service.service.figures.counted(account, asked)[2]}


def n_of(tallies: dict[str, Tally], keys: tuple[str, ...]) -> dict[tuple[str, str], int]:
    return {(key, part): one.n for key in keys for part, one in tallies[key].parts.items() if one.n}


# -- items -------------------------------------------------------------------------------------------------------------


def altered(item: Item, others: list[str], rng: random.Random, now: datetime) -> Item:
    """The item in any standing, likely or not, that the tables allow."""
    status = rng.choice(STATUSES)
    if status == "merged" and not others:
        status = "closed"
    hold = Hold("suspension", now, now + DAY) if status == "suspended" else None
    if status == "accepted" and rng.random() < 0.3:
        hold = Hold("pause", now, now + DAY)
    kinds = rng.sample(["pause", "suspension"], rng.randint(0, 2))
    joined = bool(others) and status in ENDED and rng.random() < 0.3
    return replace(
        item, status=status, hold=hold, clocks=_clocks(rng, now), ratings=_ratings(rng, now),
        merged_into=rng.choice(others) if status == "merged" or joined else None,
        waits=tuple(Wait(now - DAY, now, kind) for kind in kinds),
        restarted_at=now if rng.random() < 0.3 else None,
        handlers=tuple(replace(h, state=rng.choice(["assigned", "accepted", "returned"])) for h in item.handlers),
        updated_at=now,
    )  # fmt: skip


def _clocks(rng: random.Random, now: datetime) -> tuple[Clock, ...]:
    made = []
    for stage in ("dispatch", "settle", "answer"):
        due = now + rng.choice([-2, 0, 2]) * DAY
        state = rng.choice(["running", "running", "met", "late", "stopped", "none"])
        if state == "none" and stage != "dispatch":
            continue
        met_at = {"met": due, "late": due + timedelta(microseconds=1)}.get(state)
        made.append(Clock(stage, due, due, "running" if state == "none" else state, "a rule", met_at))
    return tuple(made)


def _ratings(rng: random.Random, now: datetime) -> tuple[Rating, ...]:
    by = ["citizen", "follow-up"]
    return tuple(Rating(n, rng.randint(1, 5), None, "", rng.choice(by), now) for n in range(1, rng.randint(0, 3) + 1))


def many_items(service: RunningService, rng: random.Random, now: datetime, n: int) -> None:
    """``n`` items of several places, channels and categories, each then put in a standing of its own."""
    places = (IN_T1G1, IN_T1G2, IN_T2G1, (None, None))
    for _ in range(n):
        lon, lat = rng.choice(places)
        channel, category = rng.choice(["phone", "app"]), rng.choice([TOILET, RUBBISH, "22.01"])
        at = (now - rng.choice([0, 5, 29, 31, 60]) * DAY).isoformat()
        service["channel"].report(lon=lon, lat=lat, channel=channel, category=category, received_at=at)
    others: list[str] = []
    with service.pool.transaction() as cur:
        for row in service.service.desk.items(SEES_ALL, {}, n, None):
            after = altered(row, others, rng, now)
            saving.save(cur, service.service.pen, row, after, SEES_ALL, "comment", {})
            others += [row.number] if after.status != "merged" else []


def histories(service: RunningService) -> list[dict[str, Any]]:
    """Every item as its events tell it, oldest first."""
    told: dict[str, list[str]] = {}
    with service.pool.transaction() as cur:
        cur.execute("SELECT i.number, e.body FROM items i JOIN events e ON e.item_id = i.id ORDER BY i.id, e.seq")
        for row in cur.fetchall():
            told.setdefault(row["number"], []).append(row["body"])
    return [standing(bodies) | {"number": number} for number, bodies in told.items()]


ASKED: list[tuple[Account, dict[str, str]]] = [
    (SEES_ALL, {}), (SEES_ALL, {"township": "T1"}), (SEES_ALL, {"unit": "city-management"}), (SEES_ALL, {"unit": "T1"}),
    (SEES_ALL, {"channel": "app", "category": RUBBISH}),
    (Account(7, "o", "officer", "T1"), {}), (Account(7, "o", "officer", "T2"), {"channel": "phone"}),
    (Account(7, "d", "department", "city-management"), {}), (Account(7, "l", "leader", "T2"), {}),
    (Account(7, "d", "department", "housing-bureau"), {}),
]  # fmt: skip


def chosen(all_: list[dict[str, Any]], account: Account, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The histories that a question is about."""
    plain = {name: value for name, value in asked.items() if name in ("township", "category", "channel")}
    units = [unit for unit in (asked.get("unit"), account.unit) if unit]
    return [
        one
        for one in all_
        if asked["from"] <= datetime.fromisoformat(one["received_at"]) < asked["to"]
        and all(one[name] == value for name, value in plain.items())
        and all(answers_for(one, unit) for unit in units)
    ]


@pytest.mark.parametrize("seed", range(2))
def test_figures_of_items_are_what_the_histories_say(service: RunningService, seed: int) -> None:
    rng, now = random.Random(seed), clock()
    many_items(service, rng, now, 90)
    service.service.worlds.clock = lambda: now
    all_ = histories(service)
    for account, filters in ASKED:
        asked = period(now) | filters
        ours = chosen(all_, account, asked)
        # where a merged item went may lie outside the question
        whole = items_of(all_, now)
        expected = {key: [n for n in ns if n in {o["number"] for o in ours}] for key, ns in whole.items()}
        expected = {key: ns for key, ns in expected.items() if ns}
        tallies = counted(service, asked, account)
        assert n_of(tallies, ITEM_KEYS) == {key: len(ns) for key, ns in expected.items()}
        for (figure, part), numbers in expected.items():
            assert tallies[figure].parts[part].numbers == numbers[:20]
            listed = service.service.figures.listed(account, asked, figure, part, (0, 0), 500)
            assert [thing["number"] for _, thing in listed] == numbers
            if figure != "received":
                assert tallies[figure].marks == marks_of(ours, figure, expected)
        for figure in ITEM_KEYS:
            assert sum(part.n for part in tallies[figure].parts.values()) == len(ours), "every item is in one part"
    assert len(ours) < len(chosen(all_, SEES_ALL, period(now))) < len(all_), "the questions differ"


def test_a_moment_after_it_is_due_an_unfinished_stage_counts_as_late(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    due = next(c.due_at for c in service.service.desk.item(SEES_ALL, number).clocks if c.stage == "settle")
    asked, told = period(clock()), {}
    for moment in (due, due + timedelta(microseconds=1)):
        service.service.worlds.clock = lambda at=moment: at
        told[moment] = n_of(counted(service, asked), ("timely_handling",))
    assert list(told.values()) == [{("timely_handling", "pending"): 1}, {("timely_handling", "no"): 1}]


def test_the_period_holds_its_first_moment_and_not_its_last(service: RunningService) -> None:
    at = clock().replace(microsecond=0) - DAY
    number = service["channel"].report(received_at=at.isoformat())["number"]
    inside = counted(service, {"from": at, "to": at + timedelta(microseconds=1)})["received"]
    assert inside.parts["yes"].numbers == [number]
    assert counted(service, {"from": at - DAY, "to": at})["received"].value == 0


def test_demonstration_items_are_counted_only_where_there_is_nothing_else(service: RunningService) -> None:
    shown = service["channel"].report()["number"]
    summoned(service, shown)
    with service.pool.transaction() as cur:
        cur.execute("UPDATE items SET demonstration = true")
    desk, asked = service.service.figures, period(clock())
    _, demonstration, tallies = desk.counted(SEES_ALL, asked)
    assert demonstration and [t.value for t in tallies if t.figure.key in ("received", "summonses")] == [1, 1]
    real = service["channel"].report()["number"]
    _, demonstration, tallies = desk.counted(SEES_ALL, asked)
    assert not demonstration and tallies[0].parts["yes"].numbers == [real]
    assert [t.value for t in tallies if t.figure.key == "summonses"] == [0]


# -- calls -------------------------------------------------------------------------------------------------------------

UNITS = ("city-management", "housing-bureau", "civil-affairs", "T2")
STEPS = ("acknowledge", "acknowledge", "come", "come", "excuse", "substitute", "conclude", "cancel")


def summoned(service: RunningService, number: str, departments: tuple[str, ...] = UNITS[:2], at: int = 40) -> int:
    meet_at = (service.service.worlds.clock() + timedelta(minutes=at)).isoformat()
    args = {"departments": list(departments), "meet_at": meet_at}
    officer = Account(7, "officer", "officer", "T1")
    return int(service.service.summonses.summon(officer, number, args).summons.id)


def a_step(service: RunningService, id: int, rng: random.Random) -> None:
    """Somebody does something with the summons, or may not."""
    desk, officer, act = service.service.summonses, Account(7, "officer", "officer", "T1"), rng.choice(STEPS)
    unit = rng.choice(UNITS)
    called = Account(8, "unit", "officer" if unit == "T2" else "department", unit)
    here = {"lon": IN_T1G1[0], "lat": IN_T1G1[1]}
    excuse = {"department": unit, "reason": "x"} | ({"substitute": "environment-bureau"} if act == "substitute" else {})
    if act == "come":
        desk.check_in(called, id, here)
    elif act == "acknowledge":
        desk.act(called, id, lambda s, i, w: answering.acknowledge(s, called, w))
    elif act in ("excuse", "substitute"):
        desk.act(officer, id, lambda s, i, w: answering.excuse(s, i, officer, excuse, w))
    elif act == "conclude" and rng.random() < 0.4:
        desk.act(officer, id, lambda s, i, w: summoning.conclude(s, i, officer, {"plan": "x"}, w))
    elif act == "cancel" and rng.random() < 0.15:
        desk.act(officer, id, lambda s, i, w: summoning.cancel(s, i, officer, {"reason": "x"}, w))


@pytest.mark.parametrize("seed", range(2))
def test_figures_of_calls_are_what_the_summonses_say(service: RunningService, seed: int) -> None:
    rng, start = random.Random(seed), clock()
    now = start
    service.service.worlds.clock = lambda: now
    for _ in range(25):
        number = service["channel"].report(channel=rng.choice(["phone", "app"]))["number"]
        id = summoned(service, number, tuple(rng.sample(UNITS, rng.randint(1, 4))), rng.randint(0, 60))
        for _ in range(rng.randint(0, 9)):
            now += timedelta(minutes=rng.randint(0, 25))
            try:
                a_step(service, id, rng)
            except Refusal:
                continue
    shown = service.service.summonses.page(SEES_ALL, {}, 500)
    asked = {"from": start, "to": now + DAY}
    tallies = counted(service, asked)
    whole = calls_of([(one.summons, one.item.number) for one in shown], now)
    assert n_of(tallies, CALL_KEYS) == {key: n for key, n in whole.items() if n}
    listed = service.service.figures.listed(SEES_ALL, asked, "present", "yes", (0, 0), 500)
    came = [(c.department, one.summons.id) for one in shown for c in one.summons.calls
            if c.state == "present" and one.summons.state != "cancelled"]  # fmt: skip
    assert Counter((t["unit"], t["summons"]) for _, t in listed) == Counter(came) and came
    alone = [
        (replace(one.summons, calls=tuple(c for c in one.summons.calls if c.department == "T2")), one.item.number)
        for one in shown
    ]
    alone = [(summons, number) for summons, number in alone if summons.calls]
    for mine in (asked | {"unit": "T2"},):
        assert n_of(counted(service, mine), CALL_KEYS) == calls_of(alone, now)
    scoped = counted(service, asked, Account(7, "o", "officer", "T2"))
    assert n_of(scoped, CALL_KEYS) == calls_of(alone, now), "T2 made none and was called by these"


def test_the_slow_way_knows_every_figure() -> None:
    assert tuple(one.key for one in ITEM_FIGURES) == ITEM_KEYS
    assert tuple(one.key for one in CALL_FIGURES) == CALL_KEYS
    assert list(FIGURES) == [*ITEM_KEYS, *CALL_KEYS]
