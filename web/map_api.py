"""The JSON API: what the live map shows. Answers stay bounded, and counts add up, however many items there are."""

from collections.abc import Set
from typing import Any

import numpy as np
import shapely
from flask import Blueprint, Response, g, jsonify, request
from shapely.geometry import mapping

from boundaries.edition import Edition
from dispatch.item import OPEN
from web import asked
from web.as_of import edition_asked
from web.auth import signed_in
from web.services import services
from web.summons_json import feature

blueprint = Blueprint("map_api", __name__, url_prefix="/api/v1/map")

MOST_SHAPES = 2_000
MOST_CORNERS = 6_000
"""Corners of all shapes in one answer, of some 42 bytes each."""
LEVELS = ("grid", "township")
ACROSS = 28
"""Raster squares across a viewport; it touches one more. So an answer holds at most 29 x 29 features of some 330 bytes
each, whatever the items."""
BINS_ACROSS = 64
"""Bins across a view; it touches one more. 65 x 65 bins of some 30 bytes each."""
SMALLEST_BIN = 0.0005
"""Degrees, some 50 m."""
CLUSTER_PX = 64
"""How near two items stand on the screen where they are shown as one."""
WORLD_PX = 256
"""Pixels around the globe at zoom 0."""


@blueprint.get("/density")
@signed_in()
def density() -> Response:
    """Items by cell or township: ``code, name, count, per_km2, late``; open ones unless ``status`` is named.

    ``geometry=none`` leaves the areas out, for a map that has them already; so do more than ``MOST_SHAPES`` areas, or
    shapes of more than ``MOST_CORNERS``, unless ``bbox`` names fewer: then those have theirs. ``located`` of
    ``total`` stand in an area. By ``edition``: the areas of that Edition; without, those that the items bear, among
    them such as are no more (``retired``).
    """
    level = request.args.get("level") or "grid"
    if level not in LEVELS:
        raise asked.BadFilter("level", "level is grid or township.")
    wanted, by = _filters(), edition_asked(request.args)
    counted = services().maps.density(g.account, level, wanted, by)
    edition = by or services().edition()
    areas = _areas(edition, level)
    gone = [] if by else _retired(level, counted.keys() - {"", *(area[0] for area in areas)})
    areas, retired = areas + gone, {area[0] for area in gone}
    drawn = frozenset() if request.args.get("geometry") == "none" else _drawn(areas, wanted.get("bbox"))
    features = [_area(area, counted, area[0] not in drawn) for area in areas]
    for one in features:
        if one["id"] in retired:
            one["properties"]["retired"] = True
    total = sum(count["count"] for count in counted.values())
    located = sum(feature["properties"]["count"] for feature in features)
    answer = {"type": "FeatureCollection", "level": level, "total": total, "located": located, "features": features}
    return jsonify(answer | {"edition": edition.id, "at": services().clock().isoformat()})


Area = tuple[str, str, Any, float]
"""(code, name, shape, km2)."""


def _areas(edition: Edition, level: str) -> list[Area]:
    """The areas of a level."""
    index, metres = edition.index, edition.square_metres
    if level == "township":
        names = edition.township_names
        return [(code, names[code], shape, metres[code] / 1e6) for code, shape in index.townships.items()]
    cells = zip(index.cells, index.geometries, strict=True)
    return [(cell.code, cell.name, shape, metres[cell.code] / 1e6) for cell, shape in cells]


def _retired(level: str, codes: Set[str]) -> list[Area]:
    """The areas of codes that the live Edition has no more, as the last one drew them: what bears them still counts."""
    if not codes:
        return []
    found = services().maps.areas_before(level, sorted(codes))
    drawn = ((code, {area[0]: area for area in _areas(edition, level)}) for code, edition in found.items())
    return [areas[code] for code, areas in drawn if code in areas]


def _drawn(areas: list[Area], box: tuple[float, float, float, float] | None) -> frozenset[str]:
    """The areas whose shapes are sent: those that meet ``box``, none of them where they are too many."""
    shapes = np.array([shape for _, _, shape, _ in areas], dtype=object)
    near = np.ones(len(areas), dtype=bool) if box is None else shapely.intersects(shapes, shapely.box(*box))
    if near.sum() > MOST_SHAPES or shapely.get_num_coordinates(shapes[near]).sum() > MOST_CORNERS:
        return frozenset()
    return frozenset(area[0] for area, wanted in zip(areas, near.tolist(), strict=True) if wanted)


def _area(area: Area, counted: dict[str, dict[str, int]], bare: bool) -> dict[str, Any]:
    code, name, shape, km2 = area
    found = counted.get(code, {"count": 0, "late": 0})
    properties = {
        "code": code,
        "name": name,
        "count": found["count"],
        "per_km2": round(found["count"] / km2, 2) if km2 else None,
        "late": found["late"],
    }
    return {"type": "Feature", "id": code, "geometry": None if bare else mapping(shape), "properties": properties}


@blueprint.get("/items")
@signed_in()
def items() -> Response:
    """Items of the viewport (``bbox``), alone or gathered; counts add up to the located items in it."""
    wanted, by = _filters(), edition_asked(request.args)
    box = wanted.get("bbox") or (by or services().edition()).index.box or (-180.0, -90.0, 180.0, 90.0)
    step = max(box[2] - box[0], box[3] - box[1], 1e-6) / ACROSS
    if zoom := asked.number(request.args, "zoom"):
        step = max(step, 360.0 * CLUSTER_PX / WORLD_PX / 2.0 ** min(max(zoom, 0.0), 24.0))
    clusters = services().maps.clusters(g.account, wanted | {"bbox": box}, step, by)
    features = [_cluster(row) for row in clusters]
    total = sum(row["count"] for row in clusters)
    return jsonify({"type": "FeatureCollection", "total": total, "features": features})


@blueprint.get("/heat")
@signed_in()
def heat() -> Response:
    """Items by bin (squares of ``step`` degrees, the same ones wherever the map stands): ``[west, south, count]`` of
    each that holds any. ``located`` of ``total`` items stand in a bin."""
    wanted, by = _filters(), edition_asked(request.args)
    edition = by or services().edition()
    box = wanted.get("bbox") or edition.index.box or (-180.0, -90.0, 180.0, 90.0)
    step = bin_step(box)
    clusters = services().maps.clusters(g.account, wanted | {"bbox": box}, step, by)
    bins = [[round(row["x"] * step, 6), round(row["y"] * step, 6), row["count"]] for row in clusters]
    located = sum(row["count"] for row in clusters)
    total = located
    if wanted.get("bbox") is None:
        total = sum(row["count"] for row in services().maps.density(g.account, "township", wanted, by).values())
    answer = {"step": step, "total": total, "located": located, "bins": bins}
    return jsonify(answer | {"edition": edition.id, "at": services().clock().isoformat()})


def bin_step(box: tuple[float, float, float, float]) -> float:
    """The width of a bin in degrees for a view of ``box``: one of a fixed row, so that bins do not wander."""
    step = SMALLEST_BIN
    while max(box[2] - box[0], box[3] - box[1]) / step > BINS_ACROSS:
        step *= 2
    return step


def _cluster(row: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    if row["count"] > 1:
        return {"type": "Feature", "geometry": point, "properties": {"kind": "cluster", "count": row["count"]}}
    single = {name: row[name] for name in ("number", "status", "category", "township", "grid")}
    properties = {"kind": "item", "count": 1, **single, "updated_at": row["updated_at"].isoformat()}
    return {"type": "Feature", "id": row["number"], "geometry": point, "properties": properties}


@blueprint.get("/summonses")
@signed_in()
def summonses() -> Response:
    """Open summonses in scope: ``place, meet_at, called, acknowledged, come``. The next 400 of ``total`` are shown."""
    township, box = asked.text(request.args, "township"), asked.box(request.args)
    found = services().summonses.on_map(g.account, township, box)
    features = [feature(row) for row in found["rows"]]
    return jsonify({"type": "FeatureCollection", "total": found["total"], "features": features})


def _filters() -> dict[str, Any]:
    wanted = asked.filters(request.args, services().rules.zone)
    return wanted | {"status": wanted["status"] or sorted(OPEN)}
