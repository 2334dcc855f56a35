"""Fifty requests at once with one reference, through two server processes, are one item."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.factories import a_report
from tests.scenarios.servers import Answer, Town, call


def test_fifty_at_once(town: Town) -> None:
    def send(n: int) -> Answer:
        body = a_report(client_ref="the same", description=f"words of request {n}")
        return call(town.servers[n % 2].port, town.token, "POST", "/items", body)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    assert Counter(answer.status for answer in answers) == {200: 49, 201: 1}
    assert len({(answer.body["number"], answer.body["track_code"]) for answer in answers}) == 1
    assert len({answer.body["description"] for answer in answers}) == 1
    (number,) = {answer.body["number"] for answer in answers}
    counted = "SELECT count(*) AS n FROM items JOIN intake_keys k ON k.item_id = items.id WHERE k.key = 'the same'"
    assert town.service.row(counted)["n"] == 1
    assert town.service["channel"].get(f"/items/{number}").get_json()["version"] == 1
