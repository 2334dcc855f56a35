"""The JSON API of a township's page: whom a summons may need, and who has which cell today."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify

from dispatch.item import OPEN
from dispatch.staff import Roster, on_duty
from dispatch.summoning import next_meeting
from web.api import plain
from web.auth import signed_in
from web.item_json import instant, unit_name
from web.services import services

blueprint = Blueprint("township_api", __name__, url_prefix="/api/v1")


@blueprint.get("/items/<number>/summonses/proposal")
@signed_in("officer")
def proposal(number: str) -> Response:
    """What the form of a summons begins with: time, place and units, each with why it is proposed."""
    item, proposed = services().summonses.proposal(g.account, plain(number))
    units, _ = services().people()
    edition, rules = services().edition(), services().rules
    told = [
        {"unit": one.unit, "name": unit_name(one.unit, units, edition), "why": list(one.why), "times": one.times,
         "chosen": one.chosen}
        for one in proposed
    ]  # fmt: skip
    meet_at = next_meeting(rules.calendar, services().clock()).astimezone(rules.zone)
    spot = item.spot
    place = {"lon": spot.lon if spot else None, "lat": spot.lat if spot else None, "place": item.address}
    return jsonify({"meet_at": instant(meet_at), **place, "units": told})


@blueprint.get("/duty")
@signed_in("officer")
def duty() -> Response:
    """Who has which cell of the own township today: its worker, or the deputy while that one is away; no telephone
    numbers. ``items`` are the open items in the cell."""
    edition, (_, roster) = services().edition(), services().people()
    day = services().clock().astimezone(services().rules.zone).date()
    wanted = {"status": sorted(OPEN), "township": g.account.unit}
    counted = services().maps.density(g.account, "grid", wanted)
    cells = [cell for cell in edition.district.cells if cell.township == g.account.unit]
    told = [_cell(cell.code, cell.name, roster, day, counted) for cell in sorted(cells, key=lambda cell: cell.code)]
    return jsonify({"day": day.isoformat(), "cells": told})


def _cell(code: str, name: str, roster: Roster, day: Any, counted: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    row, account = roster.get(code), on_duty(roster, code, day)
    figures = counted.get(code, {"count": 0, "late": 0})
    told: dict[str, Any] = {"grid": code, "name": name, "items": figures["count"], "late": figures["late"]}
    if row is None:
        return told | dict.fromkeys(("worker", "worker_name", "deputy", "deputy_name", "away_from", "away_to")) | {
            "away": False, "on_duty": None, "on_duty_name": None}  # fmt: skip
    return told | {
        "worker": row.worker,
        "worker_name": row.worker_name,
        "deputy": row.deputy or None,
        "deputy_name": roster.name_of(row.deputy) if row.deputy else None,
        "away": account != row.worker,
        "away_from": row.away_from.isoformat() if row.away_from else None,
        "away_to": row.away_to.isoformat() if row.away_to else None,
        "on_duty": account,
        "on_duty_name": roster.name_of(account) if account else None,
    }
