"""Areas as they are drawn."""

import shapely
from shapely.geometry import Point, Polygon

from maps.areas import bounds, feature_collection, thinned
from maps.layers import townships_of
from tests.maps.district import Area, an_edition


def test_features_carry_code_name_township_and_a_label_inside() -> None:
    feature = feature_collection(an_edition().district.cells)["features"][0]
    assert feature["id"] == feature["properties"]["code"] == "T0-G0"
    assert feature["properties"]["township"] == "T0"
    shape = shapely.geometry.shape(feature["geometry"])
    assert shape.contains(Point(feature["properties"]["label"]))


def test_an_area_without_geometry_is_not_drawn() -> None:
    collection = feature_collection([Area("A", "a", None), Area("B", "b", Polygon())])
    assert collection["features"] == []
    assert bounds(collection) is None


def test_bounds_are_west_south_east_north() -> None:
    assert bounds(townships_of(an_edition())) == (119.0, 26.0, 119.02, 26.02)


def test_heavy_borders_are_thinned_and_still_meet() -> None:
    arc = [(119 + 0.01 * i / 2000, 26 + 1e-6 * (i % 2)) for i in range(2001)]
    south = Polygon([*arc, (119.01, 25.99), (119, 25.99)])
    north = Polygon([*arc, (119.01, 26.01), (119, 26.01)])
    light = thinned([south, north], budget=200)
    assert shapely.get_num_coordinates(light).sum() <= 200
    assert shapely.coverage_is_valid(light)
    assert thinned([south, north], budget=10_000)[0] is south
