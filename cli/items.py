"""``import FILE``: items from CSV or GeoJSON."""

import argparse


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    return None
