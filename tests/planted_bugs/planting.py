"""Plant a wrong derivative in a primitive; afterwards everything is as it was.

>>> from tinygrad_edu import Value, sin
>>> with planted(sin, x=lambda g, y, x: -g):
...     v = Value(0.0)
...     sin(v).backward()
>>> v.grad, sin.rules[0](1.0, 0.0, 0.0)
(-1.0, 1.0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tinygrad_edu.ops.op import Op


@contextmanager
def planted(op: Op, **wrong: Callable[..., Any]) -> Iterator[None]:
    """While it lasts, the primitive has these derivatives in place of its own, however it is called.

    Operators and methods ask the primitive for its rules when they run, so it is changed in place. A primitive with
    settings (`sum` with axis=0) carries rules of its own: those that exist are changed too, those that are bound in
    the meantime are forgotten afterwards.
    """
    base = op.base
    right, bound = base.derivatives, dict(base.derived)
    for each in (base, *bound.values()):
        each.set_rules({**right, **wrong}, each.settings)
    try:
        yield
    finally:
        base.derived.clear()
        base.derived.update(bound)
        for each in (base, *bound.values()):
            each.set_rules(right, each.settings)
