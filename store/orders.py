"""Supervision orders: the pages of them, what the unit answers, how the supervisor closes. Each act is one transaction
under its item's lock."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import psycopg2.errors
from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.change import Change
from dispatch.errors import UnknownItem
from dispatch.item import Item, Order
from dispatch.report import clean
from dispatch.supervision import SUPERVISED, answer_order, close_order, parse_order_id
from dispatch.world import World
from store import saving
from store.desk import BETWEEN_TRIES_S, TRIES, Desk, scope
from store.errors import DatabaseAway
from store.queries import queries
from store.rows import item_of

Found = tuple[Item, Order]
ActOnOrder = Callable[[Item, int, World], Change]


class Orders:
    """Orders through the eyes of an account: who reads the item reads its orders."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def open(self, account: Account, number: str, args: Mapping[str, Any], key: str | None = None) -> Found:
        """The action ``escalate``: the new order; the same ``key`` (Idempotency-Key) gives the first one again. Raises
        what ``Desk.act`` raises."""
        item = self.desk.act(account, number, "escalate", args, key=key)
        reason = str(clean(args.get("reason", ""))).strip()
        mine = [order for order in item.orders if order.by == SUPERVISED and order.reason == reason]
        return item, (mine or item.orders)[-1]

    def answer(self, account: Account, id: str, args: Mapping[str, Any]) -> Found:
        """Raises UnknownItem and what ``dispatch.supervision.answer_order`` raises."""
        return self._act(account, id, "order_answered", lambda i, n, w: answer_order(i, account, n, args, w))

    def close(self, account: Account, id: str, args: Mapping[str, Any]) -> Found:
        """Raises UnknownItem and what ``dispatch.supervision.close_order`` raises."""
        return self._act(account, id, "order_closed", lambda i, n, w: close_order(i, account, n, args, w))

    def page(self, account: Account, filters: Mapping[str, Any], limit: int) -> list[Found]:
        """Orders in scope, those that wait first and by their limit; see the query orders_page for the filters."""
        values = {"state": None, "unit": None} | dict(filters) | {"keys": scope(account), "limit": limit}
        with self.desk.pool.transaction() as cur:
            cur.execute(queries.orders_page, values)
            rows = cur.fetchall()
            cur.execute(queries.item_cards_by_ids, {"ids": list({row["item_id"] for row in rows})})
            items = {row["id"]: item_of(row) for row in cur.fetchall()}
        pairs = [(items[row["item_id"]], row["n"]) for row in rows]
        return [(item, next(order for order in item.orders if order.n == n)) for item, n in pairs]

    def _act(self, account: Account, id: str, action: str, act: ActOnOrder) -> Found:
        number, n = parse_order_id(id)
        self.desk.worlds.people()  # read before the transaction: whoever holds a connection waits for no other
        for _ in range(TRIES):
            try:
                with self.desk.pool.transaction() as cur:
                    item = self._done(cur, account, number, n, action, act)
                return item, next(order for order in item.orders if order.n == n)
            except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):
                time.sleep(BETWEEN_TRIES_S)
        raise DatabaseAway("The item is being changed by somebody else; nothing was done. Try again.")

    def _done(self, cur: cursor, account: Account, number: str, n: int, action: str, act: ActOnOrder) -> Item:
        cur.execute("SET LOCAL lock_timeout = '250ms'")
        cur.execute(queries.item_lock, {"number": number, "keys": scope(account)})
        locked = cur.fetchone()
        if locked is None:
            raise UnknownItem(f"There is no order {number[:40]}-{n} among those you may see.")
        cur.execute(queries.item_card_by_id, {"id": locked["id"]})
        before = item_of(cur.fetchone())
        world = self.desk.worlds.now()
        change = act(before, n, world)
        after = replace(change.item, updated_at=world.now)
        salt = secrets.token_hex(8)
        return saving.save(
            cur, self.desk.pen, before, after, account, action, change.facts, change.words, salt, change.notices
        )
