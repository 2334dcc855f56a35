"""Links into map apps: each app's own datum and order of the axes."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from gis.datum import to_wgs84
from web.navigation import navigation

HERE = (119.2965, 26.0905)


def pair(app: str) -> tuple[float, float]:
    """(longitude, latitude) as the link gives them."""
    link = navigation(*HERE, "261125-0000001")[app]
    asked = parse_qs(urlsplit(link).query)
    if app == "geo":
        lat, lon = re.match(r"geo:([\d.-]+),([\d.-]+)\?q=\1,\2\(261125-0000001\)$", link).groups()  # type: ignore[union-attr]
    elif app == "amap":
        lon, lat, _name = asked["to"][0].split(",")
        assert asked["coordinate"] == ["gaode"]
    elif app == "baidu":
        lat, lon = asked["location"][0].split(",")
        assert asked["coord_type"] == ["bd09ll"]
    else:
        lat, lon = asked["tocoord"][0].split(",")
    return float(lon), float(lat)


@pytest.mark.parametrize(
    ("app", "datum"), [("geo", "wgs84"), ("amap", "gcj02"), ("baidu", "bd09"), ("tencent", "gcj02")]
)
def test_each_app_gets_its_own_datum(app: str, datum: str) -> None:
    assert to_wgs84(*pair(app), datum) == pytest.approx(HERE, abs=2e-6)
    assert (pair(app) == pytest.approx(HERE, abs=1e-6)) is (datum == "wgs84")


def test_a_name_cannot_break_out_of_a_link() -> None:
    for link in navigation(*HERE, "a&to=1,2) #x").values():
        assert "&to=1" not in link and "#" not in link and " " not in link
