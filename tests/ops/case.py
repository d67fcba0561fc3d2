"""One row of the table of cases: a call of an op, its inputs, and an independent function to compare with.

`case("sum", X, axis=0)` stands for `tg.sum(x, axis=0)`, `np.sum(x, axis=0)` and `v.sum(axis=0)`. Where the public
name, the NumPy name or the signature differ, the three are given by hand:

    Case("concatenate", lambda a, b: tg.concatenate([a, b]), (A, B), numpy=lambda a, b: np.concatenate([a, b]),
         covers=("join",))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.ops.op import TABLE

FLOAT_PRECISIONS = ("float32", "float16")


@dataclass(frozen=True)
class Case:
    """A call that is checked for its value, its dtype, and its first and second derivatives.

    name         of the public function
    call         function of the differentiable inputs only: numbers, arrays or Values
    inputs       float64 arrays and floats, inside the domain and away from kinks
    numpy        NumPy's function in the same call: it must give the same result, also when called with Values
    method       the same call as a method of the first input
    reference    where NumPy has no such function: an independent formula, called with arrays only
    title        what is special about this row (axis=0, two zeros)
    covers       names of the primitives in TABLE that must appear in the recorded graph; by default the name itself
    tolerance    relative, of values and derivatives against NumPy and finite differences
    derivatives  how many orders of them are checked: 2, or 1 where the second is too steep for finite differences
    precisions   dtypes that must stay what they are
    """

    name: str
    call: Callable[..., Any]
    inputs: tuple[Any, ...]
    numpy: Callable[..., Any] | None = None
    method: Callable[..., Any] | None = None
    reference: Callable[..., Any] | None = None
    title: str = ""
    covers: tuple[str, ...] | None = None
    tolerance: float = 1e-8
    derivatives: int = 2
    precisions: tuple[str, ...] = FLOAT_PRECISIONS

    def __str__(self) -> str:
        return f"{self.name}({self.title})" if self.title else self.name


def case(name: str, *inputs: Any, reference: Any = None, numpy_name: str | None = "", **changes: Any) -> Case:
    """The Case of `tg.name(*inputs, **settings)`, where the settings are all the keywords that Case has not.

    name         of a public function, or of a primitive that only derivatives use: then only `tg`'s way is tried
    numpy_name   where NumPy calls it differently ("linalg.norm"); None where NumPy has no such function

    >>> str(case("sum", np.ones((2, 3)), axis=0))
    'sum(axis=0)'
    """
    fields = {key: changes.pop(key) for key in list(changes) if key in Case.__dataclass_fields__}
    settings = changes
    public = hasattr(tg, name)
    ours = getattr(tg, name) if public else TABLE[name]
    theirs = numpy_function(name if numpy_name == "" else numpy_name) if public else None
    shown = ", ".join([*(str(np.shape(x)) for x in inputs[1:]), *(f"{k}={v!r}" for k, v in settings.items())])
    return Case(
        **{
            "name": name,
            "call": lambda *xs: ours(*xs, **settings),
            "inputs": inputs,
            "numpy": (lambda *xs: theirs(*xs, **settings)) if theirs else None,
            "method": (lambda x, *rest: getattr(x, name)(*rest, **settings)) if public else None,
            "reference": reference,
            "title": shown,
            **fields,
        }
    )


def numpy_function(name: str | None) -> Callable[..., Any] | None:
    """np.linalg.norm for 'linalg.norm'; None if NumPy has none."""
    found: Any = np
    for part in (name or "").split("."):
        found = getattr(found, part, None)
    return found if callable(found) else None


def numbers(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> Any:
    """Random numbers of a shape, the same in every run."""
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape)
