"""What cannot be recorded as a program, said where it was tried."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import Any

from ...errors import DataError, TinygradError, unknown_name
from ...protocols.messages import called
from ...protocols.places import here
from ...writing.wording import clip


class CompileError(TinygradError, TypeError):
    """Something a function does that no program can repeat for other numbers."""


def _line(frame: Any = None) -> str:
    """Where the user's program is right now: ' (train.py:12: if y > 0:)'."""
    place = here(frame or sys._getframe(2))
    return f" ({place}: {clip(place.text, 70)})" if place is not None else ""


def _what(line: Any) -> str:
    made = f"the result of {line.op.name}" if line.op else "an input"
    return f"{line.name!r} ({made})" if line.name else made


def no_branch(line: Any) -> CompileError:
    """For `if v > 0:`, `while`, `and`, `max(v, w)` of Python's."""
    return CompileError(
        f"`if`, `while`, `and` or max() asked whether {_what(line)} is true while the function was being compiled"
        f"{_line()}.",
        "A compiled program is one list of steps for all numbers; a choice made now would be baked in for ever.",
        "Write tg.where(condition, a, b), which keeps both ways, or tg.maximum(a, b).",
    )


def no_number_yet(line: Any, asked: str) -> CompileError:
    """For float(v), int(v), v.data, np.array(v), range(v)."""
    return CompileError(
        f"The number of {_what(line)} was asked for ({asked}) while the function was being compiled{_line()}.",
        "While a program is written down there is no number yet: one taken now would be baked in for ever.",
        "Write the function of the same name from tinygrad_edu (tg.sin for math.sin), tg.where in place of a choice, "
        "or name the argument in static=(...) if it is a setting such as a size.",
    )


def no_backward(line: Any) -> CompileError:
    """For loss.backward() inside a compiled function."""
    return CompileError(
        f"backward() was called on {_what(line)} while the function was being compiled{_line()}.",
        "It writes gradients into values, which is a note on the side; a program has arguments and results.",
        "Write loss, gradients = tg.value_and_grad(f)(parameters, ...), and return what you need.",
    )


def data_dependent(called: str) -> CompileError:
    """For x[x > 0], argmax and friends, whose shape or numbers depend on data."""
    return CompileError(
        f"{called} while the function was being compiled{_line()}.",
        "How many entries there are, or which, would depend on the numbers, and a program is written before them.",
        "Write tg.where(mask, x, 0.0), which keeps every place, or take this step outside the compiled function.",
    )


def changed_value(value: Any) -> CompileError:
    """For a Value that a compiled function assigns to."""
    return CompileError(
        f"The data of {called(value)} were set by the function that was being compiled.",
        "A program has arguments and results; what it writes on the side would happen only once, now.",
        "Return the new numbers, and give them to the value outside: w.data = step(w.data, x, y).",
    )


def random_numbers(name: str) -> CompileError:
    """For rng.random() in a compiled function."""
    return CompileError(
        f"{name} drew random numbers while it was being compiled.",
        "They would be part of the program: the same ones at every call.",
        "Draw them outside, and give them to the function as an argument.",
    )


class NoAttribute(CompileError, AttributeError):
    """An attribute that nothing in a compiled function has."""


def no_attribute(line: Any, name: str) -> NoAttribute:
    """For x.astype(int), x.tolist() and others that Values do not have either."""
    near = get_close_matches(name, [known for known in dir(type(line)) if not known.startswith("_")], n=1)
    return NoAttribute(
        f"{_what(line).capitalize()} has no attribute {name!r}{_line(sys._getframe(2))}.",
        "While a function is compiled, it is given what Values are: numbers and arrays that are not known yet.",
        f"Did you mean .{near[0]}?" if near else "Write it with the functions of tinygrad_edu.",
    )


def nothing_yet(name: str) -> CompileError:
    """For compiled.source before the first call."""
    return CompileError(
        f"{name} has no program yet.",
        "A program is written for the structure and the shapes of the arguments, and so at the first call.",
        f"Call it first, {name}(...), then look at what was written.",
    )


def not_pickled(name: str) -> CompileError:
    """For pickle.dumps(compiled) and copy.copy(compiled)."""
    return CompileError(
        f"The compiled function {name} cannot be pickled or copied.",
        "Its programs are functions that exist in this process alone.",
        f"Pickle what {name} takes and returns, and write tg.compile({name}) where it is needed.",
    )


def no_function(f: object) -> DataError:
    """For tg.compile(f(x))."""
    return DataError(
        f"tg.compile({type(f).__name__}) has nothing to compile.",
        "It takes the function, not a result of it: the function is called to see what it does.",
        "Write tg.compile(f), or @tg.compile above the function.",
    )


def checked_backend(backend: str, known: tuple[str, ...]) -> str:
    """The name of a backend, if there is one of that name."""
    if backend not in known:
        raise unknown_name("backend", backend, known)
    return backend
