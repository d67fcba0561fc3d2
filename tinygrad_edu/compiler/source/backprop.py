"""The derivation as a file: `forward`, `backward`, and the numbers they have to give.

What Python remembers while a loss is computed, and how it goes back, is written down as two functions that need
nothing of this package. Run the file, and it checks itself against the numbers that were recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...calculus.containers import flatten
from ...calculus.grad import value_and_grad
from ...engine.value import Value
from ..recording.line import Line
from ..recording.program import needed_for
from .layout import COLUMNS, arguments, indented, laid_out, quoted
from .literals import Written, literal_lines, tree_of_texts
from .standalone import Standalone, commented, unpacked, written

RESERVED = {"forward", "backward", "gradients", "recorded", "saved"}
MOST = 2000  # numbers that are written into the file; more are saved beside it


def write_backprop(
    f: Callable[..., Any], *example: Any, to: str | Path = "backprop.py", argnums: int | tuple[int, ...] = 0
) -> Path:
    """Write the backward pass of f as a Python file: `forward`, `backward`, and a check that both are right.

    f         returns one number, the loss
    example   arguments: their shapes and containers are what the file is for, their numbers what it is checked with
    to        the file; with more than 2,000 numbers among the arguments, these go to an .npz beside it
    argnums   which argument to differentiate by, as in `grad`
    returns   the path of the file: `loss, kept = forward(*example)`, `gradients = backward(*example, kept)`.
              Values and large arrays from around f are further arguments, behind those of f
    raises    ShapeError if f returns an array; CompileError if it cannot be written down

    >>> import tempfile
    >>> from tinygrad_edu.ops.trigonometry import tanh
    >>> def loss(w, x, y):
    ...     h = tanh(w * x)
    ...     return (y - h) ** 2
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = write_backprop(loss, 0.5, 2.0, 1.0, to=Path(folder) / "backprop.py").read_text("utf-8")
    >>> print(text.split("if __name__")[0].strip())
    \"""The backward pass of loss, step by step. Run it: it checks itself against recorded numbers.\"""
    <BLANKLINE>
    import math
    <BLANKLINE>
    <BLANKLINE>
    def forward(w, x, y):
        \"""loss, and what the way back needs of the way there.\"""
        h = math.tanh(w * x)
        t1 = y - h
        loss = t1 * t1
        return loss, (h, t1)
    <BLANKLINE>
    <BLANKLINE>
    def backward(w, x, y, kept):
        \"""How loss changes with w.\"""
        h, t1 = kept
        d_loss_d_h = -2.0 * t1  # back through t1 = y - h
        return d_loss_d_h * (1.0 - h * h) * x
    """
    both = value_and_grad(f, argnums)
    path = Path(to)
    example = tuple(plain(x) for x in example)
    found = both(*example)
    module = Module(written(both, example, {}, RESERVED), example, found, path)
    path.write_text(module.text, "utf-8")
    if module.saved:
        np.savez(path.with_suffix(".npz"), **module.saved)  # type: ignore[arg-type]
    return path


def plain(x: Any) -> Any:
    """Arguments with numbers and arrays in the place of Values."""
    leaves, rebuild = flatten(x)
    return rebuild([leaf._held if type(leaf) is Value else leaf for leaf in leaves])


class Module:
    """The text of the file.

    saved   arrays for the file beside it, by name
    """

    def __init__(self, source: Standalone, example: tuple[Any, ...], found: Any, path: Path):
        self.source, self.example, self.found, self.path = source, example, found, path
        self.saved: dict[str, np.ndarray] = {}
        program, readable = source.program, source.source
        there = set(needed_for(program.results[:1]))
        self.forward = [(text, line) for text, line in readable.statements if line in there]
        self.backward = [(text, line) for text, line in readable.statements if line not in there]
        self.value, *self.slopes = readable.answers
        used = words("\n".join([*(text for text, _ in self.backward), *self.slopes]))
        self.kept_names = [name for line, name in readable.names.items() if line.op and line in there and name in used]
        self.kept = readable.free("kept")
        root = program.results[0]
        self.loss = readable.names.get(root, "y") if type(root) is Line else "y"
        function = source.name.rpartition("_of_")[2]
        self.title = f"The backward pass of {function}, step by step."

    @property
    def text(self) -> str:
        """All of it."""
        inside = [*self.forward_pass(), "", "", *self.backward_pass()]
        start = f'"""{self.title} Run it: it checks itself against recorded numbers."""\n\n'
        return start + self.source.assembled(["\n".join(inside), "\n".join(self.check())], self.extra_imports())

    def forward_pass(self) -> list[str]:
        """`def forward(...)`: the value, and what is kept."""
        body = self.steps(self.forward)
        body = [*self.unpacking(words("\n".join([*body, self.value]))), *body]
        kept = ", ".join(self.kept_names) + ("," if len(self.kept_names) == 1 else "")
        last = f"return {self.value}, ({kept})"
        if len(last) > COLUMNS:
            body += laid_out("return ", (self.value, tuple(self.kept_names)))
        else:
            body.append(last)
        says = f'"""{self.loss}, and what the way back needs of the way there."""'
        return [*self.source.signature("forward"), *indented([says, *body])]

    def backward_pass(self) -> list[str]:
        """`def backward(..., kept)`: the gradients."""
        steps, slopes = list(self.backward), list(self.slopes)
        if len(slopes) == 1 and steps and steps[-1][0].startswith(f"{slopes[0]} = "):
            text = steps[-1][0].partition(" = ")[2]
            if len(text) < COLUMNS - 8 and type(self.tree(slopes)) is str:
                steps, slopes = steps[:-1], [text]
        body = self.steps(steps)
        result = self.tree(slopes)
        body += laid_out("return ", result)
        start = self.unpacking(words("\n".join(body)))
        if self.kept_names:
            start += unpacked(self.kept_names, f" = {self.kept}")
        ends = {note.of for line in self.source.program.lines for note in line.gradients or () if note.of.op is None}
        names = [self.source.source.names[x] for x in sorted(ends, key=lambda x: x.order)]
        shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
        says = f'"""How {self.loss} changes with {shown or "its arguments"}."""'.replace("....", "...")
        return [*self.source.signature("backward", self.kept), *indented([says, *start, *body])]

    def tree(self, slopes: list[str]) -> Any:
        """The gradients in their containers."""
        return self.source.program.rebuild([self.value, *slopes])[1]

    def steps(self, statements: list[tuple[str, Line]]) -> list[str]:
        """The statements with their comments."""
        return [line for text, step in statements for line in commented(text, self.source.source.comment(step))]

    def unpacking(self, used: set[str]) -> list[str]:
        """The statements that take the arguments apart, for what is used."""
        lines: list[str] = []
        pending = set(used)
        for end, targets in reversed(self.source.source.unpacking):
            name, _, whole = end.partition(" = ")
            places = [k for k, target in enumerate(targets or ()) if target in pending]
            if targets is None and name in pending:
                lines = [end, *lines]
            elif len(places) > len(targets or ()) / 2:
                lines = [*unpacked([x if x in pending else "_" for x in targets or ()], end), *lines]
            elif places and targets is not None:
                lines = [*(f"{targets[k]} = {whole}[{k}]" for k in places), *lines]
            else:
                continue
            pending.add(whole.partition("[")[0])
        return lines

    # ── the check ────────────────────────────────────────────────────────────────────────────────────────────────────
    def extra_imports(self) -> list[str]:
        """What only the check needs."""
        return ["from pathlib import Path"] if self.large() else []

    def large(self) -> bool:
        """Whether there are too many numbers to write them down."""
        leaves = flatten((self.example, self.source.extras, self.found))[0]
        return sum(np.size(x) for x in leaves if isinstance(x, (float, int, np.ndarray))) > MOST

    def check(self) -> list[str]:
        """`if __name__ == "__main__":` the numbers of the example, and those that have to come out."""
        source = self.source.source
        names = [*source.parameters, *source.extra, *source.passed]
        lines = ['saved = np.load(Path(__file__).with_suffix(".npz"))'] if self.large() else []
        for name, x in zip(names, [*self.example, *self.source.extras]):
            lines += self.assigned(name, x)
        lines.append(f"{self.loss}, {self.kept} = forward({', '.join(names)})")
        if len(lines[-1]) > COLUMNS:
            lines[-1:] = arguments(f"{self.loss}, {self.kept} = forward", names, "", COLUMNS)
        lines += arguments("gradients = backward", [*names, self.kept], "", COLUMNS)
        for way, x in [(self.loss, self.found[0]), *ways("gradients", self.found[1])]:
            lines += self.asserted(way, x)
        lines.append('print("forward and backward give the recorded numbers")')
        return ['if __name__ == "__main__":', *indented(lines)]

    def assigned(self, name: str, x: Any) -> list[str]:
        """`w = 0.5`"""
        if self.large():
            x = self.stored(name, x)
        return literal_lines(name, x, COLUMNS)

    def stored(self, name: str, x: Any) -> Any:
        """The same with the arrays in the file beside it."""
        leaves, rebuild = flatten(x)
        return rebuild([self.reference(f"{name}_{k}", leaf) for k, leaf in enumerate(leaves)])

    def reference(self, name: str, leaf: Any) -> Any:
        if type(leaf) is not np.ndarray:
            return leaf
        self.saved[name] = leaf
        return Written(f'saved["{name}"]')

    def asserted(self, way: str, x: Any) -> list[str]:
        """A number or an array that has to come out."""
        if type(x) is not np.ndarray:
            tolerance = "rel_tol=1e-9, abs_tol=1e-12"
            return [f"assert math.isclose({way}, {tree_of_texts(x)}, {tolerance})"]
        wide = "rtol=1e-9, atol=1e-12" if x.dtype == np.float64 else "rtol=1e-3, atol=1e-5"
        if self.large():
            name = re.sub(r"\W+", "_", way).strip("_")
            self.saved[name] = x
            return [f'np.testing.assert_allclose({way}, saved["{name}"], {wide})']
        return [*literal_lines("recorded", x, COLUMNS), f"np.testing.assert_allclose({way}, recorded, {wide})"]


def words(text: str) -> set[str]:
    """Every name in a text; comments may say too much, never too little."""
    return set(re.findall(r"[^\W\d]\w*", re.sub(r"  # .*$|^# .*$|\"[^\"\n]*\"", "", text, flags=re.MULTILINE)))


def ways(text: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """Every leaf of a container, with the way to it: gradients["W1"]."""
    if isinstance(tree, dict):
        for key, part in tree.items():
            yield from ways(f"{text}[{quoted(key)}]", part)
    elif isinstance(tree, (tuple, list)):
        for k, part in enumerate(tree):
            yield from ways(f"{text}[{k}]", part)
    else:
        yield text, tree
