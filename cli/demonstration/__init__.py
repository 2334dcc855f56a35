"""Demonstration data for an empty database: labelled staff, accounts and items, and a trickle of new ones.

Everything made here carries ``demonstration`` in the database; the pages and maps say so.
"""

from typing import TYPE_CHECKING

from cli.demonstration.accounts import FILE, make_accounts
from cli.demonstration.items import make_past
from cli.demonstration.summonses import make_summonses
from cli.demonstration.trickle import Trickle

if TYPE_CHECKING:
    from cli.service import Service

__all__ = ["Trickle", "fill", "publish_shipped"]


def publish_shipped(service: "Service") -> None:
    """Publish the district of FIRSTLINE_BOUNDARIES where no Edition is live. Raises BoundaryFileError, Refusal."""
    from boundaries.check import check
    from boundaries.read import read_district
    from cli.live import operator
    from cli.service import clock
    from gis.errors import Refusal
    from store import publishing

    pool = service.database.pool
    if publishing.live_edition_id(pool) is not None:
        return
    district = read_district(service.database.settings.boundaries)
    faults = [fault for fault in check(district) if fault.severity == "error"]
    if faults:
        raise Refusal(f"The shipped boundaries have {len(faults)} faults: run `python app.py boundaries check`.")
    by, reason = operator("run"), "first Edition"
    publishing.publish(pool, service.worlds, service.pen, district, by=by, reason=reason, expect=None, clock=clock)
    service.worlds.forget_people()


def fill(service: "Service") -> str:
    """Fill an empty database; a sentence for the person at the terminal. A database in use is left alone.

    A filling that was killed goes on: accounts that exist are kept, and items are made where none is. Of two that fill
    at once the second finds the work done.
    """
    from store.demonstration import filling, state

    pool = service.database.pool
    with filling(pool):
        if state(pool) == "filled":
            passwords = service.database.settings.home / FILE
            return f"passwords of the demonstration accounts: {passwords}" if passwords.exists() else ""
        words = make_accounts(service)
        make_past(service)
        make_summonses(service)
    return words
