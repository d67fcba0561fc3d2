"""The list of mistakes, and for each of them the smallest graph that gives it away.

>>> example("overwrite").inputs[1]
Value(2.0, name='a')
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import unknown_name
from ..ops.activations import sigmoid
from ..ops.reductions import mean, sum
from ..writing.wording import pad
from .lessons import LESSONS


class Misconceptions(dict[str, str]):
    """Names and titles, as a dictionary; printed, one line for each."""

    def __str__(self) -> str:
        return "\n".join(f"  {pad(name, 20)}{title}" for name, title in self.items())


def misconceptions() -> Misconceptions:
    """Every wrong engine of the lab: its name, and what people write or forget who build it.

    >>> print(misconceptions())
      no order            depth first, without an order
      breadth first       level by level, without an order
      recursion           recursion through every use
      overwrite           = instead of +=
      never zeroed        gradients never zeroed between steps
      kept inside         backward twice, gradients inside kept
      no broadcast sum    no sum over broadcast axes
      swapped             gradient of the wrong operand
      no chain            local derivative only
      slope at output     local derivative at the output
      slope twice         derivative of the activation twice
      no transpose        transpose forgotten in a matrix product
      no 1/N              mean without 1/N
      no minus            a minus forgotten
      exponent kept       n · xⁿ as the derivative of xⁿ
      start at 0          backward started with 0
      start at y          backward started with y
    """
    return Misconceptions({name: lesson.title for name, lesson in LESSONS.items()})


def example(name: str) -> Value:
    """The smallest graph on which a mistake shows: give it to `compare`.

    name      as in `misconceptions()`        returns  the result; its inputs are called a, b, x or w
    raises    UnknownNameError for a name that does not exist

    >>> example("no minus")
    Value(-1.0, name='y')
    """
    if name not in EXAMPLES:
        raise unknown_name("misconception", name, EXAMPLES)
    y = EXAMPLES[name]()
    y.name = "y"
    return y


def number(data: Any, name: str) -> Any:
    return Value(data, name)


def called(value: Any, name: str) -> Any:
    value.name = name
    return value


def early() -> Any:
    """u is used by t and by y itself. Who follows y → u at once finds only y's part there."""
    a = number(2.0, "a")
    u = called(a * a, "u")
    return u + called(u * 3.0, "t")


def early_by_levels() -> Any:
    """u is one step away from y, and also three: level by level it is asked too early."""
    a = number(2.0, "a")
    u = called(a * a, "u")
    return called(called(u * 3.0, "t") * 2.0, "s") + u


def twice_reached() -> Any:
    """Two paths lead from y to u."""
    u = called(number(2.0, "a") + 1.0, "u")
    return u * u


def used_twice() -> Any:
    """a is used in the product and in the sum."""
    a = number(2.0, "a")
    return called(a * number(-3.0, "b"), "p") + a


def product() -> Any:
    """One operation is enough."""
    return number(2.0, "a") * number(-3.0, "b")


def product_of_sum() -> Any:
    """(a + b) · d, on which backward is run twice."""
    return called(number(1.0, "a") + number(2.0, "b"), "s") * number(1.0, "d")


def stretched() -> Any:
    """A bias of two numbers is added to three rows."""
    x = number([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "x")
    return sum(called(x + number([10.0, 20.0], "b"), "z"))


def chain() -> Any:
    """Two operations, one after the other."""
    a = number(3.0, "a")
    return called(a * a, "u") * 5.0


def neuron() -> Any:
    """One neuron with one weight."""
    return sigmoid(called(number(2.0, "w") * 1.0, "z"))


def square_matrices() -> Any:
    """Two square matrices: every shape fits, with the transpose and without."""
    a = number([[1.0, 2.0], [3.0, 4.0]], "A")
    b = number([[0.0, 1.0], [2.0, 5.0]], "B")
    return sum(called(a @ b, "C"))


EXAMPLES: dict[str, Callable[[], Any]] = {
    "no order": early,
    "breadth first": early_by_levels,
    "recursion": twice_reached,
    "overwrite": used_twice,
    "never zeroed": product,
    "kept inside": product_of_sum,
    "no broadcast sum": stretched,
    "swapped": product,
    "no chain": chain,
    "slope at output": neuron,
    "slope twice": neuron,
    "no transpose": square_matrices,
    "no 1/N": lambda: mean(number(np.array([1.0, 2.0, 6.0]), "x")),
    "no minus": lambda: number(2.0, "a") - number(3.0, "b"),
    "exponent kept": lambda: number(2.0, "x") ** 3.0,
    "start at 0": product,
    "start at y": product,
}
