"""NumPy's own functions on Values: they record, they give plain answers, or they say what to use instead."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, UnsupportedError

V = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
CUBE = np.arange(24.0).reshape(2, 3, 4)[:, :, :3] ** 1.5

# recorded, with NumPy's result
RECORDED = [
    ("np.exp(v)", np.exp),
    ("np.sqrt(v)", np.sqrt),
    ("np.array + v", lambda v: np.array([1.0, 2.0, 3.0]) + v),
    ("np.array - v", lambda v: np.array([1.0, 2.0, 3.0]) - v),
    ("np.array * v", lambda v: np.array([1.0, 2.0, 3.0]) * v),
    ("np.array / v", lambda v: np.array([1.0, 2.0, 3.0]) / v),
    ("np.array ** v", lambda v: np.array([1.0, 2.0, 3.0]) ** v),
    ("np.array % v", lambda v: np.array([9.5, 8.5, 7.5]) % v),
    ("np.array @ v", lambda v: np.array([[1.0, 2.0]]) @ v),
    ("v @ np.array", lambda v: v @ np.array([1.0, 2.0, 3.0])),
    ("np.float64 * v", lambda v: np.float64(2) * v),
    ("np.float32 - v", lambda v: np.float32(2) - v),
    ("np.int64 ** v", lambda v: np.int64(2) ** v),
    ("np.sum(v)", np.sum),
    ("np.sum(v, axis=0)", lambda v: np.sum(v, axis=0)),
    ("np.sum(v, 0)", lambda v: np.sum(v, 0)),
    ("np.mean(v, keepdims)", lambda v: np.mean(v, axis=1, keepdims=True)),
    ("np.max(v, axis=1)", lambda v: np.max(v, axis=1)),
    ("np.min(v)", np.min),
    ("np.var(v, ddof=1)", lambda v: np.var(v, ddof=1)),
    ("np.add.reduce(v)", np.add.reduce),
    ("np.add.reduce(v, 1)", lambda v: np.add.reduce(v, 1)),
    ("np.add.reduce(v, axis=None)", lambda v: np.add.reduce(v, axis=None)),
    ("np.multiply.reduce(v, keepdims)", lambda v: np.multiply.reduce(v, axis=1, keepdims=True)),
    ("np.maximum.reduce(v)", np.maximum.reduce),
    ("np.minimum.reduce(v, axis=1)", lambda v: np.minimum.reduce(v, axis=1)),
    ("np.logaddexp.reduce(v)", np.logaddexp.reduce),
    ("np.add.accumulate(v)", np.add.accumulate),
    ("np.multiply.accumulate(v, 1)", lambda v: np.multiply.accumulate(v, 1)),
    ("np.multiply.outer(v, v)", lambda v: np.multiply.outer(v, v)),
    ("np.multiply.outer(array, v[0])", lambda v: np.multiply.outer(np.array([1.0, 2.0]), v[0])),
    ("np.maximum(v, 2.5)", lambda v: np.maximum(v, 2.5)),
    ("np.where(v > 2.5, v, 0)", lambda v: np.where(v > 2.5, v, 0)),
    ("np.clip(v, 1.5, 4.5)", lambda v: np.clip(v, 1.5, 4.5)),
    ("np.stack([v, v])", lambda v: np.stack([v, v])),
    ("np.concatenate((v, array))", lambda v: np.concatenate((v, np.ones((1, 3))))),
    ("np.vstack([array, v])", lambda v: np.vstack([np.ones(3), v])),
    ("np.transpose(v)", np.transpose),
    ("np.reshape(v, (3, 2))", lambda v: np.reshape(v, (3, 2))),
    ("np.ravel(v)", np.ravel),
    ("np.squeeze(v[None])", lambda v: np.squeeze(v[None])),
    ("np.dot(v, array)", lambda v: np.dot(v, np.ones(3))),
    ("np.dot(array, v)", lambda v: np.dot(np.ones(2), v)),
    ("np.tensordot(v, v, 2)", lambda v: np.tensordot(v, v, 2)),
    ("np.einsum", lambda v: np.einsum("ij,kj->ik", v, np.ones((2, 3)))),
    ("np.linalg.norm(v)", np.linalg.norm),
    ("np.linalg.norm(v, axis=1)", lambda v: np.linalg.norm(v, axis=1)),
    ("np.sort(v)", lambda v: np.sort(-v, axis=0)),
    ("np.flip(v, 1)", lambda v: np.flip(v, 1)),
    ("np.cumsum(v)", np.cumsum),
    ("np.cumsum(v, axis=1)", lambda v: np.cumsum(v, axis=1)),
    ("np.split(v, 3, axis=1)[1]", lambda v: np.split(v, 3, axis=1)[1]),
    ("np.take(v, [1], axis=0)", lambda v: np.take(v, [1], axis=0)),
    ("np.round(v)", np.round),
    ("np.around(v, 1)", lambda v: np.around(v, 1)),
    ("np.amax(v)", np.amax),
    ("np.amin(v, axis=0)", lambda v: np.amin(v, axis=0)),
    ("np.absolute(v)", np.abs),
    ("np.outer(v[0], v[1])", lambda v: np.outer(v[0], v[1])),
    ("np.trace(v)", np.trace),
    ("np.diag(v)", np.diag),
]


@pytest.mark.parametrize("program", [row[1] for row in RECORDED], ids=[row[0] for row in RECORDED])
def test_a_numpy_function_of_a_value_is_numpys_result_with_a_history(program):
    v, wanted = Value(V), program(V)
    y = program(v)
    assert type(y) is Value and y.shape == np.shape(wanted)
    assert type(y.data) is (float if np.ndim(wanted) == 0 else np.ndarray)
    np.testing.assert_allclose(y.data, wanted, rtol=1e-14)
    (y * y).sum().backward()
    assert v.grad.shape == V.shape and v.grad.dtype == float
    rng, step = np.random.default_rng(0), 1e-4
    direction = rng.normal(size=V.shape)
    heights = [np.sum(program(V + t * step * direction) ** 2) for t in (-2, -1, 1, 2)]
    slope = (8 * (heights[2] - heights[1]) - (heights[3] - heights[0])) / (12 * step)
    assert np.sum(v.grad * direction) == pytest.approx(slope, rel=1e-7, abs=1e-7)


STACKED = [
    ("trace", np.linalg.trace),
    ("diagonal", np.linalg.diagonal),
    ("inv", lambda v: np.linalg.inv(v + 10 * np.eye(3))),
    ("det", np.linalg.det),
    ("matmul", lambda v: np.matmul(v, v)),
    ("np.trace", np.trace),
    ("np.diagonal", np.diagonal),
]


@pytest.mark.skipif(not hasattr(np.linalg, "trace"), reason="np.linalg.trace came with NumPy 2.0")
@pytest.mark.parametrize("program", [row[1] for row in STACKED], ids=[row[0] for row in STACKED])
def test_a_function_of_stacked_matrices_means_the_axes_that_numpy_means(program):
    np.testing.assert_allclose(program(Value(CUBE)).data, program(CUBE), rtol=1e-10, atol=1e-12)


def test_a_number_is_taken_by_numpy_functions_as_well():
    x = Value(0.5)
    y = np.exp(x) * np.float64(2) + np.add(1.0, x) + np.maximum(x, 0) - np.sum(x)
    y.backward()
    assert type(y.data) is float and x.grad == 2 * np.exp(0.5) + 1.0


PLAIN = [
    ("greater", lambda v: np.greater(v, 2)),
    ("array < v", lambda v: np.array([1.0, 2.0, 3.0]) < v),
    ("isnan", np.isnan),
    ("isfinite", np.isfinite),
    ("logical_not", np.logical_not),
    ("argmax", lambda v: np.argmax(v, axis=1)),
    ("argsort", np.argsort),
    ("any", np.any),
    ("allclose", lambda v: np.allclose(v, V)),
    ("array_equal", lambda v: np.array_equal(v, V)),
    ("count_nonzero", np.count_nonzero),
    ("nonzero", lambda v: np.nonzero(v)[0]),
    ("shape", np.shape),
    ("ndim", np.ndim),
    ("size", np.size),
    ("zeros_like", np.zeros_like),
    ("ones_like", np.ones_like),
    ("full_like", lambda v: np.full_like(v, 7)),
    ("searchsorted", lambda v: np.searchsorted([1.5, 3.5], v)),
    ("result_type", np.result_type),
]


@pytest.mark.parametrize("program", [row[1] for row in PLAIN], ids=[row[0] for row in PLAIN])
def test_a_numpy_function_without_a_derivative_gives_its_plain_answer(program):
    found, wanted = program(Value(V)), program(V)
    assert type(found) is not Value and type(found) in (type(wanted), int, bool)
    assert np.array_equal(found, wanted)


# ── never an object array ────────────────────────────────────────────────────────────────────────────────────────────
TO_ARRAYS = [
    ("np.array(v)", np.array),
    ("np.asarray(v)", np.asarray),
    ("np.array([v, w])", lambda v: np.array([v, v])),
    ("np.array([1.0, v])", lambda v: np.array([1.0, v])),
    ("np.array([v], dtype=object)", lambda v: np.array([v], dtype=object)),
    ("np.array([v], dtype=float)", lambda v: np.array([v], dtype=float)),
    ("np.sum([v, w])", lambda v: np.sum([v, v])),
    ("np.mean([v, w])", lambda v: np.mean([v, v])),
    ("np.full((2,), v)", lambda v: np.full((2,), v)),
    ("np.linspace(0, v)", lambda v: np.linspace(0, v)),
    ("array[:] = v", lambda v: np.zeros(2).__setitem__(slice(None), v)),
    ("array.dot(v)", lambda v: np.zeros(2).dot(v)),
]


@pytest.mark.parametrize("program", [row[1] for row in TO_ARRAYS], ids=[row[0] for row in TO_ARRAYS])
def test_a_value_never_becomes_a_plain_or_an_object_array(program):
    with pytest.raises((DataError, UnsupportedError)):
        program(Value([1.0, 2.0]))


@pytest.mark.parametrize("program", [row[1] for row in TO_ARRAYS[:6]], ids=[row[0] for row in TO_ARRAYS[:6]])
def test_a_number_never_becomes_a_plain_or_an_object_array(program):
    with pytest.raises(DataError, match="would lose its history"):
        program(Value(1.0))


AUGMENTED = [
    ("+=", lambda a, v: a.__iadd__(v), "np.add(..., out=...)"),
    ("-=", lambda a, v: a.__isub__(v), "np.subtract(..., out=...)"),
    ("*=", lambda a, v: a.__imul__(v), "np.multiply(..., out=...)"),
    ("out=", lambda a, v: np.exp(v, out=a), "np.exp(..., out=...)"),
    ("np.sum out=", lambda a, v: np.sum(v, out=a), "np.sum(..., out=...)"),
]


@pytest.mark.parametrize(("program", "called"), [row[1:] for row in AUGMENTED], ids=[row[0] for row in AUGMENTED])
def test_a_result_is_never_written_into_a_plain_array(program, called):
    array = np.zeros(2)
    for v in (Value([1.0, 2.0]), Value(1.0)):
        with pytest.raises(UnsupportedError) as error:
            program(array, v)
        assert str(error.value).startswith(called)
    assert np.array_equal(array, [0.0, 0.0])


def test_a_value_cannot_be_assigned_into():
    x = Value([1.0, 2.0])
    for index in (0, slice(None), [0], np.array([True, False])):
        with pytest.raises(UnsupportedError):
            x[index] = 5.0
    assert np.array_equal(x.data, [1.0, 2.0])


UNSUPPORTED = [
    ("np.spacing(v)", np.spacing, "np.spacing"),
    ("np.fft.fft(v)", np.fft.fft, "np.fft.fft"),
    ("np.median(v)", np.median, "np.median"),
    ("np.add.reduceat", lambda v: np.add.reduceat(v, [0, 1]), "np.add.reduceat"),
    ("np.subtract.reduce", np.subtract.reduce, "np.subtract.reduce"),
    ("np.subtract.outer", lambda v: np.subtract.outer(v, v), "np.subtract.outer"),
    ("np.maximum.accumulate", np.maximum.accumulate, "np.maximum.accumulate"),
    ("np.add.at", lambda v: np.add.at(np.zeros(2), [0, 0], v), "np.add.at"),
]


@pytest.mark.parametrize(("program", "called"), [row[1:] for row in UNSUPPORTED], ids=[row[0] for row in UNSUPPORTED])
def test_a_numpy_function_that_is_no_primitive_is_refused_by_name(program, called):
    with pytest.raises(UnsupportedError) as error:
        program(Value([1.0, 2.0]))
    assert str(error.value).startswith(f"{called} has no derivative here.")


@pytest.mark.parametrize(
    "program",
    [
        lambda v: np.add(v, 1.0, where=np.array([True, False])),
        lambda v: np.sum(v, dtype=np.float32),
        lambda v: np.exp(v, casting="unsafe"),
        lambda v: np.sum(v, initial=5.0),
    ],
    ids=["where", "dtype", "casting", "initial"],
)
def test_a_setting_that_has_no_derivative_is_refused(program):
    with pytest.raises((DataError, UnsupportedError)):
        program(Value([1.0, 2.0]))


def test_an_operation_with_what_only_looks_like_a_reader_takes_it_as_an_array():
    class Column:
        """Has `apply`, as a column of a data frame has, and converts to an array."""

        def apply(self, f, *rest):
            raise AssertionError

        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 2.0])

    assert np.array_equal((Value(2.0) * Column()).data, [2.0, 4.0])
    assert np.array_equal(tg.exp(Column()), np.exp([1.0, 2.0]))


@pytest.mark.parametrize("program", [lambda m, v: m * v, lambda m, v: m + v, np.ma.multiply], ids=["*", "+", "np.ma"])
def test_a_masked_array_on_the_left_cannot_take_the_numbers_and_leave_the_record(program):
    with pytest.raises(DataError, match="lose its history"):
        program(np.ma.array([1.0, 2.0], mask=[False, True]), Value([3.0, 4.0]))
