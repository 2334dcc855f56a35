"""Reading ``rules.toml``: the single figures that the rules of the work turn on."""

from dataclasses import dataclass
from typing import Any

from dispatch import citizen_rules
from dispatch.citizen_rules import CitizenRules, TextRules
from dispatch.faults import Fault
from dispatch.item import CENTRE
from dispatch.kinds import URGENCIES, WORKER_TASKS
from dispatch.limits import Limit, parse_limit
from dispatch.tables import line_of, toml
from dispatch.units import Unit


@dataclass(frozen=True, slots=True)
class Unclassified:
    """What holds for an item whose category is not known. ``task`` is the grid worker's, None for none."""

    urgency: str
    verify: bool
    photo: bool
    task: str | None


@dataclass(frozen=True, slots=True)
class LikenessRules:
    """Which items are proposed as the same matter: within ``radius_m`` metres and ``days`` of each other's receipt,
    with a score of at least ``least``; ``place``, ``time``, ``category`` and ``words`` are its weights."""

    radius_m: float
    days: float
    least: float
    place: float
    time: float
    category: float
    words: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """``doubt_share``: the share of the accuracy circle in another township from which a place is doubtful.

    Check-in at a summons: within ``checkin_radius_m`` metres, from ``checkin_window_min`` minutes before, with an
    accuracy of at most ``checkin_accuracy_m`` metres; who comes within ``grace_min`` minutes is in time. A summons
    is to be acknowledged within ``acknowledge``; two within ``clash_min`` minutes of each other clash.
    ``near_share``: the share of a deadline's time after which it is near. ``pause``: the longest wait for the
    citizen. ``close_after``: when an answered item closes of itself. ``centre``: the hotline centre with its posts.
    Mutual rating of a summons: both sides rate ``mutual_rate`` its conclusion, object ``mutual_object`` seeing it; who
    comes ``late_min`` minutes late has no punctuality left. ``photo_px``: the longest side that a grid worker's phone
    gives a photograph before it is kept and sent.
    """

    doubt_share: float
    checkin_radius_m: float
    checkin_window_min: float
    checkin_accuracy_m: float
    grace_min: float
    acknowledge: Limit
    clash_min: float
    near_share: float
    pause: Limit
    close_after: Limit
    mutual_rate: Limit
    mutual_object: Limit
    late_min: float
    photo_px: int
    unclassified: Unclassified
    likeness: LikenessRules
    centre: Unit
    citizen: CitizenRules
    texts: TextRules


LONGEST_POST = 80

_FORM: dict[str, dict[str, tuple[str, tuple[Any, ...]]]] = {
    "resolution": {"doubt_share": ("number", (0, 1))},
    "checkin": {
        "radius_m": ("number", (0, 5_000)),
        "window_min": ("number", (0, 1_440)),
        "accuracy_m": ("number", (0, 5_000)),
        "grace_min": ("count", (0, 60)),
    },
    "summons": {"acknowledge": ("limit", ()), "clash_min": ("number", (0, 1_440))},
    "deadlines": {"near_share": ("number", (0, 1)), "pause": ("limit", ()), "close_after": ("limit", ())},
    "mutual": {"rate": ("limit", ()), "object": ("limit", ()), "late_min": ("number", (0, 1_440))},
    "phone": {"photo_px": ("count", (320, 2_560))},
    "likeness": {
        "radius_m": ("number", (0, 5_000)),
        "days": ("number", (0, 3_650)),
        **dict.fromkeys(("least", "place", "time", "category", "words"), ("number", (0, 1))),
    },
    "unclassified": {
        "urgency": ("word", URGENCIES),
        "needs_verification": ("flag", ()),
        "needs_photo": ("flag", ()),
        "task": ("word", (*WORKER_TASKS, "none")),
    },
    "centre": {"handler": ("post", ()), "leader_in_charge": ("post", ()), "responsible_leader": ("post", ())},
    **citizen_rules.FORM,
}


def read_thresholds(text: str, file: str, faults: list[Fault]) -> Thresholds | None:
    """The figures of the TOML ``text``; None where one is missing, unknown or out of its range."""
    before = len(faults)
    data = toml(text, file, faults)
    if len(faults) > before:
        return None
    for name in data:
        if name not in _FORM:
            faults.append(Fault(file, line_of(text, name), f"[{name}] is unknown", f"known: {', '.join(_FORM)}"))
    found: dict[str, dict[str, Any]] = {}
    for section, form in _FORM.items():
        given = data.get(section)
        if not isinstance(given, dict):
            faults.append(Fault(file, line_of(text, section), f"[{section}] is missing", f"add it: {', '.join(form)}"))
            continue
        found[section] = _section(text, file, faults, section, given)
    if len(faults) > before:
        return None
    resolution, checkin, summons, deadlines, unknown = (
        found[section] for section in ("resolution", "checkin", "summons", "deadlines", "unclassified")
    )
    task = unknown["task"]
    return Thresholds(
        doubt_share=resolution["doubt_share"],
        checkin_radius_m=checkin["radius_m"],
        checkin_window_min=checkin["window_min"],
        checkin_accuracy_m=checkin["accuracy_m"],
        grace_min=checkin["grace_min"],
        acknowledge=summons["acknowledge"],
        clash_min=summons["clash_min"],
        near_share=deadlines["near_share"],
        pause=deadlines["pause"],
        close_after=deadlines["close_after"],
        mutual_rate=found["mutual"]["rate"],
        mutual_object=found["mutual"]["object"],
        late_min=found["mutual"]["late_min"],
        photo_px=int(found["phone"]["photo_px"]),
        likeness=LikenessRules(**found["likeness"]),
        unclassified=Unclassified(
            unknown["urgency"], unknown["needs_verification"], unknown["needs_photo"], None if task == "none" else task
        ),
        citizen=citizen_rules.citizen_rules(found["citizen"]),
        texts=citizen_rules.text_rules(found["texts"]),
        centre=Unit(CENTRE, CENTRE, CENTRE, **found["centre"]),
    )


def _section(text: str, file: str, faults: list[Fault], section: str, given: dict[str, Any]) -> dict[str, Any]:
    form = _FORM[section]
    values: dict[str, Any] = {}
    for name in given:
        if name not in form:
            line = line_of(text, name)
            faults.append(Fault(file, line, f"[{section}] {name} is unknown", f"known: {', '.join(form)}"))
    for name, (sort, bounds) in form.items():
        if name not in given:
            faults.append(Fault(file, line_of(text, section), f"[{section}] {name} is missing", "add it"))
            continue
        try:
            values[name] = _value(sort, bounds, given[name])
        except ValueError as error:
            faults.append(Fault(file, line_of(text, name), f"[{section}] {name}: {error}", "see the shipped file"))
    return values


def _value(sort: str, bounds: tuple[Any, ...], value: object) -> object:
    if sort == "limit":
        return parse_limit(str(value))
    if sort == "template":
        return citizen_rules.template(value, bounds)
    if sort == "flag":
        if not isinstance(value, bool):
            raise ValueError(f"{value!r} is neither true nor false")
        return value
    if sort == "post":
        if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_POST:
            raise ValueError(f"{value!r} is no text of 1 to {LONGEST_POST} characters")
        return value.strip()
    if sort == "word":
        if value not in bounds:
            raise ValueError(f"{value!r} is not one of {', '.join(bounds)}")
        return value
    if sort == "count":
        if isinstance(value, bool) or not isinstance(value, int | float) or not bounds[0] <= value <= bounds[1]:
            raise ValueError(f"{value!r} is no number from {bounds[0]} to {bounds[1]}")
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not bounds[0] < value <= bounds[1]:
        raise ValueError(f"{value!r} is no number above {bounds[0]} and up to {bounds[1]}")
    return float(value)
