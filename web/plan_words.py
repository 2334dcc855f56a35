"""What the planner's page calls things: faults with what to do about each, kinds of change, states of an Edition."""

from typing import Any

from flask_babel import gettext as _


def plan_names() -> dict[str, Any]:
    """Names for the page's scripts."""
    return {
        "faults": faults(),
        "severities": {"error": _("Error"), "warning": _("Warning")},
        "edition_states": edition_states(),
        "job_states": job_states(),
        "changes": changes(),
        "levels_of_areas": {"township": _("Townships"), "community": _("Communities"), "grid": _("Grid cells")},
        "rehearsed": rehearsed(),
        "spread_of": {"worker": _("Workers"), "township": _("Townships"), "grid": _("Grid cells")},
        "measures": measures(),
    }


def faults() -> dict[str, tuple[str, str]]:
    """Kind of fault -> its name, and what to do."""
    return {
        "wrong-datum": (_("Datum"), _("Upload the files again and name their datum.")),
        "wrong-count": (_("Count"), _("Add or take away areas, or mend the number in district.toml.")),
        "missing-code": (_("No code"), _("Give the area a code of its own.")),
        "duplicate-code": (_("Code twice"), _("Give one of them another code.")),
        "retired-code": (_("Retired code"), _("Give this place a new code: histories still speak of the old one.")),
        "missing-township": (_("No township"), _("Enter the township's code.")),
        "unknown-township": (_("Unknown township"), _("Mend the township's code, or add the township.")),
        "township-without-cells": (_("Township without cells"), _("Draw its cells, or take the township away.")),
        "missing-geometry": (_("Not drawn"), _("Draw the area, or take the line away.")),
        "not-an-area": (_("No area"), _("Draw it as a polygon.")),
        "invalid-ring": (_("Broken ring"), _("Move the corner where the line crosses itself.")),
        "overlap": (_("Overlap"), _("Snap both borders to one line.")),
        "across-townships": (_("Across townships"), _("Split the cell at the township's border.")),
        "outside-township": (_("Outside its township"), _("Move the border back inside, or mend the township's code.")),
        "outside-outline": (_("Outside the outline"), _("Move the border back inside, or mend the outline.")),
        "gap": (_("Gap"), _("Give the ground to a neighbour.")),
        "t-junction": (_("Corner without partner"), _("Add a vertex to the neighbour's border there.")),
        "sliver": (_("Sliver"), _("Join it to its neighbour, or delete it.")),
        "repeated-point": (_("Point twice"), _("Nothing has to be done.")),
    }


def edition_states() -> dict[str, str]:
    return {
        "live": _("In force"),
        "past": _("Earlier"),
        "waiting": _("Planned"),
        "cancelled": _("Called off"),
        "refused": _("Not carried out"),
        "unused": _("Never live"),
    }


def job_states() -> dict[str, str]:
    return {
        "waiting": _("waits its turn"),
        "running": _("at work"),
        "done": _("done"),
        "failed": _("failed"),
        "cancelled": _("stopped"),
    }


def changes() -> dict[str, str]:
    """Kinds of change between two states of the boundaries."""
    return {
        "added": _("new"),
        "removed": _("gone"),
        "recoded": _("other code"),
        "split": _("split"),
        "merged": _("merged"),
        "moved": _("border moved"),
        "reassigned": _("other township"),
        "renamed": _("other name"),
    }


def rehearsed() -> dict[str, str]:
    """What may be other for an item."""
    return {
        "township": _("Township"),
        "grid": _("Cell"),
        "community": _("Community"),
        "lead": _("Lead"),
        "handler": _("Handler"),
        "worker": _("Worker"),
        "doubtful": _("Doubt"),
    }


def measures() -> dict[str, str]:
    """Of what a load is made."""
    return {"items": _("items a month"), "tasks": _("tasks a month"), "km2": _("area"), "open": _("open items")}
