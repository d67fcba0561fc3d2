"""What cannot be trained is refused before anything is changed: what it is, why, and what to write."""

from __future__ import annotations

import numpy as np
import pytest

from tests.train.problems import line, points, same
from tinygrad_edu import losses, nn, optim
from tinygrad_edu.errors import DataError, ShapeError, TinygradError, UnknownNameError
from tinygrad_edu.optim.lr_scheduler import StepLR
from tinygrad_edu.train import Checkpoint, EarlyStopping, Film, fit

X, Y = points(8)


def run(net=None, data=(X, Y), loss="mse", optimizer="sgd", epochs=1, **choices):
    return fit(line() if net is None else net, data, loss, optimizer, epochs, **choices)


def used_up():
    return iter([(X, Y)])


REFUSED = {
    "no module": (lambda: run(net=len), DataError, "fit: the model is a builtin_function_or_method, and no Module."),
    "a class": (lambda: run(net=nn.Linear), DataError, "fit: the model is the class Linear, and no Module."),
    "no parameters": (lambda: run(net=nn.Sequential(nn.Tanh())), DataError, "fit: Sequential has no parameters."),
    "no epochs": (lambda: run(epochs=0), DataError, "fit: epochs=0 is no number of times to go through the data."),
    "epochs below 0": (
        lambda: run(epochs=-3), DataError, "fit: epochs=-3 is no number of times to go through the data.",
    ),
    "half an epoch": (
        lambda: run(epochs=0.5), DataError, "fit: epochs=0.5 is no number of times to go through the data.",
    ),
    "batch of 0": (lambda: run(batch_size=0), DataError, "fit: batch_size=0 is no number of samples."),
    "an array": (lambda: run(data=X), DataError, "fit: data is an array."),
    "nothing": (lambda: run(data=None), DataError, "fit: data is of type NoneType."),
    "validation is an array": (lambda: run(validation=X), DataError, "fit: validation is an array."),
    "empty arrays": (
        lambda: run(data=(X[:0], Y[:0])), DataError,
        "fit: the training data is empty: x has the shape (0, 2), y (0, 1).",
    ),
    "no batches": (lambda: run(data=[]), DataError, "fit: the training data is empty."),
    "no batches to validate": (lambda: run(validation=[]), DataError, "fit: the validation data is empty."),
    "an iterator": (
        lambda: run(data=used_up(), epochs=2), DataError,
        "fit: the training data gave no batches in epoch 2, after it gave some in the one before.",
    ),
    "x and y": (lambda: run(data=(X, Y[:5])), ShapeError, "fit: the training data has 8 samples in x and 5 in y."),
    "a number": (lambda: run(data=(X, 1.0)), ShapeError, "fit: y of the training data is a single number."),
    "texts": (
        lambda: run(data=(X, ["a"] * 8)), DataError, "fit: y of the training data is no array of numbers, but texts.",
    ),
    "rows": (
        lambda: run(data=([[1], [1, 2]], [1, 2])), DataError,
        "fit: x of the training data is no array of numbers, but a list of rows of different lengths.",
    ),
    "batches of one thing": (
        lambda: run(data=[X, Y]), DataError, "fit: batch 1 of the training data is of type ndarray, and no pair.",
    ),
    "batches of three": (
        lambda: run(data=[(X, Y, Y)]), DataError, "fit: batch 1 of the training data is 3 things, and no pair.",
    ),
    "an array as loss": (
        lambda: run(loss=lambda p, y: losses.mse(p, y, reduction="none")), ShapeError,
        "fit: the loss <lambda> gave an array of shape (8, 1).",
    ),
    "a loss that forgot to return": (
        lambda: run(loss=lambda p, y: None), DataError, "fit: the loss <lambda> gave nothing.",
    ),
    "a loss of .data": (
        lambda: run(loss=lambda p, y: float(((p.data - y) ** 2).mean())), DataError,
        "fit: the loss <lambda> gave a plain float.",
    ),
    "a loss of something else": (
        lambda: run(loss=lambda p, y: line()(X).sum()), DataError,
        "fit: the loss <lambda> depends on none of the model's parameters.",
    ),
    "targets apart": (
        lambda: run(loss=np.zeros((8, 1)), epochs="adam"), DataError, "fit: the loss is a ndarray of shape (8, 1).",
    ),
    "a class of optimizers": (lambda: run(optimizer=optim.SGD), DataError, "fit: the optimizer is the class SGD."),
    "capital letters": (lambda: run(loss="MSE"), UnknownNameError, "There is no loss named 'MSE'."),
    "unknown loss": (lambda: run(loss="mes"), UnknownNameError, "There is no loss named 'mes'."),
    "unknown optimizer": (lambda: run(optimizer="adamm"), UnknownNameError, "There is no optimizer named 'adamm'."),
    "another model's": (
        lambda: run(optimizer=optim.SGD(line().parameters())), DataError,
        "fit: of the 2 parameters of the SGD, none belong to this model.",
    ),
    "another model's, too": (
        lambda: run(net=(a := line()), optimizer=optim.Adam([*a.parameters(), *line().parameters()])), DataError,
        "fit: of the 4 parameters of the Adam, 2 belong to this model.",
    ),
    "a rate too many": (
        lambda: run(net=(a := line()), optimizer=optim.SGD(a.parameters()), lr=0.1), DataError,
        "fit: lr=0.1 was given beside an optimizer.",
    ),
    "unknown metric": (lambda: run(metrics="acuracy"), UnknownNameError, "There is no metric named 'acuracy'."),
    "a metric called loss": (
        lambda: run(metrics={"loss": abs}), DataError, "fit: a metric cannot be called 'loss'.",
    ),
    "a metric of arrays": (
        lambda: run(metrics={"error": lambda p, y: p - y}), DataError,
        "fit: the metric 'error' gave an array of shape (8, 1).",
    ),
    "a metric of words": (
        lambda: run(metrics=lambda p, y: "good"), DataError, "fit: the metric 'metric_1' gave 'good'.",
    ),
    "unknown every": (
        lambda: run(schedule_every="step"), UnknownNameError, "There is no schedule_every named 'step'.",
    ),
    "no schedule": (lambda: run(schedule=0.5), DataError, "fit: the schedule is a float."),
    "another optimizer's schedule": (
        lambda: run(schedule=StepLR(optim.SGD(line().parameters()), 1)), DataError,
        "fit: the schedule belongs to another optimizer.",
    ),
    "no callback": (lambda: run(callbacks=[3]), DataError, "fit: 3 is no callback."),
    "a class of callbacks": (
        lambda: run(callbacks=EarlyStopping), DataError, "fit: EarlyStopping is a class.",
    ),
    "no seed": (lambda: run(rng="zero"), DataError, "rng='zero' is neither a seed nor a random generator."),
    "saving in an epoch": (
        lambda: run(callbacks=[Saving()]), DataError, "fit: a checkpoint was asked for in epoch 1, at batch 1.",
    ),
    "resume what": (lambda: run(resume=True), DataError, "fit: resume=True, and no callback writes checkpoints."),
    "patience": (lambda: EarlyStopping(patience=0), DataError, "EarlyStopping: patience=0 is no number of epochs."),
    "improvement": (
        lambda: EarlyStopping(min_delta=-1.0), DataError, "EarlyStopping: min_delta=-1.0 is no size of an improvement.",
    ),
    "monitor": (
        lambda: run(callbacks=EarlyStopping(monitor="validation_loss")), UnknownNameError,
        "There is no column of the history named 'validation_loss'.",
    ),
    "every": (lambda: Checkpoint("a.npz", every=0), DataError, "Checkpoint: every=0 is no number of epochs."),
    "format": (
        lambda: Checkpoint("a.pkl"), DataError, "a.pkl would be a pickle, which is neither read nor written here.",
    ),
    "frames": (lambda: Film(steps=0), DataError, "Film: steps=0 is no number of steps."),
    "clip": (lambda: run(clip=0.0), DataError, "fit: clip=0.0 is no positive number."),
}  # fmt: skip


class Saving(Film):
    def on_batch(self, event):
        event.save("never.npz")


@pytest.mark.parametrize(("attempt", "kind", "what"), REFUSED.values(), ids=REFUSED)
def test_the_message_says_what_why_and_what_to_write(attempt, kind, what):
    with pytest.raises(kind) as error:
        attempt()
    assert isinstance(error.value, TinygradError)
    lines = str(error.value).splitlines()
    assert lines[0] == what
    assert len(lines) == 3 and all(line.startswith("  ") and line.strip() for line in lines[1:])


WRITE = {
    "(x, y)": (lambda: run(data=[X, Y]), "Write data=(x, y), with parentheses,"),
    "an object": (lambda: run(net=nn.Linear), "Write Linear(...), an object of the class."),
    "the mean": (lambda: run(loss=lambda p, y: (p - y) ** 2), "Write .mean() at its end, or reduction='mean'."),
    "a function": (lambda: run(data=used_up(), epochs=2), "Pass a function that makes a new one,"),
    "after the model": (
        lambda: run(optimizer=optim.SGD(line().parameters())),
        "Write SGD(model.parameters(), ...) after the model is built;",
    ),
    "a callback's object": (lambda: run(callbacks=EarlyStopping), "Write callbacks=[EarlyStopping(...)]."),
    "near": (lambda: run(metrics="acuracy"), "Did you mean 'accuracy'?"),
    "a rate": (
        lambda: run(net=(a := line()), optimizer=optim.SGD(a.parameters()), lr=0.1),
        "Write optimizer.lr = 0.1 before, or optimizer='adam', lr=0.1.",
    ),
}


@pytest.mark.parametrize(("attempt", "start"), WRITE.values(), ids=WRITE)
def test_the_third_line_is_what_helps(attempt, start):
    with pytest.raises(TinygradError) as error:
        attempt()
    assert error.value.write.startswith(start)


AT_ONCE = ["no epochs", "batch of 0", "x and y", "unknown metric", "no schedule", "no callback", "no seed"]


@pytest.mark.parametrize("name", AT_ONCE)
def test_what_is_refused_at_once_has_changed_nothing(name, monkeypatch):
    net = nn.Sequential(line(), nn.Dropout(0.5))
    before, generator = net.state_dict(), net[1].rng
    monkeypatch.setitem(globals(), "line", lambda: net)
    with pytest.raises(TinygradError):
        REFUSED[name][0]()
    assert same(net.state_dict(), before)
    assert net[1].rng is generator and net.training


def test_a_layer_that_needs_more_than_the_sample_left_over_says_where_it_came_from():
    with pytest.raises(ShapeError) as error:
        run(net=nn.BatchNorm1d(2), data=(X, X), batch_size=7)
    lines = str(error.value).splitlines()
    assert lines[0].startswith("BatchNorm1d(2) was called with shape (1, 2) while training.")
    assert lines[1] == "  That was the last batch of the epoch, the single sample that is left over of 8."
    assert lines[-1] == "  Write another batch_size, one that leaves more over, or leave that sample out: x[:7]."
    with pytest.raises(ShapeError) as error:
        run(net=nn.BatchNorm1d(2), data=(X, X), batch_size=1)
    assert "left over" not in str(error.value)


def test_a_mistake_inside_the_model_comes_out_as_it_is():
    with pytest.raises(ShapeError, match="target"):
        run(data=(X, Y[:, 0]))

    class Broken(nn.Linear):
        def forward(self, x):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run(net=Broken(2, 1))
    assert np.isfinite(X).all()
