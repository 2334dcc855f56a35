"""GCJ-02 to WGS84, exactly: machine code beside numpy.

Usage: python -m benchmarks.datum [--points N] [--rounds N]
"""

import argparse
from unittest import mock

import numpy as np

from benchmarks.rounds import Work, interleaved, machine, rate
from gis import datum
from gis.datum import from_wgs84, to_wgs84


def without_numba(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same conversion where numba is not there."""
    with mock.patch.object(datum, "numba_is_there", lambda: False):
        return to_wgs84(lon, lat, "gcj02")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    dice = np.random.default_rng(144)
    true = dice.uniform(74.0, 134.0, args.points), dice.uniform(18.0, 53.0, args.points)
    lon, lat = from_wgs84(*true, "gcj02")
    quick = to_wgs84(lon, lat, "gcj02")
    if not all(np.array_equal(one, other) for one, other in zip(quick, without_numba(lon, lat), strict=True)):
        raise SystemExit("the two roads do not give the same bits: no figures")
    error = max(float(np.abs(one - other).max()) for one, other in zip(quick, true, strict=True))
    if error > 1e-13:
        raise SystemExit(f"there and back errs by {error} degrees: no figures")
    engines: dict[str, Work] = {
        "machine code": lambda: to_wgs84(lon, lat, "gcj02"),
        "numpy": lambda: without_numba(lon, lat),
    }
    print(machine(), f"\nGCJ-02 to WGS84, there and back within {error:.1e} degrees;")
    print("million points/s on the wall, and for a second of one core:")
    for name, times in interleaved(engines, args.rounds).items():
        print(f"| {name} | {rate(times.wall, args.points)} | {rate(times.processor, args.points)} |")


if __name__ == "__main__":
    main()
