"""Links that open a phone's map app at a place, each app's in the datum that it reads."""

from typing import Any
from urllib.parse import quote, urlencode

from dispatch.account import Account
from dispatch.item import Item
from gis.datum import from_wgs84

NAME = "firstline"
"""Who asks, for the map makers' services."""
PLACES = 6
"""Decimal places of a degree: a tenth of a metre."""


def navigation_json(item: Item, reader: Account) -> dict[str, Any]:
    """``{"navigation": {...}}`` for a grid worker where the item has a place, else nothing."""
    if reader.role != "worker" or item.spot is None:
        return {}
    return {"navigation": navigation(item.spot.lon, item.spot.lat, item.number)}


def navigation(lon: float, lat: float, name: str) -> dict[str, str]:
    """App -> address that shows the way to a WGS84 place. ``name`` is what the app calls it: no words of a citizen.

    ``geo`` is for whatever app the phone has (RFC 5870, WGS84); Amap and Tencent read GCJ-02, Baidu BD-09.
    """
    gcj, bd = _pair(lon, lat, "gcj02"), _pair(lon, lat, "bd09")
    here = _pair(lon, lat, "wgs84")
    amap = {"to": f"{gcj[0]},{gcj[1]},{name}", "mode": "walk", "coordinate": "gaode", "callnative": "1", "src": NAME}
    baidu = {"location": f"{bd[1]},{bd[0]}", "title": name, "content": name, "coord_type": "bd09ll", "output": "html",
             "src": NAME}  # fmt: skip
    tencent = {"type": "walk", "to": name, "tocoord": f"{gcj[1]},{gcj[0]}", "referer": NAME}
    return {
        "geo": f"geo:{here[1]},{here[0]}?q={here[1]},{here[0]}({quote(name)})",
        "amap": f"https://uri.amap.com/navigation?{urlencode(amap, safe=',')}",
        "baidu": f"https://api.map.baidu.com/marker?{urlencode(baidu, safe=',')}",
        "tencent": f"https://apis.map.qq.com/uri/v1/routeplan?{urlencode(tencent, safe=',')}",
    }


def _pair(lon: float, lat: float, datum: str) -> tuple[str, str]:
    x, y = from_wgs84(lon, lat, datum)
    return f"{x:.{PLACES}f}", f"{y:.{PLACES}f}"
