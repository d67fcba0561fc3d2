"""The bar: for people who look at a terminal, and for nobody else."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from tests.train.problems import line, points
from tinygrad_edu.train import fit
from tinygrad_edu.train.progress import Progress

X, Y = points()


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stderr", "progress", "shown"),
    [
        (Terminal, None, True), (io.StringIO, None, False), (lambda: None, None, False),
        (Terminal, False, False), (io.StringIO, True, True),
    ],
    ids=["a terminal", "a file", "none at all", "a terminal, unwanted", "a file, wanted"],
)  # fmt: skip
def test_there_is_a_bar_if_somebody_looks_or_asks_for_it(stderr, progress, shown, monkeypatch):
    made = stderr()
    monkeypatch.setattr(sys, "stderr", made)
    fit(line(), (X, Y), "mse", "sgd", 2, progress=progress)
    assert bool(made is not None and made.getvalue()) == shown


def test_the_bar_ends_with_the_numbers_of_the_last_epoch(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "150")
    history = fit(line(), (X, Y), "mse", "sgd", 4, batch_size=12, validation=(X, Y), progress=True)
    last = screen.getvalue().replace("\n", "\r").rstrip("\r").split("\r")[-1]
    assert last.startswith("epoch 4/4 100%")
    assert f", loss {history.last('loss'):.3g}/{history.last('validation_loss'):.3g}, rate 0.001" in last


@pytest.mark.parametrize(("columns", "shown"), [(80, 2), (60, 1), (120, 3)])
def test_a_narrow_terminal_shows_whole_numbers_and_leaves_out_the_last_ones(columns, shown, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("tqdm.std._screen_shape_wrapper", lambda: lambda _: (columns, 24))
    words = "loss 0.123/0.0989", "accuracy 0.987/0.965", "rate 0.00123"
    row = {"loss": 0.12345, "validation_loss": 0.09888, "accuracy": 0.987, "validation_accuracy": 0.965,
           "rate": 0.001234, "seconds": 1.0}  # fmt: skip
    with Progress(True, epochs=100, batches=2, done=0) as bar:
        bar.epoch(100, row)
    lines = [line for line in screen.getvalue().replace("\n", "\r").split("\r") if "epoch 100/100" in line]
    assert lines[-1].rstrip().endswith(", ".join(words[:shown]))
    assert all(len(line) <= columns for line in lines)


def test_epochs_are_counted_where_nobody_knows_how_many_batches_there_are(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    fit(line(), lambda: iter([(X, Y)] * 3), "mse", "sgd", 4)
    assert "epoch 4/4 100%" in screen.getvalue()


def test_tqdm_matplotlib_and_the_doctor_are_not_loaded_for_a_run_that_does_not_use_them():
    code = (
        "import sys, tinygrad_edu as tg\nfrom tinygrad_edu.train import fit\n"
        "fit(tg.nn.Linear(1, 1), ([[0.0]], [[1.0]]), 'mse', 'adam', 2)\n"
        "print([x for x in sys.modules if x.split('.')[0] in ('tqdm', 'matplotlib') or 'doctor' in x or 'plot' in x])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
