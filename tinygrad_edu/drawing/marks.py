"""What deserves a look at a node, in words: a dead ReLU, a saturated sigmoid or tanh, numbers that are no numbers.

>>> from tinygrad_edu.ops.activations import relu
>>> marks(relu(Value(-2.0)))
('dead: passes no gradient',)
>>> marks(Value(9.0).tanh()), marks(Value(1.0).tanh())
(('saturated: slope 6.092e−8',), ())
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from ..engine.value import Value
from ..writing.wording import minus, number

FLAT = 0.01  # a slope below it lets less than a hundredth of the gradient pass


def marks(v: Value, gradient: Any = None) -> tuple[str, ...]:
    """The words for one value and its gradient (None: not computed); () if there is nothing to say."""
    found = []
    if v.op is not None and v.op.name == "relu" and isinstance(v.inputs[0], Value):
        found += _counted("dead", "passes no gradient", np.asarray(v.inputs[0]._held) <= 0)
    if v.op is not None and v.op.name in SLOPES:
        slope = SLOPES[v.op.name](np.asarray(v._held))
        found += _counted("saturated", f"slope {minus(number(np.max(slope, initial=0.0)))}", slope < FLAT)
    for data, where in ((v._held, ""), (gradient, " in the gradient")):
        if type(data) is not float or not isfinite(data):
            found += [] if data is None else _counted(f"not finite{where}", "", ~np.isfinite(data))
    return tuple(found)


SLOPES = {"tanh": lambda y: 1 - y * y, "sigmoid": lambda y: y * (1 - y)}


def _counted(what: str, effect: str, found: Any) -> list[str]:
    """'dead: passes no gradient' for a number or a whole array, 'dead: 3 of 8' for a part of one."""
    count, size = int(np.sum(found)), int(np.size(found))
    if count == 0:
        return []
    if count < size:
        return [f"{what}: {count:,} of {size:,}"]
    return [f"{what}: {effect}" if effect else what]
