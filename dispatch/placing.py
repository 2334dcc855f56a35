"""From what a report says of its place to a spot and a Resolution, or to a reason and the best guesses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boundaries.gazetteer import Match
from dispatch.item import Spot
from dispatch.report import Report
from dispatch.world import World
from gis.place import NoPlace, place
from gis.resolution import Resolution, nowhere

NO_PLACE = "no-location"


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an item stands: ``spot`` is None where no place could be found, then ``resolution.reason`` says why."""

    spot: Spot | None
    resolution: Resolution
    original: Mapping[str, Any] | None
    guesses: tuple[Mapping[str, Any], ...] = ()


def place_report(report: Report, world: World) -> Placing:
    """Place a report: by its pin, else by its address.

    A pin that cannot be used is never overruled by an address: the two contradict each other, so the dispatcher
    decides, with the address's best places beside the reason.
    """
    if not report.has_pin:
        return _by_address(report, world)
    channel = world.rules.channel(report.channel)
    datum = report.datum or (channel.datum if channel else "wgs84")
    original = {"lon": report.lon, "lat": report.lat, "datum": datum}
    try:
        where = place(report.lon, report.lat, datum, box=world.edition.index.box)
    except NoPlace as no:
        return Placing(None, nowhere(no.code), original, _guesses(world.gazetteer.match(report.address), world))
    accuracy = report.accuracy_m or (channel.accuracy_m if channel else None)
    return placed(Spot(where.lon, where.lat, accuracy, "pin"), world, original)


def placed(spot: Spot, world: World, original: Mapping[str, Any] | None) -> Placing:
    """The placing of a known spot in the live Edition."""
    resolution = world.edition.index.resolve((spot.lon, spot.lat), spot.accuracy_m, world.rules.doubt_share)
    return Placing(spot, resolution, original)


def _by_address(report: Report, world: World) -> Placing:
    if not report.address:
        return Placing(None, nowhere(NO_PLACE), None)
    match = world.gazetteer.match(report.address)
    if match.reason is not None:
        return Placing(None, nowhere(match.reason), None, _guesses(match, world))
    best = match.places[0]
    found = placed(Spot(best.lon, best.lat, best.accuracy_m, "address"), world, None)
    return Placing(found.spot, found.resolution, None, _guesses(match, world))


def _guesses(match: Match, world: World) -> tuple[Mapping[str, Any], ...]:
    """Guesses as plain data, each with the cell it would fall in."""
    return tuple(
        {
            "name": guess.name,
            "lon": guess.lon,
            "lat": guess.lat,
            "accuracy_m": guess.accuracy_m,
            "score": guess.score,
            "grid": _grid_at(guess.lon, guess.lat, world),
        }
        for guess in match.places
    )


def _grid_at(lon: float, lat: float, world: World) -> str | None:
    index = world.edition.index
    number = index.find(lon, lat)
    return index.cells[number].code if number >= 0 else None
