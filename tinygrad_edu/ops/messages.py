"""What primitives say when they cannot: each message in three parts."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ..errors import AxisError, DataError, DerivativeError, ShapeError, TinygradError


def no_number(x: Any) -> DataError:
    """For text, None, objects, complex numbers, ragged lists."""
    return DataError(
        f"{x!r} ({type(x).__name__}) is no real number and no array of real numbers.",
        "A value needs a number: derivatives of text, objects or complex numbers are not defined here.",
        "Write a float, an int, or a rectangular list or array of them.",
    )


def wrong_setting(op: Any, extra: str) -> DataError:
    """For a keyword the primitive does not have, or one argument too many."""
    inputs = ["*" + name if op.variadic else name for name in op.inputs]
    return DataError(
        f"{op.name}: {extra} is not one of its settings.",
        f"Its inputs are ({', '.join(inputs)}), its settings are ({', '.join(op.settings)}).",
        f"Write {op.name}({', '.join([*inputs, *(f'{name}=...' for name in op.settings)])}).",
    )


def check_derivatives(op: Any, derivatives: dict[str, Any]) -> None:
    """Raise unless there is one derivative per input, each taking g, y, the inputs and the settings."""
    wanted = ["g", "y", *op.inputs, *op.settings]
    example = f"lambda {', '.join(wanted)}: ..."
    for name in op.inputs:
        if name not in derivatives:
            raise DerivativeError(
                f"@op {op.name}: the derivative for the input {name!r} is missing.",
                "Every input needs the rule that carries the gradient g back to it.",
                f"Write {name}={example} above it (or {name}=zero where it has none).",
            )
    for name, rule in derivatives.items():
        if name not in op.inputs:
            raise DerivativeError(
                f"@op {op.name}: a derivative is named {name!r}, but no input is.",
                f"Derivatives are named like the inputs, and these are ({', '.join(op.inputs)}).",
                f"Rename it, or add {name!r} to the function's inputs.",
            )
        takes = inspect.signature(rule).parameters.values()
        if [p.name for p in takes] != wanted and not any(p.kind is p.VAR_POSITIONAL for p in takes):
            raise DerivativeError(
                f"@op {op.name}: the derivative {name!r} takes ({', '.join(p.name for p in takes)}).",
                "A derivative takes g, y, the inputs and the settings, in this order.",
                f"Write {name}={example}",
            )


def misfit(op: Any, inputs: tuple[Any, ...], error: Exception) -> Exception:
    """NumPy's complaint about shapes or axes, in our three parts."""
    if isinstance(error, TinygradError):
        return error  # the primitive has said it better
    shapes = [np.shape(x) for x in inputs]
    if isinstance(error, np.exceptions.AxisError):
        count = len(shapes[0])
        return AxisError(
            f"{op.name}: {error}.",
            f"An array of shape {shapes[0]} has {count} axes, numbered 0 to {count - 1}, or -{count} to -1.",
            f"Write {op.name}(x, axis={count - 1}) for the last one.",
        )
    if op.name == "matmul" and all(shapes):
        rows, columns = shapes[0][-1], shapes[1][-2:][0]
        return ShapeError(
            f"{shapes[0]} @ {shapes[1]}: the inner sizes {rows} and {columns} differ.",
            "A matrix product pairs rows on the left with columns on the right; both need equal length.",
            "Did you mean x @ w.T?" if shapes[1][-1] == rows else "Transpose or reshape one of them.",
        )
    if op.elementwise:
        return ShapeError(
            f"{op.name}: the shapes {' and '.join(map(str, shapes))} do not fit together.",
            "Shapes are compared from the right; two sizes fit when they are equal or one of them is 1.",
            "Reshape one of them, for example x[:, None] for a column.",
        )
    return ShapeError(
        f"{op.name} of {' and '.join(map(str, shapes))}: {error}.",
        "The operation is not defined for these shapes and settings.",
        f"Look at help({op.name}), then reshape the input or change the setting.",
    )


def wrong_operand(name: str, shapes: tuple[tuple[int, ...], ...], wanted: str) -> ShapeError:
    """For operands whose shapes a product does not take."""
    return ShapeError(
        f"{name}: the shapes {', '.join(map(str, shapes))} do not fit together.",
        f"It takes the shapes {wanted}, where equal letters are equal sizes.",
        "Transpose or reshape the one that differs.",
    )
