"""``boundaries export``: an Edition to files and back."""

from dataclasses import replace
from pathlib import Path

import pytest

from boundaries.edition import digest_of
from boundaries.read import read_district
from cli import boundaries
from cli.service import Service
from tests.boundaries.sheets import a_district
from tests.cli.commands import run


@pytest.mark.parametrize("form", ["folder", "out.gpkg"])
def test_the_live_edition(service: Service, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(boundaries, "boundaries", "export", "-o", tmp_path / form) == 0
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("Edition 1 in") and "2 townships, 4 grids" in err
    assert len(read_district(tmp_path / form).cells) == 4
    assert run(boundaries, "boundaries", "check", tmp_path / form) == 0
    assert run(boundaries, "boundaries", "export", "-o", tmp_path / form) == 2
    assert "is there already" in capsys.readouterr().err


def test_another_edition(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cli.live import operator
    from cli.service import clock
    from store import publishing

    renamed = replace(a_district(), name="another name")
    publishing.publish(service.database.pool, service.worlds, service.pen, renamed,
                       by=operator("test"), reason="", expect=None, clock=clock)  # fmt: skip
    assert run(boundaries, "boundaries", "export", "--edition", 1, "-o", tmp_path / "first") == 0
    assert digest_of(read_district(tmp_path / "first")) == digest_of(a_district())
    assert run(boundaries, "boundaries", "export", "--edition", 99, "-o", tmp_path / "none") == 2
    assert "There is no Edition 99" in capsys.readouterr().err and not (tmp_path / "none").exists()
