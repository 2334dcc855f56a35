"""``map summonses``: the file that a briefing takes along."""

from argparse import Namespace
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import cli.service
from cli import maps
from cli.service import clock
from maps import vendor
from store.database import Database
from tests.factories import IN_T1G1, a_service


@pytest.mark.parametrize("draw", [maps.density, maps.summonses])
def test_a_map_that_cannot_be_written_is_a_sentence(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], draw: Any
) -> None:
    service = a_service(database)

    @contextmanager
    def opened(**_options: Any) -> Any:
        yield service.service

    monkeypatch.setattr(cli.service, "opened", opened)
    asked = {"language": "en", "level": "grid"}
    assert draw(Namespace(out=tmp_path / "none" / "x.html", **asked)) == 2
    assert "is no folder" in capsys.readouterr().err
    (tmp_path / "taken.html").mkdir()
    assert draw(Namespace(out=tmp_path / "taken.html", **asked)) == 2
    assert "cannot be written" in capsys.readouterr().err
    monkeypatch.setattr(vendor, "NODE_MODULES", tmp_path)
    assert draw(Namespace(out=tmp_path / "x.html", **asked)) == 2
    assert "run make setup" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["taken.html"]


def test_the_file_tells_place_time_and_who_has_come_but_names_nobody(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = a_service(database)
    number = service["channel"].report()["number"]
    told = {"departments": ["city-management", "housing-bureau"], "place": "东门口",
            "meet_at": (clock() + timedelta(minutes=30)).isoformat()}  # fmt: skip
    made = service["officer"].post(f"/items/{number}/summonses", told).get_json()
    here = {"lon": IN_T1G1[0], "lat": IN_T1G1[1], "attendee": {"name": "Somebody", "post": "clerk"}}
    assert service["department"].post(f"/summonses/{made['id']}/check-ins", here).status_code == 200

    @contextmanager
    def opened(**_options: Any) -> Any:
        yield service.service

    monkeypatch.setattr(cli.service, "opened", opened)
    out = tmp_path / "summonses.html"
    assert maps.summonses(Namespace(out=out, language="en")) == 0
    html = out.read_text(encoding="utf-8")
    assert "called 2, acknowledged 1, come 1" in html and "1 open summonses as of" in html
    assert "Somebody" not in html and "\\u4e1c\\u95e8\\u53e3" in html
    assert [path.name for path in tmp_path.iterdir()] == ["summonses.html"]
