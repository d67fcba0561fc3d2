"""A function of the user's as a formula, and its derivatives: recorded with symbols, walked backwards with symbols.

>>> from tinygrad_edu.ops.trigonometry import tanh
>>> y, (a, b) = recorded(lambda a, b: tanh(a * b) + a)
>>> y, derivatives(y, [a, b])
(tanh(a · b) + a, [1 + b · (1 − tanh(a · b)²), a · (1 − tanh(a · b)²)])
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, TinygradError
from ..ops.broadcasting import broadcast_to, shape_of, sum_to
from ..ops.numbers import constant
from .latex import readable_rule
from .symbols import FormulaError, Symbol


def recorded(f: Callable[..., Any], examples: Sequence[Any] = ()) -> tuple[Any, list[Symbol]]:
    """What f makes of letters named like its parameters, and these letters.

    examples   a number or array for each parameter, in order; without one, a letter stands for a number
    """
    names = parameters(f, len(examples))
    samples = [*map(constant, examples), *[0.5] * (len(names) - len(examples))]
    letters = [Symbol(name, sample) for name, sample in zip(names, samples)]
    try:
        y = f(*letters)
    except ShapeError as error:
        raise error if examples else needs_examples(f, names, error) from error
    except TinygradError:
        raise
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise FormulaError(
            f"{called(f)} did not accept symbols: {type(error).__name__}: {error}",
            "Its formula is found by calling it with letters in the place of numbers; every letter is a number "
            "unless an example says otherwise.",
            f"Use functions of tinygrad_edu in it. For arrays, give examples: tg.formula(f, {', '.join(names)}).",
        ) from error
    y = getattr(y, "_held", y) if type(y) is not Symbol else y
    if type(y) is not Symbol and (isinstance(y, (tuple, list, dict, str)) or y is None):
        raise FormulaError(
            f"{called(f)} returned {type(y).__name__}.",
            "A formula says what one number or one array is.",
            "Return one result, or ask for the formula of each part: tg.formula(lambda x: f(x)[0]).",
        )
    return y if type(y) is Symbol else constant(y), letters


def needs_examples(f: Any, names: list[str], error: ShapeError) -> FormulaError:
    """For a function of arrays that was recorded with numbers."""
    return FormulaError(
        f"{called(f)} needs arrays, and its letters stand for numbers: {error.what}",
        "Products of matrices, sums along an axis and indices depend on shapes, and letters alone have none.",
        f"Give an example array for each parameter: tg.formula(f, {', '.join(names)}).",
    )


def parameters(f: Callable[..., Any], given: int) -> list[str]:
    """The names of the parameters that become letters: those given, and all others without a default."""
    try:
        found = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        found = []
    several = [p.name for p in found if p.kind is p.VAR_POSITIONAL]
    plain = [p for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p.name for i, p in enumerate(plain) if p.default is p.empty or i < given]
    needed += [f"{several[0]}{i + 1}" for i in range(max(given - len(needed), 0 if needed else 2))] if several else []
    if not needed or len(needed) < given:
        raise FormulaError(
            f"{called(f)} takes {len(needed)} inputs, and {given} examples were given.",
            "The letters of a formula are the parameters of its function.",
            "Write a function of what is to be differentiated by, for example tg.formula(lambda a, b: a * b).",
        )
    return needed


def called(f: Any) -> str:
    """How a message names a function."""
    name = getattr(f, "__name__", type(f).__name__)
    return "The function" if name == "<lambda>" else f"{name}()"


def derivatives(y: Any, wanted: Sequence[Symbol]) -> list[Any]:
    """The derivative of y by each letter; if y is an array, the gradient for a letter g that arrived at y."""
    if type(y) is not Symbol:
        return [0.0 for _ in wanted]
    arrived: dict[Symbol, Any] = {y: Symbol(arriving(y, wanted), np.ones(y.shape)) if y.shape else 1.0}
    for node in sorted(results(y), key=lambda node: node.order, reverse=True):  # newest first, as in every sweep
        g = arrived.get(node, 0.0)
        if type(g) is float and g == 0.0:
            continue
        if not (node.op and node.op.elementwise) and shape_of(g) != node.shape:
            g = broadcast(g, node.shape)
        for x, c in zip(node.inputs, contributions(node, g)):
            if type(x) is Symbol:
                if shape_of(c) != x.shape and len(shape_of(c)) >= len(x.shape):
                    c = sum_to(c, shape=x.shape)  # x was stretched, so it receives the sum over its copies
                arrived[x] = arrived[x] + c if x in arrived else c
    return [arrived.get(x, 0.0) for x in wanted]


def contributions(node: Symbol, g: Any) -> list[Any]:
    """What each input of the node receives."""
    op, inputs = node.op, node.inputs
    assert op is not None  # results alone are asked
    try:
        if op.variadic:
            return list(op.rules[0](g, node, *inputs))
        return [readable_rule(op, k)(g, node, *inputs) if type(x) is Symbol else 0.0 for k, x in enumerate(inputs)]
    except TinygradError:
        raise
    except Exception as error:  # a user's rule may do anything with its inputs
        raise FormulaError(
            f"A derivative of {op.name} did not accept symbols: {type(error).__name__}: {error}",
            "Its formula is found by running the rule with letters in the place of numbers.",
            "Write the rule with operators and functions of tinygrad_edu, or ask tg.explain(y, x) for its numbers.",
        ) from error


def broadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """g for every entry of an array of that shape, as a symbol."""
    return Symbol(None, np.broadcast_to(getattr(g, "_held", g), shape), broadcast_to.bind(shape=shape), (g,))


def results(y: Symbol) -> set[Symbol]:
    """Every operation that y is made of, each once."""
    found: set[Symbol] = set()
    waiting = [y]
    while waiting:
        x = waiting.pop()
        if x.op is not None and x not in found:
            found.add(x)
            waiting += [z for z in x.inputs if type(z) is Symbol]
    return found


def arriving(y: Symbol, wanted: Sequence[Symbol]) -> str:
    """The letter for the gradient that arrives at y: g, unless the user's own letter is called so."""
    return "g" if all(x.name != "g" for x in wanted) else "∂L"
