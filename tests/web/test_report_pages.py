"""The citizen's form: without an account or scripts, once however often it is sent, and never a word lost."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from cli.service import clock
from store import public
from store.database import Database
from tests.factories import IN_T1G1, RunningService, a_service
from tests.pictures import a_picture
from web.photos import MOST_BYTES
from web.report_pages import MOST_FORM

PAGE = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


NOW = clock()


def later(service: RunningService, **span: float) -> None:
    """The pages' clock stands still, so much after the tests began."""
    object.__setattr__(service.app.extensions["firstline"], "clock", lambda: NOW + timedelta(**span))


class Visitor:
    """A citizen with the form open."""

    def __init__(self, service: RunningService, wait: float = 10) -> None:
        later(service)
        self.service, self.client = service, service.app.test_client()
        self.page = self.client.get("/report", headers=PAGE).text
        self.form = hidden(self.page, "form")
        later(service, seconds=wait)

    def send(self, headers: Any = PAGE, **fields: Any) -> TestResponse:
        told = {"form": self.form, "description": "公交站旁有一堆垃圾", "category": "暴露垃圾"} | fields
        return self.client.post("/report/sent", data=told, headers=headers)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page[:2000]
    return found[1]


def number_and_code(answer: TestResponse) -> tuple[str, str]:
    number, code = (re.search(rf'id="{name}">([^<]+)<', answer.text) for name in ("number", "code"))
    assert number and code, answer.text
    return number[1], code[1]


def solved(question: str) -> str:
    digits = "零一二三四五六七八九"
    found = re.search(r"([二三四五六七八九])加([二三四五六七八九])", question)
    assert found, question
    return str(digits.index(found[1]) + digits.index(found[2]))


def seen(service: RunningService, number: str) -> Any:
    return service["dispatcher"].get(f"/items/{number}").get_json()


def items(service: RunningService) -> int:
    return int(service.row("SELECT count(*) AS n FROM items")["n"])


def test_a_report_by_the_plain_form_has_number_and_code_and_is_followed(service: RunningService) -> None:
    visitor = Visitor(service)
    answer = visitor.send(address="东门小学", name="林小明", phone="13812345678")
    assert answer.status_code == 201 and answer.headers["Cache-Control"] == "no-store", answer.text
    number, code = number_and_code(answer)
    assert visitor.client.get(f"/api/v1/track/{number}", headers={"X-Track-Code": code}).status_code == 200
    assert code not in str(answer.headers) and visitor.client.get(f"/track/{number}", headers=PAGE).status_code == 200
    item = seen(service, number)
    assert item["channel"] == "web" and item["category"] == "1.01" and item["description"] == "公交站旁有一堆垃圾"
    assert item["resolution"]["grid"]["code"] == "T1G1" and item["reporter"]["name"].startswith("林")
    assert service.row("SELECT kind FROM texts")["kind"] == "received"
    again = visitor.client.get("/report/sent", headers=PAGE)
    assert number_and_code(again) == (number, code) and again.headers["Cache-Control"] == "no-store"
    stranger = service.app.test_client().get("/report/sent", headers=PAGE)
    assert stranger.status_code == 303 and stranger.headers["Location"] == "/report"
    forged = service.app.test_client()
    forged.set_cookie("reported", f"{number}.99999999999.00", path="/report")
    assert forged.get("/report/sent", headers=PAGE).status_code == 303


def test_the_same_form_is_one_item_and_other_words_are_another(service: RunningService) -> None:
    visitor = Visitor(service)
    first, second = visitor.send(), visitor.send()
    assert (first.status_code, second.status_code) == (201, 200)
    assert number_and_code(first) == number_and_code(second) and items(service) == 1
    other = visitor.send(description="路灯不亮", category="路灯不亮")
    assert other.status_code == 201 and items(service) == 2


def test_a_report_without_a_place_and_one_with_a_hostile_place_are_taken(service: RunningService) -> None:
    assert Visitor(service).send().status_code == 201
    hostile = Visitor(service).send(
        lon="1e999", lat="<script>", accuracy_m="-7", category="x\x00'); DROP TABLE items;--"
    )
    assert hostile.status_code == 201 and items(service) == 2


def test_what_is_wrong_is_told_with_everything_typed(service: RunningService) -> None:
    visitor = Visitor(service)
    empty = visitor.send(description=" ", category="路灯", name='林"<b>', phone="138", lon="", lat="")
    assert empty.status_code == 422 and "写下是什么或在哪里" in empty.text
    assert (
        'value="林&#34;&lt;b&gt;"' in empty.text
        and 'value="路灯"' in empty.text
        and hidden(empty.text, "form") == visitor.form
    )
    long = visitor.send(description="好" * 10_001)
    assert long.status_code == 422 and "10000" in long.text and "好" * 10_001 in long.text and items(service) == 0


def test_a_foreign_page_cannot_send_the_form(service: RunningService) -> None:
    headers = PAGE | {"Origin": "https://elsewhere.example"}
    assert Visitor(service).send(headers).status_code == 403 and items(service) == 0


@pytest.mark.parametrize(
    "fields", [{"form": "made.up.word"}, {"form": ""}, {"form": "é.1.\ud800"[:4]}, {"website": "http://x"}]
)
def test_what_looks_made_by_a_program_is_asked_a_question(service: RunningService, fields: dict[str, str]) -> None:
    visitor = Visitor(service)
    asked = visitor.send(**fields)
    assert asked.status_code == 422 and "公交站旁有一堆垃圾" in asked.text and items(service) == 0
    told = {"form": hidden(asked.text, "form"), "question": hidden(asked.text, "question")}
    assert visitor.send(**told, website="x", answer="99").status_code == 422
    asked = visitor.send(**told, website="x", answer="十九")
    assert asked.status_code == 422 and "答案不对" in asked.text
    token = hidden(asked.text, "question")
    words = re.search(r'id="question-words">([^<]+)<', asked.text)
    assert words
    done = visitor.send(form=told["form"], question=token, answer=f" {solved(words[1])} ", website="x")
    assert done.status_code == 201 and items(service) == 1


def test_too_soon_is_asked_and_a_question_is_for_its_form_and_time(service: RunningService) -> None:
    quick = Visitor(service, wait=1)
    asked = quick.send(JSON).get_json()
    assert asked["code"] == "question" and items(service) == 0
    answer = solved(asked["question"])
    other = Visitor(service, wait=1)
    later(service, seconds=1)
    assert other.send(JSON, question=asked["token"], answer=answer).get_json()["code"] == "question"
    assert quick.send(JSON, question=asked["token"], answer=answer).status_code == 201


def test_many_reports_of_a_network_are_asked_and_too_many_refused(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "FREE", 2)
    monkeypatch.setattr(public, "MOST", 4)
    assert [Visitor(service).send(JSON).status_code for _ in range(2)] == [201, 201]
    asked = (third := Visitor(service)).send(JSON)
    assert asked.get_json()["code"] == "question"
    told = asked.get_json()
    assert third.send(JSON, question=told["token"], answer=solved(told["question"])).status_code == 201
    stopped = Visitor(service).send(PAGE)
    assert stopped.status_code == 429 and stopped.headers["Retry-After"] and "公交站旁有一堆垃圾" in stopped.text
    assert items(service) == 3
    elsewhere = Visitor(service)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert elsewhere.send(JSON).status_code == 201


def test_one_form_cannot_be_sent_for_ever(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "MOST_OF_FORM", 3)
    visitor = Visitor(service)
    assert [visitor.send(JSON, description=f"{n}").status_code for n in range(4)] == [201, 201, 201, 429]


def test_a_photograph_is_kept_once_and_a_bad_one_loses_no_report(service: RunningService) -> None:
    visitor, sent = Visitor(service), a_picture()
    answers = [visitor.send(photo=(io.BytesIO(sent), "a.jpg")) for _ in range(2)]
    number, _code = number_and_code(answers[0])
    photos = seen(service, number)["photos"]
    assert [(photo["stage"], photo["released"]) for photo in photos] == [
        ("before", False)
    ] and "照片也已收到" in answers[0].text
    bad = Visitor(service)
    answer = bad.send(JSON, photo=(io.BytesIO(b"no picture"), "a.jpg"))
    assert answer.status_code == 201 and answer.get_json()["photo"] == "bad-photo"
    page = bad.client.get("/report/sent?photo=bad-photo", headers=PAGE)
    assert "照片无法读取" in page.text
    added = bad.client.post("/report/sent/photo", data={"photo": (io.BytesIO(sent), "b.png")}, headers=PAGE)
    assert added.headers["Location"] == "/report/sent?photo=kept"
    assert len(seen(service, answer.get_json()["number"])["photos"]) == 1
    nobody = service.app.test_client().post(
        "/report/sent/photo", data={"photo": (io.BytesIO(sent), "b.png")}, headers=PAGE
    )
    assert nobody.headers["Location"] == "/report"


def test_unnamed_keeps_no_name_and_a_report_is_confidential(service: RunningService) -> None:
    unnamed = Visitor(service).send(JSON, anonymous="1", name="林小明", phone="13812345678").get_json()
    kept = seen(service, unnamed["number"])
    assert kept["anonymous"] is True and "林" not in str(kept.get("reporter"))
    assert service.row("SELECT count(*) AS n FROM reporters")["n"] == 0
    assert service.row("SELECT count(*) AS n FROM texts")["n"] == 0
    secret = Visitor(service).send(JSON, kind="report", lon=str(IN_T1G1[0]), lat=str(IN_T1G1[1])).get_json()
    item = seen(service, secret["number"])
    assert item["kind"] == "report" and item["confidential"] is True


def test_a_session_that_comes_along_does_not_make_the_item_its_own(service: RunningService) -> None:
    visitor = Visitor(service)
    number = visitor.send(JSON | service["dispatcher"]._headers(None), lon="119.305", lat="26.085").get_json()["number"]
    first = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"][0]
    assert first["actor"]["role"] == "citizen"


def test_form_and_map_are_for_everybody(service: RunningService) -> None:
    client: FlaskClient = service.app.test_client()
    assert client.get("/report", headers=PAGE).headers["Cache-Control"] == "no-store"
    assert client.get("/map", headers=PAGE).status_code == 200


def a_large_one(visitor: Visitor, address: str = "/report/sent", headers: Any = PAGE) -> TestResponse:
    """The form with a photograph that is too large to be kept."""
    fields = {"form": visitor.form, "description": "公交站旁有一堆垃圾", "category": "暴露垃圾"}
    boundary, body = encode_multipart(fields | {"photo": FileStorage(io.BytesIO(bytes(MOST_BYTES + 1)), "a.jpg")})
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.client.post(address, data=body, content_type=kind, headers=headers)


def test_a_report_is_in_though_its_photograph_is_too_large(service: RunningService) -> None:
    answer = a_large_one(Visitor(service))
    assert answer.status_code == 201 and "15 MB" in answer.text and items(service) == 1
    asked = a_large_one(Visitor(service), headers=JSON)
    assert asked.status_code == 201 and asked.get_json()["photo"] == "too-large"
    visitor = Visitor(service)
    visitor.send()
    assert a_large_one(visitor, "/report/sent/photo").headers["Location"] == "/report/sent?photo=too-large"


def test_a_form_beyond_all_bounds_gets_a_page_that_says_what_to_do(service: RunningService) -> None:
    client = service.app.test_client()
    for address in ("/report/sent", "/report/sent/photo"):
        answer = client.post(address, data=b"", headers=PAGE, content_type="multipart/form-data; boundary=x",
                             environ_overrides={"CONTENT_LENGTH": str(MOST_FORM + 1)})  # fmt: skip
        if address == "/report/sent/photo":
            assert answer.status_code == 303, "there is nothing of this browser to add it to"
            continue
        assert answer.status_code == 413 and "返回" in answer.text and "15 MB" in answer.text
    assert items(service) == 0


def test_words_that_nobody_sees_are_no_report(service: RunningService) -> None:
    blank = Visitor(service).send(description="\u200b\u2060", address="\u3164", category="")
    assert blank.status_code == 422 and items(service) == 0
