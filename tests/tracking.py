"""A citizen in a test: nobody's account, a number and its code; and items on their way to an answer."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import RunningService

DOGS = "2.06"
"""Dog nuisance: neither verified nor photographed."""


@dataclass(frozen=True)
class Citizen:
    """Somebody who has a number and a code."""

    client: FlaskClient
    number: str
    code: str

    def get(self, path: str = "", code: str | None = None) -> TestResponse:
        headers = {"X-Track-Code": self.code if code is None else code}
        return self.client.get(f"/api/v1/track/{self.number}{path}", headers=headers)

    def post(self, what: str, **body: Any) -> TestResponse:
        return self.client.post(f"/api/v1/track/{self.number}/{what}", json={"code": self.code} | body)

    def told(self) -> dict[str, Any]:
        """What the citizen is shown."""
        answer = self.get()
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def steps(self) -> list[str]:
        return [step["step"] for step in self.told()["steps"]]


def a_citizen(service: RunningService, **report: Any) -> Citizen:
    """Somebody who has just reported."""
    item = service["dispatcher"].report(**({"category": DOGS} | report))
    return Citizen(service.app.test_client(), item["number"], item["track_code"])


def work_on(service: RunningService, number: str) -> None:
    """city-management gets the item and accepts it."""
    service["dispatcher"].act(number, "assign", main="city-management")
    service["department"].act(number, "accept")


def answer(service: RunningService, number: str, text: str = "已劝导养犬人") -> None:
    """city-management settles and answers."""
    service["department"].act(number, "settle", note="内部记录")
    service["department"].act(number, "answer", text=text)


def an_answered(service: RunningService, **report: Any) -> Citizen:
    """Somebody whose item was just answered."""
    citizen = a_citizen(service, **report)
    work_on(service, citizen.number)
    answer(service, citizen.number)
    return citizen
