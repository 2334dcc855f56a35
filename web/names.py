"""What pages call the things of the work, in the reader's language: states, stages, actions, the rules' own names."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from dispatch.item import UNCLASSIFIED
from dispatch.rulebook import Rules
from dispatch.units import Unit


def names(rules: Rules, units: Mapping[str, Unit], language: str) -> dict[str, Any]:
    """Everything that an API answer holds as a code, with its name, as data for a page's scripts."""
    zh = language == "zh"
    unclassified = {UNCLASSIFIED: _("Unclassified")}
    return {
        "statuses": statuses(),
        "stages": stages(),
        "actions": actions(),
        "tasks": tasks(),
        "states": states(),
        "reasons": reasons(),
        "roles": roles(),
        "kinds": {code: kind.zh if zh else kind.en for code, kind in rules.kinds.items()} | unclassified,
        "urgencies": {code: urgency.zh if zh else urgency.en for code, urgency in rules.urgencies.items()},
        "channels": {code: one.name_zh if zh else one.name_en for code, one in rules.channels.items()} | unclassified,
        "categories": {code: one.minor if zh else one.name_en for code, one in rules.categories.items()} | unclassified,
        "majors": {code: one.major if zh else one.major_en for code, one in rules.categories.items()},
        "units": {code: unit.name for code, unit in units.items()},
        "leads": {"centre": _("Hotline centre")},
    }


def statuses() -> dict[str, str]:
    return {
        "received": _("Received"),
        "dispatched": _("Awaiting acceptance"),
        "accepted": _("In work"),
        "settled": _("Settled"),
        "verified": _("Verified"),
        "answered": _("Answered"),
        "closed": _("Closed"),
        "suspended": _("Suspended"),
        "merged": _("Merged"),
        "declined": _("Declined"),
        "transferred": _("Transferred"),
    }


def stages() -> dict[str, str]:
    return {
        "dispatch": _("Dispatch"),
        "accept": _("Acceptance"),
        "contact": _("Contact"),
        "settle": _("Settlement"),
        "verify": _("Verification"),
        "answer": _("Answer"),
    }


def actions() -> dict[str, str]:
    """What a button for the action says; ``received`` and what else has no button stand in histories alone."""
    return {
        "received": _("Taken in"),
        "locate": _("Set the place"),
        "classify": _("Classify"),
        "assign": _("Assign"),
        "accept": _("Accept"),
        "take": _("Take the task"),
        "reply": _("Answer at once"),
        "urge": _("Urge"),
        "supplement": _("Add what the citizen says"),
        "comment": _("Note"),
    }


def tasks() -> dict[str, str]:
    return {"settle": _("Settle on the spot"), "confirm": _("Confirm"), "verify": _("Verify")}


def states() -> dict[str, dict[str, str]]:
    """States of handlers and of tasks."""
    return {
        "handler": {
            "assigned": _("not accepted yet"),
            "accepted": _("accepted"),
            "settled": _("settled"),
            "returned": _("returned"),
        },
        "task": {"offered": _("offered"), "taken": _("taken"), "done": _("done"), "void": _("void")},
    }


def roles() -> dict[str, str]:
    return {
        "dispatcher": _("Dispatcher"),
        "officer": _("Township officer"),
        "worker": _("Grid worker"),
        "department": _("Department handler"),
        "supervisor": _("Supervisor"),
        "planner": _("Grid planner"),
        "leader": _("Leader"),
        "admin": _("Administrator"),
        "channel": _("Channel"),
    }


def reasons() -> dict[str, str]:
    """Why an item stands in no township."""
    return {
        "no-location": _("No place was given"),
        "not-a-number": _("The coordinates are no numbers"),
        "out-of-range": _("The coordinates are impossible"),
        "swapped-axes": _("Longitude and latitude are swapped"),
        "null-island": _("The coordinates are zero"),
        "unknown-datum": _("The datum is unknown"),
        "outside-district": _("Outside the district"),
        "address-unknown": _("The address is not known"),
        "address-ambiguous": _("The address fits several places"),
    }
