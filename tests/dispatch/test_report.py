"""Reading what a channel sends: nothing that was given is lost, and only what says nothing is turned away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.report import EmptyReport, Report, claim, clean, parse_instant, read_report, says_something
from tests.factories import NOON, rules

ZONE = rules().zone


def read(**body: Any) -> Report:
    return read_report({"description": "d", **body}, now=NOON, zone=ZONE)


@pytest.mark.parametrize("body", [{}, {"description": " "}, {"reporter": {"name": "x"}}, {"lon": None}, {"lat": "  "},
                                  {"description": ["x"]}, {"datum": "wgs84", "unknown": "words"}])  # fmt: skip
def test_a_report_that_says_nothing(body: dict[str, Any]) -> None:
    with pytest.raises(EmptyReport):
        read_report(body, now=NOON, zone=ZONE)


@pytest.mark.parametrize("body", [{"description": "x"}, {"address": "东门街"}, {"lon": 119.3, "lat": 26.1},
                                  {"lon": "nonsense"}, {"lat": False}, {"description": 110}])  # fmt: skip
def test_one_of_the_three_is_enough(body: dict[str, Any]) -> None:
    read_report(body, now=NOON, zone=ZONE)


def test_unknown_fields_are_kept_as_they_are() -> None:
    given = read(ward="x", nested={"a": [1, {"b": None}]}).given
    assert given == {"ward": "x", "nested": {"a": [1, {"b": None}]}}


@pytest.mark.parametrize(
    ("name", "value"),
    [("category", ["1.01"]), ("kind", {"a": 1}), ("channel", []), ("address", {"road": "x"}), ("client_ref", [1]),
     ("accuracy_m", -3), ("accuracy_m", "wide"), ("accuracy_m", True), ("accuracy_m", 1e7),
     ("received_at", "yesterday"), ("occurred_at", 5), ("due_at", "31.12.2026"), ("reporter", ["Lin", "138"]),
     ("external_ref", {"system": "s"}), ("anonymous", "perhaps"), ("confidential", {"a": 1})],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_set_aside(name: str, value: Any) -> None:
    assert read(**{name: value}).given == {name: value}


def test_numbers_where_text_should_be() -> None:
    report = read(description=12345, category=1.01, client_ref=7)
    assert (report.description, report.category, report.client_ref) == ("12345", "1.01", "7")


def test_the_reporter() -> None:
    assert read(reporter="林").reporter.name == "林"
    whole = read(reporter={"name": "林", "phone": 13812345678, "email": "l@x", "age": 3})
    assert (whole.reporter.name, whole.reporter.phone) == ("林", "13812345678")
    assert whole.given == {"reporter": {"email": "l@x", "age": 3}}
    assert read(reporter={"name": {"first": "x"}}).given == {"reporter": {"name": {"first": "x"}}}
    assert len(read(reporter={"name": "x" * 5000}).reporter.name) == 5000


def test_the_external_reference() -> None:
    assert read(external_ref={"system": "city", "number": 7}).external_ref == {"system": "city", "number": "7"}
    assert read(external_ref="A-1").external_ref == {"system": "", "number": "A-1"}
    more = read(external_ref={"system": "city", "number": "7", "desk": "3"})
    assert more.external_ref == {"system": "city", "number": "7"}
    assert more.given == {"external_ref": {"system": "city", "number": "7", "desk": "3"}}


@pytest.mark.parametrize(("value", "flag"), [(None, False), (False, False), (0, False), ("", False), ("否", False),
                                             ("No", False), (True, True), (1, True), ("是", True), ("perhaps", True),
                                             (["x"], True)])  # fmt: skip
def test_a_flag_that_protects_somebody_holds_unless_it_says_no(value: Any, flag: bool) -> None:
    assert (read(anonymous=value).anonymous, read(confidential=value).confidential) == (flag, flag)


@pytest.mark.parametrize("datum", [["gcj02"], {"name": "gcj02"}])
def test_a_datum_that_is_no_text_is_no_missing_one(datum: Any) -> None:
    report = read(lon=119.3, lat=26.1, datum=datum)
    assert report.datum not in (None, "", "gcj02", "wgs84") and report.given == {"datum": datum}


def test_a_receipt_in_the_future_would_buy_time() -> None:
    soon, later = NOON + timedelta(minutes=4), NOON + timedelta(minutes=6)
    assert read(received_at=soon.isoformat()).received_at == soon
    assert read(received_at=later.isoformat()).received_at is None
    assert read(occurred_at=later.isoformat()).given == {"occurred_at": later.isoformat()}
    assert read(due_at=later.isoformat()).due_at == later


@pytest.mark.parametrize(
    ("text", "instant"),
    [("2026-11-24T12:00", datetime(2026, 11, 24, 4, tzinfo=UTC)),
     ("2026-11-24", datetime(2026, 11, 23, 16, tzinfo=UTC)),
     ("２０２６-11-24T12:00Z", datetime(2026, 11, 24, 12, tzinfo=UTC)),
     ("2026-11-24T12:00+05:00", datetime(2026, 11, 24, 7, tzinfo=UTC)),
     ("0001-01-01T00:00", None), ("9999-12-31T23:59-12:00", None), ("2026-13-01", None), ("", None), (20261124, None)],
)  # fmt: skip
def test_instants(text: Any, instant: datetime | None) -> None:
    assert parse_instant(text, ZONE) == instant


def test_cleaning_makes_every_text_storable() -> None:
    dirty = {"a\0": ["x\0y", "\ud800", {"\udfff": "é🙂‏عربي"}], "n": 10**400, "t": True, "f": 1.5, "none": None}
    tidy = {"a\ufffd": ["x\ufffdy", "?", {"?": "é🙂‏عربي"}], "n": str(10**400)[:400], "t": True, "f": 1.5}
    assert clean(dirty) == tidy | {"none": None}
    assert read(**{"odd\0name": 1}).given == {"odd\ufffdname": 1}


def test_emoji_and_right_to_left_text_stay_as_they_are() -> None:
    words = "路灯坏了🚨👨‍👩‍👧 ‏الضوء مكسور‏ e\u0301"
    assert read(description=words, address=words).description == words


@pytest.mark.parametrize(
    "blank",
    ["", " \u3000\n", "\u200b\u200d\ufeff", "\u2060\u00ad", "\u202e\u2066", "\u3164\u115f", "\u2800", "\ufe0f\u0301"],
)
def test_what_nobody_can_see_says_nothing(blank: str) -> None:
    assert not says_something(blank)
    with pytest.raises(EmptyReport):
        read_report({"description": blank, "address": blank}, now=NOON, zone=ZONE)
    for words in ("停水", "?", "👍", "é", f"{blank}a"):
        assert says_something(words)


def test_a_claim_is_an_instant_and_never_turns_an_act_away() -> None:
    at = NOON - timedelta(hours=3)
    assert claim(at.isoformat(), NOON, ZONE) == {"claimed_at": at.isoformat()}
    for wrong in (None, "", "yesterday", 7, [], (NOON + timedelta(hours=1)).isoformat(), "0001-01-01T00:00Z"):
        assert claim(wrong, NOON, ZONE) == {}
