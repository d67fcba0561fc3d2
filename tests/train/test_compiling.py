"""fit(..., compile=True) takes the steps of the recorded run; what it could not repeat is refused with the reason."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.train.problems import OPTIMIZERS, arrays, line, numbers, points, same, scalars
from tinygrad_edu import Value, nn, optim
from tinygrad_edu.compiler.recording.messages import CompileError
from tinygrad_edu.errors import DataError, NonFiniteError, ShapeError
from tinygrad_edu.optim.lr_scheduler import CosineAnnealingLR
from tinygrad_edu.train import Checkpoint, EarlyStopping, fit, gradients

X, Y = points()
WORDS = np.random.default_rng(2).integers(0, 5, (23, 4))
IMAGES = np.random.default_rng(3).normal(size=(23, 1, 6, 6))
CLASSES = np.random.default_rng(4).integers(0, 3, 23)


class Last(nn.Module):
    """What a recurrent layer says after the last word."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.embedding = nn.Embedding(5, 3, rng=rng)
        self.layer = nn.LSTM(3, 4, batch_first=True, rng=rng)
        self.head = nn.Linear(4, 3, rng=rng)

    def forward(self, x):
        hidden, _ = self.layer(self.embedding(x))
        return self.head(hidden[:, -1])


class Two(nn.Module):
    """Two outputs; a part that no output depends on; a parameter in two places."""

    def __init__(self):
        self.first, self.unused = line(0), nn.Linear(2, 3, rng=np.random.default_rng(5))
        self.second = nn.Linear(2, 1, rng=np.random.default_rng(1))
        self.second.bias = self.first.bias

    def forward(self, x):
        return self.first(x), self.second(x)


def small(*parts):
    return nn.Sequential(*parts)


def attention():
    rng = np.random.default_rng(0)
    block = nn.TransformerBlock(4, 2, rng=rng)
    return small(nn.Embedding(5, 4, rng=rng), block, lambda x: x.mean(axis=1), nn.Linear(4, 3, rng=rng))


def convolution():
    rng = np.random.default_rng(0)
    return small(nn.Conv2d(1, 2, 3, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3, rng=rng))


def both_ways(p, y):
    return tg.losses.mse(p[0], y) + tg.losses.mae(p[1], y)


PROBLEMS = {
    "layers with something on the side": (arrays, (X, Y), "binary_cross_entropy_with_logits"),
    "one layer": (line, (X, Y), "mse"),
    "single numbers": (scalars, (X, Y), "binary_cross_entropy_with_logits"),
    "classes": (convolution, (IMAGES, CLASSES), "cross_entropy"),
    "words": (Last, (WORDS, CLASSES), "cross_entropy"),
    "attention": (attention, (WORDS, CLASSES), "cross_entropy"),
    "two outputs": (Two, (X, Y), both_ways),
}


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=list(PROBLEMS))
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_compiled_run_is_the_recorded_one(problem, name):
    make, data, loss = problem
    runs = []
    for compiled in (False, True):
        net = make()
        made = OPTIMIZERS[name](net.parameters())
        history = fit(net, data, loss, made, 2, batch_size=10, clip=1.0, compile=compiled, validation=data)
        runs.append((numbers(history), net.state_dict()))
    (recorded, state), (written, again) = runs
    for name in recorded:
        assert np.allclose(recorded[name], written[name], rtol=1e-9, atol=0), name
    for name in state:
        assert np.allclose(state[name], again[name], rtol=1e-9, atol=1e-9), name


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=list(PROBLEMS))
def test_it_is_the_program_that_computes_one_for_each_shape_of_a_batch(problem, monkeypatch):
    make, data, loss = problem
    made = []

    class Watched(gradients.Compiled):
        def __init__(self, f):
            super().__init__(f)
            made.append(self)

    monkeypatch.setattr(gradients, "Compiled", Watched)
    fit(make(), data, loss, "adam", 5, batch_size=10, compile=True)
    assert [program.cache_info().misses for program in made] == [1, 1]  # for 10 and for 3 samples


def test_what_is_changed_about_the_model_in_the_middle_of_a_run_is_noticed():
    class Scaled(nn.Module):
        def __init__(self):
            self.line, self.scale = line(), 1.0

        def forward(self, x):
            return self.line(x) * self.scale

    runs = []
    for compiled in (False, True):
        net = Scaled()

        def scaled(event, net=net):
            net.scale = 0.5

        fit(net, (X, Y), "mse", "sgd", 3, lr=0.1, compile=compiled, callbacks=scaled)
        runs.append(net.state_dict())
    assert np.allclose(runs[0]["line.weight"], runs[1]["line.weight"], rtol=1e-12)


def test_a_parameter_that_the_loss_does_not_depend_on_is_left_alone():
    runs = []
    for compiled in (False, True):
        net = Two()
        unused = net.unused.weight.data.copy()
        fit(net, (X, Y), both_ways, optim.SGD(net.parameters(), lr=0.1, weight_decay=0.5), 1, compile=compiled)
        assert np.array_equal(net.unused.weight.data, unused)
        runs.append(net.state_dict())
    assert np.allclose(runs[0]["first.weight"], runs[1]["first.weight"], rtol=1e-12)


def test_dropout_draws_and_batchnorm_notes_as_in_the_recorded_run():
    runs = []
    for compiled in (False, True):
        rng = np.random.default_rng(0)
        norm, drop = nn.BatchNorm1d(6, momentum=None), nn.Dropout(0.3, rng=np.random.default_rng(1))
        net = small(nn.Linear(2, 6, rng=rng), norm, drop, nn.Tanh(), drop, nn.Linear(6, 1, rng=rng))
        fit(net, (X, Y), "mse", "sgd", 3, lr=0.1, batch_size=10, compile=compiled)
        assert norm.num_batches_tracked == 9
        runs.append((net.state_dict(), drop.rng.bit_generator.state))
    (recorded, drawn), (written, again) = runs
    assert drawn == again
    for name in recorded:
        assert np.allclose(recorded[name], written[name], rtol=1e-9), name


def test_metrics_schedules_callbacks_and_gradients_are_those_of_the_recorded_run():
    runs = []
    for compiled in (False, True):
        net, seen = scalars(), []
        history = fit(
            net, (X, Y), "binary_cross_entropy_with_logits", "adam", 4, lr=0.1, metrics="accuracy", compile=compiled,
            schedule=lambda made: CosineAnnealingLR(made, T_max=4), validation=(X, Y),
            callbacks=[EarlyStopping(patience=3), lambda event: seen.append(event.model.parameters()[0].grad)],
        )  # fmt: skip
        runs.append([*(column for name, column in history.items() if name != "seconds"), seen])
    for a, b in zip(*runs):
        assert np.allclose(a, b, rtol=1e-9)


def test_an_interrupted_compiled_run_goes_on_to_the_last_bit(tmp_path):
    def run(epochs, **more):
        net = scalars()
        kept = Checkpoint(tmp_path / "run.npz")
        history = fit(net, (X, Y), "mse", "adam", epochs, batch_size=8, callbacks=kept, compile=True, **more)
        return numbers(history), net.state_dict()

    whole = run(4)
    (tmp_path / "run.npz").unlink()
    run(2)
    assert same(run(4, resume=True), whole)


def test_a_callback_may_add_to_the_model_between_two_epochs():
    runs = []
    for compiled in (False, True):
        net = small(line())

        def grow(event):
            if event.epoch == 1:
                event.model.parts.append(nn.Linear(1, 1, rng=np.random.default_rng(9)))
                event.optimizer.add_param_group({"params": event.model.parts[-1].parameters()})

        fit(net, (X, Y), "mse", "sgd", 3, lr=0.1, callbacks=grow, compile=compiled)
        runs.append(net.state_dict())
    assert list(runs[0]) == list(runs[1]) and len(runs[0]) == 4
    for name in runs[0]:
        assert np.allclose(runs[0][name], runs[1][name], rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_masks_and_statistics_have_the_precision_of_the_layer(dtype):
    rng = np.random.default_rng(0)
    net = small(nn.Linear(2, 6, rng=rng, dtype=dtype), nn.BatchNorm1d(6, dtype=dtype), nn.Dropout(0.5, rng=rng))
    fit(net, (X.astype(dtype), Y.astype(dtype)), lambda p, y: (p * y).mean(), "sgd", 2, compile=True)
    assert {x.dtype for x in net.state_dict().values() if x.ndim} == {np.dtype(dtype)}


# ── what could not be repeated ───────────────────────────────────────────────────────────────────────────────────────
def test_a_hook_is_refused_since_it_would_be_called_once_unless_it_was_removed():
    net = small(line())
    handle = net[0].register_forward_hook(lambda *_: None)
    with pytest.raises(DataError, match=r"the part '0' of the model has a hook.\n.*once.*\n.*handle.remove\(\)"):
        fit(net, (X, Y), "mse", "sgd", 1, compile=True)
    handle.remove()
    fit(net, (X, Y), "mse", "sgd", 1, compile=True)

    def adding(event):
        event.model[0].register_forward_hook(lambda *_: None)

    with pytest.raises(DataError, match="has a hook"):
        fit(small(line()), (X, Y), "mse", "sgd", 2, compile=True, callbacks=adding)
    net.register_gradient_hook(lambda module, g: g)
    with pytest.raises(DataError, match="the model has a hook"):
        fit(net, (X, Y), "mse", "sgd", 1, compile=True)


def test_a_dropout_that_begins_to_draw_in_the_middle_of_a_run_is_an_error():
    net = small(line(), nn.Dropout(0.0))

    def begin(event):
        net[1].p = 0.5

    with pytest.raises(DataError, match=r"Dropout\(p=0.5\) wants to draw a mask for which the program has no argument"):
        fit(net, (X, Y), "mse", "sgd", 2, compile=True, callbacks=begin)


def test_a_loss_that_reads_a_parameter_itself_is_refused_since_its_slope_would_be_missing():
    net = line()

    def decayed(p, y):
        return tg.losses.mse(p, y) + 0.1 * (net.weight**2).sum()

    with pytest.raises(DataError) as caught:
        fit(net, (X, Y), decayed, "sgd", 1, compile=True)
    assert str(caught.value) == (
        "fit(..., compile=True): the loss decayed reads the parameter 'weight' itself, not through the prediction.\n"
        "  The program knows the parameters as what the model computes with, and would take that one for a constant.\n"
        "  For a penalty on weights write weight_decay=... in the optimizer; or leave compile=True away, and every "
        "batch is recorded anew."
    )


class Changing(nn.Module):
    """A network that does something on the side."""

    def __init__(self, on_the_side):
        self.layer, self.on_the_side = line(), on_the_side
        self.calls, self.scale, self.log, self.h = 0, 1.0, [], None
        self.sums, self.rng = {"x": np.zeros(2)}, np.random.default_rng(0)
        self.register_buffer("mean", np.zeros(2))
        self.register_buffer("last", Value(np.zeros(2)))

    def forward(self, x):
        self.on_the_side(self, x)
        return self.layer(x)


def counting(self, x):
    self.calls += 1


def shrinking(self, x):
    self.scale *= 0.5


def logging(self, x):
    self.log.append(x)


def adding_up(self, x):
    self.sums["x"] += 1.0


def averaging(self, x):
    self.mean = 0.9 * self.mean + 0.1 * tg.mean(x, axis=0)


def noting(self, x):
    self.last.data = np.ones(2) * (self.last.data[0] + 1.0)


def keeping(self, x):
    self.h = tg.tanh(self.layer(x))


def drawing(self, x):
    self.rng.normal()


def making(self, x):
    self.new = 1


@pytest.mark.parametrize(
    ("on_the_side", "name"),
    [
        (counting, "calls"), (shrinking, "scale"), (logging, "log"), (adding_up, "sums"), (averaging, "mean"),
        (noting, "last"), (keeping, "h"), (drawing, "rng"), (making, "new"),
    ],
)  # fmt: skip
def test_a_model_that_changes_itself_is_refused_since_it_would_do_so_once(on_the_side, name):
    net = small(Changing(on_the_side))
    with pytest.raises(DataError) as caught:
        fit(net, (X, Y), "mse", "sgd", 1, compile=True)
    assert caught.value.what == (
        f"fit(..., compile=True): the part '0' of the model changes its attribute {name!r} while it computes."
    )
    assert net[0].calls == 0 and net[0].h is None and not hasattr(net[0], "new")  # as before
    fit(net, (X, Y), "mse", "sgd", 1)


def test_a_loss_that_reads_what_was_computed_elsewhere_is_refused():
    net = line()
    h = tg.tanh(net.weight)
    with pytest.raises(DataError, match="reads a result of tanh itself"):
        fit(net, (X, Y), lambda p, y: tg.losses.mse(p, y) + tg.mean(h * h), "sgd", 1, compile=True)
    constant = Value(2.0)
    fit(net, (X, Y), lambda p, y: constant * tg.losses.mse(p, y), "sgd", 1, compile=True)


def test_a_loss_that_asks_a_value_for_its_number_is_refused_with_the_line():
    def loss(p, y):
        return (p - y).abs().mean() if float(p.sum()) > 0 else tg.losses.mse(p, y)

    with pytest.raises(CompileError, match=r"^fit\(..., compile=True\): The number of the result of sum was asked for"):
        fit(line(), (X, Y), loss, "sgd", 1, compile=True)


def test_wrong_losses_say_the_same_as_without_a_program():
    with pytest.raises(ShapeError, match="gave an array of shape"):
        fit(line(), (X, Y), lambda p, y: (p - y) ** 2, "sgd", 1, compile=True)
    with pytest.raises(DataError, match="depends on none of the model's parameters"):
        fit(line(), (X, Y), lambda p, y: Value(1.0) * 2.0, "sgd", 1, compile=True)


def test_a_loss_that_is_not_finite_stops_the_run_with_what_the_doctor_says():
    texts = []
    for compiled in (False, True):
        net = line()
        before = net.state_dict()
        with pytest.raises(NonFiniteError) as caught:
            fit(net, (X, Y), lambda p, y: tg.log(p * 0.0 - 1.0).mean(), "sgd", 1, compile=compiled)
        assert same(net.state_dict(), before)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
    assert "log" in texts[0]
