"""Drafts over HTTP: what a planner sends is kept, checked and shown; what is none is refused and loses nothing."""

import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from boundaries.changes import KINDS as CHANGES
from boundaries.changes import LEVELS
from boundaries.check import KINDS as FAULTS
from boundaries.edition import digest_of
from dispatch.load import MEASURES
from store.database import Database
from store.drafts import Drafts
from store.plan_jobs import Jobs
from store.settings import Settings
from tests.boundaries.packs import a_zip, files_of, zipped
from tests.boundaries.sheets import square
from tests.callers import code
from tests.conftest import SECRET, drop
from tests.factories import PEOPLE, RunningService, a_service, a_town, an_account, with_cell
from tests.web.planners import finished, send, upload, work
from web.plan_words import plan_names


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, clone: Callable[..., str], template: str, cluster: str
) -> Iterator[RunningService]:
    """One service for all tests here: each makes drafts of its own."""
    dsn = clone(template)
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=dsn, given_secret=SECRET)
    with Database.open(settings) as opened:
        yield a_service(opened)
    drop(cluster, dsn)


OVERLAPPING = with_cell(a_town(), "T1G1", geometry=square(0, 0, 1.2))


def test_what_is_sent_is_kept_and_checked(service: RunningService) -> None:
    draft = upload(service["planner"], a_town(), "鼓西拆分.zip")
    assert (draft["name"], draft["made_by"], draft["grids"], draft["townships"]) == ("鼓西拆分.zip", "planner", 4, 2)
    assert (draft["check"]["state"], draft["check"]["result"]["errors"]) == ("done", 0)
    listed = service["planner"].get("/plan/drafts").get_json()["drafts"]
    assert (listed[0]["id"], listed[0]["errors"], listed[0]["warnings"]) == (draft["id"], 0, 0)
    sent = service["planner"].get(f"/plan/drafts/{draft['id']}/file")
    with zipfile.ZipFile(io.BytesIO(sent.data)) as held:
        assert {name: held.read(name) for name in held.namelist()} == files_of(a_town())
    assert sent.headers["Content-Disposition"] == f'attachment; filename="draft-{draft["id"]}.zip"'


def test_faults_are_told_with_their_place(service: RunningService) -> None:
    found = upload(service["planner"], OVERLAPPING)["check"]["result"]
    assert found["errors"] > 0
    overlap = next(fault for fault in found["faults"] if fault["kind"] == "overlap")
    assert overlap["codes"] == ["T1G1", "T2G1"]
    assert 119.31 < overlap["lon"] < 119.312 and 26.08 < overlap["lat"] < 26.09
    assert sum(kind["n"] for kind in found["kinds"]) == found["errors"] + found["warnings"] == len(found["faults"])


def test_areas_are_drawn_sound_or_not(service: RunningService) -> None:
    bow = with_cell(a_town(), "T1G1", code="", geometry=square(0, 0).__class__(
        [(119.3, 26.08), (119.31, 26.09), (119.31, 26.08), (119.3, 26.09)]))  # fmt: skip
    draft = upload(service["planner"], bow)
    drawn = service["planner"].get(f"/plan/drafts/{draft['id']}/areas").get_json()
    told = [(one["properties"]["code"], one["properties"]["township"]) for one in drawn["cells"]["features"]]
    assert told == [("grid #1", "T1"), ("T1G2", "T1"), ("T2G1", "T2"), ("T2G2", "T2")]
    assert [one["properties"]["code"] for one in drawn["townships"]["features"]] == ["T1", "T2"]
    assert drawn["bounds"] == [119.3, 26.08, 119.32, 26.1]


def test_fields_and_datum_are_as_told(service: RunningService) -> None:
    foreign = files_of(a_town())["grids.geojson"].replace(b'"code"', b'"WGBM"').replace(b'"name"', b'"WGMC"')
    planner = service["planner"]
    assert code(send(planner, ("cells.geojson", foreign))) == (422, "boundary-file")
    answer = send(
        planner, ("cells.geojson", foreign), code_field="WGBM", name_field="WGMC", datum="火星坐标", name="x" * 999
    )
    draft = answer.get_json()
    assert (draft["datum"], draft["code_field"], len(draft["name"])) == ("火星坐标", "WGBM", 120)
    drawn = planner.get(f"/plan/drafts/{draft['id']}/areas").get_json()
    assert drawn["bounds"][0] == pytest.approx(119.3 - 0.0048, abs=3e-4)
    assert code(send(planner, ("cells.geojson", foreign), datum="moon")) == (422, "bad-arguments")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("x.zip", a_zip({"../grids.geojson": b"x"})), "leads out"),
        (("x.zip", b"PK\x03\x04"), "no zip"),
        (("grids.geojson", b'{"type": "FeatureCollection", "features": ['), "not complete JSON"),
        (("grids.geojson", b"[" * 100_000), "nested too deeply|not complete JSON"),
        (("grids.geojson", b""), "empty"),
        (("x.gpkg", b"SQLite format 3\0" + bytes(200)), "content is no GPKG"),
        (("x.shp", b"x"), "no cells"),
        (("x.exe", b"MZ"), "no cells"),
    ],
)
def test_what_is_no_district_is_refused_and_nothing_is_kept(
    service: RunningService, file: tuple[str, bytes], words: str
) -> None:
    before = ids_of(service)
    answer = send(service["planner"], file)
    assert code(answer) == (422, "boundary-file")
    assert re.search(words, answer.get_json()["detail"]), answer.get_json()["detail"]
    assert "/tmp" not in answer.get_json()["detail"]
    assert ids_of(service) == before


def ids_of(service: RunningService) -> list[int]:
    return [one["id"] for one in service["planner"].get("/plan/drafts").get_json()["drafts"]]


def test_no_file_and_too_much_are_refused(service: RunningService) -> None:
    planner = service["planner"]
    assert code(planner.post("/plan/drafts", data={}, content_type="multipart/form-data")) == (422, "bad-arguments")
    large = planner.post("/plan/drafts", data=bytes(2**24 + 1), content_type="multipart/form-data; boundary=x")
    assert code(large) == (413, "too-large")
    many = [(f"{n}.csv", b"x") for n in range(61)]
    assert code(send(planner, *many)) == (422, "boundary-file")


def test_only_planners_and_admins(service: RunningService) -> None:
    draft = upload(service["admin"], a_town())
    job = draft["check"]["id"]
    for name in sorted(set(PEOPLE) - {"planner", "admin"}):
        caller = service[name]
        for path in ("drafts", f"drafts/{draft['id']}", f"drafts/{draft['id']}/file", f"drafts/{draft['id']}/areas",
                     f"jobs/{job}", "editions/1/areas"):  # fmt: skip
            assert code(caller.get(f"/plan/{path}")) == (403, "forbidden"), (name, path)
        assert code(send(caller, ("x.zip", b""))) == (403, "forbidden")
        for path in (f"drafts/{draft['id']}/discard", f"drafts/{draft['id']}/jobs", f"jobs/{job}/cancel",
                     f"drafts/{draft['id']}/publish", "editions/1/rollback", "editions/1/cancel"):  # fmt: skip
            assert code(caller.post(f"/plan/{path}")) == (403, "forbidden"), (name, path)
    assert service.app.test_client().get("/api/v1/plan/drafts").status_code == 401


def test_what_is_not_there_is_404(service: RunningService) -> None:
    planner = service["planner"]
    for id in ("999999", "0", "x", "-1", "9" * 40, "१"):
        for path in (f"drafts/{id}", f"drafts/{id}/file", f"drafts/{id}/areas", f"jobs/{id}"):
            assert code(planner.get(f"/plan/{path}")) == (404, "not-found"), path
        assert code(planner.post(f"/plan/drafts/{id}/discard")) == (404, "not-found")
        assert code(planner.post(f"/plan/drafts/{id}/jobs", {"kind": "check"})) == (404, "not-found")


def test_a_discarded_draft_is_gone_with_its_work(service: RunningService) -> None:
    draft = upload(service["planner"], a_town())
    service["admin"].post(f"/plan/drafts/{draft['id']}/discard")
    assert code(service["planner"].get(f"/plan/drafts/{draft['id']}/areas")) == (404, "not-found")
    assert code(service["planner"].get(f"/plan/jobs/{draft['check']['id']}")) == (404, "not-found")


def test_there_are_never_more_drafts_than_may_be(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    there = len(service["planner"].get("/plan/drafts").get_json()["drafts"])
    monkeypatch.setattr("store.drafts.MOST_DRAFTS", there)
    assert code(send(service["planner"], ("x.zip", zipped(a_town())))) == (422, "too-many-drafts")


def test_a_draft_is_read_again_by_another_process(service: RunningService) -> None:
    draft = upload(service["planner"], a_town())
    there = Drafts(service.pool).district(draft["id"])
    assert digest_of(there) == digest_of(service.service.planning.district(draft["id"]))


@pytest.mark.parametrize("asked", [{}, {"kind": "x"}, {"kind": "rehearse", "from": "x"}, {"kind": "rehearse", "to": 5},
                                   {"kind": "rehearse", "from": "2026-11-02", "to": "2026-11-01"}])  # fmt: skip
def test_work_that_is_none_is_refused(service: RunningService, asked: dict[str, Any]) -> None:
    assert code(service["planner"].post("/plan/drafts/1/jobs", asked)) == (422, "bad-arguments")


# -- work --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(service: RunningService) -> int:
    return int(upload(service["planner"], a_town())["id"])


def test_work_tells_how_far_it_is_and_can_be_stopped(service: RunningService, draft: int) -> None:
    planner, go_on, ended = service["planner"], threading.Event(), threading.Event()

    def slow(progress: Any) -> Any:
        try:
            for n in range(10_000):
                progress(n, 10_000)
                go_on.wait(0.01)
            return {}, None
        finally:
            ended.set()

    job = service.service.planning._jobs.start(an_account("planner"), draft, "rehearse", {}, slow)["id"]
    seen: dict[str, Any] = {"done": 0}
    while not seen["done"]:
        seen = planner.get(f"/plan/jobs/{job}").get_json()
    assert (seen["state"], seen["total"], seen["result"]) == ("running", 10_000, None)
    assert planner.post(f"/plan/jobs/{job}/cancel").get_json()["state"] == "cancelled"
    assert ended.wait(10), "the work itself has ended"
    assert finished(planner, job)["state"] == "cancelled"
    assert planner.post(f"/plan/jobs/{job}/cancel").get_json()["state"] == "cancelled"


def test_work_that_fails_says_so_and_shows_nothing_of_ours(service: RunningService, draft: int) -> None:
    def broken(_: Any) -> Any:
        raise ZeroDivisionError("secret")

    job = service.service.planning._jobs.start(an_account("planner"), draft, "diff", {}, broken)["id"]
    found = finished(service["planner"], job)
    assert found["state"] == "failed" and "secret" not in found["fault"]


def test_work_whose_server_is_gone_is_told_as_failed(service: RunningService, draft: int) -> None:
    with service.pool.transaction() as cur:
        cur.execute(
            "INSERT INTO plan_jobs (draft, kind, asked, state, made_by, made_at, beat_at) VALUES "
            "(%s, 'diff', '{}', 'running', 'x', now(), now() - interval '21 s') RETURNING id", (draft,),
        )  # fmt: skip
        job = cur.fetchone()["id"]
    found = service["planner"].get(f"/plan/jobs/{job}").get_json()
    assert (found["state"], found["fault"]) == ("failed", "The server that worked on it was stopped. Start it again.")


def test_only_the_newest_work_of_a_kind_is_kept(service: RunningService, draft: int) -> None:
    done = [work(service["planner"], draft, "check")["id"] for _ in range(4)]
    question = "SELECT array_agg(id ORDER BY id) AS ids FROM plan_jobs WHERE draft = %s"
    assert service.row(question, (draft,))["ids"] == done[1:]


def test_more_work_than_a_server_takes_is_refused(service: RunningService, draft: int) -> None:
    from cli.service import clock

    jobs, halt, by = Jobs(service.pool, clock), threading.Event(), an_account("planner")
    jobs._waiting = threading.Semaphore(0)
    with pytest.raises(Exception, match="Much is at work"):
        jobs.start(by, draft, "diff", {}, lambda _: ({"x": halt.wait(1)}, None))


def test_the_page_has_words_for_everything(service: RunningService) -> None:
    with service.app.test_request_context():
        named = plan_names()
    assert set(named["faults"]) == set(FAULTS)
    assert set(named["changes"]) == set(CHANGES)
    assert set(named["levels_of_areas"]) == set(LEVELS)
    assert set(named["spread_of"]) == set(MEASURES)
    assert {measure for measures in MEASURES.values() for measure in measures} <= set(named["measures"])
