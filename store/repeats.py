"""What is sent again because its answer was lost: the same Idempotency-Key of an account for one item and action.

Both are asked and kept in the transaction of the act, so that a ``kill -9`` leaves the act with its key or neither.
"""

from dataclasses import dataclass

from psycopg2.extensions import cursor

from dispatch.account import Account
from store.queries import queries

TAKEN = "action_keys_pkey"
"""The constraint that refuses the second of two that came at the same moment."""


@dataclass(frozen=True, slots=True)
class Once:
    """An act that happens once: who does what with which item, under which key."""

    account: Account
    number: str
    action: str
    key: str

    def done(self, cur: cursor) -> bool:
        """Whether it was done before."""
        cur.execute(queries.action_key_find, self._values())
        return cur.fetchone() is not None

    def summons(self, cur: cursor) -> int | None:
        """The summons that it made before, None where it was not done yet."""
        cur.execute(queries.action_key_find, self._values())
        row = cur.fetchone()
        return int(row["summons"]) if row else None

    def keep(self, cur: cursor, summons: int | None = None) -> None:
        """It is done now. Raises UniqueViolation (TAKEN) where another was quicker."""
        cur.execute(queries.action_key_keep, {**self._values(), "summons": summons})

    def _values(self) -> dict[str, object]:
        return {"number": self.number, "account": self.account.id, "action": self.action, "key": self.key}
