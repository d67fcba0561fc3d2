"""A program: what a function did once, as a list of lines from its inputs to its results.

>>> from tinygrad_edu.calculus.grad import value_and_grad
>>> program = record(value_and_grad(lambda x: x * x * 3.0), (2.0,))
>>> [line.op.name for line in program.lines]
['square', 'multiply', 'multiply']
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...calculus.containers import flatten
from ...calculus.recorded import identity
from ...engine.value import Value
from ...ops.numbers import constant
from ...protocols.modes import Watcher
from . import messages
from .book import CONSTANT, Book
from .differentiate import vjp
from .gradients import pass_on_gradients
from .line import Line, lines_in
from .picking import stopped
from .signature import filled_in, split


class Recorder(Watcher):
    """While it watches, operations on Values and Lines are written into a book instead of being computed."""

    def __init__(self, book: Book, careful: bool):
        self.book, self.careful = book, careful

    def computing(self, step: Callable[..., Any], value: Any, op: Any, inputs: Any) -> Any:
        """An operation on a Value of the user's: the program will read its data each time it runs."""
        return self.book.write(op, inputs)

    def carrying(self, step: Callable[..., Any], sweep: Any, roots: Any, starts: Any) -> Any:
        """y.backward() of a Value that was made before."""
        raise messages.no_backward(roots[0])

    pulling = carrying

    def vjp(self, f: Callable[..., Any], *xs: Any) -> Any:
        """What `tg.vjp`, and with it every other transform, answers meanwhile."""
        return vjp(self.book, f, xs, self.careful)


@dataclass
class Program:
    """Lines in the order in which they are computed.

    arguments   the lines that are given, one for each number or array among the arguments
    values      Values and arrays that are read from outside, each with its line
    constants   arrays that are part of the program
    lines       what is computed
    results     a line or a float for each number or array in the result; `rebuild` puts them together
    """

    arguments: list[Line]
    results: list[Any]
    rebuild: Callable[[Sequence[Any]], Any]
    values: list[Line] = field(default_factory=list)
    constants: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    name: str = "f"

    def __post_init__(self) -> None:
        needed = needed_for(self.results)
        self.lines = [line for line in needed if line.op is not None]
        inputs = [line for line in needed if line.op is None]
        self.constants = [line for line in inputs if line.origin is CONSTANT]
        self.values = [line for line in inputs if line.origin is not CONSTANT and type(line.origin) is not int]


def needed_for(results: Sequence[Any]) -> list[Line]:
    """Every line that the results depend on, in order: going back through the book, an input comes after its use."""
    lines = lines_in(results)
    needed, found = {id(x) for x in lines}, []
    for line in reversed(lines[0].book.lines if lines else []):
        if id(line) in needed:
            found.append(line)
            needed.update(map(id, line.inputs))  # also of floats, which are nobody else's
    return found[::-1]


def record(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    settings: dict[str, Any] | None = None,
    *,
    names: Sequence[str | None] = (),
    live: dict[int, Any] | None = None,
    careful: bool = False,
) -> Program:
    """Run f once on lines, and return what was written.

    args       numbers, arrays and containers of them, which become the arguments of the program; anything else among
               them is handed to f as it is
    settings   the same, by keyword
    careful    write down also that a gradient of 0 stays 0 where a slope is infinite
    """
    book, leaves = Book(live), []  # type: Book, list[Any]
    tree = split((args, settings or {}), leaves)
    arguments = [book.input(sample_of(x), k) for k, x in enumerate(leaves)]
    for line, name in zip(arguments, names):
        line.name = name
    with np.errstate(all="ignore"), Recorder(book, careful), no_collector():
        args, settings = filled_in(tree, arguments)
        results, rebuild = flatten(f(*args, **settings))
        results = [book.read(y) for y in results]
        return clean(Program(arguments, results, rebuild, name=getattr(f, "__name__", "f")))


@contextmanager
def no_collector() -> Iterator[None]:
    """Lines refer to each other in tens of thousands, and all stay: looking for garbage takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def sample_of(x: Any) -> Any:
    """An example argument: whole numbers in arrays stay whole, they may be labels or places."""
    if type(x) is Value:
        return x._held
    if isinstance(x, np.ndarray) and x.ndim and x.dtype.kind in "iubf":
        return x.copy()
    return constant(x)


def clean(program: Program) -> Program:
    """The program without what nobody needs, and without the seams that differentiation left in it.

    A derivative with respect to x begins at a copy of x, its identity. When these are taken out, lines that were
    different become the same, and are one line. Most lines stay as they are, with the numbers in place of the copies.
    """
    if not any(line.op is identity or line.op.base is stopped for line in program.lines if line.op):
        return program
    book, new = Book(), {}  # type: Book, dict[Line, Any]
    for line in [*program.arguments, *program.values, *program.constants]:
        new[line] = line.sample if line.origin is CONSTANT and type(line.sample) is float else book.keep(line)
    for line in program.lines:
        assert line.op is not None
        if line.op is identity or line.op.base is stopped:
            new[line] = new[line.inputs[0]] if type(line.inputs[0]) is Line else line.inputs[0]
            continue
        if line.about is not None:
            line.about = new.get(line.about, line.about)
        given = tuple([new[x] if type(x) is Line else x for x in line.inputs])
        if same_to_all_rules(line.inputs, given):
            line.inputs = given
            made = book.keep(line)
        else:
            book.about = line.about
            made = book.write(line.op, given)
        if made is not line and type(made) is Line and made.op is not None:
            made.name, made.place = made.name or line.name, made.place or line.place
        if line.gradients:
            pass_on_gradients(line, made, new)
        new[line] = made
    results = [new[y] if type(y) is Line else y for y in program.results]
    return Program([new[x] for x in program.arguments], results, program.rebuild, name=program.name)


def same_to_all_rules(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    """Whether an operation that had to be written with the inputs before also has to be with these.

    An input of the program in the place of its copy tells no rule anything new, unless it is there twice.
    """
    for x, y in zip(before, now):
        if x is not y and (type(y) is not Line or y.op is not None):
            return False
    return len(now) != 2 or now[0] is not now[1] or before[0] is before[1]
