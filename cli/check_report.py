"""What ``boundaries check`` prints."""

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundaries.district import District
    from boundaries.fault import Fault
    from boundaries.repair import Repaired


@dataclass(frozen=True)
class Checked:
    """What was read, what is wrong with it, and what was proposed."""

    district: "District"
    faults: "list[Fault]"
    fixed: "Repaired | None" = None
    left: "list[Fault] | None" = None


def show(args: argparse.Namespace, checked: Checked) -> None:
    """Prints the faults and what was repaired, as ``--json`` or in lines; what to do goes to standard error."""
    if args.json:
        print(json.dumps(_report(checked), ensure_ascii=False))
    else:
        for fault in checked.faults:
            print(_line(fault))
        for move in checked.fixed.moves if checked.fixed else ():
            print(f"fix {move.sentence}")
    count = Counter(fault.severity for fault in checked.faults)
    district = checked.district
    print(
        f"{district.name or args.dir}: {len(district.townships)} townships, {len(district.cells)} grids, "
        f"{count['error']} errors, {count['warning']} warnings",
        file=sys.stderr,
    )
    kinds = {fault.kind: fault.advice for fault in checked.faults}
    for kind, advice in kinds.items():
        print(f"{kind}: {advice}", file=sys.stderr)
    if checked.fixed is not None and checked.left is not None:
        left = Counter(fault.severity for fault in checked.left)
        print(
            f"{args.fix}: {len(checked.fixed.moves)} areas repaired; {left['error']} errors and {left['warning']} "
            "warnings are left",
            file=sys.stderr,
        )


def _report(checked: Checked) -> dict[str, Any]:
    district = checked.district
    report: dict[str, Any] = {
        "district": {
            "code": district.code,
            "name": district.name,
            "townships": len(district.townships),
            "grids": len(district.cells),
            "provenance": district.provenance,
        },
        "errors": sum(fault.severity == "error" for fault in checked.faults),
        "warnings": sum(fault.severity == "warning" for fault in checked.faults),
        "faults": [asdict(fault) for fault in checked.faults],
    }
    if checked.fixed is not None:
        report["fix"] = {
            "moves": [asdict(move) for move in checked.fixed.moves],
            "left": [asdict(fault) for fault in checked.left or ()],
        }
    return report


def _line(fault: "Fault") -> str:
    place = "" if fault.lon is None else f" at {fault.lon:.7f},{fault.lat:.7f}"
    return f"{fault.severity} {fault.kind}{place}: {fault.detail}"
