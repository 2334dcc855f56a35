"""One telephone is one telephone, however it is written."""

import pytest

from store.rows import dialled, phone_digest


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("+86 (138) 0013 8000", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("＋86 13800138000", "13800138000"),
        ("0591-8755 1234", "059187551234"),
        ("+86 591 8755 1234", "059187551234"),
        ("0086-0591-87551234", "059187551234"),
        ("86551234", "86551234"),
        ("8675", "8675"),
        ("12345", "12345"),
        ("+852 9123 4567", "85291234567"),
        ("+86", "86"),
        ("", ""),
        ("no phone", ""),
    ],
)  # fmt: skip
def test_the_digits_that_are_dialled(written: str, wanted: str) -> None:
    assert dialled(written) == wanted


def test_a_caller_is_one_however_the_number_is_written() -> None:
    digests = {phone_digest(one, b"secret") for one in ("13800138000", "+86 138 0013 8000", "0086-138-0013-8000")}
    assert len(digests) == 1 and None not in digests
    assert phone_digest("-", b"secret") is None
