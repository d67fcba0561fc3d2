"""What a compiled function is compared with: the function itself, called with Values."""

from __future__ import annotations

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.compiler.compiled import Compiled, compile
from tinygrad_edu.compiler.recording.signature import is_number, mapped


def eager(f, *args, **settings):
    """The numbers and arrays that f returns for Values; arrays of whole numbers stay what they are."""

    def value(x):
        whole = isinstance(x, np.ndarray) and x.ndim and x.dtype.kind != "f"
        return tg.Value(x) if is_number(x) and not whole and not isinstance(x, tg.Value) else x

    with np.errstate(all="ignore"):
        y = f(*mapped(value, args), **mapped(value, settings))
    return mapped(lambda x: np.array(x.data) if type(x) is tg.Value and x.shape else getattr(x, "_held", x), y)


def check_same(mine, theirs, digits=1e-13):
    """The same containers, types, shapes, precisions and numbers."""
    assert type(mine) is type(theirs), (mine, theirs)
    if isinstance(theirs, dict):
        assert list(mine) == list(theirs)
        for key in theirs:
            check_same(mine[key], theirs[key], digits)
    elif isinstance(theirs, (tuple, list)):
        assert len(mine) == len(theirs)
        for a, b in zip(mine, theirs, strict=True):
            check_same(a, b, digits)
    elif isinstance(theirs, np.ndarray):
        assert mine.dtype == theirs.dtype
        assert mine.shape == theirs.shape
        np.testing.assert_allclose(mine, theirs, rtol=digits, atol=digits)
    elif isinstance(theirs, float):
        np.testing.assert_allclose(mine, theirs, rtol=digits, atol=0.0)
    else:
        assert mine == theirs


def check_compiled(f, *calls, **choices) -> Compiled:
    """Every call (its positional arguments) gives what f gives: when the program is written, and from then on."""
    compiled = compile(f, **choices)
    for args in calls:
        expected = eager(f, *args)
        for _ in range(3):
            check_same(compiled(*args), expected)
    return compiled
