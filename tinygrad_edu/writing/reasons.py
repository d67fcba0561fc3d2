"""Why a contribution has another shape than what the derivative rule returned, or than what arrived."""

from __future__ import annotations

from math import prod
from typing import Any

from ..calculus.steps import Contribution
from ..ops.broadcasting import shape_of

USED = {"add": "was added to", "subtract": "was part of", "multiply": "was multiplied with", "divide": "was part of",
        "affine": "was added to", "power": "was part of", "maximum": "was compared with",
        "minimum": "was compared with"}  # fmt: skip


def reason(use: Contribution, name: str) -> str:
    """The sum over copies, the transpose or the reshaping in one sentence; '' if the shapes just agree.

    >>> import numpy as np
    >>> from tinygrad_edu.calculus.steps import backward_steps
    >>> from tinygrad_edu.engine.value import Value
    >>> [step] = backward_steps(Value(np.ones((32, 3))) + Value(np.ones(3), "b"), np.ones((32, 3)))
    >>> reason(step.contributions[1], "b")
    '(32, 3) summed over axis 0 to (3,), because b was added to each of 32 rows.'
    """
    op, returned, wanted, arrived = use.node.op, shape_of(use.before_fit), use.input.shape, use.node.shape
    if returned != wanted:
        if len(returned) < len(wanted) or prod(returned) < prod(wanted):
            if use.input.size == 1:
                return ""
            return f"The same for {'both' if use.input.size == 2 else f'all {use.input.size:,}'} entries of {name}."
        return _summed(USED.get(op.name, "was used for"), name, returned, wanted)
    if op.name == "matmul" and len(arrived) == 2 == len(wanted):
        a, b = (shape_of(x) for x in use.node.inputs)
        left, right = (arrived, b[::-1]) if use.index == 0 else (a[::-1], arrived)
        return f"{left} @ {right} → {wanted}: the only order in which the shapes fit."
    if op.name == "affine" and len(arrived) == 2 and use.index == 1:
        samples = shape_of(use.node.inputs[0])
        return f"{arrived[::-1]} @ {samples} → {wanted}: one row per output, and a sum over {arrived[0]:,} samples."
    if arrived != wanted and op.name in ("transpose", "swapaxes", "moveaxis"):
        return f"{arrived} → {wanted}: turned back, as the way forward had turned it."
    if arrived != wanted and () not in (arrived, wanted) and not op.elementwise:
        return f"{arrived} → {wanted}"
    return ""


def _summed(used: str, name: str, returned: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """Which axes were summed to undo a broadcast, and what was done with the copies."""
    extra = len(returned) - len(wanted)
    stretched = [extra + i for i, n in enumerate(wanted) if n == 1 and returned[extra + i] != 1]
    axes = (*range(extra), *stretched)
    copies = prod(returned[i] for i in axes)
    if wanted == ():
        return f"{returned} summed over all entries, because {name} {used} each of {copies:,}."
    things = {(2, (0,)): "rows", (2, (1,)): "columns"}.get((len(returned), axes), "places")
    over: Any = f"axis {axes[0]}" if len(axes) == 1 else f"the axes {', '.join(map(str, axes))}"
    return f"{returned} summed over {over} to {wanted}, because {name} {used} each of {copies:,} {things}."
