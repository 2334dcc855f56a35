"""What ``map density`` counts: which items, of which days, and by whose boundaries; and how its legend says so."""

import argparse
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundaries.edition import Edition
    from cli.service import Service

WHAT = {"zh": {"open": "在办事项", "all": "全部事项"}, "en": {"open": "Open items", "all": "All items"}}
SINCE = {"zh": "{day} 起受理", "en": "taken in from {day}"}
UNTIL = {"zh": "{day} 前受理", "en": "taken in before {day}"}
BY = {"zh": "按边界版本 {id} 归属", "en": "by the boundaries of Edition {id}"}
AT = {"zh": "截至 {at}", "en": "as of {at}"}
REST = {"zh": "另有 {n} 件不在图中区域", "en": "{n} more lie in none of these areas"}
COMMA = {"zh": ",", "en": ", "}
DAY, TODAY = "day", "today"


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Registers the options."""
    parser.add_argument("--status", choices=("open", "all"), default="open", help="open items, or all there ever were")
    parser.add_argument("--from", dest="from_", metavar="INSTANT", help="only what was taken in from then on")
    parser.add_argument("--to", metavar="INSTANT", help="only what was taken in before then")
    parser.add_argument(
        "--edition",
        default=DAY,
        metavar="WHICH",
        help="by whose boundaries: day (as each item is placed), today, an Edition's number, or an instant",
    )


@dataclass(frozen=True)
class Asked:
    """Filters of the count, and the Edition that it goes by; None for the areas that the items bear."""

    filters: dict[str, Any]
    by: "Edition | None"


def asked(service: "Service", args: argparse.Namespace) -> Asked:
    """What the options ask for. Raises Refusal for what is no instant, NoEdition."""
    from cli.live import instant
    from dispatch.item import OPEN
    from web.asked import STATUSES

    filters: dict[str, Any] = {"status": sorted(OPEN) if args.status == "open" else list(STATUSES)}
    filters |= {"from": instant(service, args.from_), "to": instant(service, args.to)}
    return Asked(filters | {"category": None, "channel": None}, _edition(service, args.edition))


def _edition(service: "Service", word: str) -> "Edition | None":
    from cli.live import instant

    if word == DAY:
        return None
    if word == TODAY:
        return service.shelf.live()
    if word.isascii() and word.isdigit():
        return service.shelf.get(min(int(word), 2**31 - 1))[0]
    at = instant(service, word)
    assert at is not None
    return service.shelf.at(at)


def sentence(asked: Asked, args: argparse.Namespace, now: datetime, rest: int) -> str:
    """The legend's words; ``now`` in the city's zone, ``rest`` items that no area on the map holds."""
    language = args.language
    parts = [WHAT[language][args.status]]
    for words, name in ((SINCE, "from"), (UNTIL, "to")):
        if asked.filters[name] is not None:
            day = asked.filters[name].astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
            parts.append(words[language].format(day=day))
    if asked.by is not None:
        parts.append(BY[language].format(id=asked.by.id))
    parts.append(AT[language].format(at=now.strftime("%Y-%m-%d %H:%M")))
    if rest:
        parts.append(REST[language].format(n=rest))
    return COMMA[language].join(parts)
