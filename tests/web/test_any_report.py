"""Any JSON object at all: it is taken in with everything it said, or it says nothing."""

import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.report import KNOWN
from store.database import Database
from tests.callers import code
from tests.factories import (
    TOILET,
    RunningService,
    a_service,
    rules,
)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    "channel kind category description lon lat datum accuracy_m address reporter anonymous confidential client_ref "
    "external_ref received_at occurred_at due_at extra given number".split()
) | st.text(string.printable, min_size=1, max_size=6)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "description": st.text(min_size=1, max_size=30),
        "lon": st.floats(119.29, 119.33),
        "lat": st.floats(26.07, 26.11),
        "datum": st.sampled_from(["wgs84", "gcj02", "bd09", "?"]),
        "category": st.sampled_from([TOILET, "公厕保洁与维修", "x"]),
        "kind": st.sampled_from(["help", "report", "?"]),
        "accuracy_m": st.floats(0, 1e4),
        "received_at": st.datetimes().map(lambda at: at.isoformat()),
        "due_at": st.datetimes().map(lambda at: at.isoformat()),
    },
)
REPORTS = st.dictionaries(NAMES, JSON, max_size=6) | st.builds(
    lambda odd, fair: odd | fair, st.dictionaries(NAMES, JSON, max_size=3), NEARLY
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=REPORTS)
def test_any_object_is_taken_in_or_says_nothing(service: RunningService, body: dict[str, Any]) -> None:
    answer = service["channel"].post("/items", body)
    if answer.status_code not in (200, 201):
        assert code(answer) == (422, "empty-item")
        assert not any(isinstance(body.get(n), str) and body[n].strip() for n in ("description", "address"))
        return
    item = answer.get_json()
    if answer.status_code == 201:
        kept(body, service["dispatcher"].get(f"/items/{item['number']}").get_json())
    assert item["lead"]["code"] and any(h["role"] == "main" for h in item["handlers"])
    assert (item["status"] == "received") == (item["resolution"]["township"] is None and needs_place(item))


def kept(body: dict[str, Any], item: dict[str, Any]) -> None:
    """What the service has no column for, or could not use, stands in ``given`` as it was sent (NUL apart)."""
    for name, value in body.items():
        if name not in KNOWN and not is_dirty(body):
            assert as_floats(item["given"][name]) == as_floats(value)
    if isinstance(body.get("description"), str) and not is_dirty(body):
        assert item["description"] == body["description"].strip()
    for name in ("category", "kind", "channel"):
        if isinstance(body.get(name), str) and body[name].strip() and item[name] == "unclassified":
            assert item["given"][name]
    for name in ("lon", "lat"):
        if item["location"]["original"] and isinstance(body.get(name), int | float):
            assert item["location"]["original"][name] == body[name]


def as_floats(value: Any) -> Any:
    """A float such as 2.9e16 comes back from the database as the whole number that it stands for."""
    return json.loads(json.dumps(value), parse_int=float)


def is_dirty(body: dict[str, Any]) -> bool:
    """Whether a text in the body holds what no database text can."""
    return "\\u0000" in json.dumps(body) or "\\ud" in json.dumps(body).lower()


def needs_place(item: dict[str, Any]) -> bool:
    return rules().needs_place(rules().category(item["category"]), item["kind"])
