"""What a Value says when it is used in a way that could only go wrong."""

from __future__ import annotations

from typing import Any

from ..errors import ChangedDataError, DataError, DerivativeError, ShapeError, UnsupportedError
from ..ops.broadcasting import fit, shape_of
from ..ops.numbers import constant


def called(v: Any) -> str:
    """How a message names a value: by its name, or by what it is."""
    if v.name is not None:
        return repr(v.name)
    return f"a value of shape {v.shape}" if v.shape else f"a value ({v._held:g})"


def checked_start(gradient: Any, y: Any) -> Any:
    """The gradient a backward pass starts from: 1 for a number, and what was given, in its shape, for an array."""
    if y.op is None and y.a == ():
        raise not_recorded(y)
    if gradient is None:
        if y.shape:
            raise ShapeError(
                f"backward() from an array of shape {y.shape} needs to know what to start from.",
                "A gradient is the slope of one number; an array holds several, and each has its own slopes.",
                "Write y.sum().backward(), or y.backward(gradient) with an array of that shape.",
            )
        return 1.0
    gradient = constant(gradient)
    if shape_of(gradient) != y.shape:
        raise ShapeError(
            f"backward(gradient): the gradient has shape {shape_of(gradient)}, the value has shape {y.shape}.",
            "Every entry of the value starts with its own entry of the gradient.",
            f"Write y.backward(np.ones({y.shape})) to start from ones.",
        )
    return fit(gradient, y._held) + 0.0  # a copy, in the precision of y: the caller's array stays the caller's


def not_recorded(y: Any) -> DataError:
    """For a backward pass from a result that remembers nothing."""
    return DataError(
        f"backward() from {called(y)}, which was computed inside no_grad().",
        "There nothing is recorded, so it does not know what it was computed from, and no gradient could arrive there.",
        "Compute it outside of no_grad(), or after it has ended; predictions belong inside, losses to train on do not.",
    )


def several_numbers(v: Any) -> ShapeError:
    """For float(v) of an array."""
    return ShapeError(
        f"One number was asked for, of {called(v)}{f' with shape {v.shape}' if v.name is not None else ''}.",
        "float(v) and v.item() give the number of a value that holds one.",
        "Write v.data for all of them, v.sum() or v.mean() for one that is computed from them.",
    )


def checked_name(name: Any) -> str:
    """What pictures and messages call a value, if it is a text."""
    if not isinstance(name, str):
        raise DataError(
            f"Value(..., name={name!r}): a name is a text.",
            "Pictures and messages write it down.",
            f"Write name={str(name)!r}.",
        )
    return name


def changed(x: Any, node: Any) -> ChangedDataError:
    """For an input that was given other data after `node` was computed from it."""
    return ChangedDataError(
        f"The data of {called(x)} was changed after {node.op.name} had used it.",
        "The gradient would mix old results with new data, and be wrong.",
        "Compute the result again after the change, or change the data after backward().",
    )


def computed_data(v: Any) -> ChangedDataError:
    """For `y.data = ...` where y is a result."""
    return ChangedDataError(
        f"The data of {called(v)} cannot be set: {v.op.name} computed it.",
        "A result with other numbers would no longer be the result of its inputs, and its gradients would be wrong.",
        "Set the data of an input and compute again, or write v = Value(new) for a fresh start.",
    )


def not_copied(v: Any) -> DataError:
    """For pickling or copying a result."""
    return DataError(
        f"{called(v).capitalize()} cannot be copied or pickled: it is the result of {v.op.name}.",
        "A copy would either lose its history or need a copy of everything it was computed from.",
        "Write v.detach() for a copy of the numbers, and copy the inputs themselves.",
    )


def no_subclass(name: str) -> DataError:
    """For `class Special(Value)`."""
    return DataError(
        f"class {name}(Value): Value is not made for subclassing.",
        "The engine recognises its values by their exact type; a subclass would be taken for something else.",
        "Write a class that holds a Value, or a new primitive with @tg.op.",
    )


def impossible(op: Any, k: int, shape: tuple[int, ...], wanted: tuple[int, ...]) -> DerivativeError:
    """For a derivative that returned a gradient that cannot belong to its input."""
    name = op.inputs[min(k, len(op.inputs) - 1)]
    return DerivativeError(
        f"The derivative {name!r} of {op.name} returned shape {shape} for an input of shape {wanted}.",
        "A gradient has the shape of its input, or one that broadcasting made from it.",
        f"Look at the rule {name}=lambda g, y, ...: above {op.name}; a sum or a transpose is missing.",
    )


def no_gradient(op: Any, k: int, found: Any) -> DerivativeError:
    """For a derivative that returned a list, None, or nothing at all."""
    name = op.inputs[min(k, len(op.inputs) - 1)]
    return DerivativeError(
        f"The derivative {name!r} of {op.name} returned {found!r} ({type(found).__name__}), which is no gradient.",
        "A gradient is a number or an array; a rule for *inputs returns one for each of them.",
        f"Look at the rule {name}=lambda g, y, ...: above {op.name}.",
    )


def grad_shape(shape: tuple[int, ...], v: Any) -> ShapeError:
    """For v.grad = something of another shape."""
    return ShapeError(
        f"v.grad = ...: the gradient has shape {shape}, the value has shape {v.shape}.",
        "A gradient holds one slope for each number of its value.",
        f"Write v.grad = np.zeros({v.shape}), v.grad = 0 to fill it, or v.grad = None to forget it.",
    )


def lost_inside_transform() -> DataError:
    """For float(v) or math.sin(v) in a function that grad differentiates."""
    return DataError(
        "float(v) of a value inside a function that is being differentiated.",
        "A plain number has no history: the derivative would silently miss this part.",
        "Write tg.sin(v) instead of math.sin(v), or v.item() if this part shall count as constant.",
    )


def lost_in_array() -> DataError:
    """For np.array(v), np.asarray([v, w])."""
    return DataError(
        "A Value was about to become a plain (or object) array, which would lose its history.",
        "np.array and np.asarray keep numbers only, and no gradient could flow back through them.",
        "Write v.data for the numbers, tg.stack([v, w]) or tg.array([[v, w]]) for an array of Values.",
    )


def no_assignment(index: Any) -> UnsupportedError:
    """For v[i] = ..."""
    return UnsupportedError(
        f"v[{index!r}] = ... would change a value that may already be part of a record.",
        "What was computed from it would no longer know the numbers it was computed from.",
        "Write tg.where(mask, new, v) for a new value, or v.data[...] = ... before it is used.",
    )


def no_output(called: str) -> UnsupportedError:
    """For array += v and out=..."""
    return UnsupportedError(
        f"{called}(..., out=...) would write a Value's result into a plain array.",
        "An array holds numbers only: the history of the result, and with it the gradient, would be lost.",
        "Write x = x + v instead of x += v, and leave out= away.",
    )


def no_primitive(called: str, near: list[str]) -> UnsupportedError:
    """For NumPy functions that are not primitives here."""
    return UnsupportedError(
        f"{called} has no derivative here.",
        "Only functions that are primitives can be recorded; another one would lose the gradient.",
        f"The nearest one is tg.{near[0]}." if near else "Write it with tg's functions, or make it one with @tg.op.",
    )
