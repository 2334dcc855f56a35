"""Two cells, or two townships, that hold the same ground."""

from collections.abc import Iterator, Sequence

import shapely
from shapely import Geometry, STRtree

from boundaries.checks.measure import misfit, spoken
from boundaries.district import District
from boundaries.fault import Fault, Severity
from boundaries.read import label_of
from gis.sound import sound


def overlap_faults(district: District) -> Iterator[Fault]:
    """One fault for each pair: an error, or a warning where the common ground is nowhere 1 cm wide."""
    labels = [label_of("grid", i, cell.code) for i, cell in enumerate(district.cells, start=1)]
    cells = list(zip(labels, district.sound_cells, strict=True))
    drawn = [
        (label_of("township", i, a.code), sound(a.geometry))
        for i, a in enumerate(district.townships, start=1)
        if a.geometry is not None
    ]
    yield from _pairs("grids", cells)
    yield from _pairs("townships", drawn)


def _pairs(level: str, areas: Sequence[tuple[str, Geometry]]) -> Iterator[Fault]:
    shapes = [shape for _, shape in areas]
    if shapely.coverage_is_valid(shapes):
        return
    first, second = STRtree(shapes).query(shapes, predicate="intersects")
    for i, j in sorted((int(i), int(j)) for i, j in zip(first, second, strict=True) if i < j):
        if shapely.touches(shapes[i], shapes[j]):
            continue
        common = misfit(shapely.intersection(shapes[i], shapes[j]))
        if common is None:
            continue
        codes = (areas[i][0], areas[j][0])
        detail = f"The {level} {codes[0]} and {codes[1]} both hold {spoken(common.size_m2)}" + (
            ", nowhere 1 cm wide." if common.narrow else "."
        )
        severity: Severity = "warning" if common.narrow else "error"
        yield Fault("overlap", severity, codes, common.lon, common.lat, common.size_m2, common.width_m, detail)
