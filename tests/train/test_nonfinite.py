"""nan stops the run with the doctor's words, and does not get into the parameters."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.train.problems import same
from tinygrad_edu import Value, nn
from tinygrad_edu.errors import NonFiniteError
from tinygrad_edu.train import Checkpoint, fit

X, Y = np.array([[1.0, 2.0], [1.0, -2.0]]), np.array([1.0, 2.0])


class Net(nn.Module):
    """A linear function, and what somebody makes of it."""

    def __init__(self, answer, start=1.0):
        self.w, self.answer = Value([start, start], name="w"), answer

    def forward(self, x):
        return self.answer(x @ self.w)


def stopped(net, data=(X, Y), loss="mse", **choices):
    with pytest.raises(NonFiniteError) as error:
        fit(net, data, loss, "sgd", choices.pop("epochs", 50), **choices)
    return error.value


def test_the_message_names_epoch_batch_operation_entry_line_and_what_to_write():
    error = stopped(Net(lambda z: tg.sqrt(z)))
    lines = str(error).splitlines()
    assert lines[:2] == [
        "fit stopped in epoch 1, batch 1: the loss is nan.",
        "  The step was not taken: the model keeps the parameters it had, all of them finite.",
    ]
    assert lines[2].startswith("  sqrt gave nan at entry [") and "test_nonfinite.py:" in lines[2]
    assert lines[2].endswith(": tg.sqrt(z)")
    assert error.why == "The square of no real number is negative."
    assert error.write.startswith("Write tg.sqrt(tg.maximum(x, 0.0))")


def test_a_gradient_that_is_not_finite_stops_the_run_before_the_step():
    net = Net(lambda z: tg.sqrt(z * z), start=0.0)
    error = stopped(net)
    assert error.what.startswith("fit stopped in epoch 1, batch 1: the loss is 2.5, but a gradient is not finite.")
    assert "backward through sqrt" in error.what
    assert np.array_equal(net.w.data, [0.0, 0.0])
    assert net.w.grad is None


def test_the_model_keeps_the_parameters_of_before_the_batch_and_the_error_has_the_history():
    net, seen = Net(lambda z: z), []
    error = stopped(net, lr=10.0, epochs=500, callbacks=[lambda event: seen.append(event.model.state_dict())])
    assert error.history.epochs == len(seen) > 10
    assert same(net.state_dict(), seen[-1]) and np.isfinite(net.w.data).all()
    assert f"fit stopped in epoch {len(seen) + 1}, batch 1: the loss is inf." in str(error)
    assert "smaller learning rate" in error.write
    assert not net.training


@pytest.mark.parametrize(("size", "where"), [(1, "in epoch 1, batch 2: the loss is nan"), (None, "after epoch 1")])
def test_parameters_that_a_step_has_ruined_are_named(size, where, tmp_path):
    net = Net(lambda z: z)
    saving = Checkpoint(tmp_path / "run.npz")
    error = stopped(net, data=(1e20 * X, Y), lr=1e300, batch_size=size, callbacks=saving)
    lines = str(error).splitlines()
    assert lines[0] == f"fit stopped {where}."
    assert not (tmp_path / "run.npz").exists() and error.history.epochs == 0
    assert lines[1] == "  The step before has ruined w: not finite any more."
    assert error.write == "Write a smaller learning rate, or clip=1.0; or go on from a checkpoint."


def test_nan_that_came_in_with_the_data_is_said_to_be_there():
    error = stopped(Net(lambda z: z), data=(np.array([[1.0, np.nan]]), [1.0]))
    assert "matmul was given nan" in error.what
    assert error.why.startswith("No operation made it: it came in with the data")


def test_the_batch_goes_the_second_time_as_it_went_the_first_time():
    """With another draw of the dropout, the operation might be given other numbers, and be innocent."""
    drawn = []

    class Unlucky(nn.Module):
        def __init__(self):
            self.w, self.rng = Value(1.0), None

        def forward(self, x):
            drawn.append(self.rng.random())
            return tg.log(self.w * (0.5 - drawn[-1])) + 0.0 * x

    error = stopped(Unlucky(), data=(X[:, 0], Y), epochs=100)
    assert "log gave nan" in error.what
    assert drawn[-1] == drawn[-2] > 0.5


def test_running_averages_keep_no_nan():
    net = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 1))
    x = np.array([[1.0, 2.0], [3.0, np.inf]])
    stopped(net, data=(x, np.zeros((2, 1))))
    assert np.isfinite(net[0].running_mean.data).all()
    assert net[0].num_batches_tracked == 0


def test_a_loss_that_is_finite_the_second_time_is_said_to_be():
    found = iter([np.nan, 1.0])
    error = stopped(Net(lambda z: z * next(found)))
    assert error.why.startswith("Computed once more, each operation gave finite numbers")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_large_gradients_that_are_finite_do_not_stop_the_run(dtype):
    """Their sum of squares overflows, they do not."""
    top = {np.float16: 250.0, np.float32: 1e19, np.float64: 1e200}[dtype]
    net = nn.Linear(3, 1, bias=False).to(dtype)
    fit(net, (np.full((1, 3), top, dtype), np.zeros((1, 1), dtype)), lambda p, y: p.sum(), "sgd", 1, lr=1e-3)
    assert np.isfinite(net.weight.data).all()


def test_inside_debug_the_doctor_speaks_directly():
    with tg.debug():
        error = stopped(Net(lambda z: tg.sqrt(z)))
    assert error.what.startswith("sqrt gave nan")


def test_what_was_infinite_from_the_beginning_is_no_damage():
    class Masked(Net):
        def __init__(self):
            super().__init__(lambda z: z)
            self.far = Value([-np.inf, 0.0])

        def forward(self, x):
            return super().forward(x) + tg.softmax(self.far).sum() - 1.0

    history = fit(Masked(), (X, Y), "mse", "sgd", 2, lr=0.01)
    assert history.epochs == 2
