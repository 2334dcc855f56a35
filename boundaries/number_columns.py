"""Columns as numbers, each value read as ``gis.number.read_number`` reads it; most of them without Python."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis.number import FAULTS, NO_LOCATION, read_numbers

Column = tuple[NDArray[np.float64], NDArray[np.int8]]
"""The numbers, and for each row 0 or the position in FAULTS of the reason why it is none."""

_PLAIN = r"\A-?[0-9]{1,3}(\.[0-9]{1,20})?\z"
"""Texts that Arrow reads to the same bits as Python does."""


def holds_numbers(kind: Any) -> bool:
    """Whether a column of this Arrow type can hold numbers: as such, as decimals, as texts, or nothing at all."""
    types = pa.types
    if types.is_dictionary(kind):
        return holds_numbers(kind.value_type)
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind)) or (
        _is_text(kind)
    )


def numbers_of(column: Any) -> Column:
    """The numbers of an Arrow array whose type ``holds_numbers``."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_text(column.type):
        return _of_texts(column.cast(pa.large_string()))
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return read_numbers(column.to_pylist())
    if not column.null_count:
        return read_numbers(column.to_numpy(zero_copy_only=False))
    numbers, faults = read_numbers(column.fill_null(0).to_numpy(zero_copy_only=False))
    missing = column.is_null().to_numpy(zero_copy_only=False)
    numbers[missing], faults[missing] = np.nan, FAULTS.index(NO_LOCATION)
    return numbers, faults


def numbers_in(values: list[Any]) -> Column:
    """The numbers of a list of whatever JSON or CSV may hold."""
    kinds = set(map(type, values)) - {type(None)}
    if not (kinds <= {float, int} or kinds == {str}):  # Arrow would take False for 0.0 in a column of floats
        return read_numbers(values)
    try:
        return numbers_of(pa.array(values))
    except (pa.ArrowException, OverflowError, ValueError, TypeError):  # an integer beyond all bounds, half a letter
        return read_numbers(values)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _of_texts(column: Any) -> Column:
    plain = pc.fill_null(pc.match_substring_regex(column, _PLAIN), False)
    quick = plain.to_numpy(zero_copy_only=False)
    numbers, faults = np.full(len(column), np.nan), np.zeros(len(column), dtype=np.int8)
    numbers[quick] = column.filter(plain).cast(pa.float64()).to_numpy(zero_copy_only=False)
    if not quick.all():
        numbers[~quick], faults[~quick] = read_numbers(column.filter(pc.invert(plain)).to_pylist())
    return numbers, faults
