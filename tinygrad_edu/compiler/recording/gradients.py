"""Which lines of a program are gradients, and of what: noted while the chain rule runs, read when names are given.

>>> import tinygrad_edu as tg
>>> from tinygrad_edu.compiler.recording.program import record
>>> program = record(tg.grad(lambda w: tg.tanh(w) * 3.0), (0.5,), names=["w"])
>>> [(note.of.name, note.minus) for note in program.lines[-1].gradients]
[('w', False)]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...ops.arithmetic import negative, subtract
from ...ops.broadcasting import shape_of
from .book import Book, key_of
from .line import Line
from .naming import identifier
from .picking import filled


class Gradient(NamedTuple):
    """What a line is: the gradient of `by` with respect to `of`, or minus that.

    by      None where several results are differentiated at once, or one that does not start with 1
    """

    of: Line
    by: Line | None
    minus: bool


def note_gradient(book: Book, g: Any, of: Any, roots: Sequence[Any], starts: Sequence[Any]) -> None:
    """Note on a line that it is a gradient; a sign in front of it is looked through, b - a is minus a - b."""
    one = len(roots) == 1 and type(roots[0]) is Line and of is not roots[0] and is_one(starts[0])
    note = Gradient(of, roots[0] if one else None, False)
    add_note(g, note)
    if type(g) is Line and g.op is not None and g.op is subtract:  # b - a has taken the place of -(a - b) by now
        turned = book.known.get(key_of(g.op, g.inputs[::-1]))
        add_note(turned, note._replace(minus=True))


def is_one(start: Any) -> bool:
    """Whether it is 1, also everywhere in an array."""
    if type(start) is Line and start.op is not None and start.op.base is filled:
        start = start.inputs[0]
    return type(start) is float and start == 1.0


def add_note(line: Any, note: Gradient) -> None:
    """The note on this line, or with the opposite sign on the line of which it is the negative."""
    while type(line) is Line and line.op is not None and line.op.base is negative:
        line, note = line.inputs[0], note._replace(minus=not note.minus)
    if type(line) is Line and line.about is not None:
        known = line.gradients or []
        if not any(old.of is note.of and old.by is note.by for old in known):
            line.gradients = [*known, note]


def pass_on_gradients(line: Line, made: Any, new: dict[Line, Any]) -> None:
    """The notes of a line for the one that is written in its place, in a program where others have changed too."""
    notes, line.gradients = line.gradients or (), None
    for note in notes:
        of, by = new.get(note.of), note.by
        by = new.get(by, by) if by is not None else None  # a result that nobody asked for still has a name
        if type(of) is Line:
            add_note(made, Gradient(of, by if type(by) is Line else None, note.minus))


def gradient_name(note: Gradient, names: dict[Line, str], whole: Callable[[Line], str]) -> str | None:
    """'d_loss_d_w1' for a number, 'dW1' for an array; None if what it is the gradient of has no name.

    names   of lines that have one         whole   what a differentiated result is called
    """
    of = names.get(note.of)
    if of is None or not of.isidentifier():
        of = identifier(of) if of else None
    if of is None:
        return None
    if shape_of(note.of):
        return f"d{of}" if of[0].isupper() or len(of) <= 3 else f"d_{of}"
    if note.by is None:
        return f"d_{of}"
    upper = next(iter(note.by.gradients or ()), None)
    if upper is not None and upper.by is not None and not shape_of(note.by):  # a derivative of a derivative
        first = gradient_name(upper, names, whole)
        if first is not None:
            order = int(first[1:].split("_")[0] or 1) + 1 if re.match(r"d\d*_", first) else 2
            return f"d{order}_{first.split('_', 1)[1]}_d_{of}"
    return f"d_{whole(note.by)}_d_{of}"


def notes_on(line: Line) -> list[Gradient]:
    """What the line is the gradient of; a line with a minus in front is what its input is minus the gradient of."""
    notes = [note for note in line.gradients or () if not note.minus]
    if line.op is not None and line.op.base is negative and type(line.inputs[0]) is Line:
        notes += [note for note in line.inputs[0].gradients or () if note.minus]
    return notes
