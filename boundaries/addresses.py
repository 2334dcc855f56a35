"""Addresses as people write them, made comparable."""

import re
import unicodedata

MAX_LENGTH = 200
"""Characters of an address that are looked at: whatever is sent, the work is bounded."""

_HAN = "\u4e00-\u9fff"
_CITY = f"(?:[{_HAN}]{{2,3}}省)?[{_HAN}]{{2,3}}市(?![场政民直府区])"
_ABOVE = re.compile(f"^{_CITY}")
_ROAD_NAME = f"[{_HAN}]{{1,5}}?(?:大道|支路|路|街|巷|弄)"
_DOOR = re.compile(r"[0-9]+(?:-[0-9]+)?号?(?:楼|院|栋|幢|座|室|单元)?")
_ROAD = re.compile(f"(?:^|与)({_ROAD_NAME})(?![口道]|街道)")
_ONLY_ROAD = re.compile(f"{_ROAD_NAME}口?")
_BRACKETS = re.compile(r"[(\[【](.*?)[)\]】]?$")
_OFFICES = ("政府", "委", "人民政府")
"""After a district's name these make one name with it: what sits there is a place, not the district."""
_NUMBER = re.compile("[0-9]+")


def plain(text: str, district: str | None = None) -> str:
    """``text`` in one spelling: half width, no spaces, signs or pictures, without province, city and ``district``.

    Only the first 200 characters count. May be empty. Hyphens stay, for they stand in house numbers.
    """
    wide = unicodedata.normalize("NFKC", text[:MAX_LENGTH])[:MAX_LENGTH]
    kept = "".join(sign for sign in wide if sign == "-" or unicodedata.category(sign)[0] in "LN").lower()
    rest = _ABOVE.sub("", kept)
    if district and rest.startswith(district) and not rest.startswith(_OFFICES, len(district)):
        return rest[len(district) :]
    return rest


def without_door(text: str) -> str:
    """A plain address without house numbers."""
    return _DOOR.sub("", text)


def numbers_of(text: str) -> list[str]:
    """The numbers in a plain address, in their order."""
    return _NUMBER.findall(text)


def roads_of(text: str) -> list[str]:
    """The roads that a plain address names: where it begins with one, and the one that it crosses."""
    return _ROAD.findall(without_door(text))


def is_road(text: str) -> bool:
    """Whether a plain text is the name of a road, or of its mouth, and nothing else."""
    return _ONLY_ROAD.fullmatch(text) is not None


def spellings(name: str) -> list[str]:
    """A place's name and what else it is called: what stands in brackets, and without 站.

    A stop that is called after a road (西洪路站) keeps its 站: the road is longer than the stop.
    """
    wide = unicodedata.normalize("NFKC", name)
    outside, inside = _BRACKETS.sub("", wide), _BRACKETS.findall(wide)
    names = [part for part in (outside, *inside) if part and not part.startswith("待")]
    return [name if is_road(name.removesuffix("站")) else name.removesuffix("站") for name in names]
