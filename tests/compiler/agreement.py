"""A function run as it is, and as every kind of program that is made of it: what they return has to be the same.

>>> disagreement(lambda x: np.tanh(x) * 2.0, (0.5,)) is None
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from tinygrad_edu.calculus.containers import flatten
from tinygrad_edu.compiler.native import jit, native, scalars
from tinygrad_edu.compiler.recording.program import Program, record
from tinygrad_edu.compiler.source.python import Source
from tinygrad_edu.ops.numbers import constant

NATIVE = jit.available()
LOOSE = {np.dtype(np.float32): 2e-3, np.dtype(np.float16): 5e-2}  # relative to the size of the result; doubles: 1e-9


def given(program: Program, args: Any) -> list[Any]:
    """The numbers and arrays of program.arguments and program.values, in order."""
    leaves, _ = flatten(args)
    return [*leaves, *(getattr(line.origin, "_held", line.origin) for line in program.values)]


def as_python(program: Program, careful: bool = False) -> Callable[[Any], list[Any]]:
    """The program as Python: its statements, executed one after the other."""
    source = Source(program, careful)
    around = {"np": np, "math": math, **source.constants}
    around.update({name: op.base.forward for name, op in source.helpers.items()})
    text = "\n".join([*(text for text, _ in source.statements), f"_results = [{', '.join(source.answers)}]"])
    code = compile(text, "<program>", "exec")
    names = [source.names[line] for line in [*program.arguments, *program.values]]

    def run(flat: Any) -> list[Any]:
        namespace = {**around, **dict(zip(names, flat))}
        exec(code, namespace)
        return namespace["_results"]

    run.text = text  # type: ignore[attr-defined]
    return run


def ways(f: Callable[..., Any], args: Any) -> Iterator[tuple[str, list[Any], str]]:
    """What every kind of program returns: its name, the results in order, the text that was run."""
    for name, careful in (("python", False), ("careful python", True)):
        program = record(f, args, careful=careful)
        run = as_python(program, careful)
        yield name, run(given(program, args)), run.text  # type: ignore[attr-defined]
    program = record(f, args)
    if scalars.reason_against(program) is None:
        opened = scalars.opened(program)
        run = as_python(opened.program)
        cells = [x for part in given(program, args) for x in np.ravel(part).tolist()]
        flat, found, at = run(cells), [], 0
        for part in opened.outputs:
            numbers = flat[at : at + part.size]
            found.append(np.array(numbers).reshape(part.shape) if part.shape else numbers[0])
            at += part.size
        yield "opened into numbers", found, run.text  # type: ignore[attr-defined]
    if NATIVE and native.reason_against(program) is None:
        machine = native.build(program)
        yield "native", machine(given(program, args)), machine.llvm


def disagreement(f: Callable[..., Any], args: Any, loose: float | None = None) -> str | None:
    """What differs between f(*args) and the programs made of f, in words; None if nothing does.

    loose    how far numbers may differ, relative to the largest; without it, as their precision says
    """
    with np.errstate(all="ignore"):
        expected = [y if np.ndim(y) else constant(y) for y in flatten(f(*args))[0]]
        for name, found, text in ways(f, args):
            for k, (right, mine) in enumerate(zip(expected, found, strict=True)):
                if told := difference(right, mine, loose):
                    return f"{name}, result {k}: {told}\n\n{text[:6000]}"
    return None


def difference(right: Any, mine: Any, loose: float | None = None) -> str | None:
    """What differs between two results, in words: kind, shape, precision, numbers."""
    if np.shape(right) != np.shape(mine):
        return f"the shape is {np.shape(mine)}, not {np.shape(right)}"
    if type(mine) is not type(right) and not (np.ndim(right) == 0 and isinstance(mine, (bool, np.bool_))):
        return f"it is a {type(mine).__name__}, not a {type(right).__name__}"
    if np.ndim(right) and mine.dtype != right.dtype:
        return f"its numbers are {mine.dtype}, not {right.dtype}"
    if not same_numbers(right, mine, loose):
        return f"{mine!r}\nis not\n{right!r}"
    return None


def same_numbers(right: Any, mine: Any, loose: float | None = None) -> bool:
    """Whether the numbers are equal but for rounding; inf and nan have to be in the same places."""
    a, b = np.asarray(right, float), np.asarray(mine, float)
    loose = LOOSE.get(getattr(right, "dtype", None), 1e-9) if loose is None else loose
    if not np.array_equal(np.isnan(a), np.isnan(b)) or not np.array_equal(np.isinf(a), np.isinf(b)):
        return False
    fine = np.isfinite(a)
    scale = 1.0 + np.max(np.abs(a[fine]), initial=0.0)
    return bool(np.all(np.abs(a[fine] - b[fine]) <= loose * scale)) and np.array_equal(a[np.isinf(a)], b[np.isinf(b)])


def along(x: Any, numbers: np.random.Generator) -> Any:
    """A direction of the same shape and precision."""
    v = numbers.uniform(-1.0, 1.0, np.shape(x))
    return float(v) if np.ndim(v) == 0 else v.astype(x.dtype)


def shaky(f: Any, args: tuple[Any, ...], loose: float | None) -> bool:
    """Whether the function itself jumps here: the last digits of its arguments decide about the first of its result."""
    numbers = np.random.default_rng(0)
    with np.errstate(all="ignore"), suppress(Exception):  # what cannot be computed at all is no matter of digits
        before = flatten(f(*args))[0]
        for _ in range(4):
            moved = [x + along(x, numbers) * last_digit(x) for x in args]
            if not all(same_numbers(a, b, loose) for a, b in zip(before, flatten(f(*moved))[0])):
                return True
    return False


def last_digit(x: Any) -> float:
    """What one unit in the last place of a number near 1 is, twice."""
    return 2.0 * float(np.finfo(getattr(x, "dtype", float)).eps)
