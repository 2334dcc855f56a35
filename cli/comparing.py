"""What comparing and rehearsing boundaries ask of the running service's database."""

import os
from collections.abc import Callable
from typing import Any

from boundaries.district import District
from boundaries.edition import Edition
from cli import live
from cli.service import opened
from dispatch.past import Replayed
from dispatch.rehearsal import Rehearsal
from store import past_items, rehearsing
from store.settings import Settings


def district_of(number: int | None) -> District:
    """The district of an Edition, of the live one for None. Raises NoEdition."""
    return live.live_edition().district if number is None else live.edition_district(number)


def edition_of(number: int | None) -> Edition:
    """The same, ready to resolve points."""
    return Edition.of(district_of(number), number)


def open_places() -> tuple[Any, Any]:
    """Columns of longitudes and latitudes (WGS84) of all open items that have a place."""
    with opened() as service:
        return past_items.open_places(service.database.pool)


def rehearse(
    draft: District,
    *,
    from_: str | None,
    to: str | None,
    move_in_work: bool,
    progress: Callable[[int, int], None],
    each: Callable[[Replayed], None] | None,
) -> Rehearsal:
    """The rehearsal of a draft; instants as texts, in the city's zone where they name none. Raises Refusal."""
    with opened() as service:
        since, until = live.instant(service, from_), live.instant(service, to)
        return rehearsing.rehearse(
            service.database.pool, service.worlds, draft, since=since, until=until, move_in_work=move_in_work,
            progress=progress, each=each,
        )  # fmt: skip


def map_note() -> str | None:
    """The deployment's words on every map."""
    return Settings.read(os.environ).map_note
