"""The statements of one loop over the pieces of long arrays.

    for i in range(0, 1000000, 4096):
        k = slice(i, i + 4096)
        x1 = x[k]
        y1 = y[k]
        tanh(x1, r1)
        multiply(r1, x1, y1)

r1 is a piece of memory that is used again for every piece; y, which somebody else reads, is filled piece by piece.
"""

from __future__ import annotations

from typing import Any

from ..recording.line import Line
from .recipes import recipe_of, reusable
from .tiles import Tiles


class Loop:
    """One loop while it is being written.

    source   the `Buffered` that knows the names of everything outside
    kept     the lines of the group that somebody outside reads
    """

    def __init__(self, source: Any, group: Tiles, kept: set[Line]):
        self.source, self.group, self.kept = source, group, kept
        self.size = max(line.size for line in group.lines)
        self.long = group.piece
        self.before: list[str] = []
        self.cut: list[str] = []
        self.inside: list[str] = []
        self.sums: list[tuple[Line, str]] = []
        self.pieces: dict[Line, str] = {}
        self.spare: dict[Any, list[str]] = {}  # free pieces of memory, by precision
        self.made: list[str] = []
        self.index, self.piece = source.free("i"), source.free("k")
        self.last = {x: line for line in group.lines for x in source.reads(line)}

    def write(self) -> None:
        """First what is cut into pieces, then the loop, then the sums as plain numbers."""
        for line in self.group.lines:
            if line in self.source.absorbed:
                continue
            if line.shape:
                self.compute(line)
            else:
                self.add_up(line)
        say, about = self.source.say, self.group.lines[-1]
        rest = self.size % self.long
        head = [f"{self.piece} = slice({self.index}, {self.index} + {self.long})", *self.cut]
        if self.made and rest:
            shorter = ", ".join(f"{name}[:{rest}]" for name in self.made)
            head.append(f"if {self.index} == {self.size - rest}: {', '.join(self.made)} = {shorter}")
        for text in self.before:
            say(text, about)
        say(f"for {self.index} in range(0, {self.size}, {self.long}):", about)
        for text in [*head, *self.inside]:
            say("    " + text, about)
        for line, total in self.sums:
            exact = self.source.function("float32") if line.inputs[0].dtype == "f4" else ""  # as a sum of floats32 is
            self.source.total(line, f"{exact}({total})" if exact else total, self.size)

    def compute(self, line: Line) -> None:
        """The steps of one line on a piece."""
        steps = recipe_of(line)
        assert steps is not None
        assert line.op is not None
        texts = {name: self.text(x) for name, x in zip(line.op.inputs, line.inputs)}
        target = self.cut_from(line) if line in self.kept else self.given_up(line, reusable(steps))
        target = target or self.memory(line.dtype)
        extra = self.memory(line.dtype) if any(step.target == "t" for step in steps) else ""
        for step in steps:
            self.inside.append(self.source.step(line, step, {**texts, "y": target, "t": extra}, True))
        if extra:
            self.spare[line.dtype].append(extra)
        self.pieces[line] = target
        self.release(line)

    def add_up(self, line: Line) -> None:
        """The sum of a piece, added to the sums of those before."""
        name = self.source.free("s")
        self.before.append(f"{name} = 0.0")
        factors = [self.text(x) for x in self.source.reads(line)]
        if line.inputs[0] in self.source.absorbed:
            text = f"{factors[0]}.dot({factors[-1]})"
        else:
            text = f"{self.source.function('add')}.reduce({factors[0]})"
        self.inside.append(f"{name} += float({text})")
        self.sums.append((line, name))
        self.release(line)

    def text(self, x: Any) -> Any:
        """A piece of an array; a number as it is."""
        if type(x) is float or not x.shape:
            return x
        if x not in self.pieces:
            self.pieces[x] = self.piece_of(x, self.source.names[x])
        return self.pieces[x]

    def cut_from(self, line: Line) -> str:
        """A piece of an array that somebody reads after the loop."""
        whole, statement = self.source.space(line)
        if statement:
            self.before.append(statement)
        return self.piece_of(line, whole)

    def piece_of(self, x: Line, whole: str) -> str:
        """The name of a piece of an array, which is cut at the beginning of each round."""
        if x.ndim > 1:
            flat = self.source.free(f"{whole}_row")
            self.before.append(f"{flat} = {whole}.reshape(-1)")
            whole = flat
        name: str = self.source.free(f"{whole}1")
        self.cut.append(f"{name} = {whole}[{self.piece}]")
        return name

    def memory(self, dtype: Any) -> str:
        """A piece of memory that nobody uses at the moment."""
        free = self.spare.setdefault(dtype, [])
        if free:
            return free.pop()
        name: str = self.source.free("r1")
        self.made.append(name)
        self.before.append(f"{name} = {self.source.empty((self.long,), dtype)}")
        return name

    def given_up(self, line: Line, names: tuple[str, ...]) -> str | None:
        """The memory of an input that nobody reads any more."""
        assert line.op is not None
        for name, x in zip(line.op.inputs, line.inputs):
            if name in names and type(x) is Line and self.owned(x) and self.last[x] is line and x.dtype == line.dtype:
                return self.pieces.pop(x)
        return None

    def release(self, line: Line) -> None:
        """What was read for the last time is free for others."""
        for x in set(self.source.reads(line)):
            if self.owned(x) and self.last[x] is line:
                self.spare[x.dtype].append(self.pieces.pop(x))

    def owned(self, x: Line) -> bool:
        """Whether x is in a piece of memory of the loop's own."""
        return x in self.pieces and self.pieces[x] in self.made
