"""What the tests of programs share: run the statements of a source, and compare with eager."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_edu.calculus.containers import flatten
from tinygrad_edu.compiler.arrays.buffers import Buffered
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.compiler.source.python import Source


def text_of(source: Source) -> str:
    """The statements, and the results as one list."""
    return "\n".join([*(text for text, _ in source.statements), f"return [{', '.join(source.answers)}]"])


def function_of(source: Source) -> Callable[..., list[Any]]:
    """The statements as a function of the numbers and arrays of the program."""
    names = ", ".join(source.names[x] for x in source.program.arguments)
    text = f"def program({names}):\n    " + text_of(source).replace("\n", "\n    ")
    space: dict[str, Any] = {"np": np, "math": math, **source.constants}
    space.update({name: op.base.forward for name, op in source.helpers.items()})
    exec(text, space)
    return space["program"]


def buffered(f, *args) -> tuple[Callable[..., list[Any]], str]:
    """The function that runs f on flat arguments, and its text."""
    source = Buffered(record(f, args, names=[f"x{k}" for k in range(len(flatten(args)[0]))]))
    return function_of(source), text_of(source)


def check_equal(found, expected, tolerance: float) -> None:
    """The same numbers, of the same types, shapes and precisions (NumPy's own numbers count as floats)."""
    expected = [float(y) if np.ndim(y) == 0 else y for y in expected]
    assert [type(y) for y in found] == [type(y) for y in expected]
    for mine, theirs in zip(found, expected, strict=True):
        assert np.shape(mine) == np.shape(theirs)
        assert getattr(mine, "dtype", None) == getattr(theirs, "dtype", None)
        largest = float(np.max(np.abs(theirs), initial=1.0))
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance * largest)
