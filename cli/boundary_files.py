"""The arguments of a district's files, the same for every command that reads them."""

import argparse
from pathlib import Path
from typing import Any


def add_reading(parser: argparse.ArgumentParser) -> None:
    """The arguments of a district's files, for every command that reads them."""
    parser.add_argument("dir", metavar="DIR", type=Path, help="the district's folder, one GeoPackage, or one layer")
    add_fields(parser)


def add_fields(parser: argparse.ArgumentParser) -> None:
    """How files are read."""
    parser.add_argument("--datum", metavar="D", help="what the files' degrees are; wgs84 unless told")
    parser.add_argument("--code-field", default="code", metavar="NAME", help="the field with the code")
    parser.add_argument("--name-field", default="name", metavar="NAME", help="the field with the name")
    parser.add_argument(
        "--township-field", default="township", metavar="NAME", help="the field of a cell with its township's code"
    )


def reading(args: argparse.Namespace) -> dict[str, Any]:
    """What ``read_district`` is told of them."""
    fields = {name: getattr(args, name) for name in ("code_field", "name_field", "township_field")}
    return {"datum": args.datum, **fields}
