"""``boundaries export``: an Edition as files again, for QGIS, for the archive, or as the ground of the next draft."""

import argparse
import sys
from pathlib import Path

PACKAGE = ".gpkg"


def add(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``export`` among the commands of ``boundaries``."""
    export_ = sub.add_parser("export", help="write an Edition to files: a folder of GeoJSON, or one GeoPackage")
    export_.add_argument("-o", dest="out", type=Path, required=True, metavar="OUT", help="a new folder, or OUT.gpkg")
    export_.add_argument("--edition", metavar="ID", type=int, help="which Edition; the live one unless told")
    export_.set_defaults(run=export)


def export(args: argparse.Namespace) -> int:
    """Writes the files and says what they hold; 2 where there is no such Edition or something stands there already."""
    from boundaries.export import write_folder
    from boundaries.package import write_package
    from cli.service import clock, opened
    from gis.errors import Refusal

    try:
        with opened() as service:
            shelf = service.shelf
            edition = shelf.live() if args.edition is None else shelf.get(args.edition)[0]
        if args.out.suffix.lower() == PACKAGE:
            write_package(edition.district, args.out, clock())
        else:
            write_folder(edition.district, args.out)
    except Refusal as refusal:
        print(refusal.detail, file=sys.stderr)
        return 2
    district = edition.district
    print(
        f"Edition {edition.id} in {args.out}: {len(district.townships)} townships, {len(district.cells)} grids, "
        f"{len(district.gazetteer)} places of the gazetteer",
        file=sys.stderr,
    )
    return 0
