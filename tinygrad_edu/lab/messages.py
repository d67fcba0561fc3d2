"""What the lab says when it is asked about something that is no graph, or not in it."""

from __future__ import annotations

from typing import Any

from ..engine.value import Value
from ..errors import DataError
from ..protocols.messages import called, checked_start


def checked_result(y: Any) -> Value:
    """The result of a computation, if it is one number; otherwise the error that says what it should be."""
    if type(y) is not Value:
        raise DataError(
            f"The lab was given a {type(y).__name__}, which does not remember how it was computed.",
            "Every engine of the lab walks back over that record.",
            "Compute it from Values: a = tg.Value(2.0), y = a * a, then tg.lab.compare(y, ...).",
        )
    checked_start(None, y)
    return y


def no_part(x: Any) -> DataError:
    """For a `wrt` that the result does not depend on."""
    what = called(x) if type(x) is Value else f"a {type(x).__name__}"
    return DataError(
        f"wrt: {what} took no part in the result.",
        "Only a Value that the result was computed from has a gradient to compare.",
        "Write wrt=a, wrt=[a, b] or wrt={'a': a} with Values of that computation, or leave wrt out for all of them.",
    )
