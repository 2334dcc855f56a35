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
from maps import density as maps_density
from maps import vendor
from store.database import Database
from tests.factories import IN_T1G1, OUTSIDE, a_redrawn_town, a_service

PLAIN = {"status": "open", "from_": None, "to": None, "edition": "day"}


@pytest.mark.parametrize("draw", [maps.density, maps.summonses])
def test_a_map_that_cannot_be_written_is_a_sentence(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], draw: Any
) -> None:
    service = a_service(database)

    @contextmanager
    def opened(**_options: Any) -> Any:
        yield service.service

    monkeypatch.setattr(cli.service, "opened", opened)
    asked = {"language": "en", "level": "grid", **PLAIN}
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


@pytest.fixture
def counted(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    """``map density`` of a town whose cell T1G1 went to T2 after an item there was over; another is outside."""
    service = a_service(database)
    over = service["channel"].report()["number"]
    service["dispatcher"].act(over, "reply", text="x")
    service["channel"].report()
    service["channel"].report(lon=OUTSIDE[0], lat=OUTSIDE[1])
    service.publish(a_redrawn_town())

    @contextmanager
    def opened(**_options: Any) -> Any:
        yield service.service

    monkeypatch.setattr(cli.service, "opened", opened)
    drawn: list[dict[str, int]] = []
    plain = maps_density.density_html

    def density_html(edition: Any, counts: dict[str, int], **told: Any) -> str:
        drawn.append({code: n for code, n in counts.items() if n})
        return plain(edition, counts, **told)

    monkeypatch.setattr(maps_density, "density_html", density_html)

    def draw(**told: Any) -> tuple[int, dict[str, int], str, str]:
        out = tmp_path / "x.html"
        done = maps.density(Namespace(out=out, **{"language": "en", "level": "township", **PLAIN, **told}))
        page = out.read_text(encoding="utf-8") if done == 0 else ""
        return done, drawn[-1] if drawn else {}, page, capsys.readouterr().err

    return draw


def test_the_map_counts_by_whosever_boundaries(counted: Any) -> None:
    _, drawn, page, err = counted()
    assert drawn == {"T2": 1} and "1 of 2 items" in err and "by Edition 2" in err
    assert "Open items, as of" in page and "1 more lie in none of these areas" in page
    assert counted(status="all")[1] == {"T1": 1, "T2": 1}
    for word, expected in (("today", {"T2": 2}), ("2", {"T2": 2}), ("1", {"T1": 2}), (clock().isoformat(), {"T2": 2})):
        done, drawn, page, err = counted(status="all", edition=word)
        assert (done, drawn) == (0, expected) and "2 of 3 items" in err
        assert f"by the boundaries of Edition {1 if word == '1' else 2}" in page
    later = (clock() + timedelta(hours=1)).isoformat()
    assert counted(status="all", from_=later)[1] == {} and counted(status="all", to=later)[1] == {"T1": 1, "T2": 1}
    assert "全部事项,2026" not in page and "按边界版本 1 归属" in counted(edition="1", language="zh")[2]


def test_a_map_by_boundaries_that_are_none_is_a_sentence(counted: Any) -> None:
    for told, words in (
        ({"edition": "9"}, "no Edition 9"),
        ({"edition": "soon"}, "no instant"),
        ({"edition": "2000-01-01"}, "No Edition was live"),
        ({"from_": "x"}, "no instant"),
    ):
        done, _, _, err = counted(**told)
        assert done == 2 and words in err
