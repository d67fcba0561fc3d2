"""What fit says when it cannot train with what it was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import DataError, ShapeError


def no_model(model: Any) -> DataError:
    """For what is no Module."""
    kind = model.__name__ if isinstance(model, type) else type(model).__name__
    return DataError(
        f"fit: the model is {'the class ' if isinstance(model, type) else 'a '}{kind}, and no Module.",
        "Fit looks for parameters in a module, puts it into training mode, and calls it with each batch.",
        f"Write {kind}(...), an object of the class." if isinstance(model, type)
        else "Make it a subclass of tg.nn.Module whose attributes are its parameters.",
    )  # fmt: skip


def no_parameters(model: Any) -> DataError:
    """For a model in which nothing can be learned."""
    return DataError(
        f"fit: {type(model).__name__} has no parameters.",
        "Training changes parameters, and none were found: a parameter is an attribute that is a Value, or a layer.",
        "Write self.w = Value(0.0) in its __init__, or pass a network such as tg.nn.MLP(2, [16, 1]).",
    )


def no_epochs(epochs: Any) -> DataError:
    """For a number of epochs that is none."""
    return DataError(
        f"fit: epochs={epochs!r} is no number of times to go through the data.",
        "In an epoch every sample is used once; it takes at least one to learn anything.",
        "Write epochs=10.",
    )


def no_batch_size(size: Any) -> DataError:
    """For a batch size that is none."""
    return DataError(
        f"fit: batch_size={size!r} is no number of samples.",
        "A step is taken for each batch, and a batch has at least one sample.",
        "Write batch_size=32, or batch_size=None for all samples at once.",
    )


def no_data(called: str, data: Any) -> DataError:
    """For what holds no batches."""
    return DataError(
        f"fit: {called} is {'an array' if hasattr(data, 'ndim') else f'of type {type(data).__name__}'}.",
        "Training compares what the model says to x with y, and goes through both in batches.",
        f"Write {called}=(x, y), a pair of arrays, or pass an iterable or a function that gives batches (x, y).",
    )


def no_numbers(called: str, part: str, found: Any) -> DataError:
    """For a ragged list, for texts, for None."""
    return DataError(
        f"fit: {part} of the {called} is no array of numbers, but {found}.",
        "All samples have the same shape, and classes are numbers from 0 on.",
        "Write np.array(...) with one sample per row; for names of classes, write their numbers.",
    )


def empty(called: str, shapes: str = "") -> DataError:
    """For data without samples."""
    return DataError(
        f"fit: the {called} is empty{shapes}.",
        "Nothing can be learned, or measured, from no samples.",
        f"Look at where the {called} was read or selected; print(len(x)) before fit shows it.",
    )


def used_up(called: str, epoch: int) -> DataError:
    """For a generator, which can be gone through only once."""
    return DataError(
        f"fit: the {called} gave no batches in epoch {epoch}, after it gave some in the one before.",
        "It is an iterator, and was used up: each epoch goes through the data from the beginning.",
        "Pass a function that makes a new one, for example lambda rng: batches(x, y, size=32, rng=rng).",
    )


def lengths(called: str, x: int, y: int) -> ShapeError:
    """For arrays that cannot be paired."""
    return ShapeError(
        f"fit: the {called} has {x} samples in x and {y} in y.",
        "Row i of y is what the model shall say to row i of x, so there have to be equally many.",
        "Cut the longer one, x[: len(y)], or look at how they were made.",
    )


def no_axis(called: str, part: str) -> ShapeError:
    """For a single number in the place of many."""
    return ShapeError(
        f"fit: {part} of the {called} is a single number.",
        "Batches are cut along the first axis, which counts the samples.",
        "Write arrays with one sample per row, for example np.array([[0.0], [1.0]]).",
    )


def no_pair(called: str, number: int, batch: Any) -> DataError:
    """For a batch that is not (x, y)."""
    found = f"{len(batch)} things" if isinstance(batch, (tuple, list)) else f"of type {type(batch).__name__}"
    return DataError(
        f"fit: batch {number} of the {called} is {found}, and no pair.",
        "A batch is (x, y): what the model is called with, and what it shall answer.",
        "Write data=(x, y), with parentheses, for two arrays that fit cuts into batches, or yield x, y from your own.",
    )


def last_of_one(error: ShapeError, samples: int) -> ShapeError:
    """For a layer that cannot do with the one sample that is left over at the end of an epoch."""
    return ShapeError(
        f"{error.what}\n  That was the last batch of the epoch, the single sample that is left over of {samples}.",
        error.why,
        f"Write another batch_size, one that leaves more over, or leave that sample out: x[:{samples - 1}].",
    )


def no_loss(owner: str, loss: Any, shape: Sequence[int]) -> DataError | ShapeError:
    """For a loss that backward() cannot start from."""
    if shape:
        return ShapeError(
            f"fit: {owner} gave an array of shape {tuple(shape)}.",
            "A gradient needs one number that says how wrong the model is on the whole batch.",
            "Write .mean() at its end, or reduction='mean'.",
        )
    if loss is None:
        found, write = "nothing", "End the function with: return loss."
    else:
        found, write = (
            f"a plain {type(loss).__name__}",
            "Compute it from the prediction itself, and not from its .data.",
        )
    return DataError(
        f"fit: {owner} gave {found}.",
        "The chain rule runs backwards from the loss, so it has to be a Value that remembers its computation.",
        write,
    )


def targets_apart(found: Any) -> DataError:
    """For fit(model, x, y, ...)."""
    shape = f" of shape {np.shape(found)}" if hasattr(found, "shape") else ""
    return DataError(
        f"fit: the loss is a {type(found).__name__}{shape}.",
        "Inputs and targets belong together and are one argument; the loss comes after them.",
        "Write fit(model, (x, y), 'mse', 'adam', epochs=10).",
    )


def optimizer_class(name: str) -> DataError:
    """For the class of an optimizer where one is meant that has been made."""
    return DataError(
        f"fit: the optimizer is the class {name}.",
        "It works on parameters, which it has to be given.",
        f"Write tg.optim.{name}(model.parameters(), lr=0.01), or '{name.lower()}' with lr=0.01.",
    )


def no_gradients(owner: str) -> DataError:
    """For a loss in which the model does not occur."""
    return DataError(
        f"fit: {owner} depends on none of the model's parameters.",
        "All their gradients stay empty, and no step would change anything.",
        "Compute it from the prediction, the first of its two arguments, with tg's functions.",
    )


def other_parameters(optimizer: str, count: int, total: int) -> DataError:
    """For an optimizer that was made for something else."""
    many = "none" if count == total else f"{total - count}"
    return DataError(
        f"fit: of the {total} parameters of the {optimizer}, {many} belong to this model.",
        "It would change numbers that this model does not compute with, and leave the model as it is. "
        "That happens when the model is built anew after the optimizer.",
        f"Write {optimizer}(model.parameters(), ...) after the model is built; "
        "what is trained together belongs into one Module.",
    )


def rate_twice(lr: Any) -> DataError:
    """For a rate beside an optimizer that has one."""
    return DataError(
        f"fit: lr={lr!r} was given beside an optimizer.",
        "An optimizer has a learning rate of its own; lr is for those that are named, 'adam'.",
        f"Write optimizer.lr = {lr!r} before, or optimizer='adam', lr={lr!r}.",
    )


def no_schedule(schedule: Any, other: bool) -> DataError:
    """For what sets no rates, or those of somebody else."""
    return DataError(
        "fit: the schedule belongs to another optimizer." if other
        else f"fit: the schedule is a {type(schedule).__name__}.",
        "A schedule sets the learning rate of the optimizer that takes the steps.",
        "Write schedule=lambda optimizer: tg.optim.lr_scheduler.StepLR(optimizer, 10), "
        "or make it with the optimizer that you pass.",
    )  # fmt: skip


def no_metric(name: str, found: Any) -> DataError:
    """For a metric that does not measure."""
    return DataError(
        f"fit: the metric {name!r} gave {found}.",
        "A metric is a function (prediction, target) that returns one number; its mean goes into the history.",
        "Write metrics={'error': lambda prediction, target: float(abs(prediction - target).mean())}.",
    )


def metric_twice(name: str) -> DataError:
    """For two metrics of one name, of which one would be lost."""
    return DataError(
        f"fit: two metrics are called {name!r}.",
        "Each has a column of the history, and a column has one name.",
        f"Give them names: metrics={{'{name}': function, 'another_{name}': another}}.",
    )


def taken_metric(name: str) -> DataError:
    """For a metric with the name of something else."""
    return DataError(
        f"fit: a metric cannot be called {name!r}.",
        "The history has a column of that name already.",
        f"Give it another name: metrics={{'my_{name}': function}}.",
    )
