"""The end of a program: its results looked at, put together and returned.

A result that is nan is computed again with care. A result that is an array is its owner's alone: what may show an
argument, a parameter or another result is copied.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .plain_numbers import to_ask
from .recording.line import Line
from .source.python import Source
from .source.words import built_in

# besides the elementwise ones, the operations that make an array of their own
FRESH = {"matmul", "affine", "sum", "mean", "max", "min", "sum_to", "filled", "scatter", "joined", "stacked"}


class Answer:
    """The last lines of the function.

    doubtful   lines of derivatives: nan among them needs care
    shown      whether numbers were given whose type is to be read off the results
    asides     for some lines on the way the name of the sum of their squares, taken right after they are computed: nan
               in a result shows there, in fewer numbers
    """

    def __init__(
        self,
        source: Source,
        doubtful: set[Line],
        shown: bool,
        free: Callable[[str], str],
        bound: Callable[[str, Any], str],
        different: str,
    ):
        self.bound, self.names, self.lines = bound, source.names, []  # type: Any, dict[Line, str], list[str]
        self.asides: dict[Line, str] = {}
        texts, numbers, arrays = list(source.answers), [], []  # type: list[str], list[str], list[str]
        places = to_ask(source.program, source.visible) if source.visible else {}  # none among single numbers
        seen: set[Line] = set()
        for k, y in enumerate(source.program.results):
            if type(y) is not Line or y.is_mask:
                continue
            if y.shape and (y in seen or not fresh(y)):
                texts[k] = f"({texts[k]}).copy()"
            seen.add(y)
            if y.shape and y in doubtful and y not in places.get(y, {y}):
                self.asides.update((x, self.asides.get(x) or free("squares")) for x in places[y])
            elif y in doubtful or (shown and not y.shape):
                if not texts[k].isidentifier():
                    name = free(f"y{k + 1}")
                    self.lines.append(f"{name} = {texts[k]}")
                    texts[k] = name
                if not y.shape or y.dtype.kind == "f":
                    (arrays if y.shape else numbers).append(texts[k])
        if numbers:
            total = self.named("total", " + ".join(numbers), free) if len(numbers) > 1 else numbers[0]
            nan = f" or {total} != {total}" if doubtful else ""
            self.lines += [f"if type({total}) is not float{nan}:", f"    raise {different}"]
        sums = [*self.asides.values(), *map(self.squares, arrays)]
        if sums:
            squares = self.named("squares", " + ".join(sums), free)
            self.lines += [f"if {squares} != {squares}:", f"    raise {different}"]
        self.lines.append(f"return {self.put_together(source.program.rebuild(texts))}")

    def squares(self, array: str) -> str:
        """The sum of the squares of an array: the fastest way to ask all entries at once whether they are nan."""
        return f"{self.bound('vdot', np.vdot)}({array}, {array})"

    def aside(self, line: Line) -> list[str]:
        """What is to be said right after the line was computed."""
        return [f"{self.asides[line]} = {self.squares(self.names[line])}"] if line in self.asides else []

    def named(self, wanted: str, text: str, free: Callable[[str], str]) -> str:
        """A statement, and the name of what it computes."""
        name = free(wanted)
        self.lines.append(f"{name} = {text}")
        return name

    def put_together(self, tree: Any) -> str:
        """The container of the results, as Python writes it; named tuples by their names."""
        kind = type(tree)
        if isinstance(tree, dict):
            return "{" + ", ".join(f"{self.key(key)}: {self.put_together(part)}" for key, part in tree.items()) + "}"
        if not isinstance(tree, (tuple, list)):
            return str(tree)
        inside = ", ".join(map(self.put_together, tree))
        if hasattr(tree, "_fields"):
            return f"{self.bound(kind.__name__, kind)}({inside})"
        text = f"[{inside}]" if isinstance(tree, list) else f"({inside}{',' if len(tree) == 1 else ''})"
        return text if kind in (tuple, list) else f"{self.bound(kind.__name__, kind)}({text})"

    def key(self, key: Any) -> str:
        """A key of a dictionary."""
        return repr(key) if type(key) in (str, int) else self.bound("key", key)


def fresh(line: Line) -> bool:
    """Whether the array was made by its operation, and is nobody else's."""
    op = line.op
    return op is not None and built_in(op) and (op.base.elementwise or op.name in FRESH)
