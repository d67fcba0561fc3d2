"""What Conv1d and Conv2d have in common: kernels that are moved over an image, at every place the same.

A fully connected layer has a weight for every pair of input and output. A convolution has one small kernel per pair
of channels, wherever it stands: what it learns in one corner it knows in all of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import ShapeError, unknown_name
from ..ops.broadcasting import shape_of
from ..ops.convolution import convolution
from ..ops.padding import pad
from ..ops.windows import count_windows
from .initial import array_source, checked_size
from .inputs import ready
from .module import Module
from .precision import floating

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}  # PyTorch's, NumPy's
Axes = tuple[int, ...]


class Convolution(Module):
    """The base of Conv1d and Conv2d; `axes` is how many a kernel has."""

    axes = 0

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        rng: np.random.Generator | None = None,
        dtype: Any = np.float64,
    ):
        rng, name = array_source(rng), type(self).__name__
        self.in_channels = checked_size(name, "in_channels", in_channels)
        self.out_channels = checked_size(name, "out_channels", out_channels)
        self.groups = checked_size(name, "groups", groups)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ShapeError(
                f"{name}: groups={groups} does not divide {in_channels} input and {out_channels} output channels.",
                "Each group connects an equal share of the inputs with an equal share of the outputs.",
                f"Write a divisor of {math.gcd(in_channels, out_channels)}, for example groups=1.",
            )
        dtype = floating(name, dtype)
        if padding_mode not in MODES:
            raise unknown_name("padding_mode", padding_mode, MODES)
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.axes, least=1)
        self.stride = per_axis(name, "stride", stride, self.axes, least=1)
        self.dilation = per_axis(name, "dilation", dilation, self.axes, least=1)
        self.padding, self.padding_mode = padding, padding_mode
        self.border = borders(name, padding, self.kernel_size, self.stride, self.dilation)
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        bound = math.prod(shape[1:]) ** -0.5
        self.weight = Value(rng.uniform(-bound, bound, shape).astype(dtype))
        self.bias = Value(rng.uniform(-bound, bound, shape[0]).astype(dtype)) if bias else None

    def forward(self, x: Any) -> Any:
        x = ready(x)
        check_image(self, shape_of(x), self.axes, self.in_channels)
        single = len(shape_of(x)) == self.axes + 1
        x = x[None] if single else x
        border = self.border
        if self.padding_mode != "zeros":
            x = pad(x, pad_width=((0, 0), (0, 0), *border), mode=MODES[self.padding_mode])
            border = ((0, 0),) * self.axes
        settings: dict[str, Any] = {"stride": self.stride, "padding": border, "dilation": self.dilation}
        count_windows(self, shape_of(x), self.kernel_size, **settings)
        bias = 0.0 if self.bias is None else self.bias
        y = convolution(x, self.weight, bias, **unusual(settings), groups=self.groups)
        return y[0] if single else y

    def __repr__(self) -> str:
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={short(self.kernel_size)}"]
        for name, usual in (("stride", 1), ("padding", 0), ("dilation", 1), ("groups", 1), ("padding_mode", "zeros")):
            if (chosen := short(getattr(self, name))) != usual:
                parts.append(f"{name}={chosen!r}")
        return f"{type(self).__name__}({', '.join(parts)}{', bias=False' if self.bias is None else ''})"


def unusual(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that a primitive would not have by itself: the others only lengthen pictures and formulas.

    >>> unusual({"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 2)})
    {'dilation': (1, 2)}
    """
    return {name: setting for name, setting in settings.items() if set(setting) not in ({1}, {(0, 0)})}


def short(setting: Any) -> Any:
    """(3, 3) as 3.

    >>> short((3, 3)), short((1, 2)), short("same")
    (3, (1, 2), 'same')
    """
    return setting[0] if isinstance(setting, tuple) and len(set(setting)) == 1 else setting


def per_axis(owner: str, name: str, setting: Any, axes: int, least: int) -> Axes:
    """A setting as one whole number per axis; a single number is meant for all of them.

    >>> per_axis("Conv2d", "stride", 2, axes=2, least=1)
    (2, 2)
    """
    numbers = tuple(setting) if isinstance(setting, (tuple, list)) else (setting,) * axes
    whole = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= least for n in numbers)
    if not whole or len(numbers) != axes:
        example = least + 1 if axes == 1 else (least + 1,) * axes
        raise ShapeError(
            f"{owner}: {name} is {setting!r}.",
            f"It is a whole number, {least} or more" + (f", or {axes} of them, one per axis." if axes > 1 else "."),
            f"Write {name}={least + 1}" + (f" or {name}={example}." if axes > 1 else "."),
        )
    return tuple(map(int, numbers))


def borders(owner: str, padding: Any, size: Axes, stride: Axes, dilation: Axes) -> tuple[Axes, ...]:
    """How much is added before and after each axis: a number, one per axis, "valid" (nothing) or "same".

    "same" makes as many results as there are entries; where the border is uneven, the larger part comes last.

    >>> borders("Conv2d", "same", (3, 4), (1, 1), (1, 1))
    ((1, 1), (1, 2))
    """
    if padding == "valid":
        return ((0, 0),) * len(size)
    if padding == "same":
        if set(stride) != {1}:
            raise ShapeError(
                f"{owner}: padding='same' with stride={short(stride)}.",
                "As many results as entries means one window per entry; a larger stride leaves windows out.",
                "Write stride=1, or the padding as a number.",
            )
        widths = [d * (k - 1) for k, d in zip(size, dilation)]
        return tuple((n // 2, n - n // 2) for n in widths)
    if isinstance(padding, str):
        raise unknown_name("padding", padding, ("same", "valid"))
    return tuple((n, n) for n in per_axis(owner, "padding", padding, len(size), least=0))


def check_image(layer: Any, shape: Axes, axes: int, channels: int | None = None) -> None:
    """Raise unless this is a batch (samples, channels, *axes) or a single image (channels, *axes)."""
    names = {1: "length", 2: "height, width"}[axes]
    if len(shape) not in (axes + 1, axes + 2):
        raise ShapeError(
            f"{layer!r} was called with shape {shape}.",
            f"It takes images (samples, channels, {names}), or a single one (channels, {names}).",
            "Write x[:, None] for a batch with one channel, x[None] for a single image with one."
            if len(shape) == axes
            else f"Reshape the input to {axes + 2} axes.",
        )
    found = shape[-axes - 1]
    if channels is not None and found != channels:
        order = (0, axes + 1, *range(1, axes + 1))
        raise ShapeError(
            f"{layer!r} was called with shape {shape}, which has {found} channel{'s' * (found != 1)}, not {channels}.",
            f"Channels stand before the axes of the image: (samples, channels, {names}).",
            f"Write x.transpose({order}) to move the channels there."
            if len(shape) == axes + 2 and shape[-1] == channels
            else f"Write {type(layer).__name__}({found}, ...).",
        )
