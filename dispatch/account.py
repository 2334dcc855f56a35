"""Who is signed in, and what a role is."""

from dataclasses import dataclass

ROLES = ("dispatcher", "officer", "worker", "department", "supervisor", "planner", "leader", "admin", "channel")
"""The nine roles an account may have."""

UNIT_ROLES = frozenset({"officer", "department", "leader"})
"""Roles that mean nothing without a unit: a township for an officer, a unit for a department or leader."""


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-in account. ``unit`` is a township code for an officer, a unit code for a department or leader."""

    id: int
    name: str
    role: str
    unit: str | None = None
    demonstration: bool = False


ESCALATOR = Account(0, "escalator", "escalator")
"""The background process as an actor in histories. It is no account: nobody signs in as it."""

CITIZEN = Account(0, "citizen", "citizen")
"""Whoever holds an item's number and code, as an actor in histories. It is no account either."""
