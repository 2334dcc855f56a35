"""Everything outside an item that a decision about it depends on, as of one instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from boundaries.edition import Edition
from boundaries.gazetteer import Gazetteer
from dispatch.rulebook import Rules
from dispatch.staff import Roster
from dispatch.units import Unit


@dataclass(frozen=True, slots=True)
class World:
    """The live Edition, the rules, who works where, and the time (aware). Decisions are pure functions of it."""

    edition: Edition
    gazetteer: Gazetteer
    rules: Rules
    units: Mapping[str, Unit]
    staff: Roster
    now: datetime
