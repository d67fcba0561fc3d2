"""Operations that NumPy does faster in another way than one writes them."""

from __future__ import annotations

from typing import Any

from ..recording.line import Line
from ..source.words import CHOICE
from ..source.words_of_arrays import index_text


class Quicker:
    """How `Buffered` writes them; each method says whether it knew a way."""

    def state_matmul(self: Any, line: Line) -> bool:
        """a.dot(b) takes half the time of a @ b for vectors, and the same for large matrices."""
        a, b = line.inputs
        if a.ndim > 2 or b.ndim > 2 or a.dtype != b.dtype:
            return False
        if line.shape:
            self.product(line, self.names[a], self.names[b])
        else:
            self.say(f"{self.name(line)} = float({self.names[a]}.dot({self.names[b]}))", line)
        return True

    def state_affine(self: Any, line: Line) -> bool:
        """The product, and the bias added in place."""
        x, weight, bias = line.inputs
        alike = type(bias) is Line and bias.dtype == line.dtype == x.dtype == weight.dtype
        if x.ndim != 2 or not alike:
            return False
        self.product(line, self.names[x], f"{self.names[weight]}.T")
        name = self.names[line]
        self.say(f"{self.function('add')}({name}, {self.written(bias, CHOICE)}, {name})", line)
        return True

    def product(self: Any, line: Line, a: str, b: str) -> None:
        """y = a.dot(b), or into memory that is there."""
        name = self.name(line)
        self.say(f"{a}.dot({b}, {name})" if self.there(line) else f"{name} = {a}.dot({b})", line)

    def state_filled(self: Any, line: Line) -> bool:
        """np.full takes 2 µs, this 0.3."""
        name = self.name(line)
        self.say(f"{name} = {self.empty(line.shape, line.dtype)}", line)
        self.say(f"{name}.fill({self.written(line.inputs[0], CHOICE)})", line)
        return True

    def state_scatter(self: Any, line: Line) -> bool:
        """Zeros, and one part of them overwritten."""
        assert line.op is not None
        index = index_text(line.op.settings["index"])
        if index is None or not line.shape:
            return False
        name = self.name(line)
        self.say(f"{name} = {self.empty(line.shape, line.dtype, 'zeros')}", line)
        self.say(f"{name}[{index}] = {self.written(line.inputs[0], CHOICE)}", line)
        return True

    def state_max(self: Any, line: Line) -> bool:
        """Without the method's wrapper, which takes 0.5 µs."""
        assert line.op is not None
        axis, x = line.op.settings["axis"], line.inputs[0]
        if not line.shape or type(axis) is not int:
            return False
        ufunc = self.function({"max": "maximum", "min": "minimum"}[line.op.name])
        keep = line.op.settings["keepdims"]
        self.say(f"{self.name(line)} = {ufunc}.reduce({self.names[x]}, {axis}, None, None, {keep})", line)
        return True

    state_min = state_max
