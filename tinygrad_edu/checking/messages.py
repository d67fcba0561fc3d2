"""What `check_formula` says when it is asked in a way that has no answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..calculus.messages import check_one_number
from ..engine.value import Value
from ..errors import DataError, ShapeError, TinygradError, UnknownNameError, unknown_name
from ..writing.wording import clip


def check_call(f: Callable[..., Any], inputs: Mapping[str, Any]) -> None:
    """Raise if f cannot be called with these names."""
    try:
        inspect.signature(f).bind(**inputs)
    except TypeError as error:
        names = ", ".join(inputs)
        raise UnknownNameError(
            f"f{inspect.signature(f)} cannot be called with the inputs {names}: {error}.",
            "The inputs are passed by name, so each needs the name of one of f's parameters, and none may be missing.",
            f"Write tg.check_formula(lambda {names}: ..., ...), or rename the inputs.",
        ) from None
    except ValueError:  # a function written in C keeps its parameters to itself
        return


def check_result(y: Any) -> None:
    """Raise unless f returned one number."""
    if type(y) is Value and y.shape == ():
        return
    if isinstance(y, str) or y is None:
        raise DataError(
            f"The function to check returned {y!r}.",
            "Its gradients are slopes of one number.",
            "Does it end with `return loss`?",
        )
    check_one_number(y)


def no_formulas(names: Iterable[str]) -> DataError:
    """For a check without anything to check."""
    name = next(iter(names), "w")
    return DataError(
        "There is no formula to check.",
        "The third argument says what you derived: for each name a function, a number or an array.",
        f"Write formulas={{{name!r}: lambda {name}: ...}}; without a formula, tg.gradcheck(f, x).",
    )


def no_inputs() -> DataError:
    """For a check without a place."""
    return DataError(
        "There are no inputs.",
        "A formula is checked with numbers, at one place: every parameter of f needs its value there.",
        'Write tg.check_formula(f, {"x": 2.0}, {"x": lambda x: ...}), or x=2.0 as a keyword.',
    )


def given_twice(names: Iterable[str]) -> DataError:
    """For inputs that stand in the dictionary and among the keywords."""
    return DataError(
        f"Given twice: {', '.join(names)}.",
        "An input has one value at the place where the formulas are checked.",
        "Write it into `inputs` or as a keyword, not both.",
    )


def no_mapping(what: str, given: Any) -> DataError:
    """For inputs, formulas or a point that name nothing."""
    return DataError(
        f"{what} is {clip(repr(given), 60)}, not a dictionary of names.",
        "Quantities are recognised by their names.",
        f'Write {{"w": ...}} for {what}.',
    )


def unknown_quantity(name: object, inputs: Iterable[str], intermediates: Iterable[str]) -> UnknownNameError:
    """For a formula of something that f neither takes nor names."""
    known = [*inputs, *intermediates]
    error = unknown_name("input or named intermediate", name, known)
    if error.write.startswith("Did you mean"):
        return error
    write = f'In f, write {name} = tg.name({name}, "{name}") where it is computed.'
    return UnknownNameError(error.what, error.why, write if str(name).isidentifier() else error.write)


def named_twice(name: str, count: int) -> UnknownNameError:
    """For a name that stands for two values."""
    return UnknownNameError(
        f"The name {name!r} was given to {count} values in one run of f.",
        "Each has a gradient of its own, and the formula can be that of one of them only.",
        f'Give each its own name: tg.name({name}, "{name}1"), or f"{name}{{step}}" in a loop.',
    )


def unknown_parameter(of: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """For a formula that asks for something that does not exist."""
    error = unknown_name("quantity", name, known)
    what = f"The formula for {of!r} has a parameter {name!r}, but there is no quantity of that name."
    return UnknownNameError(what, error.why, error.write)


def formula_raised(of: str, error: Exception) -> DataError:
    """For a formula that stops with an error of its own."""
    text = str(error.args[0]) if isinstance(error, TinygradError) and error.args else str(error)
    return DataError(
        f"The formula for {of!r} raised {type(error).__name__}: {clip(text, 200)}",
        "It is called with plain numbers and arrays, as f was, and must return the gradient.",
        "Call it yourself with these inputs to see the line; the traceback above shows it as well.",
    )


def nothing_returned(of: str) -> DataError:
    """For a formula without a result."""
    return DataError(
        f"The formula for {of!r} returned None.",
        "A gradient is a number, or an array with one slope per entry.",
        "Does the function end with `return`?",
    )


def no_numbers(of: str, said: Any, error: DataError) -> DataError:
    """For a formula that returned something that is no gradient."""
    return DataError(
        f"The formula for {of!r} returned {clip(repr(said), 60)}.",
        f"A gradient is a number, or an array with one slope per entry. {error.what}",
        "Return a number or an array, for example np.array([...]).",
    )


def wrong_shape(name: str, shape: tuple[int, ...], wanted: tuple[int, ...], words: str = "") -> ShapeError:
    """For a hand-derived gradient that cannot be one; `words` say what would make it right."""
    return ShapeError(
        f"The formula for {name!r} has shape {shape}, but {name!r} has shape {wanted}.",
        "A gradient has one slope per number of its input, so both have the same shape.",
        words or "Transpose it, or sum over the axis that does not belong to the input (the samples of a batch?).",
    )


def wrong_structure(name: str, said: Any, wanted: Iterable[str]) -> ShapeError:
    """For a container of gradients that is not built like the container of inputs."""
    return ShapeError(
        f"The formula for {name!r} is built differently from {name!r}: {clip(repr(said), 60)}.",
        f"It needs one gradient for each of {', '.join(wanted)}.",
        "Return a container with the same keys and lengths.",
    )


def fixed_formula(names: Iterable[str]) -> DataError:
    """For gradients given as numbers where several places are to be checked."""
    return DataError(
        f"at= asks for further places, but these formulas are plain numbers: {', '.join(names)}.",
        "A number or array is the gradient at one place only.",
        "Write a function of the inputs instead: lambda w, x: ...",
    )


def wrong_point(point: Any, what: str) -> DataError:
    """For a place that does not fit the inputs."""
    return DataError(
        f"at={clip(repr(point), 60)}: {what}.",
        "A further place is a dictionary with new values for some of the inputs, each as it was first given.",
        "Write at={'x': 3.0}, a list of such dictionaries, or a number that seeds random places: at=0.",
    )
