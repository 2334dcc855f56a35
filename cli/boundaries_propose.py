"""``boundaries propose``: a draft with a township's cells even in load."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boundaries.balance import Proposal
    from cli.service import Service

DAYS = 365
A_MONTH = 365.25 / 12


def add(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``propose`` among the commands of ``boundaries``."""
    propose_ = sub.add_parser("propose", help="draft a township's cells anew, even in load")
    propose_.add_argument("--township", required=True, metavar="CODE", help="the township whose cells are drawn anew")
    propose_.add_argument("--cells", required=True, type=int, metavar="K", help="how many cells it is to have")
    propose_.add_argument("--balance", choices=("items", "area"), default="items", help="what is to be even")
    propose_.add_argument("--days", type=int, default=DAYS, metavar="N", help="items of so many days back are counted")
    propose_.add_argument("--seed", type=int, default=1, metavar="N", help="the same number gives the same draft")
    propose_.add_argument("-o", dest="out", type=Path, required=True, metavar="OUT", help="a new folder, or OUT.gpkg")
    propose_.add_argument("--json", action="store_true", help="print one JSON object")
    propose_.set_defaults(run=propose)


def propose(args: argparse.Namespace) -> int:
    """Writes the draft and prints each cell's load before and after; 1 where the draft has faults, 2 where none can be
    made."""
    from boundaries.check import check
    from boundaries.export import demand_free, write_folder
    from boundaries.package import write_package
    from cli.service import clock, opened
    from gis.errors import Refusal

    if args.days < 1:
        return _refuse("--days is a number of days, 1 or more.")
    try:
        demand_free(args.out)
        with opened() as service:
            proposal = _made(service, args)
        if args.out.suffix.lower() == ".gpkg":
            write_package(proposal.district, args.out, clock())
        else:
            write_folder(proposal.district, args.out)
    except Refusal as refusal:
        return _refuse(refusal.detail)
    _print(proposal, args)
    errors = [fault for fault in check(proposal.district) if fault.severity == "error"]
    for fault in errors:
        print(f"{fault.severity} {fault.kind}: {fault.detail}", file=sys.stderr)
    before, after = proposal.unevenness
    print(
        f"{args.township}: {len(proposal.before)} cells before, {len(proposal.after)} in the draft; "
        f"coefficient of variation {before:.3f} before, {after:.3f} after; draft in {args.out}",
        file=sys.stderr,
    )
    return 1 if errors else 0


def _made(service: "Service", args: argparse.Namespace) -> "Proposal":
    import shapely

    from boundaries.balance import propose as proposed
    from cli.service import clock
    from store.balancing import item_places

    edition = service.shelf.live()
    cells = [cell.geometry for cell in edition.district.cells if cell.township == args.township]
    lon, lat = None, None
    if args.balance == "items" and cells:
        west, south, east, north = shapely.total_bounds(cells).tolist()
        since = clock() - timedelta(days=args.days)
        lon, lat = item_places(service.database.pool, since, (west, south, east, north))
        print(f"{len(lon)} items of {args.days} days lie about it", file=sys.stderr)
        if not lon:
            args.balance = "area"
            print("so the draft is even in area", file=sys.stderr)
    mark = f"e{(edition.id or 0) + 1}"
    return proposed(edition.district, args.township, args.cells, lon=lon, lat=lat, seed=args.seed, mark=mark)


def _print(proposal: "Proposal", args: argparse.Namespace) -> None:
    """The cells before and after: in items a month, or in square kilometres."""
    months = args.days / A_MONTH if args.balance == "items" else 1.0
    if args.json:
        sides = {"before": proposal.before, "after": proposal.after}
        told = {side: [asdict(one) | {"load": one.load / months} for one in loads] for side, loads in sides.items()}
        variation = dict(zip(("before", "after"), proposal.unevenness, strict=True))
        print(json.dumps({"balance": args.balance, **told, "variation": variation}, ensure_ascii=False))
        return
    print("side\tcode\tname\tload\tm2\troundness")
    for side, loads in (("before", proposal.before), ("after", proposal.after)):
        for one in loads:
            print(f"{side}\t{one.code}\t{one.name}\t{one.load / months:.3f}\t{one.m2:.0f}\t{one.roundness:.2f}")


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2
