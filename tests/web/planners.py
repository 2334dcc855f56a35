"""What tests of the planners' API do again and again: upload, wait for work, publish."""

import io
import time
from typing import Any

from boundaries.district import District
from tests.boundaries.packs import zipped
from tests.callers import Caller

PATIENCE_S = 30.0


def send(planner: Caller, *files: tuple[str, bytes], **form: Any) -> Any:
    """The answer to an upload of files."""
    data = {**form, "file": [(io.BytesIO(content), name) for name, content in files]}
    return planner.post("/plan/drafts", data=data, content_type="multipart/form-data")


def upload(planner: Caller, district: District, name: str = "draft.zip") -> dict[str, Any]:
    """A district as a new draft, its check over."""
    answer = send(planner, (name, zipped(district)))
    assert answer.status_code == 201, answer.text
    draft = dict(answer.get_json())
    check = planner.get(f"/plan/drafts/{draft['id']}").get_json()["jobs"]["check"]
    draft["check"] = finished(planner, check["id"])
    return draft


def finished(planner: Caller, job: int) -> dict[str, Any]:
    """A piece of work when it is over, however it ended."""
    end = time.monotonic() + PATIENCE_S
    while True:
        found = dict(planner.get(f"/plan/jobs/{job}").get_json())
        if found["state"] not in ("waiting", "running"):
            return found
        assert time.monotonic() < end, f"the work is not over: {found}"
        time.sleep(0.02)


def work(planner: Caller, draft: int, kind: str, **asked: Any) -> dict[str, Any]:
    """Work on a draft, done."""
    answer = planner.post(f"/plan/drafts/{draft}/jobs", {"kind": kind, **asked})
    assert answer.status_code == 202, answer.text
    return finished(planner, answer.get_json()["id"])
