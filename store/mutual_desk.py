"""Mutual ratings, objections and rulings. Each act is one transaction under its item's lock."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor

from dispatch.account import ESCALATOR, Account
from dispatch.errors import UnknownItem
from dispatch.events import canonical, words_digest
from dispatch.mutual import MutualRating, Objection, is_visible, pair
from dispatch.mutual_acts import demand_supervisor, object_to, rate, rule, told_of_objection, told_of_ratings
from dispatch.summons import Outcome
from dispatch.telling import told
from store import saving
from store.keys import bounded
from store.queries import queries
from store.repeats import Once
from store.rows import dumped, item_of
from store.summons_desk import LARGEST_ID, Shown, SummonsDesk

MOST_TOLD = 500
"""Ratings whose time is over that one tick tells of."""


class MutualDesk(SummonsDesk):
    """What the two sides of a summons say of each other, in the scope of their item."""

    def ratings(self, summonses: Sequence[int]) -> dict[int, tuple[MutualRating, ...]]:
        """All ratings of some summonses, whoever may see them: the caller shows what dispatch.mutual allows."""
        with self.pool.transaction() as cur:
            return self._ratings(cur, summonses)

    def rate(self, account: Account, id: int, args: Mapping[str, Any], key: str | None = None) -> Shown:
        """Rate the other side; what was rated under ``key`` before is not rated again. Raises UnknownItem and what
        ``dispatch.mutual_acts.rate`` raises."""
        self.worlds.people()

        def work(cur: cursor) -> Shown:
            before, given = self._own(cur, account, id)
            once = Once(account, before.item.number, f"rate {id}", bounded(key)) if key else None
            if once is not None and once.done(cur):
                return before
            world = self.worlds.now()
            new = rate(before.summons, before.item, given, account, args, world)
            salt = secrets.token_hex(8)
            content = words_digest(salt, canonical({"criteria": dict(new.criteria), "reason": new.reason}))
            row = {
                "summons": id,
                "about": new.about,
                "by": new.by,
                "side": new.side,
                "reason": new.reason,
                "salt": salt,
            }
            row |= {"criteria": dumped(dict(new.criteria)), "at": new.at, "visible_by": new.visible_by}
            cur.execute(queries.mutual_rating_add, row)
            both = pair([*given, new], new.unit)
            spoken = told_of_ratings(id, both) if is_visible(both, new.unit, world.now) else ()
            facts = {"summons": id, "about": new.about, "by": new.by, "content": content}
            after = replace(before.summons, updated_at=world.now)
            if once is not None:
                once.keep(cur, id)
            done = self._saved(cur, account, before.item, Outcome(after, "summons_rated", facts, None, spoken))
            if spoken:
                cur.execute(queries.mutual_told, {"summons": id, "unit": new.unit, "at": world.now})
            return done

        return self._patiently(work)

    def object_to(self, account: Account, id: int, args: Mapping[str, Any]) -> dict[str, Any]:
        """Object to a rating. Raises UnknownItem and what ``dispatch.mutual_acts.object_to`` raises."""
        self.worlds.people()
        filed: list[int] = []

        def work(cur: cursor) -> Shown:
            before, given = self._own(cur, account, id)
            world = self.worlds.now()
            cur.execute(queries.objection_id_next)
            filed[:] = [int(cur.fetchone()["id"])]
            new = object_to(before.summons, given, account, args, world, filed[0])
            return self._put(cur, account, before, new, "rating_objected", world.now)

        self._patiently(work)
        return self._objections(None, 1, filed[0])[0]

    def rule(self, account: Account, objection: int, args: Mapping[str, Any]) -> dict[str, Any]:
        """Rule on an objection. Raises Forbidden, UnknownItem and what ``dispatch.mutual_acts.rule`` raises."""
        demand_supervisor(account)
        self.worlds.people()

        def work(cur: cursor) -> Shown:
            before, given = self._own(cur, account, self._summons_of(cur, objection))
            old = next(one for one in given if one.objection is not None and one.objection.id == objection)
            world = self.worlds.now()
            return self._put(cur, account, before, rule(old, account, args, world), "objection_ruled", world.now)

        self._patiently(work)
        return self._objections(None, 1, objection)[0]

    def objections(self, account: Account, state: str | None, limit: int) -> list[dict[str, Any]]:
        """Objections, those that wait for a ruling first. Raises Forbidden for everyone but the supervisor."""
        demand_supervisor(account)
        return self._objections(state, limit)

    def tell_of_ratings(self, now: datetime) -> int:
        """Tell the rated units of ratings that the end of the time has made visible; how many ratings they were.

        Any number of processes may do it at once: each rating is told of once. A unit that the item has left is told
        nothing: it could not read it.
        """
        with self.pool.transaction() as cur:
            cur.execute(queries.mutual_due, {"now": now, "limit": MOST_TOLD})
            due = cur.fetchall()
            for row in due:
                one = MutualRating(row["about"], row["by_unit"], "", {}, "", now, now)
                cur.execute(queries.item_card, {"number": row["number"], "keys": None})
                item = item_of(cur.fetchone())
                spoken = told(item, item, ESCALATOR, told_of_ratings(row["summons_id"], [one]))
                saving.tell(cur, row["number"], spoken, now)
        return len(due)

    def _own(self, cur: cursor, account: Account, id: int) -> tuple[Shown, tuple[MutualRating, ...]]:
        """The summons with its item locked, and all its ratings."""
        item = self._locked(cur, account, self._number(cur, account, id))
        return self._one(cur, account, item, id), self._ratings(cur, [id]).get(id, ())

    def _objections(self, state: str | None, limit: int, id: int | None = None) -> list[dict[str, Any]]:
        with self.pool.transaction() as cur:
            cur.execute(queries.objections_page, {"state": state, "limit": limit, "id": id})
            return [dict(row) for row in cur.fetchall()]

    def _put(
        self, cur: cursor, account: Account, before: Shown, new: MutualRating, action: str, now: datetime
    ) -> Shown:
        """Store the objection of ``new`` as it is now, with its event."""
        one, id = new.objection, before.summons.id
        assert one is not None
        row = {"id": one.id, "summons": id, "about": new.about, "by": new.by, "reason": one.reason}
        row |= {"filed_at": one.filed_at, "granted": one.granted, "ruling": one.ruling, "ruled_at": one.ruled_at}
        cur.execute(queries.objection_put, row)
        facts = {"summons": id, "objection": one.id, "about": new.about, "by": new.by}
        facts |= {} if one.granted is None else {"granted": one.granted}
        words = one.reason if one.granted is None else one.ruling
        outcome = Outcome(replace(before.summons, updated_at=now), action, facts, words, told_of_objection(id, new))
        return self._saved(cur, account, before.item, outcome)

    def _summons_of(self, cur: cursor, objection: int) -> int:
        row = None
        if 0 < objection <= LARGEST_ID:
            cur.execute(queries.objection_summons, {"id": objection})
            row = cur.fetchone()
        if row is None:
            raise UnknownItem(f"There is no objection {objection}.")
        return int(row["summons_id"])

    @staticmethod
    def _ratings(cur: cursor, summonses: Sequence[int]) -> dict[int, tuple[MutualRating, ...]]:
        cur.execute(queries.mutual_ratings_of, {"summonses": list(summonses)})
        found: dict[int, list[MutualRating]] = defaultdict(list)
        for row in cur.fetchall():
            found[row["summons_id"]].append(_rating(row))
        return {id: tuple(ratings) for id, ratings in found.items()}


def _rating(row: Mapping[str, Any]) -> MutualRating:
    objection = None
    if row["objection"] is not None:
        ruling = (row["granted"], row["ruling"], row["ruled_at"])
        objection = Objection(row["objection"], row["objected"], row["filed_at"], *ruling)
    names = ("side", "criteria", "reason", "at", "visible_by")
    return MutualRating(row["about"], row["by_unit"], **{name: row[name] for name in names}, objection=objection)
