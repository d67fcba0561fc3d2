"""The tables of docs/reference.md: every primitive with its formula and its derivatives, made from the rules that run.

    python -m tinygrad_edu.writing.reference docs/reference.md

writes them anew between the two marks in the page; a test does the same in memory, so the page cannot go stale.

>>> print(table([TABLE["tanh"]]))
| primitive | what it computes | y | gradient of each input | where |
|---|---|---|---|---|
| `tg.tanh(x)` | Squash any number into (-1, 1). | $\\tanh(x)$ | $x$: $g \\cdot (1 - y^{2})$ | |
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from ..errors import DataError
from ..ops import convolution, pooling
from ..ops.catalogue import FUNCTIONS
from ..ops.op import TABLE, Op
from .alphabet import latex_name
from .formula import in_cell, where_defined
from .latex import derivative_markdown, op_latex
from .templates import built_in

BEGIN = "% made by: python -m tinygrad_edu.writing.reference docs/reference.md"
END = "% end of what was made"


LATE = {convolution.__name__: 1, pooling.__name__: 2}  # loaded when a layer needs them, in any order


def table(ops: Iterable[Op]) -> str:
    """The primitives as a Markdown table, one row each."""
    head = ["primitive", "what it computes", "y", "gradient of each input", "where"]
    rows = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for op in ops:
        gradients = [f"${latex_name(name)}$: {derivative_markdown(op, k)}" for k, name in enumerate(op.inputs)]
        where = where_defined(op)
        cells = [f"`{call(op)}`", meaning(op), f"${op_latex(op)}$", "<br>".join(gradients)]
        cells += [where if not re.fullmatch("every real number|.* any", where) else ""]
        rows.append(re.sub(" +", " ", "| " + " | ".join(map(in_cell, cells)) + " |"))
    return "\n".join(rows)


def meaning(op: Op) -> str:
    """What it computes: the first paragraph of its docstring, which also tells what holds at a kink."""
    return inspect.cleandoc(op.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace("*", r"\*")


def call(op: Op) -> str:
    """How it is called, with its settings; `tg.` in front if it is public."""
    inputs = [f"*{name}" if op.variadic else name for name in op.inputs]
    settings = [f"{name}={'...' if value is ... else getattr(value, '__name__', None) or repr(value)}"
                for name, value in op.settings.items()]  # fmt: skip
    return f"{'tg.' if op.name in FUNCTIONS else ''}{op.name}({', '.join([*inputs, *settings])})"


def title(op: Op) -> str:
    """What the file of a primitive is about: how its docstring begins."""
    text = sys.modules[op.forward.__module__].__doc__ or ""
    return re.split(r"[:.;]\s", text.replace("\n", " "))[0]


def tables() -> str:
    """All primitives of the package, file by file, then those that only others use."""
    ops = sorted((op for op in TABLE.values() if built_in(op)), key=lambda op: LATE.get(op.forward.__module__, 0))
    order = list(dict.fromkeys(getattr(op, "forward", op).__module__ for op in FUNCTIONS.values()))
    public = sorted((op for op in ops if op.name in FUNCTIONS), key=lambda op: order.index(op.forward.__module__))
    parts = [f"### {name}\n\n{table(group)}" for name, group in groupby(public, title)]
    parts += [f"### Inside other functions and derivatives\n\n{table(op for op in ops if op.name not in FUNCTIONS)}"]
    return "\n\n".join(parts)


def renewed(page: str) -> str:
    """The page with new tables between its two marks.

    raises   DataError if it does not have them
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise DataError(
            "The page has no place for the tables of primitives.",
            "They are written between two marks, so that everything else on the page stays as it is.",
            f"Write these two lines where the tables belong:\n{BEGIN}\n{END}",
        )
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(renewed(path.read_text("utf-8")), "utf-8")
