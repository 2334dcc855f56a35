"""A concluded summons and both sides' ratings of it: shared by the tests of mutual rating. No database."""

from typing import Any

from dispatch import answering, summoning
from dispatch.account import Account
from dispatch.mutual import MutualRating
from dispatch.mutual_acts import rate
from dispatch.summons import Summons
from tests.dispatch.calling import ITEM, OFFICER, at, call_units, check_in, department

CITY, HOUSING, FIRM = department("city-management"), department("housing-bureau"), department("water-company")
SUPERVISOR = Account(9, "supervisor", "supervisor")
END = at(180)
"""The world at the moment of the conclusion."""
DAY = 24 * 60

GOOD: dict[str, dict[str, int]] = {
    "township": {"solved": 5, "cooperative": 4},
    "department": {"right_department": 5, "right_information": 4, "necessary": 3},
}


def concluded(*, excused: str | None = None) -> Summons:
    """City management came in time, the housing bureau did not come, the firm was only invited."""
    summons = check_in(call_units(), "city-management", 55)
    if excused:
        summons = answering.excuse(summons, ITEM, OFFICER, {"department": excused, "reason": "防汛"}, at(50)).summons
    return summoning.conclude(summons, ITEM, OFFICER, {"plan": "先疏通"}, END).summons


def rates(
    summons: Summons, given: tuple[MutualRating, ...], account: Account, minutes: float = 200, **args: Any
) -> tuple[MutualRating, ...]:
    """``given`` and what the account rates so many minutes after noon; good unless told."""
    side = "township" if account is OFFICER else "department"
    told = {"about": "city-management" if side == "township" else None, "criteria": GOOD[side]} | args
    return (*given, rate(summons, ITEM, given, account, told, at(minutes)))
