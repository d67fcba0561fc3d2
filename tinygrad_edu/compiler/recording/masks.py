"""Comparisons as operations: their results are masks, True and False, and no gradient passes through them.

A Value answers `v > 0` at once, with the numbers it has. A program is for all numbers, so there it is a line as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.comparisons import COMPARISONS, answer_op
from ...ops.domain import REAL
from ...ops.op import Op
from ...ops.rules import zero

MASKS = {
    **COMPARISONS,
    "and": answer_op("logical_and", r"{a} \wedge {b}", np.logical_and),
    "or": answer_op("logical_or", r"{a} \vee {b}", np.logical_or),
    "not": answer_op("logical_not", r"\neg {x}", np.logical_not, "x"),
    "isnan": answer_op("isnan", r"{x} \neq {x}", np.isnan, "x"),
    "isinf": answer_op("isinf", r"\left| {x} \right| = \infty", np.isinf, "x"),
    "isfinite": answer_op("isfinite", r"\left| {x} \right| < \infty", np.isfinite, "x"),
}
UFUNCS = {  # NumPy's names
    "equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge",
    "logical_and": "and", "logical_or": "or", "logical_not": "not", "bitwise_and": "and", "bitwise_or": "or",
    "invert": "not", "isnan": "isnan", "isinf": "isinf", "isfinite": "isfinite",
}  # fmt: skip


def is_mask(sample: Any) -> bool:
    """Whether these numbers are True and False.

    >>> is_mask(True), is_mask(np.array([False])), is_mask(1.0)
    (True, True, False)
    """
    return type(sample) is bool or (type(sample) is np.ndarray and sample.dtype.kind == "b")


def _number_of(x, *, dtype=None):  # type: ignore[no-untyped-def]
    return float(x) if type(x) in (bool, float) else x.astype(dtype or np.float64)


_number_of.__name__ = "number_of"
number_of = Op(_number_of, "{x}", REAL, True)  # a mask as 1.0 and 0.0
number_of.set_rules({"x": zero}, number_of.settings)
