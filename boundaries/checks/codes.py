"""Faults that need no geometry: codes and counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import shapely
from shapely import Geometry

from boundaries.district import District
from boundaries.fault import Fault
from boundaries.read import label_of


def code_faults(district: District) -> Iterator[Fault]:
    """Codes that are missing or given twice, at each level by itself."""
    yield from _of_level("township", [(area.code, area.geometry) for area in district.townships])
    yield from _of_level("grid", [(cell.code, cell.geometry) for cell in district.cells])


def _of_level(level: str, areas: Sequence[tuple[str, Geometry | None]]) -> Iterator[Fault]:
    for position, (code, shape) in enumerate(areas, start=1):
        if not code:
            lon, lat = spot(shape)
            label = label_of(level, position, code)
            yield Fault("missing-code", "error", (label,), lon, lat, None, None, f"{label} has no code.")
    for code, count in sorted(Counter(code for code, _ in areas if code).items()):
        if count > 1:
            places = [i for i, (each, _) in enumerate(areas, start=1) if each == code]
            lon, lat = spot(areas[places[1] - 1][1])
            said = ", ".join(f"#{place}" for place in places)
            detail = f"The code {code} is given to {count} features of {level}s: {said}."
            yield Fault("duplicate-code", "error", (code,), lon, lat, None, None, detail)


def township_faults(district: District) -> Iterator[Fault]:
    """Cells that name no township, or one that is not there; townships that no cell names."""
    known = {area.code for area in district.townships if area.code}
    if len(district.cells) > 1 and not any(cell.township for cell in district.cells):
        detail = f"None of the {len(district.cells)} grids names a township: the layer has no field for it."
        facts = {"layer": "grids", "have": len(district.cells), "expected": None}
        yield Fault("missing-township", "error", (), None, None, None, None, detail, facts=facts)
        return
    for position, cell in enumerate(district.cells, start=1):
        if cell.township and (not known or cell.township in known):
            continue
        label, (lon, lat) = label_of("grid", position, cell.code), spot(cell.geometry)
        if not cell.township:
            yield Fault("missing-township", "error", (label,), lon, lat, None, None, f"{label} names no township.")
        else:
            detail = f"{label} names the township {cell.township}, which is not there."
            yield Fault("unknown-township", "error", (label, cell.township), lon, lat, None, None, detail)
    named = {cell.township for cell in district.cells}
    for area in district.townships:
        if area.code and area.code not in named:
            lon, lat = spot(area.geometry)
            detail = f"No cell names the township {area.code} {area.name}".rstrip() + "."
            yield Fault("township-without-cells", "warning", (area.code,), lon, lat, None, None, detail)


def count_faults(district: District) -> Iterator[Fault]:
    """Another number of townships or cells than district.toml expects; no cell at all."""
    townships = len(district.townships) or len({cell.township for cell in district.cells if cell.township})
    yield from _count("townships", townships, district.expected.townships)
    yield from _count("grids", len(district.cells), district.expected.grids)
    if not district.cells and district.expected.grids is None:
        facts = {"layer": "grids", "have": 0, "expected": None}
        yield Fault("wrong-count", "error", (), None, None, None, None, "There is no grid cell at all.", facts=facts)


def _count(what: str, have: int, expected: int | None) -> Iterable[Fault]:
    if expected is not None and have != expected:
        detail = f"There are {have} {what}; district.toml expects {expected}."
        facts = {"layer": what, "have": have, "expected": expected}
        yield Fault("wrong-count", "error", (), None, None, None, None, detail, facts=facts)


def spot(shape: Geometry | None) -> tuple[float | None, float | None]:
    """A point to look at for ``shape``: on it where it can be had; (None, None) without a shape."""
    if shape is None or shape.is_empty:
        return None, None
    point = shapely.point_on_surface(shape) if shape.is_valid else shapely.points(shapely.get_coordinates(shape)[0])
    return float(point.x), float(point.y)
