"""What a new Edition does to an open item: it may stand in another cell or township now."""

from dataclasses import replace

from dispatch.intake import stand
from dispatch.item import Item
from dispatch.placing import Placing, placed
from dispatch.sending import send
from dispatch.world import World

IN_WORK = frozenset({"accepted", "settled", "verified", "suspended"})


def moved(item: Item, world: World) -> Item | None:
    """The item as the world's Edition resolves it, None where its cell, township and community stay the same.

    An item already in work keeps its lead and handlers: only its cell follows. One not yet accepted gets the lead,
    handlers and task of its new place. One that now lies in a cell and did not before is dispatched.
    """
    if item.spot is None:
        return None
    found = placed(item.spot, world, item.original)
    old, new = item.resolution, found.resolution
    if (old.township, old.grid, old.community) == (new.township, new.grid, new.community):
        return None
    if item.status in IN_WORK and new.township == old.township:
        return replace(item, resolution=new, edition=world.edition.id)
    if item.status in IN_WORK:
        return None
    placing = Placing(item.spot, new, item.original, item.guesses)
    return send(stand(item, placing, world), world)
