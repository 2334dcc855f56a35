"""``boundaries``: the planner's commands."""

import argparse

from cli import (
    boundaries_check,
    boundaries_diff,
    boundaries_export,
    boundaries_propose,
    boundaries_publish,
    boundaries_rehearse,
    boundary_files,
)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``boundaries`` with its commands."""
    boundaries = commands.add_parser("boundaries", help="check, publish and list boundaries")
    sub = boundaries.add_subparsers(dest="boundaries_command", required=True, metavar="COMMAND")
    boundaries_check.add(sub)
    boundaries_diff.add(sub, boundary_files.add_fields)
    boundaries_rehearse.add(sub, boundary_files.add_reading)
    boundaries_publish.add(sub, boundary_files.add_reading)
    boundaries_export.add(sub)
    boundaries_propose.add(sub)
