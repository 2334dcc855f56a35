"""Who may add which photographs to an item, and what a photograph's place and twins say to a reader. Pure."""

from dispatch.account import Account
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import Item
from dispatch.photo import STAGES, Photo
from dispatch.scope import can_read, keys_of
from dispatch.workflow import parties_of
from gis.ellipsoid import GEOD

ADDERS = frozenset({"dispatcher", "lead-officer", "main-handler", "task-worker"})
ENDED = frozenset({"closed", "merged", "declined", "transferred"})
"""Statuses in which an item's evidence is complete."""


def is_adder(item: Item, account: Account) -> bool:
    """True where the account may add photographs to the item while it is open: dispatchers, the lead's officer, the
    units that handle it, the workers of its tasks, the worker whose patrol found it, and the channel that brought it
    (for the citizen's own)."""
    if account.role == "worker" and account.id == item.maker:
        return True
    if account.role in ("channel", "citizen"):
        return account.id == item.maker
    handles = any(h.unit == account.unit and h.state != "returned" for h in item.handlers)
    if handles and account.role in ("department", "officer"):
        return True
    return bool(ADDERS & parties_of(item, account))


def stages_for(item: Item, account: Account) -> tuple[str, ...]:
    """The stages of which the account may add photographs now; none where it may not."""
    return STAGES if item.status not in ENDED and is_adder(item, account) else ()


def admit(item: Item, account: Account, stage: str | None) -> str:
    """The stage, where the account may add a photograph of it. Raises Forbidden, WrongState, BadArguments."""
    if not is_adder(item, account):
        raise Forbidden("Your account may not add photographs to this item.")
    if item.status in ENDED:
        raise WrongState(f"An item that is {item.status} takes no more photographs.", allowed=[])
    if stage not in STAGES:
        raise BadArguments("stage", f"stage is one of {', '.join(STAGES)}.")
    return stage


def distance_m(item: Item, photo: Photo) -> float | None:
    """Geodesic metres (WGS84) from where the photograph was taken to where the item is now said to be; None where
    either is unknown."""
    if item.spot is None or photo.lon is None or photo.lat is None:
        return None
    return float(GEOD.inv(photo.lon, photo.lat, item.spot.lon, item.spot.lat)[2])


def twins_seen_by(photo: Photo, reader: Account) -> tuple[str, ...]:
    """The numbers of the items that hold the same picture, as far as the reader may read them; each once."""
    keys = keys_of(reader)
    return tuple(dict.fromkeys(twin.number for twin in photo.twins if can_read(keys, twin.readers)))
