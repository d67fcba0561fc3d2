"""An interrupted and resumed run ends with the very bits of one that was never interrupted."""

from __future__ import annotations

import json
import os
import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.train.problems import OPTIMIZERS, arrays, line, numbers, points, same, scalars
from tinygrad_edu import Value, nn, optim
from tinygrad_edu.errors import DataError, TinygradError
from tinygrad_edu.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR
from tinygrad_edu.saving.save import save
from tinygrad_edu.train import Callback, Checkpoint, EarlyStopping, fit

X, Y = points()
EPOCHS = 6


class PowerCut(Exception):
    """Ends the run in the middle of an epoch, as far as a process can do that to itself."""


class Cut(Callback):
    def __init__(self, epoch):
        self.epoch = epoch

    def on_batch(self, event):
        if (event.epoch, event.batch) == (self.epoch, 2):
            raise PowerCut


SCHEDULES = {
    "none": (None, "epoch"),
    "cosine": (lambda optimizer: CosineAnnealingLR(optimizer, T_max=EPOCHS), "epoch"),
    "one cycle": (
        lambda optimizer: OneCycleLR(optimizer, 0.05, total_steps=3 * EPOCHS, cycle_momentum=False), "batch",
    ),
}  # fmt: skip


def begin(path, model, optimizer, schedule, cut=None, seed=0):
    """A run from its beginning, or from the checkpoint; everything that it ends with."""
    net = model(seed)
    made, every = SCHEDULES[schedule]
    taking = OPTIMIZERS[optimizer](net.parameters())
    rates = made(taking) if made else None
    stopping = EarlyStopping(patience=4)
    history = fit(
        net, (X, Y), "mse", taking, EPOCHS, batch_size=8, validation=(X[:9], Y[:9]), clip=5.0, schedule=rates,
        schedule_every=every, callbacks=[Checkpoint(path), stopping, *([Cut(cut)] if cut else [])], resume=True,
    )  # fmt: skip
    return {
        "model": net.state_dict(), "optimizer": taking.state_dict(), "schedule": rates.state_dict() if rates else {},
        "history": numbers(history), "stopping": stopping.state_dict(), "stopped": history.stopped,
        "rng": [part.rng.bit_generator.state for part in net.modules() if hasattr(part, "rng")],
    }  # fmt: skip


CASES = [
    *[(arrays, name, "none") for name in OPTIMIZERS],
    (arrays, "adam", "cosine"),
    (arrays, "adam", "one cycle"),
    (scalars, "adam", "none"),
    (lambda seed: arrays(seed).to(np.float32), "adam", "none"),
]
IDS = ["sgd", "adam", "rmsprop", "lbfgs", "cosine", "one cycle", "single numbers", "float32"]


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
@pytest.mark.parametrize(("model", "optimizer", "schedule"), CASES, ids=IDS)
def test_a_run_interrupted_in_two_epochs_ends_with_the_bits_of_an_uninterrupted_one(
    model, optimizer, schedule, suffix, tmp_path
):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    whole = begin(tmp_path / f"whole{suffix}", model, optimizer, schedule)
    path = tmp_path / f"cut{suffix}"
    for cut, seed in (1, 0), (3, 0), (4, 8):  # once there is a checkpoint, the model may begin as it likes
        with pytest.raises(PowerCut):
            begin(path, model, optimizer, schedule, cut, seed)
    parts = begin(path, model, optimizer, schedule, seed=9)
    for name in whole:
        assert same(parts[name], whole[name]), name


@settings(max_examples=25)
@given(cut=st.integers(1, 5), every=st.integers(1, 3), size=st.integers(3, 10), seed=st.integers(0, 3))
def test_it_does_not_matter_where_it_was_cut_and_how_often_it_was_saved(cut, every, size, seed):
    with tempfile.TemporaryDirectory() as folder:

        def run(name, *others):
            callbacks = [Checkpoint(Path(folder) / name, every), *others]
            return fit(net, (X, Y), "mse", "adam", 5, batch_size=size, rng=seed, callbacks=callbacks, resume=True)

        net = whole = arrays()
        expected = numbers(run("whole.npz"))
        net = arrays()
        with pytest.raises(PowerCut):
            run("cut.npz", Cut(cut))
        net = arrays()
        assert same(numbers(run("cut.npz")), expected)
        assert same(net.state_dict(), whole.state_dict())


def test_a_stopped_run_stays_stopped_and_gives_its_best_model_again(tmp_path):
    def run():
        net = arrays()
        stopping = EarlyStopping(patience=1)
        history = fit(net, (X, Y), "mse", "sgd", 99, lr=1.5, batch_size=8, validation=(X, Y),
                      callbacks=[stopping, Checkpoint(tmp_path / "run.npz")], resume=True)  # fmt: skip
        return net, history

    first, history = run()
    second, again = run()
    assert 1 < history.epochs < 99 and again.stopped == history.stopped != ""
    assert same(numbers(again), numbers(history))
    assert same(second.state_dict(), first.state_dict())


def test_a_longer_run_goes_on_where_the_shorter_one_ended(tmp_path):
    path = tmp_path / "run.npz"
    whole, parts = arrays(), arrays()
    history = fit(whole, (X, Y), "mse", "adam", 5, batch_size=8)
    fit(parts, (X, Y), "mse", "adam", 2, batch_size=8, callbacks=[Checkpoint(path)])
    parts = arrays(seed=3)
    longer = fit(parts, (X, Y), "mse", "adam", 5, batch_size=8, resume=path)
    assert same(numbers(longer), numbers(history)) and same(parts.state_dict(), whole.state_dict())
    nothing = fit(parts, (X, Y), "mse", "adam", 2, batch_size=8, resume=path)
    assert nothing.epochs == 2


class Drawing(nn.Module):
    """Draws from generators of several kinds, and has a buffer that no state_dict mentions."""

    def __init__(self, seed):
        self.line = line()
        self.rng, self.coin = np.random.Generator(np.random.MT19937(seed)), random.Random(seed)
        self.register_buffer("seen", [0.0], persistent=False)
        self.register_buffer("mean", Value([0.0]), persistent=False)

    def forward(self, x):
        if self.training:
            self.seen += 0.1
            self.mean.data = self.mean.data * 0.9 + 0.1
        return self.line(x) + 0.01 * self.rng.normal() + 0.01 * self.coin.random() + 0.01 * self.seen * self.mean.data


def test_generators_of_all_kinds_and_unsaved_buffers_go_on_where_they_were(tmp_path):
    path = tmp_path / "run.npz"

    def run(net, epochs):
        return numbers(fit(net, (X, Y), "mse", "sgd", epochs, rng=np.random.Generator(np.random.SFC64(1)),
                           callbacks=[Checkpoint(path)], resume=True))  # fmt: skip

    whole = run(a := Drawing(0), 5)
    path.unlink()
    run(Drawing(0), 2)
    parts = run(b := Drawing(0), 5)
    assert same(parts, whole) and same(b.state_dict(), a.state_dict()) and same(b.seen, a.seen)


def test_callbacks_are_reminded_by_their_kind_so_that_others_may_come_and_go(tmp_path):
    path, stopping = tmp_path / "run.npz", EarlyStopping(patience=50)
    fit(line(), (X, Y), "mse", "sgd", 2, callbacks=[print_nothing, stopping, Checkpoint(path)])
    again = EarlyStopping(patience=50)
    fit(line(), (X, Y), "mse", "sgd", 2, callbacks=[Checkpoint(path), again], resume=path)
    assert same(again.state_dict(), stopping.state_dict())


def print_nothing(event):
    """A callback that looks, and says nothing."""


def test_a_crash_while_the_checkpoint_is_written_leaves_the_one_before(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    fit(line(), (X, Y), "mse", "sgd", 2, callbacks=[Checkpoint(path)])
    before = path.read_bytes()

    def crash(*_):
        raise PowerCut

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(PowerCut):
        fit(line(), (X, Y), "mse", "sgd", 3, callbacks=[Checkpoint(path)], resume=True)
    assert path.read_bytes() == before
    assert fit(line(), (X, Y), "mse", "sgd", 2, resume=path).epochs == 2


# ── what does not fit ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def written(tmp_path):
    path = tmp_path / "run.npz"
    fit(arrays(), (X, Y), "mse", "adam", 2, callbacks=[Checkpoint(path)],
        schedule=lambda optimizer: CosineAnnealingLR(optimizer, 9))  # fmt: skip
    return path


def cosine(optimizer):
    return CosineAnnealingLR(optimizer, 9)


def test_a_file_that_is_not_there_is_an_error_unless_this_run_is_going_to_write_it(tmp_path):
    with pytest.raises(DataError) as error:
        fit(line(), (X, Y), "mse", "sgd", 1, resume=tmp_path / "rum.npz", callbacks=Checkpoint(tmp_path / "run.npz"))
    assert str(error.value).startswith(f"fit: there is no file {str(tmp_path / 'rum.npz')!r} to resume from.\n")
    history = fit(line(), (X, Y), "mse", "sgd", 1, resume=tmp_path / "run.npz",
                  callbacks=Checkpoint(tmp_path / "run.npz"))  # fmt: skip
    assert history.epochs == 1


def test_a_file_of_weights_alone_is_no_checkpoint(tmp_path):
    for extra in None, {"epoch": 3}:
        save(tmp_path / "weights.npz", line(), extra=extra)
        with pytest.raises(DataError) as error:
            fit(line(), (X, Y), "mse", "sgd", 1, resume=tmp_path / "weights.npz")
        lines = str(error.value).splitlines()
        assert lines[0].endswith("weights.npz' is no checkpoint of a run.") and len(lines) == 3


@pytest.mark.parametrize(
    ("model", "choices", "what"),
    [
        (line, {"schedule": cosine}, "Linear(2, 1): the state does not fit, so nothing was loaded."),
        (arrays, {}, "had a schedule, and this one has none."),
        (arrays, {"schedule": cosine, "optimizer": "sgd"}, "This state does not fit the SGD"),
    ],
    ids=["another model", "no schedule", "another optimizer"],
)
def test_what_does_not_fit_the_file_is_said_and_changes_nothing(model, choices, what, written):
    net = model(seed=4)
    before = net.state_dict()
    optimizer = choices.pop("optimizer", "adam")
    with pytest.raises(TinygradError) as error:
        fit(net, (X, Y), "mse", optimizer, 5, resume=written, **choices)
    assert what in str(error.value).splitlines()[0]
    assert same(net.state_dict(), before)


def test_a_run_without_a_schedule_is_not_continued_with_one(tmp_path):
    fit(line(), (X, Y), "mse", "sgd", 1, callbacks=Checkpoint(tmp_path / "run.npz"))
    with pytest.raises(TinygradError, match="schedule"):
        fit(line(), (X, Y), "mse", "sgd", 2, resume=tmp_path / "run.npz", schedule=cosine)


def test_a_refused_generator_leaves_the_model_as_it_was(tmp_path):
    fit(line(), (X, Y), "mse", "sgd", 1, rng=0, callbacks=Checkpoint(tmp_path / "run.npz"))
    net, rng = line(), np.random.Generator(np.random.MT19937(0))
    before, state = net.state_dict(), repr(rng.bit_generator.state)
    with pytest.raises(DataError):
        fit(net, (X, Y), "mse", "sgd", 2, rng=rng, resume=tmp_path / "run.npz")
    assert same(net.state_dict(), before) and repr(rng.bit_generator.state) == state


def test_a_generator_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    fit(line(), (X, Y), "mse", "sgd", 1, callbacks=Checkpoint(path))
    with pytest.raises(DataError) as error:
        fit(line(), (X, Y), "mse", "sgd", 2, resume=path, rng=np.random.Generator(np.random.MT19937(0)))
    assert str(error.value).startswith(
        "fit: the saved state of the random generator 'shuffling' does not fit this one, "
    )
    assert error.value.write.startswith("Build the model, and rng, as they were")


def test_a_checkpoint_holds_numbers_and_texts_only(written):
    with np.load(written, allow_pickle=False) as file:
        notes = json.loads(str(file["__metadata__"][()] if file["__metadata__"].ndim == 0 else
                               bytes(file["__metadata__"]).decode()))  # fmt: skip
    assert notes["extra"]["epoch"] == 2


def test_an_optimizer_made_anew_gets_its_rate_from_the_file(tmp_path):
    path = tmp_path / "run.npz"
    fit(line(), (X, Y), "mse", "sgd", 1, lr=0.3, callbacks=Checkpoint(path))
    net = line()
    optimizer = optim.SGD(net.parameters(), lr=7.0)
    history = fit(net, (X, Y), "mse", optimizer, 2, resume=path)
    assert history["rate"].tolist() == [0.3, 0.3]
