"""Townships and cells of an Edition as features."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from boundaries.edition import Edition
from web.ogc.asking import Asked, Box, Span
from web.ogc.crs import geometry_text
from web.services import Services

Found = tuple[str, str]
"""The code of an area, and its feature as JSON text."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An Edition and how long it was live: from an instant to another, None while it still is."""

    edition: Edition
    live_from: datetime | None
    live_to: datetime | None


def standing(services: Services, span: Span | None) -> Standing | None:
    """The Edition that was live at an instant, or at the end of a span; the live one without either. None where there
    was none yet."""
    flips = sorted((datetime.fromisoformat(at), row["id"]) for row in services.editions() for at in row["live_from"])
    at = services.clock() if span is None or span.end is None else min(span.end, services.clock())
    gone = [n for n, (live_from, _) in enumerate(flips) if live_from <= at]
    if not gone:
        return None
    last = gone[-1]
    edition = services.edition_at(at)
    return Standing(edition, flips[last][0], flips[last + 1][0] if last + 1 < len(flips) else None)


def matching(kind: str, when: Standing, asked: Asked) -> list[str]:
    """The codes of the areas that are asked for, in order, wherever the page begins."""
    edition = when.edition
    shapes = shapes_of(kind, edition)
    codes = sorted(code for code in shapes if _equal(_plain(kind, edition, code), asked.filters))
    if asked.box is None or not codes:
        return codes
    areas = np.array([shapes[code] for code in codes], dtype=object)
    near = np.logical_or.reduce([shapely.intersects(areas, box) for box in _boxes(asked.box)])
    return [code for code, meets in zip(codes, near.tolist(), strict=True) if meets]


def features(kind: str, when: Standing, codes: list[str], crs: str) -> Iterator[Found]:
    """The features of some areas, each as text."""
    shapes = shapes_of(kind, when.edition)
    for code in codes:
        yield code, feature_text(kind, when, code, shapes[code], crs)


def feature_text(kind: str, when: Standing, code: str, shape: Polygon | MultiPolygon, crs: str) -> str:
    """One area as a Feature, in JSON."""
    properties = json.dumps(properties_of(kind, when, code), ensure_ascii=False)
    geometry = "null" if shape.is_empty else geometry_text(shape, crs)
    named = json.dumps(code, ensure_ascii=False)
    return f'{{"type":"Feature","id":{named},"geometry":{geometry},"properties":{properties}}}'


def shapes_of(kind: str, edition: Edition) -> dict[str, Polygon | MultiPolygon]:
    """The areas of an Edition by code. A township is as its planners drew it, else its cells together."""
    if kind == "townships":
        return dict(edition.district.township_areas)
    return {cell.code: cell.geometry for cell in edition.district.cells if cell.code}


def properties_of(kind: str, when: Standing, code: str) -> dict[str, Any]:
    """What an area's feature says beside its shape, in the order of the catalogue."""
    edition = when.edition
    metres = edition.square_metres.get(code)
    return {
        **_plain(kind, edition, code),
        "edition": edition.id,
        "valid_from": when.live_from.isoformat() if when.live_from else None,
        "valid_to": when.live_to.isoformat() if when.live_to else None,
        "km2": None if metres is None else round(metres / 1e6, 6),
        "provenance": _provenance(kind, edition, code),
    }


def _plain(kind: str, edition: Edition, code: str) -> dict[str, str | None]:
    if kind == "townships":
        return {"code": code, "name": edition.township_names.get(code, code)}
    cell = edition.index.cells[edition.index.positions[code]]
    return {
        "code": code,
        "name": cell.name or code,
        "township": cell.township,
        "township_name": edition.township_names.get(cell.township, cell.township),
        "community": cell.community,
        "community_name": edition.community_names.get(cell.community) if cell.community else None,
    }


def _provenance(kind: str, edition: Edition, code: str) -> str | None:
    """Where the area comes from: what is said of it, of the cells that it is made of, or of the whole district."""
    district = edition.district
    if kind == "grids":
        return district.cell_provenance.get(code) or district.provenance
    said = [area.provenance for area in district.townships if area.code == code]
    cells = [district.cell_provenance.get(cell.code) for cell in district.cells if cell.township == code]
    return next((word for word in (*said, district.provenance, *cells) if word), None)


def _equal(properties: dict[str, str | None], filters: dict[str, Any]) -> bool:
    return all(properties[name] == value for name, value in filters.items())


def _boxes(box: Box) -> list[Polygon]:
    """The box; two where it crosses the 180th meridian."""
    west, south, east, north = box
    if west <= east:
        return [shapely.box(west, south, east, north)]
    return [shapely.box(west, south, 180.0, north), shapely.box(-180.0, south, east, north)]
