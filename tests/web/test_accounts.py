"""The login page: who gets in, who does not, how often one may try, and where it leads."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store import passwords
from store.accounts import NAME_FROM_ADDRESS, NAME_FROM_ANYWHERE
from store.database import Database
from tests.web.small_app import PASSWORD, Clock, an_account, sign_in, small_app, token_of_session
from web.accounts import HOME, local_path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(database: Database, clock: Clock) -> Flask:
    an_account(database)
    return small_app(database, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_right_login_leads_to_the_first_page_and_tells_who_it_is(client: FlaskClient) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/")
    me = client.get("/api/v1/me").get_json()
    assert (me["name"], me["role"], me["home"]) == ("lin", "dispatcher", "/")


def test_the_cookie_is_for_this_site_and_not_for_scripts(client: FlaskClient) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie and "Domain" not in cookie


def test_behind_a_proxy_the_cookie_is_secure(database: Database, clock: Clock) -> None:
    an_account(database)
    client = small_app(database, clock, proxy=True).test_client()
    cookie = sign_in(client).headers["Set-Cookie"]
    assert cookie.startswith("__Host-firstline=") and "Secure" in cookie


@pytest.mark.parametrize(
    "name, password",
    [
        ("lin", "a wrong password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("lin", ""),
        ("li\0n", PASSWORD),
        ("n" * 900, "x"),
        ("lin", "p" * 5000),
    ],
)
def test_a_wrong_login_stays_on_the_page_and_does_not_tell_what_was_wrong(
    client: FlaskClient, name: str, password: str
) -> None:
    answer = sign_in(client, name, password)
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert client.get("/api/v1/me").status_code == 401


def test_a_name_is_the_same_in_full_width_letters_and_with_blanks(client: FlaskClient) -> None:
    assert sign_in(client, " ｌｉｎ ").status_code == 303


def test_an_unknown_name_costs_the_same_hash(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Spy:
        verify_of = passwords._HASHER.verify

        def verify(self, kept: str, password: str) -> bool:
            checked.append(kept.partition("$argon2id$")[2].partition("$")[0])
            return type(self).verify_of(kept, password)

    passwords._nobody()
    monkeypatch.setattr(passwords, "_HASHER", Spy())
    for name in ("lin", "nobody", "no\0body"):
        assert sign_in(client, name, "a wrong password").status_code == 401
    assert len(checked) == 3 and len(set(checked)) == 1


def test_a_disabled_account_cannot_sign_in(client: FlaskClient, database: Database, clock: Clock) -> None:
    an_account(database, "chen").disable("chen", clock())
    assert sign_in(client, "chen").status_code == 401


def test_a_program_gets_the_wrong_login_as_a_problem(client: FlaskClient) -> None:
    answer = client.post("/login", data={"name": "lin", "password": "x"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "wrong-login")


def test_too_many_wrong_logins_close_the_name_for_a_while(client: FlaskClient, clock: Clock) -> None:
    for _ in range(NAME_FROM_ADDRESS):
        assert sign_in(client, password="wrong").status_code == 401
    answer = sign_in(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    clock.pass_by(minutes=16)
    assert sign_in(client).status_code == 303


def test_the_count_holds_over_processes(database: Database, client: FlaskClient, clock: Clock) -> None:
    for _ in range(NAME_FROM_ADDRESS):
        sign_in(client, password="wrong")
    assert sign_in(small_app(database, clock).test_client()).status_code == 429


def test_another_name_and_another_address_are_not_closed(client: FlaskClient, database: Database) -> None:
    an_account(database, "chen")
    for _ in range(NAME_FROM_ADDRESS + 1):
        sign_in(client, password="wrong")
    assert sign_in(client, "chen").status_code == 303
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    data = {"name": "lin", "password": PASSWORD}
    assert client.post("/login", data=data, environ_base=elsewhere).status_code == 303


def test_many_addresses_cannot_share_the_guessing_of_one_name(client: FlaskClient) -> None:
    def guess(host: int) -> int:
        data = {"name": "lin", "password": ""}
        return client.post("/login", data=data, environ_base={"REMOTE_ADDR": f"192.0.2.{host}"}).status_code

    answers = [guess(host) for host in range(NAME_FROM_ANYWHERE + 1)]
    assert answers[-1] == 429 and 429 not in answers[:-1]


def test_right_logins_are_not_counted(client: FlaskClient) -> None:
    for _ in range(NAME_FROM_ADDRESS + 2):
        assert sign_in(client).status_code == 303


def test_a_forwarded_address_is_believed_from_a_proxy_alone(database: Database, clock: Clock) -> None:
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    plain = small_app(database, clock).test_client().get("/address", headers=forged)
    behind = small_app(database, clock, proxy=True).test_client().get("/address", headers=forged)
    assert plain.get_json() == {"address": "127.0.0.1"}
    assert behind.get_json() == {"address": "203.0.113.9"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/login", "/login/demonstration"])
def test_another_site_cannot_sign_anybody_in(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    data = {"name": "lin", "password": PASSWORD, "role": "dispatcher"}
    answer = client.post(path, data=data, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "csrf")


def test_the_own_page_can(client: FlaskClient) -> None:
    data = {"name": "lin", "password": PASSWORD}
    assert client.post("/login", data=data, headers={"Origin": "http://localhost"}).status_code == 303


@pytest.mark.parametrize("role, unit", [("worker", None), ("officer", "350102001"), ("planner", None)])
def test_each_role_has_its_page_where_the_server_has_that(
    client: FlaskClient, database: Database, role: str, unit: str | None
) -> None:
    an_account(database, "somebody", role, unit=unit)
    assert sign_in(client, "somebody").location == ("/work" if role == "worker" else "/")
    assert HOME[role] != "/"


def test_the_login_leads_back_to_the_page_that_was_asked_for(client: FlaskClient) -> None:
    asked = client.get("/work?day=2026-11-24")
    assert (asked.status_code, asked.location) == (303, "/login?next=/work?day%3D2026-11-24")
    assert 'name="next" value="/work?day=2026-11-24"' in client.get(asked.location).text
    assert sign_in(client, next="/work?day=2026-11-24").location == "/work?day=2026-11-24"


FOREIGN = [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "javascript:alert(1)",
    "elsewhere.example",
    "",
    " /work",
    "/login?next=/work",
    "///elsewhere.example",
    "/\u2028/elsewhere.example",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_the_login_never_leads_elsewhere(text: str) -> None:
    assert local_path(text) is None


@pytest.mark.parametrize("text", FOREIGN)
def test_the_login_page_drops_such_a_path(client: FlaskClient, text: str) -> None:
    assert 'name="next"' not in client.get("/login", query_string={"next": text}).text
    assert sign_in(client, next=text).location == "/"


@pytest.mark.parametrize("text", ["/", "/work", "/?queue=late&bbox=119.2,26,119.4,26.2", "/track/1#photos", "/街镇"])
def test_a_path_on_this_server_is_kept(text: str) -> None:
    assert local_path(text) == text


def test_who_is_signed_in_passes_the_login_page_by(client: FlaskClient) -> None:
    sign_in(client)
    assert client.get("/login?next=/work").location == "/work"


def test_signing_out_needs_the_token_and_ends_the_session(client: FlaskClient) -> None:
    sign_in(client)
    token = token_of_session(client)
    assert client.post("/logout").status_code == 403
    assert client.post("/logout", data={"csrf_token": token}).location == "/login"
    assert client.get("/api/v1/me").status_code == 401


def test_signing_out_everywhere_ends_the_other_browsers_session(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    here.post("/logout", data={"csrf_token": token_of_session(here), "everywhere": "1"})
    assert there.get("/api/v1/me").status_code == 401


def test_demonstration_buttons_stand_for_the_roles_there_are(database: Database, clock: Clock) -> None:
    an_account(database, "demo-1", demonstration=True)
    an_account(database, "demo-2", "worker", demonstration=True)
    an_account(database, "real", "planner")
    client = small_app(database, clock, demonstration=True).test_client()
    page = client.get("/login").text
    assert [role for role in HOME if f'value="{role}"' in page] == ["dispatcher", "worker"]
    assert client.post("/login/demonstration", data={"role": "worker"}).location == "/work"
    assert client.get("/api/v1/me").get_json()["name"] == "demo-2"


@pytest.mark.parametrize("role", ["planner", "", "dispatcher' OR true"])
def test_a_real_account_never_opens_without_a_password(database: Database, clock: Clock, role: str) -> None:
    an_account(database, "demo-1", demonstration=True)
    an_account(database, "real", "planner")
    client = small_app(database, clock, demonstration=True).test_client()
    assert client.post("/login/demonstration", data={"role": role}).status_code == 403


def test_a_server_that_offers_no_demonstration_has_no_such_door(database: Database, clock: Clock) -> None:
    an_account(database, "demo-1", demonstration=True)
    client = small_app(database, clock).test_client()
    assert 'value="dispatcher"' not in client.get("/login").text
    assert client.post("/login/demonstration", data={"role": "dispatcher"}).status_code == 403
