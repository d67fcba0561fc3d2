"""What primitives say when they cannot: each message in three parts."""

from __future__ import annotations

import inspect
from reprlib import repr as shortened
from typing import Any

import numpy as np

from ..errors import AxisError, DataError, DerivativeError, ShapeError, TinygradError


def too_large(x: Any) -> DataError:
    """For an int beyond the largest float."""
    return DataError(
        f"A number of type {type(x).__name__} is too large.",
        "Values hold 64-bit floating-point numbers, which end at about 1.8e308.",
        "Scale it down, or take its logarithm first.",
    )


def no_number(x: Any) -> DataError:
    """For text, None, objects, complex numbers, ragged lists."""
    return DataError(
        f"{shortened(x)} ({type(x).__name__}) is no real number and no array of real numbers.",
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
    for parameter in inspect.signature(op.forward).parameters.values():
        if parameter.kind is not parameter.KEYWORD_ONLY and parameter.default is not parameter.empty:
            raise DerivativeError(
                f"@op {op.name}: the input {parameter.name!r} has a default value.",
                "Inputs are what is differentiated and are always given; choices with a default are settings.",
                f"Put a star before it, def {op.name}(x, *, {parameter.name}={parameter.default!r}), to make it one.",
            )
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
        if not callable(rule):
            raise DerivativeError(
                f"@op {op.name}: the derivative {name!r} is {rule!r}, which is no function.",
                "A derivative is a rule that carries the gradient g back to the input, not a number.",
                f"Write {name}={example}",
            )
        takes = inspect.signature(rule).parameters.values()
        if [p.name for p in takes] != wanted and not any(p.kind is p.VAR_POSITIONAL for p in takes):
            raise DerivativeError(
                f"@op {op.name}: the derivative {name!r} takes ({', '.join(p.name for p in takes)}).",
                "A derivative takes g, y, the inputs and the settings, in this order.",
                f"Write {name}={example}",
            )


def no_parentheses(forward: Any) -> DerivativeError:
    """For @op without its derivatives."""
    name = getattr(forward, "__name__", str(forward))
    return DerivativeError(
        f"@op above {name} was given no derivatives.",
        "A primitive needs the rule that carries the gradient g back to each of its inputs.",
        f"Write @op(x=lambda g, y, x: ...) above def {name}(x), with the input's own name.",
    )


def no_result(y: Any) -> DataError:
    """For a primitive whose function returned something that is no number."""
    return DataError(
        f"A primitive computed {y!r} ({type(y).__name__}), which is no real number and no array of them.",
        "Its result must be something that has a derivative.",
        "Check that the function below @op ends with `return`, and returns a number or an array.",
    )


def one_for_each(op: Any, gradients: Any, inputs: Any) -> Any:
    """The gradients, if there is one for each of the inputs."""
    if not isinstance(gradients, (list, tuple)) or len(gradients) != len(inputs):
        count = len(gradients) if isinstance(gradients, (list, tuple)) else type(gradients).__name__
        raise DerivativeError(
            f"The derivative of {op.name} returned {count} gradients for {len(inputs)} inputs.",
            "The rule for *inputs returns a list with one gradient for each of them, in their order.",
            f"Look at the rule {op.inputs[0]}=lambda g, y, *{op.inputs[0]}: [...] above {op.name}.",
        )
    return gradients


def misfit(op: Any, inputs: tuple[Any, ...], error: Exception) -> Exception:
    """NumPy's complaint about shapes or axes, in our three parts."""
    if isinstance(error, TinygradError):
        return error  # the primitive has said it better
    shapes = [np.shape(x) for x in inputs]
    if isinstance(error, np.exceptions.AxisError):
        count = len(shapes[0])
        if count == 0:
            write = f"Write {op.name}(x) without an axis."
            if op.name in ("max", "min"):
                write += f" For the {'larger' if op.name == 'max' else 'smaller'} of two numbers: {op.name}imum(a, b)."
            return AxisError(f"{op.name}: {error}.", "A single number has no axes.", write)
        return AxisError(
            f"{op.name}: {error}.",
            f"An array of shape {shapes[0]} has {count} axes, numbered 0 to {count - 1}, or -{count} to -1.",
            f"Write {op.name}(x, axis={count - 1}) for the last one.",
        )
    if op.name == "matmul" and all(shapes):
        rows, columns = shapes[0][-1], shapes[1][-2:][0]
        if rows == columns:
            return ShapeError(
                f"{shapes[0]} @ {shapes[1]}: the batches {shapes[0][:-2]} and {shapes[1][:-2]} do not fit together.",
                "All axes but the last two count matrices; their sizes must be equal, or 1.",
                "Reshape one of them, for example x[:, None] for a new axis.",
            )
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
