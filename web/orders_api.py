"""The JSON API: supervision orders."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from dispatch.item import Item, Order
from dispatch.report import clean
from web import asked
from web.auth import signed_in
from web.bodies import idempotency_key, read_json
from web.item_json import order_json
from web.services import services

blueprint = Blueprint("orders_api", __name__, url_prefix="/api/v1")

STATES = ("open", "answered", "unclosed", "closed")
MOST = 200


@blueprint.post("/items/<number>/orders")
@signed_in("supervisor")
def escalate(number: str) -> tuple[Response, int]:
    """Open an order: 201 with it; a repeat under its Idempotency-Key opens no other."""
    item, order = services().orders.open(g.account, str(clean(number))[:64], read_json(), idempotency_key())
    return jsonify(shown(item, order)), 201


@blueprint.get("/orders")
@signed_in()
def orders() -> Response:
    """Orders in scope, those that wait first and by their limit."""
    filters = {name: asked.text(request.args, name) for name in ("state", "unit")}
    if filters["state"] not in (None, *STATES):
        raise asked.BadFilter("state", f"state is one of {', '.join(STATES)}.")
    found = services().orders.page(g.account, filters, asked.whole(request.args, "limit", 100, MOST))
    return jsonify({"orders": [shown(item, order) for item, order in found]})


@blueprint.post("/orders/<id>/answer")
@signed_in("officer", "department", "dispatcher")
def answer(id: str) -> Response:
    """The ordered unit's answer in writing."""
    return jsonify(shown(*services().orders.answer(g.account, str(clean(id))[:64], read_json())))


@blueprint.post("/orders/<id>/close")
@signed_in("supervisor")
def close(id: str) -> Response:
    """The supervisor closes the order."""
    return jsonify(shown(*services().orders.close(g.account, str(clean(id))[:64], read_json())))


def shown(item: Item, order: Order) -> dict[str, Any]:
    """An order as the signed-in account may see it, with what its item is."""
    units, _ = services().people()
    told = order_json(item, order, g.account, units, services().edition())
    return told | {"number": item.number, "status": item.status, "category": item.category, "urgency": item.urgency}
