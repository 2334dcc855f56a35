"""A city's rules, read whole from a folder, checked whole, and named by the hash of their text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.calendar_rules import read_calendar
from dispatch.categories import Category, read_categories, words
from dispatch.channels import Channel, Ground, read_channels, read_grounds
from dispatch.criteria import Criteria, read_criteria
from dispatch.escalation import Ladder, read_escalation
from dispatch.faults import Fault, RuleError
from dispatch.handlers import HandlerRule, read_handlers
from dispatch.kinds import URGENCIES, Kind, Urgency, read_kinds, read_urgencies
from dispatch.limits import Limit
from dispatch.tables import read_text
from dispatch.thresholds import Thresholds, read_thresholds
from dispatch.units import Unit, read_units
from dispatch.working_time import WorkingCalendar

__all__ = ["RULES", "RuleError", "Rules", "read_rules"]

RULES = Path(__file__).parent / "rules"
"""The rules that are shipped: an example that a city replaces."""

RULE_FILES = (
    "calendar.toml",
    "categories.csv",
    "channels.csv",
    "escalation.csv",
    "grounds.csv",
    "handlers.csv",
    "kinds.csv",
    "mutual.csv",
    "rules.toml",
    "urgencies.csv",
)
"""The files whose text is the rule set."""

LIST_FILES = ("staff.csv", "units.csv")
"""They stand in the same folder but are no rules: they change by import, and the hash leaves them out."""


@dataclass(frozen=True)
class Rules:
    """One rule set. ``text`` is the canonical text of its files, ``hash`` the sha256 of that in hex.

    ``units`` are those of the folder's ``units.csv``, by code: what the handlers were checked against.
    """

    categories: Mapping[str, Category]
    handlers: Mapping[str, HandlerRule]
    channels: Mapping[str, Channel]
    kinds: Mapping[str, Kind]
    urgencies: Mapping[str, Urgency]
    grounds: Mapping[str, Ground]
    criteria: Criteria
    ladders: Mapping[str, Ladder]
    thresholds: Thresholds
    calendar: WorkingCalendar
    units: Mapping[str, Unit]
    text: str
    hash: str
    _words: Mapping[str, Category | None] = field(repr=False)

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return self.calendar.zone

    @property
    def doubt_share(self) -> float:
        """The share of the accuracy circle in another township from which a place is doubtful."""
        return self.thresholds.doubt_share

    def category(self, code: str | None) -> Category | None:
        """The category of that code; None for an unknown one."""
        return self.categories.get(code or "")

    def find_category(self, word: str) -> Category | None:
        """The category that ``word`` names: a code, or a minor name exactly, Chinese or English, whatever its case.

        None for every other word, and for a name that two categories share.
        """
        return self._words.get(word.strip().casefold())

    def find_kind(self, word: str) -> Kind | None:
        """The kind that ``word`` names: its code, or its name, Chinese or English, whatever its case; else None."""
        wanted = word.strip().casefold()
        return next((kind for kind in self.kinds.values() if wanted in (kind.code, kind.zh, kind.en.casefold())), None)

    def channel(self, code: str | None) -> Channel | None:
        """The channel of that code; None for an unknown one."""
        return self.channels.get(code or "")

    def needs_place(self, category: Category | None, kind: str | None) -> bool:
        """Whether an item needs a place: not where its kind or its category needs none. Unknown ones need one."""
        known = self.kinds.get(kind or "")
        return (known is None or known.needs_place) and (category is None or category.needs_place)

    def limits(self, category: Category | None, urgency: str) -> dict[str, tuple[Limit, ...]]:
        """The limits of every stage: the category's own, else the urgency's.

        Where the item is more pressing than its category usually is, the urgency's clocks run beside the category's,
        and the earliest due time counts. An unknown urgency is a KeyError.
        """
        general = self.urgencies[urgency].limits
        if category is None:
            return dict(general)
        pressing = URGENCIES.index(urgency) < URGENCIES.index(category.urgency)
        own = {stage: (*clocks, *general[stage]) if pressing else clocks for stage, clocks in category.limits.items()}
        return {**general, **own}


def read_rules(folder: Path) -> Rules:
    """The rules of a folder. RuleError with every fault found, each with its file, line and remedy; nothing faulty is
    ever skipped, and a rule file that is missing or unknown is a fault too."""
    faults = _strangers(folder)
    texts = {name: read_text(folder / name, faults) for name in RULE_FILES}
    units, unit_faults = read_units(folder / "units.csv")
    faults += unit_faults
    if faults:
        raise RuleError(faults)
    rules = _read(texts, {unit.code: unit for unit in units}, faults)
    if rules is None or faults:
        raise RuleError(faults)
    return rules


def _strangers(folder: Path) -> list[Fault]:
    known = {*RULE_FILES, *LIST_FILES}
    if not folder.is_dir():
        return [Fault(str(folder), 0, "is no folder", "name the folder that holds the rules")]
    tables = (path for path in folder.iterdir() if path.suffix in (".csv", ".toml") and path.name[0] not in ".~")
    return [
        Fault(name, 0, "is no file of the rules", f"rename or remove it; known are {', '.join(sorted(known))}")
        for name in sorted(path.name for path in tables)
        if name not in known
    ]


def _read(texts: dict[str, str], units: dict[str, Unit], faults: list[Fault]) -> Rules | None:
    def part(reader: Callable[..., Any], name: str, **more: Any) -> Any:
        return reader(texts[name], name, faults, **more)

    calendar = part(read_calendar, "calendar.toml")
    thresholds = part(read_thresholds, "rules.toml")
    categories, lines = part(read_categories, "categories.csv")
    handlers = part(read_handlers, "handlers.csv", categories=categories, units=units)
    parts = {
        "channels": part(read_channels, "channels.csv"),
        "kinds": part(read_kinds, "kinds.csv"),
        "urgencies": part(read_urgencies, "urgencies.csv"),
        "grounds": part(read_grounds, "grounds.csv"),
        "criteria": part(read_criteria, "mutual.csv"),
        "ladders": part(read_escalation, "escalation.csv", calendar=calendar),
    }
    if faults:
        return None
    text = "".join(f"== {name} ==\n{texts[name].rstrip()}\n" for name in sorted(texts))
    rules = Rules(
        categories=categories,
        handlers=handlers,
        thresholds=thresholds,
        calendar=calendar,
        units=units,
        text=text,
        hash=sha256(text.encode()).hexdigest(),
        _words=words(categories.values()),
        **parts,
    )
    _check_order(rules, lines, faults)
    return rules


SAMPLE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""An ordinary Monday morning, from which limits on different clocks are compared."""


def _check_order(rules: Rules, lines: Mapping[str, int], faults: list[Fault]) -> None:
    """Faults where a category's limits would ask for a later stage before an earlier one."""
    for category in rules.categories.values():
        limits = rules.limits(category, category.urgency)
        due = {stage: min(rules.calendar.add(SAMPLE, limit) for limit in clocks) for stage, clocks in limits.items()}
        order = ["accept", "settle", *(["verify"] if category.verify else []), "answer"]
        for earlier, later in pairwise(order):
            if due[later] < due[earlier]:
                detail = f"{later} would be due before {earlier}"
                remedy = f"give {later} a limit that is no shorter (the urgency's holds where the category has none)"
                faults.append(Fault("categories.csv", lines[category.code], detail, remedy))
