"""How texts leave: to a file or to a gateway, whole or not at all."""

import http.server
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from store.errors import BadSmsRoad
from store.settings import Settings
from store.text_roads import NotSent, Outgoing, road_of, to_file, to_gateway


class Gateway(http.server.BaseHTTPRequestHandler):
    status = 200
    got: list[tuple[str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((self.headers["Idempotency-Key"], body))
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@contextmanager
def gateway(status: int) -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    got: list[tuple[str, dict[str, Any]]] = []
    handler = type("Answering", (Gateway,), {"status": status, "got": got})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sms", got
        server.shutdown()
        thread.join()


TEXT = Outgoing("261124-0000001/7", "13812345678", "您好", "received", "261124-0000001", "2026-11-24T03:00:00+00:00")


def test_a_gateway_gets_the_id_as_idempotency_key() -> None:
    with gateway(202) as (address, got):
        road_of(address, Path("/nonexistent"))(TEXT)
    assert got == [(TEXT.id, json.loads(TEXT.line()))] and got[0][1]["text"] == "您好"


@pytest.mark.parametrize("status", [302, 400, 503])
def test_a_gateway_that_does_not_take_it_is_a_failure_and_no_redirect_is_followed(status: int) -> None:
    with gateway(status) as (address, got), pytest.raises(NotSent, match=f"http-{status}"):
        to_gateway(address)(TEXT)
    assert len(got) == 1


def test_no_gateway_and_no_folder_are_failures(tmp_path: Path) -> None:
    for road in (to_gateway("http://127.0.0.1:9/"), to_file(tmp_path / "none" / "texts.jsonl")):
        with pytest.raises(NotSent):
            road(TEXT)


def test_a_gateway_that_does_not_speak_http_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            asked, _ = server.accept()
            with asked:
                asked.recv(65536)
                asked.sendall(b"220 sms ready\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        with pytest.raises(NotSent, match="BadStatusLine"):
            to_gateway(f"http://127.0.0.1:{server.getsockname()[1]}/")(TEXT)
        thread.join(10)


def test_half_a_line_does_not_stay_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, write = tmp_path / "texts.jsonl", os.write
    to_file(file)(TEXT)
    monkeypatch.setattr(os, "write", lambda to, line: write(to, line[:20]))  # the disk is full
    with pytest.raises(NotSent):
        to_file(file)(TEXT)
    assert file.read_bytes() == TEXT.line() + b"\n"


@pytest.mark.parametrize(
    "setting", ["texts.jsonl", "file:", "ftp://a/b", "https://", "cmd:rm", "http://网关/", "http://a/ b"]
)
def test_a_road_that_is_none_is_told(setting: str) -> None:
    with pytest.raises(BadSmsRoad):
        road_of(setting, Path("/nonexistent"))


def test_the_road_is_the_one_that_the_environment_names(tmp_path: Path) -> None:
    told = Settings.read({"FIRSTLINE_HOME": str(tmp_path), "FIRSTLINE_SMS": f"file:{tmp_path / 'out'}"})
    road_of(told.sms, told.home)(TEXT)
    assert json.loads((tmp_path / "out").read_text("utf-8")) == json.loads(TEXT.line())
    road_of(Settings.read({"FIRSTLINE_HOME": str(tmp_path)}).sms, tmp_path)(TEXT)
    assert (tmp_path / "texts.jsonl").exists()
