"""A program taken step by step: each operation computes by itself, as it does without a program.

That is what happens where the text of a program would go wrong: where Python's arithmetic raises an error and IEEE's
says inf, where a gradient became nan, and where an operation fails and the user wants to know which.

>>> from tinygrad_edu.compiler.recording.program import record
>>> import tinygrad_edu as tg
>>> program = record(lambda x: 1.0 / tg.exp(x), (1.0,))
>>> results(program, [-800.0]), results(program, [800.0])
([inf], [0.0])
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import TinygradError
from .recording.book import computed
from .recording.line import Line
from .recording.masks import MASKS
from .recording.program import Program


def results(program: Program, given: Sequence[Any]) -> list[Any]:
    """The program's results for other numbers, in order.

    given    for each of program.arguments and program.values
    raises   what an operation raises, with the line of the user's program that asked for it
    """
    taken: list[Any] = []
    with np.errstate(all="ignore"):
        found = taken_through(program, given, computed)
    for y in found:
        shared = type(y) is np.ndarray and (y.base is not None or any(y is x for x in (*given, *taken)))
        taken.append(y.copy() if shared or any(y is line.sample for line in program.constants) else y)
    return taken


def recorded(program: Program, given: Sequence[Any]) -> list[Any]:
    """The same with Values among `given`: the results remember how the program computed them.

    >>> from tinygrad_edu.compiler.recording.program import record
    >>> recorded(record(lambda x: x * x, (1.0,)), [Value(3.0)])[0].op
    <op square>
    """
    return taken_through(program, given, applied)


def applied(op: Any, inputs: Sequence[Any]) -> Any:
    """What the operation makes of numbers and Values; comparisons look at the numbers."""
    if op in COMPARING:
        return computed(op, [x._held if type(x) is Value else x for x in inputs])
    return op(*inputs) if any(type(x) is Value for x in inputs) else computed(op, list(inputs))


COMPARING = set(MASKS.values())


def taken_through(program: Program, given: Sequence[Any], compute: Callable[[Any, Any], Any]) -> list[Any]:
    """Every line of the program in turn, from the inputs to the results."""
    known: dict[Line, Any] = dict(zip((*program.arguments, *program.values), given))
    known.update((line, line.sample) for line in program.constants)
    for line in program.lines:
        inputs = [known[x] if type(x) is Line else x for x in line.inputs]
        try:
            y = compute(line.op, inputs)
        except Exception as error:
            raise pointed(error, line) from None
        if type(y) is Value and line.name and y.op is not None and y.name is None:
            y.name = line.name
        known[line] = y
    return [known[y] if type(y) is Line else y for y in program.results]


def pointed(error: Exception, line: Line) -> Exception:
    """The same error, and in it the line of the user's program at which it happened."""
    place = line.place
    about = line.about
    while place is None and about is not None:
        place, about = about.place, about.about
    if place is None:
        return error
    back = "on the way back through " if line.place is None else ""
    where = f"{back}{place}: {place.text}"
    if isinstance(error, TinygradError):
        error.what = f"{error.what.rstrip('.')} ({where})."
        error.args = (error.what, error.why, error.write)
    elif sys.version_info >= (3, 11):
        error.add_note(f"  in the compiled program, {where}")
    elif error.args and type(error.args[0]) is str:
        error.args = (f"{error.args[0]} ({where})", *error.args[1:])
    return error
