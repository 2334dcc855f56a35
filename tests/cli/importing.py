"""What tests of the import share: the service as commands open it, and what an import said and left behind."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import cli.service
from cli import items
from cli.live import operator
from cli.service import Service, clock
from dispatch.rulebook import RULES, read_rules
from store import publishing
from store.database import Database
from tests.cli.commands import run

ROOT = Path(__file__).parents[2]
GULOU = ROOT / "boundaries" / "gulou"
HEAD = "description,lon,lat\n"
INSIDE = "119.305,26.085"
"""Longitude and latitude in the cell T1G1."""


def open_service(database: Database, district: Any) -> Service:
    service = Service(database, read_rules(RULES))
    service.worlds.keep_rules()
    publishing.publish(
        database.pool, service.worlds, service.pen, district,
        by=operator("test"), reason="", expect=None, clock=clock,
    )  # fmt: skip
    return service


def as_opened(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    @contextmanager
    def opened(**_: Any) -> Iterator[Service]:
        yield service

    monkeypatch.setattr(cli.service, "opened", opened)
    return service


def imported(path: Path, capsys: pytest.CaptureFixture[str], *options: str, code: int = 0) -> dict[str, Any]:
    """What the import of ``path`` says it did."""
    assert run(items, "import", path, "--json", *options) == code
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    return figures


def stored(service: Service) -> list[dict[str, Any]]:
    """All items in the order of their ids, with their reporters."""
    with service.database.pool.transaction() as cur:
        cur.execute("SELECT * FROM item_cards ORDER BY id")
        return [dict(row) for row in cur.fetchall()]


def count(service: Service) -> int:
    with service.database.pool.transaction() as cur:
        cur.execute("SELECT count(*) AS n FROM items")
        return int(cur.fetchone()["n"])


def rejected(path: Path) -> list[dict[str, str]]:
    with path.with_name(f"{path.name}.rejected.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
