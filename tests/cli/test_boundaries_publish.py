"""``boundaries publish``, ``rollback``, ``cancel`` and ``list``: what they print, and how they leave."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import cli
from boundaries.district import District
from cli import boundaries
from gis.errors import Refusal
from tests.boundaries.sheets import a_district, reshaped, square, write_district
from tests.cli.commands import run

Words = pytest.CaptureFixture[str]
CHANGED = Refusal("Edition 2 is live, not 1.")


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write_district(tmp_path / "sound", a_district())


class Live(ModuleType):
    """In place of the service: keeps what was done."""

    def __init__(self) -> None:
        super().__init__("cli.live")
        self.done: list[tuple[Any, dict[str, Any]]] = []
        self.retired: dict[str, Any] = {}

    @contextmanager
    def open_database(self) -> Iterator[None]:
        yield

    def retired_codes(self) -> dict[str, Any]:
        return self.retired

    def edition_district(self, edition: int) -> District:
        if edition != 1:
            raise Refusal(f"There is no Edition {edition}.")
        return a_district()

    def publish_edition(self, district: Any, **told: Any) -> int:
        if told["expect"] == 1:
            raise CHANGED
        self.done.append((district, told))
        return 3

    rollback_edition = publish_edition

    def cancel_edition(self, edition: int, *, commit: bool) -> str:
        self.done.append((edition, {"commit": commit}))
        return f"Edition {edition} will not go live"

    def foretell(self, district: District, **told: Any) -> Any:
        if told["expect"] == 1:
            raise CHANGED
        when = f"at {told['from_']}" if told["from_"] else "now"
        moves = 5 if told["move_in_work"] else 4
        return SimpleNamespace(expect=2, when=when, moves=moves, keeps=1, warnings=["follows Edition 2, by li"])

    def editions(self) -> list[Any]:
        @dataclass
        class Row:
            id: int
            reason: str | None
            live_from: list[str]

        return [Row(1, "first\tone", ["a", "b"]), {"id": 2, "reason": None, "live_from": []}][: 2 * len(self.done)]


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Live:
    stand_in = Live()
    monkeypatch.setitem(sys.modules, "cli.live", stand_in)
    monkeypatch.setattr(cli, "live", stand_in, raising=False)
    return stand_in


def test_publishing_is_dry_unless_told(sound: Path, live: Live, capsys: Words) -> None:
    assert run(boundaries, "boundaries", "publish", sound) == 0
    out, err = capsys.readouterr()
    assert out == "" and live.done == []
    assert "follows Edition 2, by li" in err and "4 open items would change place or owner, 1 in work" in err
    assert "would publish 2 townships and 4 grids" in err and "now; to do it add: --expect 2 --commit" in err


def test_a_dry_run_is_of_what_was_told(sound: Path, live: Live, capsys: Words) -> None:
    assert run(boundaries, "boundaries", "publish", sound, "--move", "in-work", "--from", "2027-01-01") == 0
    err = capsys.readouterr().err
    assert "5 open items" in err and "at 2027-01-01" in err
    assert run(boundaries, "boundaries", "publish", sound, "--expect", "1") == 2
    assert capsys.readouterr().err == "Edition 2 is live, not 1.\n"


def test_publishing_prints_the_new_number(sound: Path, live: Live, capsys: Words) -> None:
    words = ("--reason", "new", "--expect", "2", "--from", "2027-01-01T00:00+08:00", "--move", "in-work", "--commit")
    assert run(boundaries, "boundaries", "publish", sound, *words) == 0
    assert capsys.readouterr().out == "3\n"
    district, told = live.done[0]
    assert len(district.cells) == 4
    assert told == {"reason": "new", "expect": 2, "from_": "2027-01-01T00:00+08:00", "move_in_work": True}
    assert run(boundaries, "boundaries", "publish", sound, "--commit") == 0
    assert live.done[1][1] == {"reason": "", "expect": None, "from_": None, "move_in_work": False}


def test_faults_are_never_published(tmp_path: Path, live: Live, capsys: Words) -> None:
    wide = reshaped(a_district(), "T1G1", lambda p: np.where(p == [0, 26.09], np.add(p, [0, 0.001]), p))
    faulty = write_district(tmp_path / "faulty", wide)
    for more in ((), ("--commit",)):
        assert run(boundaries, "boundaries", "publish", faulty, *more) == 1
        err = capsys.readouterr().err
        assert "error overlap at 119.3" in err and "nothing was published" in err and live.done == []


def test_a_retired_code_is_a_fault(sound: Path, live: Live, capsys: Words) -> None:
    live.retired = {"T1G1": square(5, 5)}
    assert run(boundaries, "boundaries", "publish", sound, "--commit") == 1
    assert "error retired-code" in capsys.readouterr().err and live.done == []


def test_another_live_edition_is_a_refusal(sound: Path, live: Live, capsys: Words) -> None:
    for words in (("publish", sound), ("rollback", "--to", "1")):
        assert run(boundaries, "boundaries", *words, "--expect", "1", "--commit") == 2
        assert capsys.readouterr().err == "Edition 2 is live, not 1.\n" and live.done == []


def test_rolling_back(live: Live, capsys: Words) -> None:
    assert run(boundaries, "boundaries", "rollback", "--to", "1") == 0
    assert "would publish Edition 1 again: 2 townships and 4 grids" in capsys.readouterr().err and live.done == []
    assert run(boundaries, "boundaries", "rollback", "--to", "1", "--reason", "back", "--commit") == 0
    assert capsys.readouterr().out == "3\n"
    assert live.done == [(1, {"reason": "back", "expect": None, "from_": None, "move_in_work": False})]
    assert run(boundaries, "boundaries", "rollback", "--to", "9") == 2
    assert capsys.readouterr().err == "There is no Edition 9.\n"


def test_calling_a_planned_edition_off(live: Live, capsys: Words) -> None:
    for more in ((), ("--commit",)):
        assert run(boundaries, "boundaries", "cancel", "4", *more) == 0
    assert live.done == [(4, {"commit": False}), (4, {"commit": True})]
    assert capsys.readouterr().err.count("Edition 4 will not go live") == 2


def test_what_cannot_be_read_leaves_with_2(sound: Path, live: Live, capsys: Words) -> None:
    assert run(boundaries, "boundaries", "publish", sound / "nowhere", "--commit") == 2
    (sound / "grids.geojson").write_text('{"type": "Feat')
    assert run(boundaries, "boundaries", "publish", sound, "--commit") == 2
    assert "not complete JSON" in capsys.readouterr().err and live.done == []


def test_the_list_of_editions(sound: Path, live: Live, capsys: Words) -> None:
    assert run(boundaries, "boundaries", "list") == 0
    assert "no Edition" in capsys.readouterr().err
    run(boundaries, "boundaries", "publish", sound, "--commit")
    capsys.readouterr()
    assert run(boundaries, "boundaries", "list") == 0
    assert capsys.readouterr().out == "id\treason\tlive_from\n1\tfirst one\ta b\n2\t\t\n"
    assert run(boundaries, "boundaries", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)[1] == {"id": 2, "reason": None, "live_from": []}
