"""Sessions, the CSRF token, bearer tokens, and what each kind of stranger is told."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store import passwords
from store.accounts import Accounts
from store.database import Database
from tests.web.small_app import Clock, an_account, sign_in, small_app, token_of_session
from web.auth import signed_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(database: Database) -> Accounts:
    return an_account(database)


@pytest.fixture
def app(database: Database, clock: Clock, book: Accounts) -> Flask:
    return small_app(database, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def inside(client: FlaskClient) -> FlaskClient:
    """A client that is signed in by a session."""
    sign_in(client)
    return client


def by(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_new_password_ends_sessions(inside: FlaskClient, book: Accounts) -> None:
    assert inside.get("/api/v1/anyone").status_code == 200
    book.set_password("lin", "another long password")
    assert inside.get("/api/v1/anyone").status_code == 401


def test_disabling_ends_sessions_and_enabling_does_not_bring_them_back(
    inside: FlaskClient, book: Accounts, clock: Clock
) -> None:
    book.disable("lin", clock())
    assert inside.get("/api/v1/anyone").status_code == 401
    book.enable("lin")
    assert inside.get("/api/v1/anyone").status_code == 401


def test_an_unused_session_ends_after_twelve_hours(inside: FlaskClient, clock: Clock) -> None:
    clock.pass_by(hours=11)
    assert inside.get("/api/v1/anyone").status_code == 200
    clock.pass_by(hours=11)
    assert inside.get("/api/v1/anyone").status_code == 200
    clock.pass_by(hours=12, minutes=1)
    assert inside.get("/api/v1/anyone").status_code == 401


def test_a_session_in_use_ends_after_a_week(inside: FlaskClient, clock: Clock) -> None:
    answers = []
    for _ in range(15):
        clock.pass_by(hours=11, minutes=55)
        answers.append(inside.get("/api/v1/anyone").status_code)
    assert answers == [200] * 14 + [401]


def test_an_ordinary_answer_sends_no_new_cookie(inside: FlaskClient) -> None:
    token_of_session(inside)
    assert "Set-Cookie" not in inside.get("/api/v1/anyone").headers


def test_a_cookie_signed_with_another_secret_is_nobody(database: Database, clock: Clock, inside: FlaskClient) -> None:
    cookie = inside.get_cookie("firstline")
    assert cookie is not None
    other = small_app(database, clock)
    other.config["SECRET_KEY"] = b"another"
    stranger = other.test_client()
    stranger.set_cookie("firstline", cookie.value)
    assert stranger.get("/api/v1/anyone").status_code == 401


def test_a_session_changes_nothing_without_the_token(inside: FlaskClient) -> None:
    for headers in (
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "wrong"},
        {"X-CSRF-Token": "鼓楼".encode().decode("l1")},
    ):
        answer = inside.post("/api/v1/anyone", headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "csrf")


def test_the_token_comes_as_a_header_or_in_a_form(inside: FlaskClient) -> None:
    token = token_of_session(inside)
    assert inside.post("/api/v1/anyone", headers={"X-CSRF-Token": token}, json={}).status_code == 200
    assert inside.post("/api/v1/anyone", data={"csrf_token": token}).status_code == 200
    assert inside.post("/api/v1/anyone", json={"csrf_token": token}).status_code == 403


def test_the_token_of_another_session_is_worth_nothing(app: Flask, inside: FlaskClient) -> None:
    other = app.test_client()
    sign_in(other)
    answer = inside.post("/api/v1/anyone", headers={"X-CSRF-Token": token_of_session(other)})
    assert answer.status_code == 403


def test_a_citizens_form_needs_no_token_and_is_nobodys(inside: FlaskClient) -> None:
    assert inside.post("/citizen").get_json() == {"nobody": True}


def test_a_bearer_token_needs_no_csrf_token(client: FlaskClient, book: Accounts, clock: Clock) -> None:
    answer = client.post("/api/v1/anyone", headers=by(book.issue_token("lin", None, clock())))
    assert (answer.status_code, answer.get_json()) == (200, {"name": "lin"})
    assert "Set-Cookie" not in answer.headers


def test_a_bearer_token_costs_no_slow_hash(
    client: FlaskClient, book: Accounts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = by(book.issue_token("lin", None, clock()))
    monkeypatch.setattr(passwords, "_HASHER", None)
    assert client.get("/api/v1/anyone", headers=headers).status_code == 200
    assert client.get("/api/v1/anyone", headers=by("fl_garbage")).status_code == 401


def test_an_expired_token_is_nobody(client: FlaskClient, book: Accounts, clock: Clock) -> None:
    headers = by(book.issue_token("lin", 1, clock()))
    clock.pass_by(hours=23, minutes=59)
    assert client.get("/api/v1/anyone", headers=headers).status_code == 200
    clock.pass_by(minutes=1)
    assert client.get("/api/v1/anyone", headers=headers).status_code == 401


def test_revoked_tokens_and_those_of_a_disabled_account_are_nobody(
    client: FlaskClient, book: Accounts, clock: Clock
) -> None:
    first = by(book.issue_token("lin", None, clock()))
    assert book.revoke_tokens("lin", clock()) == 1
    assert client.get("/api/v1/anyone", headers=first).status_code == 401
    second = by(book.issue_token("lin", None, clock()))
    book.disable("lin", clock())
    assert client.get("/api/v1/anyone", headers=second).status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        "Bearer",
        "Bearer ",
        "Bearer fl_",
        "Bearer garbage",
        "Bearer fl_\u00e9",
        "Bearer fl_" + "x" * 5000,
        "bearer fl_x y",
        "Bearer fl_x=y, fl_z",
    ],
)
def test_garbage_is_nobody(client: FlaskClient, given: str) -> None:
    answer = client.get("/api/v1/anyone", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Firstline"')


def test_a_bad_token_is_not_mended_by_a_session(inside: FlaskClient) -> None:
    answer = inside.get("/api/v1/anyone", headers=by("fl_garbage"))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_the_token_as_a_basic_password_reads_ogc_alone(client: FlaskClient, book: Accounts, clock: Clock) -> None:
    token = book.issue_token("lin", None, clock())
    headers = {"Authorization": "Basic " + base64.b64encode(f"qgis:{token}".encode()).decode()}
    assert client.get("/ogc/collections", headers=headers).status_code == 200
    assert client.get("/api/v1/anyone", headers=headers).status_code == 401
    refused = client.get("/ogc/collections")
    assert (refused.status_code, refused.headers["WWW-Authenticate"][:5]) == (401, "Basic")


def test_a_password_is_no_basic_password(client: FlaskClient) -> None:
    headers = {"Authorization": "Basic " + base64.b64encode(b"lin:a long enough password").decode()}
    assert client.get("/ogc/collections", headers=headers).status_code == 401


def test_use_of_a_token_is_noted_coarsely(
    client: FlaskClient, book: Accounts, clock: Clock, owner: Any, database: Database
) -> None:
    headers = by(book.issue_token("lin", None, clock()))

    def noted() -> Any:
        client.get("/api/v1/anyone", headers=headers)
        with owner.cursor() as cur:
            cur.execute("SELECT last_used_at FROM access_tokens")
            return cur.fetchone()[0]

    first = noted()
    clock.pass_by(minutes=9)
    assert noted() == first
    clock.pass_by(minutes=2)
    assert noted() == first + timedelta(minutes=11)


def test_nobody_gets_401_from_the_api_and_the_login_from_a_page(client: FlaskClient) -> None:
    answer = client.get("/api/v1/anyone", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "not-signed-in")
    page = client.get("/work")
    assert (page.status_code, page.location) == (303, "/login?next=/work")
    script = client.get("/work", headers={"Accept": "application/json"})
    assert script.status_code == 401


def test_somebody_else_gets_403_and_nobody_401_first(client: FlaskClient) -> None:
    assert client.get("/api/v1/supervisors").status_code == 401
    sign_in(client)
    answer = client.get("/api/v1/supervisors")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    assert answer.get_json()["needs"] == ["supervisor", "admin"]


def test_a_page_says_403_in_words(inside: FlaskClient) -> None:
    answer = inside.get("/supervisors", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 403
    assert answer.content_type.startswith("text/html")
    assert "Your account may not do this" in answer.text


def test_the_right_role_passes(database: Database, client: FlaskClient) -> None:
    an_account(database, "wang", "supervisor")
    sign_in(client, "wang")
    assert client.get("/api/v1/supervisors").get_json() == {"name": "wang"}


def test_a_role_that_does_not_exist_is_a_programmers_fault() -> None:
    with pytest.raises(ValueError, match="no such role: oficer"):
        signed_in("oficer")


def test_what_the_signed_in_read_is_not_stored(inside: FlaskClient) -> None:
    assert inside.get("/api/v1/anyone").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in inside.get("/address", headers=by("fl_x")).headers
