"""Cells that leave their township, and areas that leave the district's outline."""

from collections.abc import Iterator

import shapely
from shapely import Geometry

from boundaries.checks.measure import Misfit, misfit, spoken
from boundaries.district import District
from boundaries.fault import Fault, Severity
from boundaries.read import label_of
from gis.sound import sound


def nesting_faults(district: District) -> Iterator[Fault]:
    """Cells against their townships where townships are drawn; the drawn areas against the outline where it is."""
    drawn: dict[str, Geometry] = {}
    for area in district.townships:
        if area.geometry is not None and area.code:
            drawn.setdefault(area.code, sound(area.geometry))
    yield from _cells_in_townships(district, drawn)
    if district.outline is not None:
        cells = enumerate(zip(district.cells, district.sound_cells, strict=True), start=1)
        areas = drawn or {label_of("grid", i, cell.code): shape for i, (cell, shape) in cells}
        yield from _areas_in_outline(areas, district.outline)


def _cells_in_townships(district: District, drawn: dict[str, Geometry]) -> Iterator[Fault]:
    for shape in drawn.values():
        shapely.prepare(shape)
    for position, (cell, shape) in enumerate(zip(district.cells, district.sound_cells, strict=True), start=1):
        own = drawn.get(cell.township)
        if own is None or shapely.covers(own, shape):
            continue
        label = label_of("grid", position, cell.code)
        rest = shapely.difference(shape, own)
        for code, other in drawn.items():
            inside = misfit(shapely.intersection(rest, other)) if code != cell.township else None
            if inside is not None:
                detail = f"{label} of township {cell.township} holds {spoken(inside.size_m2)} of township {code}"
                yield _fault("across-townships", (label, cell.township, code), inside, detail)
        beyond = misfit(shapely.difference(rest, shapely.union_all(list(drawn.values()))))
        if beyond is not None:
            detail = f"{label} reaches {spoken(beyond.size_m2)} beyond its township {cell.township} and all others"
            yield _fault("outside-township", (label, cell.township), beyond, detail)


def _areas_in_outline(areas: dict[str, Geometry], outline: Geometry) -> Iterator[Fault]:
    shapely.prepare(outline)
    for label, shape in areas.items():
        if shapely.covers(outline, shape):
            continue
        beyond = misfit(shapely.difference(shape, outline))
        if beyond is not None:
            detail = f"{label} reaches {spoken(beyond.size_m2)} beyond the district's outline"
            yield _fault("outside-outline", (label,), beyond, detail)


def _fault(kind: str, codes: tuple[str, ...], what: Misfit, detail: str) -> Fault:
    ending = ", nowhere 1 cm wide." if what.narrow else "."
    severity: Severity = "warning" if what.narrow else "error"
    return Fault(kind, severity, codes, what.lon, what.lat, what.size_m2, what.width_m, detail + ending)
