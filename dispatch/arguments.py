"""Reading what an action was given: each value is what the action needs, or BadArguments says what is missing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.errors import BadArguments
from dispatch.report import clean, parse_instant, says_something
from dispatch.world import World

LONGEST = 10_000
"""Characters that a comment, answer or reason may have."""
SHORT = 200

Args = Mapping[str, Any]


def text(args: Args, name: str, longest: int = LONGEST) -> str:
    """A text that is needed and not blank."""
    value = args.get(name)
    if not isinstance(value, str) or not says_something(value):
        raise BadArguments(name, f"{name} is needed, as text.")
    if len(value) > longest:
        raise BadArguments(name, f"{name} is longer than {longest} characters.")
    return str(clean(value)).strip()


def positive(args: Args, name: str) -> float | None:
    """A number above 0, None where it is not given."""
    value = args.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise BadArguments(name, f"{name} is a number above 0, in metres.")
    return float(value)


def listed(args: Args, name: str) -> list[Any]:
    """A list; empty where it is not given."""
    value = args.get(name) or []
    if not isinstance(value, list):
        raise BadArguments(name, f"{name} is a list.")
    return value


def flag(args: Args, name: str) -> bool:
    """true or false, which is needed: a decision is never taken for granted."""
    value = args.get(name)
    if not isinstance(value, bool):
        raise BadArguments(name, f"{name} is needed: true or false.")
    return value


def later(args: Args, name: str, world: World) -> datetime:
    """An instant after now that is needed; in the city's zone where it names none."""
    at = parse_instant(args.get(name), world.rules.zone)
    if at is None:
        raise BadArguments(name, f"{name} is needed: an ISO 8601 instant, such as 2026-11-30T17:30+08:00.")
    if at <= world.now:
        raise BadArguments(name, f"{name} lies in the past.")
    return at


def unit(value: Any, name: str, lead: str, world: World) -> str:
    """The code of a unit that exists, or of the item's lead."""
    if isinstance(value, str) and (value in world.units or value == lead):
        return value
    raise BadArguments(name, f"No unit has the code {value!r}.")
