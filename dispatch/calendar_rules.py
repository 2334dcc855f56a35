"""Reading ``calendar.toml``: the zone, each season's hours, the statutory days, the city's word on single years."""

import re
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.faults import Fault
from dispatch.tables import line_of, toml
from dispatch.workdays import Workdays, Year
from dispatch.working_time import Season, WorkingCalendar

_LEAP_YEAR = 2000


class _Reader:
    """One reading of the file; every fault names the line of its key."""

    def __init__(self, text: str, file: str, faults: list[Fault]) -> None:
        self.text, self.file, self.faults = text, file, faults
        self.data = toml(text, file, faults)

    def fault(self, key: str, detail: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, line_of(self.text, key), detail, remedy))

    def known(self, where: str, data: dict[str, Any], names: tuple[str, ...]) -> None:
        for name in data:
            if name not in names:
                self.fault(name, f"{where}: {name!r} is unknown", f"known are: {', '.join(names)}")


def read_calendar(text: str, file: str, faults: list[Fault]) -> WorkingCalendar | None:
    """The working calendar that the TOML ``text`` describes; None where it has a fault."""
    before = len(faults)
    reader = _Reader(text, file, faults)
    if len(faults) > before:
        return None
    reader.known(file, reader.data, ("timezone", "statutory", "hours", "years"))
    zone = _zone(reader)
    seasons = _seasons(reader)
    statutory = frozenset(
        day for written in _list(reader, reader.data, "statutory") if (day := _month_day(reader, "statutory", written))
    )
    years = _years(reader)
    if zone is None or len(faults) > before:
        return None
    return WorkingCalendar(zone, seasons, Workdays(statutory, years))


def _zone(reader: _Reader) -> ZoneInfo | None:
    name = reader.data.get("timezone")
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.fault("timezone", f"timezone {name!r} is unknown", 'write for example timezone = "Asia/Shanghai"')
        return None


def _list(reader: _Reader, data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key, [])
    if isinstance(value, list):
        return value
    reader.fault(key, f"{key} is not a list", f"write {key} = [...]")
    return []


def _month_day(reader: _Reader, key: str, written: object) -> tuple[int, int] | None:
    try:
        month, day = str(written).split("-")
        found = date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        reader.fault(key, f"{key}: {written!r} is no day of the year", 'write month and day, for example "06-01"')
        return None
    return found.month, found.day


def _seasons(reader: _Reader) -> tuple[Season, ...]:
    tables = reader.data.get("hours")
    if not isinstance(tables, dict) or not tables:
        reader.fault("hours", "no working hours", "write a table [hours.standard] with periods")
        return ()
    seasons = [_season(reader, name, table) for name, table in tables.items()]
    named = [season for season in seasons if season.first]
    default = [season for season in seasons if not season.first]
    if len(default) != 1:
        reader.fault("hours", f"{len(default)} seasons without from and to", "leave them out in exactly one")
    for day in (date.fromordinal(date(_LEAP_YEAR, 1, 1).toordinal() + n) for n in range(366)):
        both = [season.name for season in named if season.holds(day)]
        if len(both) > 1:
            reader.fault(f"hours.{both[1]}", f"seasons {' and '.join(both)} both hold {day:%m-%d}", "part their days")
            break
    return (*named, *default)


def _season(reader: _Reader, name: str, table: object) -> Season:
    key = f"hours.{name}"
    if not isinstance(table, dict):
        reader.fault(name, f"{key} is not a table", f"write [{key}] and periods below it")
        return Season(name, ())
    reader.known(key, table, ("from", "to", "periods"))
    first, last = (_month_day(reader, key, table[end]) if end in table else None for end in ("from", "to"))
    if ("from" in table) != ("to" in table):
        reader.fault(key, f"{key} has only one of from and to", "give both, or none in the default season")
    return Season(name, _day_periods(reader, key, table), first, last)


def _day_periods(reader: _Reader, key: str, table: dict[str, Any]) -> tuple[tuple[time, time], ...]:
    periods: list[tuple[time, time]] = []
    for written in _list(reader, table, "periods"):
        found = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", str(written))
        try:
            opens, closes = (time.fromisoformat(part) for part in found.groups()) if found else (time(), time())
        except ValueError:
            opens = closes = time()
        if opens >= closes or (periods and opens < periods[-1][1]):
            reader.fault(key, f"{key}: period {written!r} is none, or out of order", 'write "08:00-12:00"')
        else:
            periods.append((opens, closes))
    if not periods:
        reader.fault(key, f"{key} has no periods", 'write periods = ["08:00-12:00", "14:30-17:30"]')
    return tuple(periods)


def _years(reader: _Reader) -> dict[int, Year]:
    tables = reader.data.get("years", {})
    if not isinstance(tables, dict):
        reader.fault("years", "years is not a table", "write a table such as [years.2027]")
        return {}
    years: dict[int, Year] = {}
    for name, table in tables.items():
        key = f"years.{name}"
        if not re.fullmatch(r"\d{4}", name) or not isinstance(table, dict):
            reader.fault(key, f"{key} is not a year's table", "write for example [years.2027]")
            continue
        years[int(name)] = _year(reader, key, table)
    return years


def _year(reader: _Reader, key: str, table: dict[str, Any]) -> Year:
    reader.known(key, table, ("source", "complete", "off", "working"))
    source, complete = table.get("source"), table.get("complete", False)
    if not isinstance(source, str) or not source.strip():
        reader.fault(key, f"{key} names no source", "give source: the notice these days come from")
    if not isinstance(complete, bool):
        reader.fault(key, f"{key}: complete is neither true nor false", "write complete = true for a whole notice")
    off, working = _dates(reader, key, table, "off"), _dates(reader, key, table, "working")
    for day in sorted(off & working):
        reader.fault(key, f"{key}: {day} is both off and working", "keep one of them")
    return Year(str(source), complete is True, off, working)


def _dates(reader: _Reader, key: str, table: dict[str, Any], column: str) -> frozenset[date]:
    year = key.rpartition(".")[2]
    days: set[date] = set()
    for written in _list(reader, table, column):
        if type(written) is not date or str(written.year).zfill(4) != year:
            reader.fault(key, f"{key}.{column}: {written!s} is no date of {year}", f"write {year}-01-01, unquoted")
        else:
            days.add(written)
    return frozenset(days)
