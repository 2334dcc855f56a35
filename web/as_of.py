"""``edition=`` of lists and maps: whose boundaries an item is counted by."""

from collections.abc import Mapping
from typing import Any

from boundaries.edition import Edition
from dispatch.item import Item
from dispatch.report import parse_instant
from web import asked
from web.services import services

DAY, TODAY = "day", "today"
LARGEST = 2**31 - 1


def edition_asked(args: Mapping[str, str]) -> Edition | None:
    """The Edition that ``edition`` names: ``today`` the live one, a number that Edition, an instant or day the one that
    was live then. None for ``day`` and where it is missing: items count by the codes they bear.

    Raises BadFilter, NoEdition.
    """
    word = asked.text(args, "edition")
    if word is None or word == DAY:
        return None
    if word == TODAY:
        return services().edition()
    if word.isascii() and word.isdigit():
        return services().edition_of(min(int(word[:12]), LARGEST))
    at = parse_instant(word.replace(" ", "+") if "T" in word else word, services().rules.zone)
    if at is None:
        raise asked.BadFilter("edition", "edition is day, today, the number of an Edition, or an instant or day.")
    return services().edition_at(at)


def by_json(item: Item, edition: Edition) -> dict[str, Any]:
    """Where the Edition puts an item: ``edition, township{code,name}, grid{code,name}``, null for outside."""
    cell = None
    if item.spot is not None and (number := edition.index.find(item.spot.lon, item.spot.lat)) >= 0:
        cell = edition.index.cells[number]
    township = cell and {"code": cell.township, "name": edition.township_names.get(cell.township, cell.township)}
    grid = cell and {"code": cell.code, "name": edition.grid_names[cell.code]}
    return {"edition": edition.id, "township": township, "grid": grid}
