"""An array operation opened into single numbers: the same results, the same gradients, small steps one can follow."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.drawing import unroll
from tinygrad_edu.drawing.unroll import unrolled
from tinygrad_edu.ops.affine import affine, affine_of_row


def values(*shapes):
    rng = np.random.default_rng(0)
    return [tg.Value(rng.normal(size=shape), name) for shape, name in zip(shapes, "abcd")]


CASES = {
    "x @ W + b": ((2, 3), (3, 2), (2,)),
    "vector @ matrix": ((3,), (3, 2)),
    "vector @ vector": ((3,), (3,)),
    "elementwise": ((2, 3), (3,), (2, 1)),
    "sum": ((2, 3),),
    "sum of an axis": ((2, 3),),
    "mean of an axis, kept": ((2, 3),),
    "prod": ((4,),),
    "moved": ((2, 3), (3,)),
    "linear layer": ((2, 3), (2, 3), (2,)),
    "neurons": ((2, 3), (8,)),
    "constant": ((2, 2),),
}
FUNCTIONS = {
    "x @ W + b": lambda x, w, b: tg.tanh(x @ w + b),
    "vector @ matrix": lambda x, w: x @ w,
    "vector @ vector": lambda x, w: x @ w,
    "elementwise": lambda a, b, c: a * b - tg.exp(c),
    "sum": lambda a: tg.sum(a * a),
    "sum of an axis": lambda a: tg.sum(a, axis=0),
    "mean of an axis, kept": lambda a: tg.mean(a, axis=1, keepdims=True),
    "prod": lambda a: tg.prod(a),
    "moved": lambda a, b: tg.concatenate([a.T, b[:, None]], axis=1).reshape(-1)[1:5],
    "linear layer": affine,
    "neurons": affine_of_row,
    "constant": lambda a: a @ np.array([[1.0, 2.0], [3.0, 4.0]]) + np.array([1.0, 2.0]),
}


@pytest.mark.parametrize("case", CASES)
def test_opened_numbers_and_gradients_are_those_of_the_arrays(case):
    inputs = values(*CASES[case])
    y = FUNCTIONS[case](*inputs)
    y.backward(np.ones(y.shape))
    opened = unrolled(y)
    np.testing.assert_allclose(np.ravel(opened.y.data), np.ravel(y.data), rtol=1e-12)
    for v in inputs:
        cells = opened.entries[v]
        np.testing.assert_allclose([x.grad or 0.0 for x in cells.flat], np.ravel(v.grad), rtol=1e-12)
    assert all(np.ndim(x._held) == 0 for v in inputs for x in opened.entries[v].flat)


def test_a_product_is_opened_into_its_products_and_sums():
    x, w = values((2,), (2, 2))
    drawing = tg.draw(x @ w, unroll=True, names={"x": x, "w": w})
    operations = [node.operation for node in drawing.graph.nodes if node.role == "step"]
    assert sorted(operations) == ["+", "+", "×", "×", "×", "×"]
    assert {node.name for node in drawing.graph.nodes if node.role == "input"} == {
        "x[0]", "x[1]", "w[0, 0]", "w[0, 1]", "w[1, 0]", "w[1, 1]",
    }  # fmt: skip
    assert drawing.note == "Opened into single numbers: 2 results and 6 gradients agree with those of the arrays."


def test_gradients_are_shown_if_the_arrays_have_them_and_not_computed_if_not():
    x, w = values((2,), (2,))
    y = x @ w
    before = tg.draw(y, unroll=True).graph
    assert {node.gradient for node in before.nodes if node.gradient} == {"not computed"}
    y.backward()
    after = tg.draw(y, unroll=True).graph
    assert [float(node.gradient) for node in after.nodes if node.name.startswith("a[")] == pytest.approx(
        w.data.tolist(), rel=1e-3
    )


def test_parameters_stay_parameters_and_a_path_starts_at_the_first_number():
    x, w = values((2,), (2,))
    graph = tg.draw(x @ w, unroll=True, parameters={"w": w}, path=w).graph
    assert [node.name for node in graph.nodes if node.role == "parameter"] == ["w[0]", "w[1]"]
    assert {node.name for node in graph.nodes if node.faded} == {"a[0]", "a[1]", "w[1]", ""}


def test_numbers_that_differ_are_noticed(monkeypatch):
    monkeypatch.setitem(unroll.REDUCED, "sum", lambda row: row[0])
    with pytest.raises(AssertionError, match="unrolled numbers differ"):
        unrolled(tg.sum(values((3,))[0]))


def test_what_mixes_entries_in_its_own_way_is_refused_in_three_parts():
    with pytest.raises(tg.errors.UnsupportedError) as error:
        tg.draw(tg.softmax(values((3,))[0]), unroll=True)
    assert str(error.value) == (
        "softmax cannot be opened into single numbers.\n"
        "  Only what treats entries one by one, moves them, adds or multiplies them up is a graph of small steps.\n"
        "  Draw it as it is, draw(y), or unroll what comes before softmax."
    )


def test_a_stack_of_matrices_is_refused_in_three_parts():
    with pytest.raises(tg.errors.UnsupportedError) as error:
        tg.draw(tg.matmul(*values((2, 2, 2), (2, 2))), unroll=True)
    assert str(error.value) == (
        "The product of (2, 2, 2) and (2, 2) cannot be opened into single numbers.\n"
        "  A stack of matrices is a picture of many pictures.\n"
        "  Unroll one product of two matrices: x[0] @ w."
    )


def test_too_many_numbers_are_refused_in_three_parts():
    with pytest.raises(tg.errors.DataError) as error:
        tg.draw(tg.Value(np.ones((100, 30))) * 2.0, unroll=True)
    assert str(error.value) == (
        "draw(y, unroll=True) would open 6,000 numbers.\n"
        "  A picture of more than 2,000 is read by nobody.\n"
        "  Unroll a small piece: fewer rows of x, or one layer."
    )


def test_numbers_stay_what_they_are():
    a, b = tg.Value(2.0, "a"), tg.Value(3.0, "b")
    assert tg.draw(a * b, unroll=True).note.startswith("Opened into single numbers: 1 result and 2 gradients agree")
