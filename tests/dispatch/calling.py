"""A summons of three units in T1, and what they answer: shared by the tests of summonses. No database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dispatch import answering, summoning
from dispatch.account import Account
from dispatch.checkin import code_at
from dispatch.summons import Summons
from dispatch.world import World
from tests.factories import NOON, a_world, an_account, an_item

SECRET = b"a secret of the test"
WORLD = a_world()
ITEM = an_item(WORLD)
OFFICER = an_account("officer")
UNITS = ("city-management", "housing-bureau", "water-company")
MEET = NOON + timedelta(hours=1)


def department(unit: str) -> Account:
    return Account(8, unit, "department", unit)


def at(minutes: float) -> World:
    """The world so many minutes after noon."""
    return replace(WORLD, now=NOON + timedelta(minutes=minutes))


def call_units(**args: Any) -> Summons:
    told = {"departments": list(UNITS), "meet_at": MEET.isoformat()} | args
    return summoning.summon(5, ITEM, OFFICER, told, WORLD).summons


def check_in(summons: Summons, unit: str, minutes: float) -> Summons:
    world = at(minutes)
    args = {"code": code_at(SECRET, summons.id, world.now), "attendee": {"name": "甲", "post": "科员"}}
    return answering.check_in(summons, department(unit), args, world, SECRET).summons
