"""Reading a number out of whatever JSON or a table cell may hold."""

import math
import numbers
import re
import unicodedata
from decimal import Decimal

import numpy as np
import numpy.typing as npt

NO_LOCATION = "no-location"
NOT_A_NUMBER = "not-a-number"
FAULTS = (None, NO_LOCATION, NOT_A_NUMBER)

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)


def read_number(value: object) -> tuple[float, str | None]:
    """The value as a float with None, or NaN with the reason why it is none.

    Numbers and decimal texts ("119.30", " 1.1e2 ", full-width digits) are read. None and blank text are
    ``no-location``; booleans, NaN, infinities, lists and all other text are ``not-a-number``. A number too large for
    a float (``10**400``) is read as an infinity: it is a number, and out of every range. Nothing is raised.
    """
    if value is None:
        return math.nan, NO_LOCATION
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (numbers.Real, Decimal)):
        return math.nan, NOT_A_NUMBER
    try:
        number = float(value)
    except OverflowError:
        return (-math.inf if str(value).startswith("-") else math.inf), None
    except ValueError:  # a signalling NaN of decimal
        return math.nan, NOT_A_NUMBER
    if math.isfinite(number) or (isinstance(value, Decimal) and value.is_finite()):
        return number, None
    return math.nan, NOT_A_NUMBER


def read_numbers(values: object) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    """A column: the numbers, and for each row 0 or, as a position in ``FAULTS``, the reason. As read_number row by row.

    Arrays of numbers take a quick road; anything else (texts, mixtures, lists) is read value by value.
    """
    column = np.asarray(values, dtype=None if hasattr(values, "dtype") else object)
    if column.dtype.kind in "iuf" and column.dtype.itemsize <= 8:
        given = column.astype(np.float64)
        finite = np.isfinite(given)
        return np.where(finite, given, np.nan), np.where(finite, 0, FAULTS.index(NOT_A_NUMBER)).astype(np.int8)
    read = [read_number(value) for value in column.tolist()]
    floats = np.array([number for number, _ in read], dtype=np.float64)
    return floats, np.array([FAULTS.index(reason) for _, reason in read], dtype=np.int8)


def _read_text(text: str) -> tuple[float, str | None]:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return math.nan, NO_LOCATION
    if not _DECIMAL.fullmatch(plain):
        return math.nan, NOT_A_NUMBER
    return float(plain), None
