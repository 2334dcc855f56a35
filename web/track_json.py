"""An item as its citizen sees it, for the JSON API and the page."""

from typing import Any

from flask_babel import gettext as _

from boundaries.edition import Edition
from dispatch.item import CENTRE, Item
from dispatch.photo import Photo
from dispatch.rating import current
from dispatch.rulebook import Rules
from dispatch.tracking import Tracked
from web.i18n import language
from web.item_json import instant, unit_name
from web.services import services


def track_json(told: Tracked) -> dict[str, Any]:
    """All that a citizen is told of an item. Nobody's name stands in it, and no words but the answer's."""
    item, rules = told.item, services().rules
    return {
        "number": item.number,
        "status": item.status,
        "demonstration": item.demonstration,
        "kind": _named(item.kind, kind_name(item, rules)),
        "category": _named(item.category, category_name(item, rules)),
        "received_at": instant(item.received_at),
        "lead": lead_name(item, services().edition()),
        "handlers": handler_names(item, services().edition()),
        "due_at": instant(answer_due(item)),
        "hold": item.hold and {"kind": item.hold.kind, "until": instant(item.hold.until)},
        "progress": told.progress,
        "steps": [{"step": step.step, "at": instant(step.at)} for step in told.steps],
        "answer": told.answer and {"text": told.answer, "at": instant(told.answered_at)},
        "declined": declined_json(told, rules),
        "transferred": told.to and {"to": told.to, "number": (item.external_ref or {}).get("number")},
        "photos": [_photo(item, photo) for photo in told.photos],
        "rating": rating_json(item),
        "contested": item.contested_at is not None,
        "closes_at": instant(item.close_at) if item.status == "answered" and item.contested_at is None else None,
        "may_rate": told.may.rate,
        "may_urge": told.may.urge,
        "may_supplement": told.may.supplement,
        "may_appeal": told.may.appeal,
    }


def rating_json(item: Item) -> dict[str, Any] | None:
    """The rating of the answer that stands, else the last one given; None where there is none."""
    rating = current(item) or (item.ratings[-1] if item.ratings else None)
    if rating is None:
        return None
    told = {"level": rating.level, "resolved": rating.resolved, "comment": rating.comment, "by": rating.by}
    return told | {"at": instant(rating.at)}


def declined_json(told: Tracked, rules: Rules) -> dict[str, str] | None:
    """Why the item was not taken on, and the proper road."""
    ground = rules.grounds.get(told.ground or "")
    if ground is None:
        return None
    zh = language() == "zh"
    return {
        "ground": ground.code,
        "reason": ground.zh if zh else ground.en,
        "road": ground.road_zh if zh else ground.road_en,
    }


def answer_due(item: Item) -> Any:
    """By when the citizen is to have the answer; None where that clock does not run."""
    return next((c.due_at for c in item.clocks if c.stage == "answer" and c.state == "running"), None)


def kind_name(item: Item, rules: Rules) -> str:
    kind = rules.kinds.get(item.kind)
    return (kind.zh if language() == "zh" else kind.en) if kind else _("Unclassified")


def category_name(item: Item, rules: Rules) -> str:
    category = rules.category(item.category)
    return (category.minor if language() == "zh" else category.name_en) if category else _("Unclassified")


def lead_name(item: Item, edition: Edition) -> str:
    """The township, or the hotline centre."""
    return edition.township_names.get(item.lead.code, item.lead.code) if item.lead.is_township else _("Hotline centre")


def handler_names(item: Item, edition: Edition) -> list[str]:
    """What the units that work on it are called, the main one first."""
    units, _staff = services().people()
    at_work = [h for h in item.handlers if h.state != "returned"]
    ordered = sorted(at_work, key=lambda h: h.role != "main")
    return [_("Hotline centre") if h.unit == CENTRE else unit_name(h.unit, units, edition) for h in ordered]


def _named(code: str, name: str) -> dict[str, str]:
    return {"code": code, "name": name}


def _photo(item: Item, photo: Photo) -> dict[str, Any]:
    address = f"/api/v1/track/{item.number}/photos/{photo.id}"
    return {
        "id": photo.id,
        "stage": photo.stage,
        "url": address,
        "thumbnail": f"{address}/thumbnail",
        "width": photo.width,
        "height": photo.height,
        "at": instant(photo.at),
    }
