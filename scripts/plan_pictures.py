"""What the pictures of the planner's page show: a faulty draft at a fault, and a sound one compared and rehearsed."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

GULOU = Path(__file__).resolve().parent.parent / "boundaries" / "gulou"
WIDE, SPLIT, NEW = "350102002G011", "350102100G005", "350102100G901"
WIDER = 1.15
PATIENCE_MS = 60_000

Cells = dict[str, dict[str, Any]]


def at_a_fault(page: Page) -> None:
    """A draft with a cell that lies on its neighbours, the first fault chosen."""
    open_draft(page, "鼓西街道调整.zip", widened)
    page.locator("#faults [data-n='1']").click(timeout=PATIENCE_MS)


def rehearsed(page: Page) -> None:
    """A draft with a cell split in two, compared with the live Edition and rehearsed."""
    open_draft(page, "洪山镇拆分.zip", split)
    for card, button in (("diff", "[data-do=start]"), ("rehearsal", "form button")):
        if not page.locator(f"#{card} .out table").count():
            page.locator(f"#{card} {button}").click()
        page.locator(f"#{card} .out table").first.wait_for(timeout=PATIENCE_MS)
    page.evaluate("document.getElementById('compare').scrollIntoView()")


PREPARED: dict[str, Callable[[Page], None]] = {"at a fault": at_a_fault, "rehearsed": rehearsed}
"""What a picture may ask for before it is taken."""


def open_draft(page: Page, name: str, change: Callable[[Cells], None]) -> None:
    """Open the draft of that name, uploaded where it is not there yet, and wait for its check."""
    page.locator("#drafts li").first.wait_for()
    there = page.locator("#drafts button", has_text=name)
    if there.count():
        there.first.click()
    else:
        sent = {"name": name, "mimeType": "application/zip", "buffer": a_draft(change)}
        page.set_input_files("#upload input[type=file]", files=[sent])  # type: ignore[list-item]
    page.locator("#bench-head h1", has_text=name).wait_for(timeout=PATIENCE_MS)
    page.locator("#drafts [aria-current=true] .tag:not(.off)").wait_for(timeout=PATIENCE_MS)


def a_draft(change: Callable[[Cells], None]) -> bytes:
    """The shipped district with its cells (code -> GeoJSON feature) changed, as a zip."""
    grids = json.loads((GULOU / "grids.geojson").read_text(encoding="utf-8"))
    cells = {feature["properties"]["code"]: feature for feature in grids["features"]}
    change(cells)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("grids.geojson", json.dumps({**grids, "features": list(cells.values())}, ensure_ascii=False))
        settings = (GULOU / "district.toml").read_text(encoding="utf-8")
        target.writestr("district.toml", settings.replace("grids = 144", f"grids = {len(cells)}"))
        for name in ("townships.geojson", "outline.geojson", "gazetteer.csv"):
            target.write(GULOU / name, name)
    return whole.getvalue()


def widened(cells: Cells) -> None:
    """A cell grows on all sides."""
    ring = cells[WIDE]["geometry"]["coordinates"][0]
    middle = [sum(point[axis] for point in ring) / len(ring) for axis in (0, 1)]
    cells[WIDE]["geometry"]["coordinates"] = [
        [[middle[axis] + (point[axis] - middle[axis]) * WIDER for axis in (0, 1)] for point in ring]
    ]


def split(cells: Cells) -> None:
    """A cell is cut in two, from a corner to the one across."""
    old = cells[SPLIT]
    *ring, _ = old["geometry"]["coordinates"][0]
    half = len(ring) // 2
    new = json.loads(json.dumps(old))
    new["properties"] |= {"code": NEW, "name": "洪山镇901网格"}
    new["geometry"]["coordinates"] = [[*ring[half:], ring[0], ring[half]]]
    old["geometry"]["coordinates"] = [[*ring[: half + 1], ring[0]]]
    cells[NEW] = new
