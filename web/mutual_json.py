"""Mutual ratings, objections and the assessment of a summons as the JSON API shows them. Who sees what is decided in
dispatch/mutual.py; here it is asked and put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from boundaries.edition import Edition
from dispatch.account import Account
from dispatch.assessment import assess
from dispatch.item import Item
from dispatch.mutual import MutualRating, Objection, rate_until, seen, to_object, to_rate
from dispatch.rulebook import Rules
from dispatch.summons import Summons
from dispatch.units import Unit
from web.item_json import instant, unit_name


def mutual_json(
    summons: Summons,
    item: Item,
    given: Sequence[MutualRating],
    reader: Account,
    rules: Rules,
    edition: Edition,
    units: Mapping[str, Unit],
    now: datetime,
) -> dict[str, Any]:
    """The members of a summons that tell how it was rated and assessed, as far as ``reader`` may see it at ``now``."""
    visible = seen(summons, given, reader, now)
    free = to_object(summons, given, reader, rules, now)
    return {
        "rate_until": instant(rate_until(summons, rules)),
        "to_rate": to_rate(summons, item, given, reader, rules, units, now),
        "to_object": [{"by": one.by, "until": instant(until)} for one, until in free],
        "ratings": [_rating(one, edition, units) for one in visible],
        "assessment": [
            asdict(one) | {"name": unit_name(one.unit, units, edition)}
            for one in assess(summons, visible, units, rules, now)
        ],
    }


def _rating(one: MutualRating, edition: Edition, units: Mapping[str, Unit]) -> dict[str, Any]:
    return {
        "about": one.about,
        "about_name": unit_name(one.about, units, edition),
        "by": one.by,
        "by_name": unit_name(one.by, units, edition),
        "side": one.side,
        "criteria": dict(one.criteria),
        "reason": one.reason,
        "at": instant(one.at),
        "visible_by": instant(one.visible_by),
        "counts": one.counts,
        "objection": _objection(one.objection) if one.objection else None,
    }


def _objection(one: Objection) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state,
        "reason": one.reason,
        "filed_at": instant(one.filed_at),
        "ruling": one.ruling,
        "ruled_at": instant(one.ruled_at),
    }


def objection_json(row: Mapping[str, Any], edition: Edition, units: Mapping[str, Unit]) -> dict[str, Any]:
    """An objection with what is needed to rule on it: the rating, and how the called unit answered the call."""
    objection = Objection(row["id"], row["reason"], row["filed_at"], row["granted"], row["ruling"], row["ruled_at"])
    return _objection(objection) | {
        "summons": row["summons_id"],
        "number": row["number"],
        "township": row["township"],
        "place": row["place"],
        "meet_at": instant(row["meet_at"]),
        "call": {"state": row["call"], "late_by_s": row["late_by_s"]},
        "about": row["about"],
        "about_name": unit_name(row["about"], units, edition),
        "by": row["by_unit"],
        "by_name": unit_name(row["by_unit"], units, edition),
        "criteria": row["criteria"],
        "rated": row["rated"],
        "rated_at": instant(row["rated_at"]),
    }
