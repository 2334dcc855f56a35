"""Who answers for an item just now: a unit, and the posts that handle its work, lead it and answer for it.

Each event says it as of its own moment: the list of units changes, what happened under it does not. The unit that an
event names answers from that event on to the next.
"""

from collections.abc import Mapping

from dispatch.item import CENTRE, Item
from dispatch.units import Unit

POSTS = ("handler", "leader_in_charge", "responsible_leader")


def responsible(item: Item, units: Mapping[str, Unit], centre: Unit) -> Unit:
    """The main handler's unit; the lead's where there is none, and ``centre`` where that is the hotline centre.

    A code that no list of units knows is a unit without posts.
    """
    code = item.main.unit if item.main else item.lead.code
    if code == CENTRE:
        return centre
    return units.get(code) or Unit(code, code, "")


def named(unit: Unit) -> dict[str, str]:
    """The unit's code and its posts, as an event holds them; a post that nobody has told is ''."""
    return {"unit": unit.code, **{post: getattr(unit, post) for post in POSTS}}
