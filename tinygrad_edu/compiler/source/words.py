"""How a line of a program is written in Python, in the words of `math` and NumPy.

The phrase book (`phrases`) knows most operations; those that depend on an axis, a shape or an index are put together
in `words_of_arrays`. What neither knows is called by its name, and its definition is put in front of the program.

>>> from tinygrad_edu.compiler.recording.program import record
>>> import tinygrad_edu as tg
>>> words(record(tg.tanh, (1.0,)).lines[0])
('math.tanh({x})', 9, (1,))
"""

from __future__ import annotations

from typing import Any

from ...ops.op import Op
from .phrases import ARRAYS, ATOM, CHOICE, NUMBERS, PRODUCT, SIGN, SUM, Words
from .words_of_arrays import SPECIAL, carefully_gated

__all__ = ["ATOM", "CHOICE", "PRODUCT", "SIGN", "SUM", "Words", "words"]

INEXACT = {"sigmoid", "silu", "logaddexp", "softplus"}  # rows that cannot do with infinities, as the operations can


def words(line: Any, careful: bool = False) -> Words | None:
    """How this line is written, with its inputs as {names}; None if it is called by its name.

    careful   as exact as the operation itself, for every number there is
    """
    op = line.op
    if not built_in(op) or (careful and op.name in INEXACT):
        return None
    if line.shape == () and all(type(x) is float or x.shape == () for x in line.inputs):
        return with_settings(op, NUMBERS.get(op.name))
    if op.name in SPECIAL:
        found = (carefully_gated if careful and op.name == "gate" else SPECIAL[op.name])(op, line)
    else:
        found = with_settings(op, ARRAYS.get(op.name))
    if found is not None and line.shape == () and not line.is_mask:
        return f"float({found[0]})", ATOM, found[2]
    return found


def with_settings(op: Op, row: Words | None) -> Words | None:
    """The row with the values of the settings in the place of their {names}; None if one of them is an array.

    >>> from tinygrad_edu.ops.activations import elu
    >>> with_settings(elu.bind(alpha=0.5), ("{alpha} * np.expm1({x})", PRODUCT, (CHOICE,)))
    ('0.5 * np.expm1({x})', 6, (1,))
    """
    if row is None:
        return None
    text, binds, needed = row
    for name, value in op.settings.items():
        if "{" + name + "}" in text:
            if not written_as_it_is(value):
                return None
            text = text.replace("{" + name + "}", repr(value))
    return text, binds, needed


def written_as_it_is(value: Any) -> bool:
    """Whether repr(value) is Python that gives the value again: no array, no infinity."""
    if type(value) in (tuple, list):
        return all(map(written_as_it_is, value))
    return value is None or type(value) in (int, bool, str) or (type(value) is float and abs(value) < float("inf"))


def built_in(op: Op) -> bool:
    """Whether it is a primitive of this package, and not one of the user's that has its name."""
    return op.base.forward.__module__.startswith("tinygrad_edu.")
