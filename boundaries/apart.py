"""Reading a district that a stranger sent in a process of its own: with limits, and no secret in reach.

A GeoPackage is a database with views that may never end, and a Shapefile is read by C code; what goes wrong there
costs that process and its few seconds, never the service. ``python -m boundaries.apart FOLDER OPTIONS`` is the other
side: it prints one JSON object.
"""

import json
import resource
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from boundaries.district import District, Problem
from boundaries.draft import Reading
from boundaries.edition import from_rows, to_rows
from boundaries.errors import BoundaryFileError

AS_OURS = Reading()
SECONDS = 60
MEMORY = 4 * 1024**3
ROOT = Path(__file__).resolve().parent.parent


def read_apart(folder: Path, reading: Reading = AS_OURS, *, seconds: float = SECONDS) -> District:
    """``boundaries.read.read_district`` of a folder, in a process of its own. Raises BoundaryFileError, also where
    that process needs more than ``seconds``, or dies."""
    options = json.dumps(asdict(reading))
    command = [sys.executable, "-m", "boundaries.apart", str(folder), options]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, timeout=seconds, check=False, env={"LANG": "C.UTF-8"}
        )
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise BoundaryFileError(f"The files could not be read within {seconds:.0f} seconds.") from None
    except ValueError:
        raise BoundaryFileError("The files broke the reader: write them again with your GIS and send them.") from None
    if "refused" in told:
        raise BoundaryFileError(str(told["refused"]).replace(f"{folder}/", "").replace(f"{folder}: ", ""))
    return _district(told)


def _told(district: District) -> dict[str, Any]:
    rows, meta = to_rows(district)
    problems = [[one.kind, one.label, one.detail, one.lon, one.lat] for one in district.problems]
    plain = [[*row[:-1], None if row[-1] is None else row[-1].hex()] for row in rows]
    return {"rows": plain, "meta": meta, "problems": problems}


def _district(told: dict[str, Any]) -> District:
    rows = [[*row[:-1], None if row[-1] is None else bytes.fromhex(row[-1])] for row in told["rows"]]
    problems = tuple(Problem(*problem) for problem in told["problems"])
    return replace(from_rows(rows, told["meta"]), problems=problems)


def main(folder: str, options: str) -> int:
    """The other side: limits first, then the reading."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from boundaries.read import read_district
    from gis.errors import Refusal

    try:
        told = _told(read_district(Path(folder), **json.loads(options)))
    except (Refusal, OSError, MemoryError) as error:
        told = {"refused": error.detail if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
