"""A primitive: a plain function with one derivative per input written above it.

The letters are the same everywhere: `a, b, x` inputs, `y` the result, `g` the gradient that arrives at y.
A derivative is written with operators and other primitives only, so the same line computes with floats
and arrays, records itself when it is given Values (second derivatives), and prints itself when it is given symbols.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from . import messages
from .domain import REAL, Domain
from .numbers import constant, copied, key_of, plain, ready, settle, unmasked

TABLE: dict[str, Op] = {}  # every primitive by name; NumPy's functions find theirs here


class Op:
    """A function that knows its derivatives. Calling it computes; an argument that is no number or array records.

    name, forward      the function and its NumPy name
    rules              one derivative per input, or a single one that returns them all for `*xs`
    inputs, settings   names of what is differentiated; keyword-only choices (axis, shape, ...) with their values
    latex, domain      its formula; where it is defined
    elementwise        every entry is treated alone (so what does not matter stays without effect)
    """

    def __init__(self, forward: Callable[..., Any], latex: str, domain: Any, elementwise: bool):
        parameters = inspect.signature(forward).parameters.values()
        self.name, self.forward = forward.__name__, forward
        self.inputs = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
        self.settings = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.latex, self.domain, self.elementwise = latex, domain, elementwise
        self.base, self.derived = self, {}  # type: Op, dict[Any, Op]
        self.__doc__ = inspect.cleandoc(forward.__doc__ or "")

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        count = len(inputs) if self.variadic else len(self.inputs)
        if settings and len(inputs) == count and settings.keys() <= self.settings.keys() and all(map(plain, inputs)):
            try:
                return settle(self.forward(*inputs, **settings))  # nothing to record, so nothing to bind
            except (ArithmeticError, ValueError):
                pass  # below, with a message
        if settings or len(inputs) > count:
            return self.bind(*inputs[count:], **settings)(*inputs[:count])
        for x in inputs:
            if type(x) is not float and type(x) is not np.ndarray and hasattr(x, "apply_op"):
                return x.apply_op(self, inputs)
        return self.compute(*(inputs if ready(self, inputs) else unmasked(self, [constant(x) for x in inputs])))

    def compute(self, *inputs: Any) -> Any:
        """The result for numbers and arrays, with IEEE meaning: inf and nan where Python would raise."""
        try:
            y = self.forward(*inputs)
        except (ArithmeticError, ValueError) as error:
            if all(type(x) is float for x in inputs) and not isinstance(error, np.exceptions.AxisError):
                try:
                    with np.errstate(all="ignore"):  # the same function once more, in NumPy's arithmetic
                        return float(self.forward(*map(np.float64, inputs)))
                except ValueError as again:
                    error = again
            raise messages.misfit(self, inputs, error) if isinstance(error, ValueError) else error from None
        return y if type(y) is float else settle(y)

    def pull(self, g: Any, y: Any, inputs: Any, wanted: Any) -> list[Any]:
        """The gradient of each wanted input, given the gradient g that arrives at y."""
        if self.variadic:
            return messages.one_for_each(self, self.rules[0](g, y, *inputs), inputs)
        return [rule(g, y, *inputs) if use else None for rule, use in zip(self.rules, wanted)]

    def set_rules(self, derivatives: dict[str, Callable[..., Any]], settings: dict[str, Any]) -> None:
        """Keep one rule per input, each with the settings already in it."""
        self.derivatives, self.settings = derivatives, settings
        rules = [derivatives[name] for name in self.inputs]
        self.rules = tuple(partial(rule, **settings) if settings else rule for rule in rules)

    def bind(self, *positional: Any, **settings: Any) -> Op:
        """The same primitive with its settings fixed: `sum` with axis=0 is a primitive of its own."""
        names = list(self.settings)
        if len(positional) > len(names):
            raise messages.wrong_setting(self, f"argument {len(self.inputs) + len(positional)}")
        if twice := [name for name in names[: len(positional)] if name in settings]:
            raise messages.wrong_setting(self, f"a second {twice[0]}")
        settings = {**self.settings, **dict(zip(names, positional)), **settings}
        if len(settings) > len(names):
            raise messages.wrong_setting(self, next(repr(name) for name in settings if name not in names))
        try:
            key = key_of(tuple(settings.values()))
            if key in self.derived:
                return self.derived[key]
        except TypeError:  # an index array or a list: it could change, so it is copied and bound anew
            key, settings = None, {name: copied(setting) for name, setting in settings.items()}
        new = object.__new__(Op)
        vars(new).update(vars(self), forward=partial(self.base.forward, **settings))
        new.set_rules(self.derivatives, settings)
        if key is not None and len(self.derived) < 4096:
            self.derived[key] = new
        return new

    def __reduce__(self) -> Any:
        return find, (self.name, self.settings)

    def __repr__(self) -> str:
        return f"<op {self.name}{self.settings if self is not self.base else ''}>"


def op(latex: str = "", domain: Domain | dict[str, Domain] = REAL, elementwise: bool = False, **derivatives: Any):
    """Make a primitive of the function below; one derivative per input, named like the input.

    latex         its formula, the inputs in braces: r"\\tanh {x}"
    domain        where it is differentiable (one for all inputs, or one per input)
    elementwise   True when each entry of the result depends on one entry of each input
    derivatives   name=lambda g, y, <inputs>, <settings>: the gradient of that input
    raises        DerivativeError if a derivative is missing, unknown, or takes other arguments

    >>> @op(x=lambda g, y, x: g * 3 * x ** 2, latex="{x}^3", elementwise=True)
    ... def cubed(x):
    ...     '''x · x · x'''
    ...     return x * x * x
    >>> cubed(2.0)
    8.0
    """

    if callable(latex):
        raise messages.no_parentheses(latex)

    def primitive(forward: Callable[..., Any]) -> Op:
        new = TABLE[forward.__name__] = Op(forward, latex, domain, elementwise)
        messages.check_derivatives(new, derivatives)
        new.set_rules(derivatives, new.settings)
        return new

    return primitive


def find(name: str, settings: dict[str, Any]) -> Op:
    """The primitive of that name, with its settings: how a copied or pickled one is found again."""
    return TABLE[name].bind(**settings) if settings else TABLE[name]


elementwise = partial(op, elementwise=True)
