"""A network in another precision: arrays are converted, single numbers stay what they are."""

from __future__ import annotations

import numpy as np
import pytest

from tinygrad_edu import nn
from tinygrad_edu.errors import DataError


def test_another_precision_converts_arrays_and_gradients_and_leaves_single_numbers_alone():
    module = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Layer(3, 1))
    module(np.arange(8.0).reshape(4, 2)).sum().backward()
    assert module.to(np.float32) is module
    arrays = [p for p in module.parameters() if p.shape]
    assert {p.dtype for p in arrays} | {p.grad.dtype for p in arrays} == {np.dtype(np.float32)}
    assert module[1].running_var.dtype == np.float32 and module[1].num_batches_tracked.dtype.kind == "i"
    assert all(type(p.data) is float for p in module[2].parameters())


WRONG = [(int, "int64"), ("words", "'words'"), (None, "None"), (complex, "complex128")]


@pytest.mark.parametrize(("dtype", "shown"), WRONG)
def test_a_precision_holds_fractions(dtype, shown):
    with pytest.raises(DataError) as error:
        nn.Linear(1, 1).to(dtype)
    assert str(error.value) == (
        f"Linear: dtype={shown} holds no fractions.\n"
        "  All weights start between -1 and 1, and a gradient changes them by a little: as integers they stay 0.\n"
        "  Write dtype=np.float64 or dtype=np.float32."
    )
