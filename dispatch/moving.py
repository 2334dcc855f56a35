"""What a new Edition does to an open item: its place may lie in another cell or township now. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from boundaries.edition import Edition
from dispatch.intake import stand
from dispatch.item import Item
from dispatch.notice import Notice
from dispatch.placing import Placing, placed
from dispatch.routing import lead_of
from dispatch.sending import send
from dispatch.telling import to_unit
from dispatch.world import World

IN_WORK = frozenset({"accepted", "settled", "verified", "suspended"})

Where = tuple[str | None, str | None, str | None]
"""(township, cell, community) of a place, None for what it has not."""
NOWHERE: Where = (None, None, None)


def places(edition: Edition, rows: Sequence[Mapping[str, Any]]) -> list[Where]:
    """Where an Edition puts rows with ``lon`` and ``lat`` (WGS84): by columns, for many are looked at and few go."""
    if not rows:
        return []
    lon, lat = (np.array([row[name] for row in rows], dtype=float) for name in ("lon", "lat"))
    cells = [(cell.township, cell.code, cell.community) for cell in edition.index.cells]
    return [cells[n] if n >= 0 else NOWHERE for n in edition.index.find_many(lon, lat).tolist()]


def follows(was: Where, lead: str | None, now: Where, townships: Collection[str], move_in_work: bool) -> bool:
    """Whether a located open item that stood at ``was`` and is led by the township ``lead`` (None: the centre) has to
    be looked at by ``moved``: an Edition with those ``townships`` puts it at ``now``."""
    gone = lead is not None and lead not in townships
    return was != now or gone or (move_in_work and lead != now[0])


def moved(item: Item, world: World, move_in_work: bool = False) -> Item | None:
    """The item as the world's Edition places it, None where nothing changes.

    An item not yet accepted gets the lead, handlers and task of its new place; one that now lies in a cell and did not
    before is dispatched. An item in work keeps its lead, handlers and tasks, and only its place follows: unless
    ``move_in_work``, or where its lead is a township that is no more.
    """
    if item.spot is None:
        return None
    found = placed(item.spot, world, item.original)
    old, new = item.resolution, found.resolution
    was, now = (old.township, old.grid, old.community), (new.township, new.grid, new.community)
    townships = world.edition.index.townships
    if not follows(was, item.lead.code if item.lead.is_township else None, now, townships, move_in_work):
        return None
    keeps = item.status in IN_WORK and not move_in_work
    if keeps and (not item.lead.is_township or item.lead.code in townships):
        return None if was == now else replace(item, resolution=new, edition=world.edition.id)
    return send(stand(item, Placing(item.spot, new, item.original, item.guesses), world), world)


def is_kept(item: Item) -> bool:
    """Whether somebody else leads the item than its place would have it: it was in work when boundaries changed."""
    return item.spot is not None and item.lead != lead_of(item.resolution)


def notices_of_move(before: Item, after: Item) -> tuple[Notice, ...]:
    """What both sides are told of a move, before what its change means (see ``notices``): the township that gets the
    item and the one that gives it; or, of one in work, that its lead keeps it and where it lies now."""
    new, old = to_unit(after.lead.code), to_unit(before.lead.code)
    if after.lead != before.lead:
        return (
            Notice(new, "boundary_gained", {"from": before.lead.code}),
            Notice(old, "boundary_lost", {"into": after.lead.code}),
        )
    place = {"township": after.resolution.township, "grid": after.resolution.grid}
    if not is_kept(after):
        return (Notice(new, "boundary_moved", place),) if after.status in IN_WORK else ()
    there = to_unit(lead_of(after.resolution).code)
    return Notice(old, "boundary_kept", place), Notice(there, "boundary_beside", {**place, "lead": after.lead.code})
