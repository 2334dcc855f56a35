"""Programs that call the JSON API of a service in this process, and read its live stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dispatch.account import Account
from tests.reports import a_report


@dataclass(frozen=True)
class Caller:
    """A program that calls the JSON API with its account's bearer token."""

    client: FlaskClient
    account: Account
    token: str

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **(more or {})}

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: Any) -> TestResponse:
        """GET a path below /api/v1; a word that is a name of Python's may end with _ (``from_``)."""
        asked = {name.rstrip("_"): value for name, value in query.items()}
        return self.client.get(f"/api/v1{path}", query_string=asked, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **more: Any) -> TestResponse:
        """POST JSON (or raw ``data``) to a path below /api/v1."""
        if "data" not in more:
            more["json"] = {} if body is None else body
        return self.client.post(f"/api/v1{path}", headers=self._headers(headers), **more)

    def report(self, **fields: Any) -> dict[str, Any]:
        """Send ``a_report`` in; the new item."""
        answer = self.post("/items", a_report(**fields))
        assert answer.status_code == 201, answer.text
        return dict(answer.get_json())

    def act(self, number: str, action: str, **args: Any) -> dict[str, Any]:
        """Do an action that is allowed; the item after it."""
        answer = self.post(f"/items/{number}/actions", {"action": action, **args})
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def numbers(self, **query: Any) -> set[str]:
        """The numbers of the items on the first page under some filters."""
        answer = self.get("/items", limit=500, **query)
        assert answer.status_code == 200, answer.text
        return {item["number"] for item in answer.get_json()["items"]}

    def follow(self, after: int | None = None) -> "Stream":
        """Open the live stream, after a position where one is named."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        answer = self.client.get("/api/v1/live", headers=self._headers(headers), buffered=False)
        assert answer.status_code == 200, answer.text
        return Stream(answer)


@dataclass
class Stream:
    """A live stream read event by event: (event, id, data as text)."""

    answer: TestResponse
    _chunks: Iterator[bytes | str] = field(init=False)

    def __post_init__(self) -> None:
        self._chunks = iter(self.answer.response)

    def events(self) -> Iterator[tuple[str, int | None, str]]:
        """Every event; waits for the next."""
        for chunk in self._chunks:
            text = chunk if isinstance(chunk, str) else chunk.decode()
            for block in filter(None, text.split("\n\n")):
                lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
                if "event" in lines:
                    yield lines["event"], int(lines["id"]) if "id" in lines else None, lines["data"]

    def until(self, kind: str) -> list[tuple[str, int | None, str]]:
        """The events up to and with the first of a kind."""
        found = []
        for event in self.events():
            found.append(event)
            if event[0] == kind:
                return found
        raise AssertionError(f"the stream ended before {kind}: {found}")

    def close(self) -> None:
        """Hang up."""
        self.answer.close()


def code(answer: TestResponse) -> tuple[int, str]:
    """The status and code of a problem."""
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.get_json()["code"]
