"""Three demonstration summonses: one about to begin, where somebody has come, one for later, and one that is over."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cli.demonstration.ratings import make_rated_summons
from dispatch.checkin import code_at
from dispatch.item import Item
from dispatch.summoning import next_meeting

if TYPE_CHECKING:
    from cli.service import Service

DEPARTMENTS = (
    "construction-bureau",
    "city-management",
    "construction-investment",
    "environment-bureau",
    "civil-affairs",
)
SOON = timedelta(minutes=25)
LATER = timedelta(hours=2)


def make_summonses(service: "Service") -> None:
    """Call units to three of the newest items, two of them in different townships. A district without departments or
    officers gets none."""
    from cli.service import clock

    now = clock()
    later = next_meeting(service.rules.calendar, now + LATER)
    times = [(now + SOON, "请带管线图到现场会商"), (later, "现场勘查后定方案")]
    for n, (item, (meet_at, note)) in enumerate(zip(_items(service), times, strict=False)):
        officer = service.accounts.by_name(f"demo-officer-{item.lead.code}")
        units = _units(service, item)
        if officer is None or len(units) < 2:
            continue
        args: dict[str, Any] = {"departments": units, "meet_at": meet_at.isoformat(), "note": note, "place": "事发地点"}
        made = service.summonses.summon(officer, item.number, args).summons
        _answer(service, made.id, units, check_in=n == 0)
        if n == 0 and (other := _another(service, item)) is not None:
            make_rated_summons(service, officer, other, units)


def _items(service: "Service") -> list[Item]:
    """The newest open items with a place, one for each township, at most two."""
    dispatcher = service.accounts.by_name("demo-dispatcher")
    assert dispatcher is not None
    found: dict[str, Item] = {}
    for item in service.desk.items(dispatcher, {"status": ["dispatched", "accepted"]}, 100, None):
        if item.spot and item.lead.is_township:
            found.setdefault(item.lead.code, item)
    return list(found.values())[:2]


def _another(service: "Service", item: Item) -> Item | None:
    """The newest open item with a place that the same township leads."""
    dispatcher = service.accounts.by_name("demo-dispatcher")
    assert dispatcher is not None
    filters = {"status": ["dispatched", "accepted"], "township": item.lead.code}
    found = service.desk.items(dispatcher, filters, 20, None)
    return next((one for one in found if one.spot and one.lead == item.lead and one.number != item.number), None)


def _units(service: "Service", item: Item) -> list[str]:
    """The item's own handlers first, three departments in all."""
    known, _ = service.worlds.people()
    own = [handler.unit for handler in item.handlers if handler.unit != item.lead.code]
    return [code for code in dict.fromkeys([*own, *DEPARTMENTS]) if code in known and known[code].kind == "department"][
        :3
    ]


def _answer(service: "Service", id: int, units: list[str], *, check_in: bool) -> None:
    """The first unit acknowledges; with ``check_in`` the second has come already."""
    from cli.service import clock
    from dispatch.answering import acknowledge

    first, second = (service.accounts.by_name(f"demo-{unit}") for unit in units[:2])
    if first is not None:
        service.summonses.act(first, id, lambda summons, item, world: acknowledge(summons, first, world))
    if check_in and second is not None:
        code = code_at(service.database.settings.secret, id, clock())
        service.summonses.check_in(second, id, {"code": code, "attendee": {"name": "演示人员", "post": "科员"}})
