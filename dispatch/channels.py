"""Channels that items come in by, each with the datum and the accuracy of its places; and grounds for declining."""

from dataclasses import dataclass

from dispatch.faults import Fault
from dispatch.tables import keep, missing, table
from gis.datum import DATUMS

SHIPPED = (
    "phone",
    "sms",
    "web",
    "wechat",
    "app",
    "miniprogram",
    "email",
    "letter",
    "visit",
    "digital_urban",
    "patrol",
    "city_transfer",
)
"""Channels that the service itself knows by name; a city may add more."""

WIDEST_M = 50_000


@dataclass(frozen=True, slots=True)
class Channel:
    """``datum`` and ``accuracy_m`` (metres, the radius about the place) hold where a report gives none itself.

    ``accuracy_m`` None: nothing is known of the accuracy.
    """

    code: str
    name_zh: str
    name_en: str
    datum: str
    accuracy_m: float | None


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground for not taking an item on (不予受理) and the proper road the citizen is told, in both languages."""

    code: str
    zh: str
    en: str
    road_zh: str
    road_en: str


def read_channels(text: str, file: str, faults: list[Fault]) -> dict[str, Channel]:
    """Channels by code; the shipped ones must all stand there."""
    channels: dict[str, Channel] = {}
    for row in table(text, file, faults, columns=("code", "zh", "en", "datum", "accuracy_m")):
        written = row.text("accuracy_m")
        accuracy: float | None = None
        if written:
            accuracy = float(written) if written.replace(".", "", 1).isdecimal() else -1.0
            if not 0 < accuracy <= WIDEST_M:
                row.fault(f"accuracy_m {written!r} is no distance", f"write metres up to {WIDEST_M}, or nothing")
        datum = row.one_of("datum", DATUMS)
        new = Channel(row.required("code"), row.required("zh"), row.required("en"), datum, accuracy)
        keep(channels, new.code, new, row)
    missing(SHIPPED, channels, file, faults)
    return channels


def read_grounds(text: str, file: str, faults: list[Fault]) -> dict[str, Ground]:
    """Grounds by code."""
    grounds: dict[str, Ground] = {}
    for row in table(text, file, faults, columns=("code", "zh", "en", "road_zh", "road_en")):
        new = Ground(*(row.required(column) for column in ("code", "zh", "en", "road_zh", "road_en")))
        keep(grounds, new.code, new, row)
    return grounds
