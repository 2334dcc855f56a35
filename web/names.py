"""What pages call the things of the work, in the reader's language: states, stages, actions, the rules' own names."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from dispatch.item import UNCLASSIFIED
from dispatch.rulebook import Rules
from dispatch.units import Unit
from web.track_words import level_words


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
        "photo_stages": photo_stages(),
        "reasons": reasons(),
        "summonses": summonses(),
        "orders": orders(),
        "calls": calls(),
        "criteria": {
            side: [[code, one.zh if zh else one.en] for code, one in criteria.items()]  # their order is the rules'
            for side, criteria in rules.criteria.items()
        },
        "objections": objections(),
        "unit_kinds": {code: unit.kind for code, unit in units.items()},
        "requests": requests(),
        "decisions": decisions(),
        "holds": holds(),
        "levels": level_words(),
        "grounds": {code: ground.zh if zh else ground.en for code, ground in rules.grounds.items()},
        "roles": roles(),
        "kinds": {code: kind.zh if zh else kind.en for code, kind in rules.kinds.items()} | unclassified,
        "urgencies": {code: urgency.zh if zh else urgency.en for code, urgency in rules.urgencies.items()},
        "channels": {code: one.name_zh if zh else one.name_en for code, one in rules.channels.items()} | unclassified,
        "categories": {code: one.minor if zh else one.name_en for code, one in rules.categories.items()} | unclassified,
        "category_words": {code: [one.minor, one.name_en] for code, one in rules.categories.items()},
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
        "photo": _("Photograph added"),
        "release": _("Photograph shown to the citizen"),
        "arrive": _("I am on the spot"),
        "done": _("Task done"),
        "settle": _("Settle"),
        "verify": _("Verify"),
        "answer": _("Answer the citizen"),
        "close": _("Close"),
        "reopen": _("Reopen"),
        "rate": _("Rated by the citizen"),
        "follow_up": _("Follow up by telephone"),
        "appeal": _("Appeal of the citizen"),
        "request_return": _("Dispute: not ours"),
        "decide_return": _("Rule on the dispute"),
        "request_extension": _("Ask for more time"),
        "decide_extension": _("Decide on more time"),
        "request_suspension": _("Ask for suspension"),
        "decide_suspension": _("Decide on suspension"),
        "pause": _("Wait for the citizen"),
        "resume": _("Resume"),
        "merge": _("Merge into another"),
        "unmerge": _("Unmerge"),
        "merged_in": _("Another item was merged into this one"),
        "merged_out": _("An item stands for itself again"),
        "split": _("Split"),
        "sweep": _("Sweep begun"),
        "decline": _("Decline"),
        "transfer": _("Transfer"),
        "reveal": _("Reporter unmasked"),
        "moved": _("Moved with the boundaries"),
        "escalate": _("Supervision order"),
        "warned": _("Warning: nearly late"),
        "reminded": _("Reminder: late"),
        "ordered": _("Supervision order, opened by the ladder"),
        "order_answered": _("Supervision order answered"),
        "order_closed": _("Supervision order closed"),
    } | _summons_actions()


def _summons_actions() -> dict[str, str]:
    """What happens to a summons; it stands in histories alone."""
    return {
        "summons_unanswered": _("Call not acknowledged in time"),
        "summons_task_late": _("Task of the joint plan is late"),
        "summon": _("Units called"),
        "summons_acknowledged": _("Call acknowledged"),
        "checked_in": _("Checked in"),
        "summons_excused": _("Excused from the summons"),
        "summons_rescheduled": _("Summons rescheduled"),
        "summons_cancelled": _("Summons called off"),
        "summons_concluded": _("Summons concluded"),
        "summons_task_done": _("Task of the joint plan done"),
        "summons_rated": _("Summons rated"),
        "rating_objected": _("Objection to a rating"),
        "objection_ruled": _("Ruling on an objection"),
    }


def requests() -> dict[str, str]:
    """What a handler may ask for."""
    return {"return": _("Dispute"), "extension": _("More time"), "suspension": _("Suspension")}


def decisions() -> dict[str, str]:
    return {"waiting": _("not decided yet"), "granted": _("granted"), "refused": _("refused")}


def holds() -> dict[str, str]:
    """Why clocks stand still."""
    return {"pause": _("Waiting for the citizen"), "suspension": _("Suspended")}


def orders() -> dict[str, str]:
    """States of a supervision order."""
    return {"open": _("Order: answer due"), "answered": _("Order answered"), "closed": _("Order closed")}


def summonses() -> dict[str, str]:
    """States of a summons."""
    return {"open": _("Open summons"), "concluded": _("Concluded"), "cancelled": _("Called off")}


def calls() -> dict[str, str]:
    """States of one unit's call."""
    return {
        "sent": _("not acknowledged yet"),
        "acknowledged": _("is coming"),
        "present": _("present"),
        "late": _("came late"),
        "absent": _("absent"),
        "excused": _("excused"),
        "substituted": _("replaced"),
    }


def objections() -> dict[str, str]:
    """States of an objection to a rating."""
    return {
        "open": _("waits for a ruling"),
        "granted": _("granted: not counted"),
        "refused": _("refused"),
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


def photo_stages() -> dict[str, str]:
    return {"before": _("Before"), "after": _("After"), "scene": _("At the scene")}


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
        "escalator": _("By itself"),
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
