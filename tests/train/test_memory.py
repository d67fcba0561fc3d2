"""Ten thousand steps need no more memory than the first two thousand."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.train.problems import line, points, scalars
from tinygrad_edu import nn
from tinygrad_edu.train import Callback, fit

X, Y = points(8)
STEPS, WARM = 10_000, 1_000  # the first steps fill caches and free lists
STATM = Path("/proc/self/statm")

pytestmark = pytest.mark.skipif(sys.implementation.name != "cpython", reason="counts CPython's blocks of memory")


class Weighing(Callback):
    """Notes how many objects are in memory, and how many bytes the system has given, now and then."""

    def __init__(self):
        self.blocks, self.bytes = [], []

    def on_batch(self, event):
        if event.step % WARM == 0:
            self.blocks.append(sys.getallocatedblocks())
            self.bytes.append(int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if STATM.exists() else 0)

    def growth(self):
        return [int(np.max(column) - column[1]) for column in (self.blocks, self.bytes)]


def drawing():
    """A network with a generator, whose state is noted in each step."""
    return nn.Sequential(line(), nn.Dropout(0.2), nn.Linear(1, 1))


@pytest.mark.parametrize("model", [drawing, scalars])
def test_ten_thousand_steps_leave_memory_flat_without_any_garbage_collection(model):
    """A record has no cycles: it goes when the step is over."""
    weighing = Weighing()
    gc.collect()
    gc.disable()
    try:
        fit(model(), [(X, Y)] * STEPS, "mse", "sgd", 1, callbacks=weighing)
    finally:
        gc.enable()
    blocks, size = weighing.growth()
    assert len(weighing.blocks) == STEPS // WARM
    assert blocks < 1000, f"{blocks} objects more"
    assert size < 2**20, f"{size} bytes more"


def test_a_thousand_epochs_cost_the_rows_of_their_history():
    weighing = Weighing()
    history = fit(line(), [(X, Y)] * 10, "mse", "adam", STEPS // 10, callbacks=weighing, validation=(X, Y))
    blocks, size = weighing.growth()
    assert history.epochs == 1000
    assert blocks < 5000, f"{blocks} objects more"  # between two collections there is some garbage
    assert size < 2**20, f"{size} bytes more"
