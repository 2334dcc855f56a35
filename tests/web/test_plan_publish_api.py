"""Publishing over HTTP: by planners and admins, for a reason, over the Edition they saw, now or later, and back."""

import io
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from boundaries.edition import digest_of
from boundaries.read import read_district
from cli.service import clock
from store.database import Database
from store.publishing import carry_out_due
from tests.boundaries.packs import zipped
from tests.boundaries.sheets import square
from tests.callers import Caller, code
from tests.factories import RUBBISH, RunningService, a_redrawn_town, a_service, a_town, with_cell
from tests.web.planners import send, upload, work


@pytest.fixture
def service(database: Database, monkeypatch: pytest.MonkeyPatch) -> RunningService:
    """Its drafts are read in this process, which is quicker than in one of their own."""
    monkeypatch.setattr("store.drafts.read_apart", lambda folder, reading: read_district(folder, **asdict(reading)))
    return a_service(database)


@pytest.fixture
def draft(service: RunningService) -> int:
    """The town with T1G1 given to T2, uploaded and checked."""
    found = upload(service["planner"], a_redrawn_town())
    assert found["check"]["result"]["errors"] == 0, found["check"]
    return int(found["id"])


def publish(planner: Caller, draft: int, **asked: Any) -> Any:
    return planner.post(f"/plan/drafts/{draft}/publish", {"reason": "T1G1 归 T2", "expect": 1, **asked})


def editions(service: RunningService) -> list[dict[str, Any]]:
    return list(service["planner"].get("/editions").get_json()["editions"])


@pytest.mark.parametrize("name", ["planner", "admin"])
def test_a_draft_becomes_the_live_edition(service: RunningService, draft: int, name: str) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    terms = service[name].get(f"/plan/drafts/{draft}/terms").get_json()
    assert terms == {"expect": 1, "moves": 1, "keeps": 0}
    answer = publish(service[name], draft, expect=terms["expect"])
    assert (answer.status_code, answer.get_json()["live_from"]) == (201, None)
    edition = answer.get_json()["edition"]
    live = next(one for one in editions(service) if one["live"])
    assert (live["id"], live["reason"], live["published_by"]) == (edition, "T1G1 归 T2", name)
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert (item["lead"]["code"], item["resolution"]["edition"]) == ("T2", edition)
    told = service["planner"].get(f"/plan/drafts/{draft}").get_json()
    assert told["editions"] == [edition]


def test_items_in_work_move_only_where_it_is_asked(service: RunningService, draft: int) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    service["officer"].act(number, "accept")
    ask = service["planner"].get
    assert ask(f"/plan/drafts/{draft}/terms").get_json() == {"expect": 1, "moves": 0, "keeps": 1}
    assert ask(f"/plan/drafts/{draft}/terms", move="in-work").get_json() == {"expect": 1, "moves": 1, "keeps": 0}
    assert publish(service["planner"], draft, move="in-work").status_code == 201
    assert service["dispatcher"].get(f"/items/{number}").get_json()["lead"]["code"] == "T2"


def test_a_draft_with_errors_is_not_published(service: RunningService) -> None:
    faulty = upload(service["planner"], with_cell(a_town(), "T1G1", geometry=square(0, 0, 1.2)))
    assert code(publish(service["planner"], faulty["id"])) == (422, "draft-has-errors")
    assert [one["id"] for one in editions(service)] == [1]


UNUSABLE: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("reason", {"reason": reason}) for reason in (None, " x ", "x" * 501, 5)),
    *(("expect", {"expect": expect}) for expect in (None, "1", True, 0, 2**40)),
    *(("move", {"move": move}) for move in ("all", 1)),
    *(("at", {"at": at}) for at in ("soon", 5)),
)
"""Members of a body that cannot be used, each under the name that the refusal gives."""


def test_what_is_missing_or_cannot_be_used_is_named(service: RunningService) -> None:
    for field, asked in UNUSABLE:
        for path in ("/plan/drafts/1/publish", "/plan/editions/1/rollback"):
            answer = service["planner"].post(path, {"reason": "why not", "expect": 1, **asked})
            assert code(answer) == (422, "bad-arguments"), asked
            assert [one["field"] for one in answer.get_json()["errors"]] == [field]


def test_nobody_publishes_over_what_they_have_not_seen(service: RunningService, draft: int) -> None:
    assert publish(service["admin"], draft).status_code == 201
    late = publish(service["planner"], draft)
    assert code(late) == (409, "edition-changed") and late.get_json()["live"] == 2
    assert len([one for one in editions(service) if one["live_from"]]) == 2


def test_of_two_planners_at_once_one_publishes(service: RunningService, draft: int) -> None:
    callers = [service["planner"], service["admin"]]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda caller: publish(caller, draft), callers))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert sum(one["live"] for one in editions(service)) == 1


def test_two_planners_upload_at_once(service: RunningService) -> None:
    callers = [service["planner"], service["admin"]]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda caller: send(caller, ("x.zip", zipped(a_town()))), callers))
    assert [answer.status_code for answer in answers] == [201, 201]
    listed = service["planner"].get("/plan/drafts").get_json()["drafts"]
    assert sorted(one["made_by"] for one in listed) == ["admin", "planner"]


def test_an_edition_waits_for_its_instant_and_can_be_called_off(service: RunningService, draft: int) -> None:
    at = (clock() + timedelta(hours=1)).isoformat()
    first, second = (publish(service["planner"], draft, at=at, expect=expect).get_json() for expect in (1, 2))
    assert (first["edition"], first["live_from"], second["edition"]) == (2, at, 3)
    states = {one["id"]: one["state"] for one in editions(service)}
    assert states == {1: "live", 2: "waiting", 3: "waiting"}
    assert service["admin"].post("/plan/editions/3/cancel").status_code == 200
    assert code(service["planner"].post("/plan/editions/3/cancel")) == (404, "not-planned")
    assert code(service["planner"].post("/plan/editions/99/cancel")) == (404, "not-planned")
    whole = service.service
    later = lambda: clock() + timedelta(hours=2)  # noqa: E731
    assert carry_out_due(service.pool, whole.worlds, whole.pen, later) == 2
    assert {one["id"]: one["state"] for one in editions(service)} == {1: "past", 2: "live", 3: "cancelled"}


def test_an_instant_that_is_over_is_refused(service: RunningService, draft: int) -> None:
    assert code(publish(service["planner"], draft, at="2026-01-01T00:00")) == (422, "past-instant")


def test_an_earlier_edition_is_published_again(service: RunningService, draft: int) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    assert publish(service["planner"], draft).status_code == 201
    terms = service["planner"].get("/plan/editions/1/terms").get_json()
    assert terms == {"expect": 2, "moves": 1, "keeps": 0}
    back = service["planner"].post("/plan/editions/1/rollback", {"reason": "弄错了", "expect": 2})
    assert back.get_json() == {"edition": 3, "live_from": None}
    newest = editions(service)[0]
    assert (newest["id"], newest["again"], newest["reason"], newest["live"]) == (3, 1, "弄错了", True)
    assert service["dispatcher"].get(f"/items/{number}").get_json()["lead"]["code"] == "T1"


@pytest.mark.parametrize("path", ["areas", "terms", "export"])
def test_an_edition_that_is_not_there(service: RunningService, path: str) -> None:
    for id in ("99", "999999999999"):
        assert code(service["planner"].get(f"/plan/editions/{id}/{path}")) == (422, "no-edition")
    assert code(service["planner"].get(f"/plan/editions/x/{path}")) == (404, "not-found")
    answer = service["planner"].post("/plan/editions/99/rollback", {"reason": "why not", "expect": 1})
    assert code(answer) == (422, "no-edition")


def test_an_edition_is_exported_as_it_is(service: RunningService, tmp_path: Path) -> None:
    there = digest_of(service.service.planning.edition(1))
    package = service["planner"].get("/plan/editions/1/export")
    (tmp_path / "edition.gpkg").write_bytes(package.data)
    cells = read_district(tmp_path / "edition.gpkg").cells
    assert [(cell.code, cell.community) for cell in cells] == [(cell.code, cell.community) for cell in a_town().cells]
    folder = service["admin"].get("/plan/editions/1/export", format="geojson")
    with zipfile.ZipFile(io.BytesIO(folder.data)) as held:
        held.extractall(tmp_path / "edition")
    assert digest_of(read_district(tmp_path / "edition")) == there
    assert [one.headers["Content-Disposition"] for one in (package, folder)] == [
        'attachment; filename="edition-1.gpkg"', 'attachment; filename="edition-1.zip"',
    ]  # fmt: skip
    assert code(service["planner"].get("/plan/editions/1/export", format="dxf")) == (422, "bad-filter")


def test_the_difference_from_the_live_edition(service: RunningService, draft: int) -> None:
    service["channel"].report(category=RUBBISH)
    found = work(service["planner"], draft, "diff")
    assert found["state"] == "done", found["fault"]
    told = found["result"]
    assert (told["edition"], told["same"]) == (1, False)
    given = next(one for one in told["changes"] if one["level"] == "grid" and one["now"] == "T2")
    assert (given["kind"], given["was"], given["after"][0]["code"]) == ("reassigned", "T1/T1C", "T1G1")
    pair = next(one for one in told["pairs"] if one["level"] == "township")
    assert (pair["before"]["code"], pair["after"]["code"]) == ("T1", "T2")
    assert (found["done"], found["total"]) == (3, 3)


def test_a_rehearsal_and_its_csv(service: RunningService, draft: int, within: Callable[[], dict[str, str]]) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    found = work(service["planner"], draft, "rehearse", **within())
    assert found["state"] == "done", found["fault"]
    told = found["result"]
    assert (told["edition"], told["open"]["any"], told["past"]["total"]) == (1, 1, 1)
    assert [(one["number"], one["before"]["township"], one["after"]["township"]) for one in told["open_items"]] == [
        (number, "T1", "T2")
    ]
    sheet = service["planner"].get(f"/plan/jobs/{found['id']}/csv")
    lines = sheet.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("number,open,status") and [line.split(",")[0] for line in lines[1:]] == [number] * 2
    check = service["planner"].get(f"/plan/drafts/{draft}").get_json()["jobs"]["check"]["id"]
    assert code(service["planner"].get(f"/plan/jobs/{check}/csv")) == (404, "not-found")


@pytest.fixture
def within() -> Callable[[], dict[str, str]]:
    """From yesterday to tomorrow."""
    return lambda: {"from": (clock() - timedelta(days=1)).isoformat(), "to": (clock() + timedelta(days=1)).isoformat()}
