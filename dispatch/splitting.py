"""One call with two matters: parts of an item become items of their own, each with its clocks and its answer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dispatch.account import Account
from dispatch.arguments import LONGEST, Args, listed
from dispatch.change import Change
from dispatch.errors import BadArguments
from dispatch.intake import Label, take_in
from dispatch.item import UNCLASSIFIED, Item
from dispatch.report import Report, read_report
from dispatch.world import World

MOST_PARTS = 10
FIELDS = ("description", "category", "lon", "lat", "datum", "accuracy_m", "address")
PLACE = ("lon", "lat", "address")


@dataclass(frozen=True, slots=True)
class Part:
    """One matter, as the report of an item of its own. ``same_place``: it names no other place than the call's."""

    report: Report
    same_place: bool


def split(item: Item, account: Account, args: Args, world: World) -> Change:
    """The item keeps its own matter; each of ``parts[]`` becomes an item (``made`` by the caller, Items)."""
    parts_of(item, args, world)
    made = [part.number for part in args.get("made", ()) if isinstance(part, Item)]
    return Change(item, {"parts": made})


def parts_of(item: Item, args: Args, world: World) -> list[Part]:
    """The matters to be split off. A part names ``description`` or ``category`` at least; what it says nothing of
    (place, words) is the call's. Raises BadArguments, which names the part."""
    given = listed(args, "parts")
    if not 1 <= len(given) <= MOST_PARTS:
        raise BadArguments("parts", f"parts is a list of 1 to {MOST_PARTS} matters that become items of their own.")
    return [_part(item, part, f"parts[{n}]", world) for n, part in enumerate(given)]


def _part(item: Item, given: Any, name: str, world: World) -> Part:
    if not isinstance(given, Mapping):
        raise BadArguments(name, f"{name} is an object with {', '.join(FIELDS)}.")
    strangers = sorted(str(key) for key in given if key not in FIELDS)
    if strangers:
        raise BadArguments(name, f"{name} has unknown fields: {', '.join(strangers)[:200]}.")
    for field in ("description", "category", "address"):
        if given.get(field) is not None and (not isinstance(given[field], str) or len(given[field]) > LONGEST):
            raise BadArguments(f"{name}.{field}", f"{field} is text of up to {LONGEST} characters.")
    told = {key: value for key, value in given.items() if value not in (None, "")}
    if not told.get("description") and not told.get("category"):
        raise BadArguments(name, f"{name} needs a description or a category: what is its matter?")
    category = told.get("category")
    if category is not None and world.rules.find_category(category) is None:
        raise BadArguments(f"{name}.category", f"No category has the code or name {category[:80]!r}.")
    elsewhere = any(key in told for key in PLACE)
    return Part(read_report(_body(item, told, elsewhere), now=world.now, zone=world.rules.zone), not elsewhere)


def _body(item: Item, told: Mapping[str, Any], elsewhere: bool) -> dict[str, Any]:
    spot = item.spot
    where: dict[str, Any] = {} if elsewhere else {"address": item.address}
    if spot is not None and not elsewhere:
        where |= {"lon": spot.lon, "lat": spot.lat, "datum": "wgs84", "accuracy_m": spot.accuracy_m}
    elif item.original is not None and not elsewhere:
        where |= dict(item.original)
    return {"description": item.description} | where | dict(told)


def part_item(item: Item, part: Part, label: Label, world: World) -> Item:
    """The item that a part becomes: of the same call, reporter and receipt, placed and dispatched as any other."""
    report = replace(
        part.report,
        channel=item.channel,
        kind="" if item.kind == UNCLASSIFIED else item.kind,
        reporter=item.reporter,
        anonymous=item.anonymous,
        confidential=item.confidential,
        external_ref=item.external_ref,
        received_at=item.received_at,
        occurred_at=item.occurred_at,
        due_at=item.sender_due_at,
    )
    if item.kind == UNCLASSIFIED and "kind" in item.given:  # what was told as a secret stays one
        report = replace(report, kind=str(item.given["kind"]))
    made = replace(take_in(report, label, world), split_from=item.number)
    if not part.same_place or item.spot is None or made.spot is None:
        return made
    return replace(made, original=item.original, spot=replace(made.spot, by=item.spot.by))
