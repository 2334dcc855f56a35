"""One demonstration summons that is over: both sides of one pair have rated, of the other the township has not yet."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dispatch.account import Account
from dispatch.checkin import code_at
from dispatch.item import Item
from dispatch.summoning import conclude

if TYPE_CHECKING:
    from cli.service import Service

AHEAD = timedelta(minutes=5)


def make_rated_summons(service: "Service", officer: Account, item: Item, units: list[str]) -> None:
    """Call ``units`` (two at least) to ``item``, let two come, conclude, rate. Units without account do nothing."""
    from cli.service import clock

    now = clock()
    args: dict[str, Any] = {"departments": units, "meet_at": (now + AHEAD).isoformat(), "place": "事发地点"}
    id = service.summonses.summon(officer, item.number, args | {"note": "现场会商整改"}).summons.id
    came = [account for unit in units[:2] if (account := service.accounts.by_name(f"demo-{unit}")) is not None]
    for account in came:
        code = code_at(service.database.settings.secret, id, clock())
        service.summonses.check_in(account, id, {"code": code, "attendee": {"name": "演示人员", "post": "科员"}})
    plan = {"plan": "当日清理现场,三日内完成修复并回访。"}
    service.summonses.act(officer, id, lambda summons, item, world: conclude(summons, item, officer, plan, world))
    for account in came:
        service.mutual.rate(account, id, {"criteria": _all(service, "department", 5)})
    if came:
        service.mutual.rate(officer, id, {"about": came[0].unit, "criteria": _all(service, "township", 4)})


def _all(service: "Service", side: str, level: int) -> dict[str, int]:
    return dict.fromkeys(service.rules.criteria[side], level)
