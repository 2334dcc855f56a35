"""Figures of a period through the eyes of an account: what it answers for, and no more. Scope is part of the query."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.account import Account
from dispatch.figures import CALL_FIGURES, FIGURES, ITEM_FIGURES, Figure
from dispatch.tally import SHOWN, Group, Key, Tally, tallies
from store.desk import scope
from store.pool import Pool
from store.queries import queries
from store.world import Worlds

ALL = {"part": None, "place": None, "after": None, "after_place": None, "limit": None, "shown": SHOWN}
FILTERS = ("from", "to", "township", "unit", "category", "channel")


class FigureDesk:
    """Counts what an account's figures are made of."""

    def __init__(self, pool: Pool, worlds: Worlds) -> None:
        self.pool, self.worlds = pool, worlds

    def counted(self, account: Account, asked: Mapping[str, Any]) -> tuple[datetime, bool, list[Tally]]:
        """When it was counted, whether demonstration items were, and every figure.

        ``asked``: ``from`` and ``to`` (aware instants, half-open), and ``township, unit, category, channel`` where
        wanted. Both kinds of figure are of one snapshot.
        """
        now = self.worlds.clock()
        with self.pool.transaction() as cur:
            cur.execute(queries.figures_snapshot)
            values = self._values(cur, account, asked, now) | ALL
            cur.execute(queries.item_figures, values)
            items = [_group(row) for row in cur.fetchall()]
            cur.execute(queries.call_figures, values)
            calls = [_group(row) for row in cur.fetchall()]
        return now, values["demonstration"], tallies(ITEM_FIGURES, items) + tallies(CALL_FIGURES, calls)

    def listed(
        self, account: Account, asked: Mapping[str, Any], figure: str, part: str, after: Key, limit: int
    ) -> list[tuple[Key, dict[str, Any]]]:
        """What is in a part of a figure, in order, after a key: ``number``, of a call its ``summons`` and ``unit``."""
        chosen = FIGURES[figure]
        of_items = chosen in ITEM_FIGURES
        among: tuple[Figure, ...] = ITEM_FIGURES if of_items else CALL_FIGURES
        one = {"part": part, "place": among.index(chosen) + 1, "after": after[0], "after_place": after[1]}
        with self.pool.transaction() as cur:
            values = self._values(cur, account, asked, self.worlds.clock()) | one | {"limit": limit, "shown": 1}
            cur.execute(queries.item_figures if of_items else queries.call_figures, values)
            rows = cur.fetchall()
        return [(_group(row).first[0][0], _thing(row, chosen)) for row in rows]

    def _values(self, cur: Any, account: Account, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        cur.execute(queries.figures_real)
        demonstration = not cur.fetchone()["real"]
        values = dict.fromkeys(FILTERS) | dict(asked)
        return values | {"keys": scope(account), "now": now, "demonstration": demonstration}


def _group(row: Mapping[str, Any]) -> Group:
    places = row["places"] or [0] * len(row["ids"])
    first = zip(zip(row["ids"], places, strict=True), row["numbers"], strict=True)
    parts = tuple(part or None for part in row["parts"].split("/"))
    return Group(parts, tuple(filter(None, row["marks"].split("/"))), row["n"], tuple(first))


def _thing(row: Mapping[str, Any], figure: Figure) -> dict[str, Any]:
    told = {"number": row["numbers"][0]}
    if figure.of != "item":
        told["summons"] = row["ids"][0]
    return told | ({"unit": row["department"]} if figure.of == "call" else {})
