"""From a row to a Report: our names, the datum in any spelling, dates as spreadsheets write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cli.importing.names import Naming
from cli.importing.rows import Row
from dispatch.report import Report, clean, parse_instant, read_report
from gis.datum import datum_named

_REMARK = re.compile(r"\s*[(\[（【].*$")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]*(\d{1,2}):(\d{2})(.*))?", re.DOTALL)
_TIMES = ("received_at", "occurred_at", "due_at")


@dataclass(frozen=True)
class Reader:
    """Reads rows. ``channel`` and ``datum`` count where a row names none; a row without a datum is otherwise in its
    channel's. An instant without a zone is in ``zone``."""

    naming: Naming
    channel: str | None
    datum: str | None
    zone: ZoneInfo

    def read(self, row: Row, now: datetime) -> Report:
        """The Report of a row. Raises EmptyReport where it says neither what happened nor where."""
        pin = dict(zip(("lon", "lat"), row.pin, strict=False)) if row.pin else {}
        body, others = self.naming.sort_out(row.values)
        for name in pin.keys() & body.keys():
            others[f"{name} (2)"] = body[name]
        body.update(pin)
        others = {**row.also, **others}
        body.setdefault("channel", self.channel)
        spelled = body.get("datum")
        body["datum"] = self._datum(spelled, row.pin[2] if row.pin else None)
        if isinstance(spelled, str) and body["datum"] != spelled:
            others["datum"] = spelled
        for name in _TIMES:
            body[name] = iso(body.get(name), self.zone)
        report = read_report(body, now=now, zone=self.zone)
        return replace(report, given={**clean(others), **report.given}) if others else report

    def _datum(self, spelled: Any, declared: str | None) -> Any:
        if spelled is None:
            return self.datum or declared
        return without_remark(spelled) if isinstance(spelled, str) else spelled


def without_remark(datum: str) -> str:
    """``GCJ-02 (inferred)`` is GCJ-02: a bracket behind a datum's name that names none is a remark."""
    plain = _REMARK.sub("", datum)
    return plain if datum_named(datum) is None and datum_named(plain) is not None else datum


def iso(value: Any, zone: ZoneInfo) -> Any:
    """A date and time as spreadsheets write it (``2026/3/5 9:30``, ``2026年3月5日``) in the form of ISO 8601.

    Everything else, and what is no instant in that form either, is left as it is.
    """
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    year, month, day, hour, minute, rest = found.groups()
    text = f"{year}-{int(month):02}-{int(day):02}"
    if hour is not None:
        text = f"{text}T{int(hour):02}:{minute}{rest.strip()}"
    return value if parse_instant(text, zone) is None else text


def row_content(row: Row) -> Mapping[str, Any]:
    """What makes a row the same as another: its values and place, whatever is made of them."""
    values = {name: value.strip() if isinstance(value, str) else value for name, value in row.values.items()}
    return values if row.pin is None else {"values": values, "pin": row.pin, "also": row.also}
