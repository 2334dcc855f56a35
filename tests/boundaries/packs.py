"""Uploads for tests: a district's files as a planner would send them, honest and otherwise."""

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from boundaries.district import District
from tests.boundaries.sheets import write_district


def files_of(district: District) -> dict[str, bytes]:
    """``grids.geojson`` and ``townships.geojson`` of a district."""
    with tempfile.TemporaryDirectory() as folder:
        write_district(Path(folder), district)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def a_zip(files: Mapping[str, bytes | str]) -> bytes:
    """A zip of files by their paths."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name, data)
    return whole.getvalue()


def zipped(district: District, folder: str = "") -> bytes:
    """A district's folder as a zip, in a folder inside it where one is named."""
    return a_zip({f"{folder}{name}": data for name, data in files_of(district).items()})


NO_CELLS = json.dumps({"type": "FeatureCollection", "features": []}).encode()
