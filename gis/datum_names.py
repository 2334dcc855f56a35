"""Which datum a written name means: any usual spelling, Latin or Chinese, full-width or not."""

import re
import unicodedata

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")

_SPELLINGS = {
    "wgs84": "wgs84 wgs1984 wgs worldgeodeticsystem1984 gps gps84 4326 epsg4326 epsg4979 crs84 ogccrs84 "
    "urnogcdefcrsogc13crs84 urnogcdefcrsogccrs84 urnogcdefcrsepsg4326 httpwwwopengisnetdefcrsogc13crs84 "
    "httpwwwopengisnetdefcrsepsg04326 世界大地 世界大地1984 国际 地球 真实 硬件gps",
    "cgcs2000": "cgcs2000 cgcs 4490 epsg4490 urnogcdefcrsepsg4490 httpwwwopengisnetdefcrsepsg04490 "
    "chinageodeticcoordinatesystem2000 国家2000 2000国家 国家大地2000 2000国家大地 中国2000 大地2000 "
    "中国大地2000 天地图",
    "gcj02": "gcj02 gcj gcj2 gcj2002 gcj02ll 火星 国测局 国测 国测局02 国测局加密 高德 腾讯 amap autonavi "
    "gaode tencent qq soso mars googlechina 谷歌中国",
    "bd09": "bd09 bd bd9 bd09ll bdll baidu baidull 百度 百度bd09",
}
_NAMES = {spelling: datum for datum, line in _SPELLINGS.items() for spelling in line.split()}
_TAILS = re.compile(r"(坐标系统|坐标系|座标系|坐标|座标|地图|经纬度|datum|crs|coordinates?|map|lnglat|lonlat)$")
_PIECES = re.compile(r"[()\[\]{};,|/、]+")


def datum_named(text: object) -> str | None:
    """The canonical name (one of ``DATUMS``) of a datum written in any usual way; None for a name nobody knows.

    Case, spaces, hyphens, full-width letters and tails such as 坐标系 or "datum" make no difference; EPSG codes may
    come as numbers; a name with another in brackets ("WGS 84 (EPSG:4326)") holds where both mean the same.
    Projected systems (EPSG:3857, BD-09 metres) are unknown here: their numbers are not degrees. None and an empty
    text give None. Nothing is raised.
    """
    if isinstance(text, bool) or not isinstance(text, (str, int)):
        return None
    if isinstance(text, int) and not 0 <= text <= 99_999:
        return None
    plain = unicodedata.normalize("NFKC", str(text)[:200]).casefold()
    whole = _known(plain)
    if whole is not None:
        return whole
    meant = {_known(piece) for piece in _PIECES.split(plain) if piece}
    return meant.pop() if len(meant) == 1 else None


def _known(plain: str) -> str | None:
    word = "".join(letter for letter in plain if letter.isalnum())
    while word:
        if word in _NAMES:
            return _NAMES[word]
        shorter = _TAILS.sub("", word)
        if shorter == word:
            return None
        word = shorter
    return None
