"""Reading what a channel sends: anything that is JSON becomes a Report, and nothing that was given is lost.

A hotline cannot tell a citizen to mend a field. So a value that cannot be used (an unknown category, a date that is
none, a number where text should be) is set aside in ``given`` under its own name, and the item is taken in without it.
Only a report that says nothing at all (no description, no address, no place) is turned away.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.item import Reporter
from gis.errors import Refusal

KNOWN = frozenset(
    (
        "channel kind category description lon lat datum accuracy_m address reporter anonymous confidential client_ref "
        "external_ref received_at occurred_at due_at"
    ).split()
)
PERSON = frozenset({"name", "phone"})
YES = frozenset({"1", "true", "yes", "y", "是"})
NO = frozenset({"", "0", "0.0", "false", "no", "n", "否", "none", "null"})
UNREADABLE = "unreadable"
_AHEAD = timedelta(minutes=5)
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Me"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers of Hangul and the empty Braille cell: letters and signs to Unicode, nothing to a reader."""


class EmptyReport(Refusal):
    """Neither description nor address nor place: there is nothing to act on."""

    code = "empty-item"


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported, cleaned but not yet judged. ``lon``, ``lat``, ``datum`` are still as given."""

    channel: str
    kind: str
    category: str
    description: str
    address: str
    lon: Any
    lat: Any
    datum: str | None
    accuracy_m: float | None
    reporter: Reporter
    anonymous: bool
    confidential: bool
    client_ref: str | None
    external_ref: Mapping[str, Any] | None
    received_at: datetime | None
    occurred_at: datetime | None
    due_at: datetime | None
    given: Mapping[str, Any]

    @property
    def has_pin(self) -> bool:
        """True where any coordinate was given, usable or not."""
        return self.lon is not None or self.lat is not None


def read_report(body: Mapping[str, Any], *, now: datetime, zone: ZoneInfo) -> Report:
    """Read one report.

    Instants without a zone are in ``zone``; ``received_at`` may not lie more than 5 minutes after ``now`` (a wrong
    clock would give the handlers more time), else it is set aside. Raises EmptyReport.
    """
    aside: dict[str, Any] = {clean(str(key)): clean(value) for key, value in body.items() if key not in KNOWN}
    take = _Taker(body, aside, zone)
    report = Report(
        channel=take.text("channel"),
        kind=take.text("kind"),
        category=take.text("category"),
        description=take.text("description"),
        address=take.text("address"),
        lon=_coordinate(body.get("lon")),
        lat=_coordinate(body.get("lat")),
        datum=take.datum(),
        accuracy_m=take.positive("accuracy_m"),
        reporter=take.reporter(),
        anonymous=take.flag("anonymous"),
        confidential=take.flag("confidential"),
        client_ref=take.text("client_ref") or None,
        external_ref=take.external_ref(),
        received_at=take.instant("received_at", latest=now + _AHEAD),
        occurred_at=take.instant("occurred_at", latest=now + _AHEAD),
        due_at=take.instant("due_at"),
        given=aside,
    )
    if not (says_something(report.description) or says_something(report.address) or report.has_pin):
        raise EmptyReport("Say what happened or where: the report has no description, no address and no place.")
    return report


def says_something(text: str) -> bool:
    """Whether there is anything to read in ``text``: a letter, digit, sign or picture. Spaces, line ends, zero-width
    characters, direction marks, accents that stand alone and the letters that are blank by design are nothing."""
    return any(ch not in _BLANK and unicodedata.category(ch) not in _UNSEEN for ch in text)


def clean(value: Any) -> Any:
    """``value`` with every text made storable: no NUL, no lone surrogate; structure is kept."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**300:
        return str(value)[:400]
    return value


def _coordinate(value: Any) -> Any:
    """A coordinate as given, but with empty text taken as not given."""
    return None if isinstance(value, str) and not value.strip() else clean(value)


class _Taker:
    """Takes fields out of a body; what does not fit goes aside under its own name."""

    def __init__(self, body: Mapping[str, Any], aside: dict[str, Any], zone: ZoneInfo) -> None:
        self.body, self.aside, self.zone = body, aside, zone

    def _set_aside(self, name: str) -> None:
        self.aside[name] = clean(self.body[name])

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if value is None:
            return ""
        if isinstance(value, bool | int | float):
            value = str(value)[:400]
        if not isinstance(value, str):
            self._set_aside(name)
            return ""
        return str(clean(value)).strip()

    def datum(self) -> str | None:
        """What is no text is an unknown datum, not a missing one: no other is put in its place."""
        return self.text("datum") or (UNREADABLE if "datum" in self.aside else None)

    def flag(self, name: str) -> bool:
        """What is neither a yes nor a no counts as yes, since these flags protect somebody, and is set aside."""
        value = self.body.get(name)
        word = str(value).strip().lower() if value is not None else ""
        if word not in YES and word not in NO:
            self._set_aside(name)
        return word not in NO

    def positive(self, name: str) -> float | None:
        value = self.body.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(value) if not isinstance(value, bool) else -1.0
        except (TypeError, ValueError, OverflowError):
            number = -1.0
        if 0.0 < number < 1e6:
            return number
        self._set_aside(name)
        return None

    def reporter(self) -> Reporter:
        value = self.body.get("reporter")
        if value is None:
            return Reporter()
        if isinstance(value, str):
            return Reporter(name=str(clean(value)).strip())
        if not isinstance(value, Mapping):
            self._set_aside("reporter")
            return Reporter()
        inner = _Taker(value, {clean(str(key)): clean(value[key]) for key in value if key not in PERSON}, self.zone)
        found = Reporter(inner.text("name"), inner.text("phone"))
        if inner.aside:
            self.aside["reporter"] = inner.aside
        return found

    def external_ref(self) -> Mapping[str, Any] | None:
        value = self.body.get("external_ref")
        if value is None or value == "":
            return None
        whole = value if isinstance(value, Mapping) else {"number": value}
        inner = _Taker(whole, {}, self.zone)
        found = {"system": inner.text("system"), "number": inner.text("number")}
        if inner.aside or not found["number"] or not whole.keys() <= found.keys():
            self._set_aside("external_ref")
        return found if found["number"] else None

    def instant(self, name: str, latest: datetime | None = None) -> datetime | None:
        value = self.body.get(name)
        if value is None or value == "":
            return None
        at = parse_instant(value, self.zone)
        if at is None or (latest is not None and at > latest):
            self._set_aside(name)
            return None
        return at


def claim(value: Any, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """What an event says of when its act was done by the sender's own clock: ``{"claimed_at": instant}``, nothing
    where ``value`` is no instant or lies more than 5 minutes ahead of ``now``. It is a claim: deadlines go by the
    receipt alone, and no wrong clock of a phone turns an act away."""
    at = parse_instant(value, zone)
    return {} if at is None or at > now + _AHEAD else {"claimed_at": at.isoformat()}


def parse_instant(value: Any, zone: ZoneInfo) -> datetime | None:
    """An ISO 8601 instant in UTC, or None where ``value`` is none; without a zone it is in ``zone``.

    Years outside 1900 to 2200 are no instants of a hotline.
    """
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(unicodedata.normalize("NFKC", value.strip()))
        at = at.replace(tzinfo=zone) if at.tzinfo is None else at
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if 1900 <= at.year <= 2200 else None
