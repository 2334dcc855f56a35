"""Check-in (报到): what proves that somebody is at the meeting place.

A position proves it where it is accurate enough and its distance from the meeting place is at most the rule's radius
plus the position's own accuracy: a phone that says "within 30 m of here" is believed as far as that reaches, and no
further than the accuracy that the rule takes at all. So with the shipped figures (radius 200 m, accuracy 200 m) a
position of 30 m accuracy proves presence up to 230 m away. One that names no accuracy gets the radius alone.
A basement has no GPS: there the officer's code does it, six digits that change every minute.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dispatch.errors import BadArguments
from dispatch.summons import Attendee, Summons
from dispatch.thresholds import Thresholds
from gis.circle import usable_accuracy
from gis.ellipsoid import GEOD
from gis.errors import Refusal
from gis.place import Box, place

STEP_S = 60
"""Seconds that one code is shown; it is taken for one step more."""
DIGITS = 6
LONGEST_NAME = 60


class TooFar(Refusal):
    """The position is outside the radius. Members ``distance_m``, ``radius_m``, ``accuracy_m``."""

    code = "too-far"


class TooEarly(Refusal):
    """The window is not open yet. Members ``opens_at``, and ``distance_m``, ``radius_m`` as for TooFar."""

    code = "too-early"


class TooVague(Refusal):
    """The position is less accurate than the rule takes. Members as for TooFar, and ``limit_m``."""

    code = "too-vague"


class WrongCode(Refusal):
    """The code is not the one shown on the spot now."""

    code = "wrong-code"


class TooManyCodes(Refusal):
    """Codes were tried too often. Member ``retry_after``, in seconds."""

    code = "throttled"

    def __init__(self, wait_s: float) -> None:
        super().__init__("Too many codes were tried. Wait, or check in by position.", retry_after=wait_s)


@dataclass(frozen=True, slots=True)
class Proof:
    """How presence was shown: ``kind`` is ``position`` or ``code``; the others are None where no position was sent."""

    kind: str
    distance_m: float | None
    accuracy_m: float | None


def code_at(secret: bytes, summons: int, at: datetime) -> str:
    """The code that the officer shows at ``at``: six digits of the HMAC-SHA256 of summons and minute."""
    return _code(secret, summons, int(at.timestamp()) // STEP_S)


def code_ends(at: datetime) -> datetime:
    """When the code shown at ``at`` gives way to the next."""
    return at + timedelta(seconds=STEP_S - at.timestamp() % STEP_S)


def is_code(given: object, secret: bytes, summons: int, at: datetime) -> bool:
    """Whether ``given`` is the code of now or of the step before. Compared in constant time; blanks do not count."""
    if not isinstance(given, str):
        return False
    digits = "".join(given.split())
    if not (digits.isascii() and digits.isdigit()):
        return False
    step = int(at.timestamp()) // STEP_S
    right = [hmac.compare_digest(digits, _code(secret, summons, one)) for one in (step, step - 1)]
    return any(right)


def _code(secret: bytes, summons: int, step: int) -> str:
    digest = hmac.digest(secret, f"check-in:{summons}:{step}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """The geodesic distance of two WGS84 points in metres."""
    return float(GEOD.inv(lon, lat, other_lon, other_lat)[2])


def reach_m(accuracy_m: float | None, rule: Thresholds) -> float:
    """How far from the meeting place a position of that accuracy still proves presence, in metres."""
    return rule.checkin_radius_m + min(accuracy_m or 0.0, rule.checkin_accuracy_m)


def proven(
    summons: Summons, args: Mapping[str, Any], now: datetime, rule: Thresholds, secret: bytes, box: Box | None
) -> Proof:
    """What the sent ``code``, or ``lon, lat, datum, accuracy_m``, proves; the code counts where both came.

    Raises WrongCode, NoPlace, BadArguments, TooVague, TooFar, TooEarly, in this order.
    """
    by_code = args.get("code") is not None
    if by_code and not is_code(args["code"], secret, summons.id, now):
        raise WrongCode("This is not the code shown on the spot now: ask the officer for the one of this minute.")
    has_position = args.get("lon") is not None or args.get("lat") is not None
    accuracy = _accuracy(args)
    distance: float | None = None
    if has_position or not by_code:
        where = place(args.get("lon"), args.get("lat"), args.get("datum") or "wgs84", box=box)
        distance = round(metres_between(where.lon, where.lat, summons.lon, summons.lat), 1)
    measured: dict[str, Any] = {"distance_m": distance, "radius_m": rule.checkin_radius_m, "accuracy_m": accuracy}
    if not by_code and distance is not None:
        _near_enough(distance, accuracy, rule, measured)
    opens = summons.meet_at - timedelta(minutes=rule.checkin_window_min)
    if now < opens:
        raise TooEarly(f"Check-in opens {rule.checkin_window_min:g} minutes before the meeting.",
                       opens_at=opens.isoformat(), **measured)  # fmt: skip
    return Proof("code" if by_code else "position", distance, accuracy)


def _near_enough(distance: float, accuracy: float | None, rule: Thresholds, measured: Mapping[str, Any]) -> None:
    if accuracy is not None and accuracy > rule.checkin_accuracy_m:
        raise TooVague(
            f"The position is accurate to {accuracy:.0f} m only; {rule.checkin_accuracy_m:.0f} m are needed. Wait for "
            "a better one, or use the officer's code.",
            limit_m=rule.checkin_accuracy_m, **measured,
        )  # fmt: skip
    if distance > reach_m(accuracy, rule):
        raise TooFar(
            f"You are {distance:.0f} m from the meeting place; check-in takes {rule.checkin_radius_m:.0f} m.",
            **measured,
        )


def _accuracy(args: Mapping[str, Any]) -> float | None:
    """Metres, None for unknown (devices send 0 or -1). Raises BadArguments for what is no number."""
    value = args.get("accuracy_m")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise BadArguments("accuracy_m", "accuracy_m is a number of metres.")
    return usable_accuracy(value)


def late_by_s(at: datetime, meet_at: datetime) -> int:
    """Whole seconds after the meeting time, 0 for who came before it."""
    return max(0, int((at - meet_at).total_seconds()))


def state_of(late_s: int, rule: Thresholds) -> str:
    """``present`` within the rule's grace, else ``late``."""
    return "present" if late_s <= rule.grace_min * 60 else "late"


def attendee(args: Mapping[str, Any]) -> Attendee:
    """Who came, as told. Raises BadArguments."""
    given = args.get("attendee")
    if given is None:
        return Attendee()
    if not isinstance(given, Mapping):
        raise BadArguments("attendee", "attendee is an object with name and post.")
    parts = [given.get(name) or "" for name in ("name", "post")]
    if not all(isinstance(part, str) and len(part) <= LONGEST_NAME for part in parts):
        raise BadArguments("attendee", f"name and post are texts of at most {LONGEST_NAME} characters.")
    return Attendee(*(part.strip() for part in parts))
