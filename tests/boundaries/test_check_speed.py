"""The check in the seconds of the processor that it may take: machines that run tests have other work too."""

from dataclasses import replace
from time import process_time

import pytest

from benchmarks.check import found_overlaps, plain_overlaps, with_faults
from benchmarks.lattice import a_lattice
from boundaries.check import check
from boundaries.district import District


@pytest.fixture(scope="module", params=[144, 1_000])
def lattice(request: pytest.FixtureRequest) -> District:
    return a_lattice(request.param)


def test_cells_of_a_hundred_corners_are_checked_within_a_second(lattice: District) -> None:
    fresh = replace(lattice)
    began = process_time()
    assert check(fresh) == []
    assert process_time() - began < 1.0


def test_faults_do_not_make_it_slow(lattice: District) -> None:
    hurt = with_faults(lattice)
    began = process_time()
    found = found_overlaps(hurt)
    assert process_time() - began < 2.0
    assert found == plain_overlaps(hurt) != set()
