"""Every test starts from the same random state, draws without a screen, and sees the same generated examples."""

from __future__ import annotations

import random
import sys
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


SHOW_EXPRESSIONS = (  # the part of a line that made a value; Python 3.10 knows the line only (PEP 657 came with 3.11)
    *("doctor/debug.py::", "places.recording_places", "test_the_words_of_a_culprit", "message_for_a_logarithm"),
    *("where_both_operands_were_made", "operation_entry_line_and"),
    *("says[docs/debugging.md]", "says[docs/gradient_checking.md]"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skipped = pytest.mark.skip(reason="Python 3.10 knows in which line a value was made, not in which part of it")
    for item in items if sys.version_info < (3, 11) else ():
        if any(words in item.nodeid for words in SHOW_EXPRESSIONS):
            item.add_marker(skipped)


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
