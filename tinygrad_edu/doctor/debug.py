"""`with tg.debug():` the first number that is not finite becomes an error that says where it comes from.

>>> from tinygrad_edu import Value, log, softmax
>>> z = Value([0.0, 1000.0], name="z")
>>> with debug():
...     log(softmax(z)).sum().backward()
Traceback (most recent call last):
tinygrad_edu.errors.NonFiniteError: log gave -inf at entry [0], in ...:2: log(softmax(z))
      x = 0   softmax, shape (2,), made in ...:2: softmax(z)
  The logarithm of 0 is -∞: no power of e is 0.
  Write tg.log_softmax(x) instead of log(softmax(x)): it never forms the probability that became 0.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..engine.sweep import Sweep
from ..engine.value import Value
from ..errors import TinygradError
from ..ops.op import Op
from ..protocols.places import here, recording_places
from .backward import first_gradient
from .forward import result_error
from .numbers import bad, plain
from .origins import with_origins


class debug(recording_places):
    """Inside it (or in a function below `@debug()`), the first number that is not finite is an error.

    infinities   False: only nan is an error, because inf is meant (log-probabilities of -inf, masks made by log(0))
    raises       NonFiniteError, at the operation or in the backward pass that made the number

    Every result is looked at, recorded or not, and every gradient of a backward pass. An operation that makes nan, or
    that makes inf from finite numbers, is reported with its operands, their origin, the reason and a stable way to
    write it. An inf among the operands (a mask of -inf, a bound of inf) may flow on; nan may not, unless an operation
    like `where` leaves it out. A ShapeError also says where both operands were made. Results stay the same, bit for
    bit; it costs a few microseconds per operation inside. Only the thread that enters it is watched.

    >>> from tinygrad_edu import Value, sqrt
    >>> x = Value(0.0, name="x")
    >>> with debug():
    ...     sqrt(x).backward()
    Traceback (most recent call last):
    tinygrad_edu.errors.NonFiniteError: backward through sqrt: the gradient of x became inf, in ...:2: sqrt(x)
          x = 0   'x', a leaf
          y = 0
          arriving gradient 1 · local derivative inf
      √ rises vertically at 0: its derivative 1 / (2√x) is infinite there.
      Write tg.sqrt(x + 1e-12), or guard it: tg.where(x > 0, tg.sqrt(tg.where(x > 0, x, 1.0)), 0.0).
    """

    def __init__(self, *, infinities: bool = True):
        self.infinities = infinities

    def computing(self, step: Callable[..., Any], *stated: Any) -> Any:
        """The operation's result, if it is finite."""
        op: Op = stated[1]
        inputs: tuple[Any, ...] = stated[2]
        try:
            with np.errstate(all="ignore"):  # what NumPy would warn of is an error below
                node = step(*stated)
        except TinygradError as error:
            raise with_origins(error, op, inputs, sys._getframe(1)) from None
        if type(node) is Value:
            node.place = here(sys._getframe(1))  # type: ignore[attr-defined]
            y = node._held
            if (y - y != 0.0) if type(y) is float else bad(y):
                wrong = result_error(node, op, inputs, self.infinities, sys._getframe(1))
                if wrong is not None:
                    raise wrong
        return node

    def carrying(self, step: Callable[..., Any], *stated: Any) -> None:
        """A backward pass, if every gradient in it is finite."""
        step(*stated)
        sweep, roots, starts = stated
        self.look_at(sweep, roots, starts)

    def pulling(self, step: Callable[..., Any], *stated: Any) -> list[Value]:
        """A recorded backward pass, if its result is finite; where it is not, a plain pass tells why.

        Inside, a rule may compute 0/0 where nothing arrived, which has no effect: no operation of it is judged alone.
        """
        with recording_places(), np.errstate(all="ignore"):
            found: list[Value] = step(*stated)
        if any(bad(g._held) for g in found):
            roots, starts, _, since = stated
            with Sweep(since) as sweep:
                sweep.carry(roots, numbers := plain(starts))
                self.look_at(sweep, roots, numbers)
        return found

    def look_at(self, sweep: Sweep, roots: Sequence[Value], starts: Sequence[Any]) -> None:
        """Raise if a gradient of this pass is not finite."""
        sums = [v._sum for v in sweep.visited]
        total = sum(g for g in sums if type(g) is float)
        if total - total != 0.0 or any(bad(g) for g in sums if type(g) is not float):
            error = first_gradient(sweep.visited, roots, starts, self.infinities)
            if error is not None:
                raise error
