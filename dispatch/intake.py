"""From a report to an item: placed, classified, led, and dispatched at once where that can be."""

from dataclasses import dataclass, replace

from dispatch.categories import Category
from dispatch.item import UNCLASSIFIED, Item, Lead
from dispatch.kinds import Kind
from dispatch.placing import Placing, place_report
from dispatch.report import Report
from dispatch.routing import lead_of
from dispatch.sending import led_by, send
from dispatch.world import World
from gis.resolution import nowhere


@dataclass(frozen=True, slots=True)
class Label:
    """What an item is called by before anything is decided: its id and number, its maker, and a salt for words."""

    id: int
    number: str
    maker: int
    demonstration: bool
    salt: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The report's kind, channel, category and urgency in the rules' own words."""

    kind: str
    channel: str
    category: str
    urgency: str
    needs_place: bool
    given: dict[str, str]


def terms_of(report: Report, world: World) -> Terms:
    """The rules' words for the report's; an unknown word becomes ``unclassified`` and is kept in ``given``."""
    rules = world.rules
    given: dict[str, str] = {}
    category = rules.find_category(report.category) if report.category else None
    if report.category and category is None:
        given["category"] = report.category
    known = rules.find_kind(report.kind) if report.kind else None
    if report.kind and known is None:
        given["kind"] = report.kind
    channel = report.channel if report.channel in rules.channels else UNCLASSIFIED
    if report.channel and channel == UNCLASSIFIED:
        given["channel"] = report.channel
    kind = _kind(report, known, category)
    return Terms(
        kind,
        channel,
        category.code if category else UNCLASSIFIED,
        category.urgency if category else rules.thresholds.unclassified.urgency,
        rules.needs_place(category, kind),
        given,
    )


def _kind(report: Report, known: Kind | None, category: Category | None) -> str:
    """An unknown word leaves the kind open: a category must not make a complaint of what may be a report (举报)."""
    if known is not None:
        return known.code
    return UNCLASSIFIED if report.kind or category is None else category.kind


def take_in(report: Report, label: Label, world: World) -> Item:
    """The item that the report becomes: dispatched where it has a place or needs none, else received.

    Pure: the same report, label and world give the same item.
    """
    terms = terms_of(report, world)
    placing = place_report(report, world)
    received_at = report.received_at or world.now
    item = Item(
        id=label.id,
        number=label.number,
        version=1,
        status="received",
        kind=terms.kind,
        channel=terms.channel,
        category=terms.category,
        urgency=terms.urgency,
        needs_place=terms.needs_place,
        description=report.description,
        address=report.address,
        spot=None,
        original=None,
        guesses=(),
        resolution=nowhere("no-location"),
        edition=None,
        lead=Lead("centre", "centre"),
        handlers=(),
        tasks=(),
        clocks=(),
        reporter=report.reporter,
        anonymous=report.anonymous,
        confidential=report.confidential,
        external_ref=report.external_ref,
        given={**report.given, **terms.given},
        maker=label.maker,
        demonstration=label.demonstration,
        received_at=received_at,
        occurred_at=report.occurred_at,
        sender_due_at=report.due_at,
        dispatched_at=None,
        created_at=world.now,
        updated_at=world.now,
        words_salt=label.salt,
    )
    return send(stand(item, placing, world), world)


def stand(item: Item, placing: Placing, world: World) -> Item:
    """The item at the place that was found for it (or at none), with the lead that follows.

    An item that needs no place and names none has no reason to show.
    """
    resolution = placing.resolution
    if not item.needs_place and placing.spot is None and placing.original is None:
        resolution = replace(resolution, reason=None)
    lead = lead_of(resolution)
    return led_by(item, lead, world).but(
        spot=placing.spot,
        original=placing.original,
        guesses=placing.guesses,
        resolution=resolution,
        edition=world.edition.id if placing.spot is not None else None,
    )
