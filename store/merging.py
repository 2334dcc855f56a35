"""Acts on several items at once: merge, unmerge, split. Each is one transaction that locks its items in id order."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psycopg2.extensions import cursor

from dispatch import merging, splitting
from dispatch.account import Account
from dispatch.change import Change
from dispatch.errors import BadArguments
from dispatch.item import Item
from dispatch.report import clean
from dispatch.workflow import act, demand
from dispatch.world import World
from store import saving
from store.queries import queries
from store.rows import item_of

if TYPE_CHECKING:
    from store.desk import Desk

TOGETHER = frozenset({"merge", "unmerge", "split"})
ENDING = frozenset(merging.ENDINGS)
"""Actions that reach the items merged into the one they are done on."""


class Moved(Exception):
    """Between finding the items and locking them somebody merged one of them elsewhere: to be asked anew."""


def together(
    desk: "Desk", cur: cursor, account: Account, number: str, action: str, args: Mapping[str, Any],
    version: int | None, edition: int | None,
) -> Item:  # fmt: skip
    """Do one of TOGETHER in the caller's transaction. Raises Moved beside what ``Desk.act`` raises."""
    if action == "merge":
        return _merge(desk, cur, account, number, args, version)
    if action == "unmerge":
        return _unmerge(desk, cur, account, number, args, version, edition)
    return _split(desk, cur, account, number, args, version, edition)


def lock(cur: cursor, numbers: Sequence[str], leading: str | None = None) -> set[int]:
    """Lock items by number, and those merged into ``leading``, in id order; their ids."""
    cur.execute(queries.merged_lock, {"numbers": list(numbers), "leading": leading})
    return {int(row["id"]) for row in cur.fetchall()}


def follow(
    desk: "Desk", cur: cursor, account: Account, leading: Item, action: str, args: Mapping[str, Any], world: World
) -> None:
    """What ended the work of the leading item ends that of the items merged into it."""
    for item in _merged_into(cur, leading.number):
        change = merging.followed(item, action, account, args, world)
        facts = {**change.facts, "through": leading.number}
        _save(desk, cur, account, item, action, replace(change, facts=facts), world)


def _merge(
    desk: "Desk", cur: cursor, account: Account, number: str, args: Mapping[str, Any], version: int | None
) -> Item:
    into = args.get("into")
    wanted = str(clean(into)).strip() if isinstance(into, str) else ""
    locked = lock(cur, [number, wanted], number)
    item = desk.demanded(cur, account, number, version)
    demand(item, account, "merge", desk.worlds.rules)
    target = desk.find(cur, account, wanted)
    if target is None:
        raise BadArguments("into", f"into is the number of an open item: there is no {wanted[:40]!r}.")
    world = desk.worlds.now()
    change = act(item, account, "merge", {**args, "into": target}, world)
    led = _merged_into(cur, number)
    if not locked.issuperset(one.id for one in (item, target, *led)):
        raise Moved
    _save(desk, cur, account, item, "merge", change, world)
    _save(desk, cur, account, target, "merged_in", merging.gained(target, item), world)
    for one in led:
        _save(desk, cur, account, one, "merge", merging.repointed(one, target), world)
    return _card(cur, item.id)


def _unmerge(
    desk: "Desk", cur: cursor, account: Account, number: str, args: Mapping[str, Any], version: int | None,
    edition: int | None,
) -> Item:  # fmt: skip
    seen = desk.find(cur, account, number)
    leading = seen.merged_into if seen else None
    lock(cur, [number, *([leading] if leading else [])])
    item = desk.demanded(cur, account, number, version)
    if item.merged_into != leading:
        raise Moved
    demand(item, account, "unmerge", desk.worlds.rules)
    cur.execute(queries.item_events, {"id": item.id, "after": 0})
    before = merging.earlier(row["body"] for row in cur.fetchall())
    world = desk.worlds.now(edition)
    change = act(item, account, "unmerge", {**args, "earlier": before}, world)
    led = desk.find(cur, account, leading or "")
    _save(desk, cur, account, item, "unmerge", change, world)
    if led is not None:
        _save(desk, cur, account, led, "merged_out", merging.lost(led, item), world)
    return _card(cur, item.id)


def _split(
    desk: "Desk", cur: cursor, account: Account, number: str, args: Mapping[str, Any], version: int | None,
    edition: int | None,
) -> Item:  # fmt: skip
    lock(cur, [number])
    item = desk.demanded(cur, account, number, version)
    demand(item, account, "split", desk.worlds.rules)
    world = desk.worlds.now(edition)
    made = []
    for part in splitting.parts_of(item, args, world):
        cur.execute(queries.item_id_next)
        label = replace(desk.label(account, cur.fetchone()["id"], secrets.token_hex(8), world.now),
                        maker=item.maker, demonstration=item.demonstration)  # fmt: skip
        new = splitting.part_item(item, part, label, world)
        made.append(saving.add(cur, desk.pen, new, account, []))
    _save(desk, cur, account, item, "split", act(item, account, "split", {**args, "made": made}, world), world)
    return _card(cur, item.id)


def _merged_into(cur: cursor, number: str) -> list[Item]:
    """The items merged into one, by id, locked."""
    return [_card(cur, id) for id in sorted(lock(cur, [], number))]


def _card(cur: cursor, id: int) -> Item:
    cur.execute(queries.item_card_by_id, {"id": id})
    return item_of(cur.fetchone())


def _save(desk: "Desk", cur: cursor, account: Account, before: Item, action: str, change: Change, world: World) -> Item:
    after = replace(change.item, updated_at=world.now)
    salt = secrets.token_hex(8) if change.words is not None else None
    return saving.save(cur, desk.pen, before, after, account, action, change.facts, change.words, salt, change.notices)
