"""A small drawn district: two townships of two square cells each, one of them named to do harm."""

from collections.abc import Mapping
from dataclasses import dataclass

from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

HARMFUL = "<script>window.harmed=1</script><img src=x onerror='window.harmed=1'>"


@dataclass(frozen=True)
class Area:
    code: str
    name: str
    geometry: BaseGeometry | None
    township: str | None = None


@dataclass(frozen=True)
class SmallDistrict:
    cells: tuple[Area, ...]
    township_areas: Mapping[str, BaseGeometry]
    code: str | None = "350102"
    name: str | None = "鼓楼区"


@dataclass(frozen=True)
class SmallEdition:
    district: SmallDistrict
    township_names: Mapping[str, str]
    id: int | None = 1
    digest: str = "d1"
    is_demonstration: bool = True


def _square(col: int, row: int) -> BaseGeometry:
    return box(119 + col / 100, 26 + row / 100, 119.01 + col / 100, 26.01 + row / 100)


def an_edition(*, demonstration: bool = True, id: int = 1, second: str = HARMFUL) -> SmallEdition:
    cells = tuple(
        Area(f"T{col}-G{row}", f"格{col}{row}", _square(col, row), f"T{col}")
        for col in range(2)
        for row in range(2)
    )
    shapes = {"T0": box(119, 26, 119.01, 26.02), "T1": box(119.01, 26, 119.02, 26.02)}
    names = {"T0": "东街街道", "T1": second}
    return SmallEdition(SmallDistrict(cells, shapes), names, id, f"d{id}", demonstration)
