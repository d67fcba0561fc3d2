"""Every test starts from the same random state, draws without a screen, and sees the same generated examples."""

from __future__ import annotations

import random
from collections.abc import Iterator

import hypothesis
import matplotlib
import numpy as np
import pytest

from tinygrad_edu.ops.op import TABLE

collect_ignore_glob = ["*/make_torch_*.py"]  # they make stored figures anew, and need PyTorch
matplotlib.use("Agg")
hypothesis.settings.register_profile("same every time", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("same every time")


@pytest.fixture(autouse=True)
def _same_random_numbers_in_every_run() -> None:
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - libraries under comparison use the global generator


@pytest.fixture
def own_primitives() -> Iterator[None]:
    """For tests that define primitives: afterwards the table holds what it held before."""
    before = dict(TABLE)
    yield
    TABLE.clear()
    TABLE.update(before)


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator that gives the same numbers in every run."""
    return np.random.default_rng(0)
