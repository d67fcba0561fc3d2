"""Every primitive against independent truths: NumPy or a formula, finite differences, itself on floats and on arrays.

A row of a table of cases is a test of each kind; a primitive without a row fails the first test.
"""

from __future__ import annotations

import doctest
import itertools
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

import tinygrad_edu as tg
from tests.ops import cases_arrays, cases_elementwise, cases_windows
from tests.ops.case import Case
from tinygrad_edu.ops.op import TABLE
from tinygrad_edu.ops.reductions import sum as total

CASES = [*cases_elementwise.CASES, *cases_arrays.CASES, *cases_windows.CASES]
OPS = [op for op in TABLE.values() if op.forward.__module__.startswith("tinygrad_edu.")]
ELEMENTWISE = [case for case in cases_elementwise.CASES if case.name in TABLE and TABLE[case.name].elementwise]

COMPARABLE = [case for case in CASES if case.numpy or case.reference]
CALLABLE_IN_MANY_WAYS = [case for case in CASES if case.numpy or case.method]
POINTWISE = [case for case in ELEMENTWISE if case.name not in ("where", "gate")]  # those two hold a mask of one shape


def every(cases):
    return pytest.mark.parametrize("case", cases, ids=str)


every_op = pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)


# ── tools ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def parts(y) -> list:
    """The results of a call, also when it returns several."""
    return list(y) if isinstance(y, tuple) else [y]


def projected(y, weights):
    """Σ weight · entry: one number that depends on every entry of every result."""
    terms = [total(part * weight) for part, weight in zip(parts(y), weights, strict=True)]
    return sum(terms[1:], terms[0])


def weights_for(results, seed=7) -> list:
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.5, 1.5, np.shape(part)).astype(getattr(part, "dtype", float)) for part in parts(results)]


def gradients(case: Case):
    """The function that computes the gradient, by every input, of a random projection of the results."""
    weights = weights_for(case.call(*case.inputs))
    return tg.grad(lambda *xs: projected(case.call(*xs), weights), argnums=tuple(range(len(case.inputs))))


def slope(f, xs, direction):
    """The derivative of f along a direction, from four evaluations (error: the fourth power of the step)."""
    h = 3e-4

    def at(t):
        return f(*[x + t * h * d for x, d in zip(xs, direction, strict=True)])

    return (8.0 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12.0 * h)


def entries(xs):
    """Every direction in which one single entry of one input moves."""
    for k, x in enumerate(xs):
        for i in range(np.size(x)):
            direction = [np.zeros(np.shape(z)) for z in xs]
            direction[k].reshape(-1)[i] = 1.0
            yield k, i, direction


def close(actual, expected, tolerance, scale=1.0):
    assert np.shape(actual) == np.shape(expected)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale)


def recorded_names(results) -> set[str]:
    """The names of all primitives in the graph."""
    names, waiting = set(), list(results)
    while waiting:
        node = waiting.pop()
        if isinstance(node, tg.Value) and node.op is not None:
            names.add(node.op.name)
            waiting.extend(node.inputs)
    return names


# ── the table itself ─────────────────────────────────────────────────────────────────────────────────────────────────
@every_op
def test_every_primitive_has_a_case(op):
    covered = {
        name for case in CASES for name in (case.covers or (getattr(getattr(tg, case.name, None), "name", case.name),))
    }
    assert op.name in covered, f"add a case for {op.name}"


@every(CASES)
def test_a_case_records_the_primitives_it_covers(case):
    values = [tg.Value(x) for x in case.inputs]
    names = recorded_names(parts(case.call(*values)))
    assert names >= set(case.covers or {getattr(getattr(tg, case.name, None), "name", case.name)})


@every_op
def test_a_primitive_says_what_it_does_where_it_holds_and_how_it_is_written(op):
    assert len(op.__doc__) > 1
    domains = op.domain if isinstance(op.domain, dict) else dict.fromkeys(op.inputs, op.domain)
    assert set(domains) == set(op.inputs)
    assert all(domain.text for domain in domains.values())
    missing = [name for name in op.inputs if "{" + name + "}" not in op.latex]
    assert op.latex
    assert not missing, f"{op.name}: its formula {op.latex} does not mention {missing}"


@every_op
def test_the_examples_of_a_primitive_run(op):
    module = import_module(op.forward.__module__)
    test = doctest.DocTestParser().get_doctest(op.__doc__, dict(vars(module)), op.name, module.__file__, 0)
    lines: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=lines.append)
    assert not lines, "".join(lines)


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@every(COMPARABLE)
def test_the_result_is_numpys(case):
    truth = case.numpy or case.reference
    ours, theirs = parts(case.call(*case.inputs)), parts(truth(*case.inputs))
    assert len(ours) == len(theirs)
    for mine, expected in zip(ours, theirs, strict=True):
        close(mine, expected, 1e-13)
        assert type(mine) is (float if np.ndim(expected) == 0 else np.ndarray)


@every(POINTWISE)
def test_a_number_gives_what_an_array_gives_in_that_place(case):
    inputs = np.broadcast_arrays(*case.inputs)
    results = case.call(*inputs)
    for i in np.ndindex(results.shape):
        number = case.call(*[float(x[i]) for x in inputs])
        assert type(number) is float
        close(number, results[i], 1e-15)


@every(CALLABLE_IN_MANY_WAYS)
def test_the_function_the_method_and_numpys_function_are_one(case):
    weights = weights_for(case.call(*case.inputs))
    outcomes = []
    for way in (case.call, case.method, case.numpy):
        if way is not None:
            values = [tg.Value(x) for x in case.inputs]
            y = way(*values)
            assert all(type(part) is tg.Value for part in parts(y))
            projected(y, weights).backward()
            outcomes.append((*[part.data for part in parts(y)], *[v.grad for v in values]))
    for other in outcomes[1:]:
        for mine, theirs in zip(outcomes[0], other, strict=True):
            np.testing.assert_array_equal(mine, theirs)


# ── derivatives ──────────────────────────────────────────────────────────────────────────────────────────────────────
@every(CASES)
def test_the_first_derivative_is_that_of_finite_differences(case):
    weights = weights_for(case.call(*case.inputs))
    found = gradients(case)(*case.inputs)
    for k, i, direction in entries(case.inputs):
        expected = slope(lambda *xs: projected(case.call(*xs), weights), case.inputs, direction)
        close(np.reshape(found[k], -1)[i], expected, case.tolerance)


@every([case for case in CASES if case.derivatives > 1])
def test_the_second_derivative_is_that_of_finite_differences(case):
    rng = np.random.default_rng(3)
    gradient = gradients(case)
    weights = [rng.uniform(0.5, 1.5, np.shape(x)) for x in case.inputs]
    found = tg.grad(lambda *xs: projected(gradient(*xs), weights), argnums=tuple(range(len(weights))))(*case.inputs)
    for _ in range(2):
        direction = [rng.normal(size=np.shape(x)) for x in case.inputs]
        expected = slope(lambda *xs: projected(gradient(*xs), weights), case.inputs, direction)
        along = sum(float(np.sum(part * d)) for part, d in zip(found, direction, strict=True))
        close(along, expected, case.tolerance * 10)


@every(POINTWISE)
def test_a_number_has_the_derivatives_an_array_has_in_that_place(case):
    inputs = np.broadcast_arrays(*case.inputs)
    which = tuple(range(len(inputs)))
    first = tg.grad(lambda *xs: total(case.call(*xs)), which)

    def second(*xs):
        return tg.grad(lambda *xs: total(first(*xs)[0]), which)(*xs)

    arrays = [*first(*inputs), *second(*inputs)]
    for i in np.ndindex(inputs[0].shape):
        xs = [float(x[i]) for x in inputs]
        for number, array in zip([*first(*xs), *second(*xs)], arrays, strict=True):
            assert type(number) is float
            close(number, array[i], 1e-13)


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────
SHAPES = [(), (3,), (1, 3), (2, 1), (2, 3), (0,), (2, 0, 3)]
PAIRS = [(a, b) for a, b in itertools.product(SHAPES, SHAPES) if 0 not in a + b]
TWO_INPUTS = [name for name, op in TABLE.items() if op.elementwise and len(op.inputs) == 2]


def check_broadcasting(name, *shapes):
    """The gradient of a stretched input is the sum over its copies."""
    op = TABLE[name]
    inputs = [x if x.shape else float(x) for x in cases_elementwise.drawn(name, *shapes)]
    stretched = np.broadcast_arrays(*inputs)
    stretched = [np.array(x) if x.shape else float(x) for x in stretched]
    weights = weights_for(op(*stretched))
    which = tuple(range(len(inputs)))
    gradient = tg.grad(lambda *xs: projected(op(*xs), weights), which)
    found, copies = gradient(*inputs), gradient(*stretched)
    np.testing.assert_array_equal(op(*inputs), op(*stretched))
    for x, mine, theirs in zip(inputs, found, copies, strict=True):
        assert np.shape(mine) == np.shape(x)
        extra = tuple(range(np.ndim(theirs) - np.ndim(x)))
        alike = tuple(i for i in range(-np.ndim(x), 0) if np.shape(x)[i] == 1)
        close(mine, np.sum(np.sum(theirs, alike, keepdims=True), extra), 1e-13)


@pytest.mark.parametrize("shapes", PAIRS, ids=str)
@pytest.mark.parametrize("name", TWO_INPUTS)
def test_shapes_are_stretched_and_gradients_summed_back(name, shapes):
    check_broadcasting(name, *shapes)


@pytest.mark.parametrize("name", TWO_INPUTS)
@given(shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
@settings(max_examples=15)
def test_any_two_shapes_that_fit_are_stretched_and_summed_back(name, shapes):
    check_broadcasting(name, *shapes.input_shapes)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@every([case for case in POINTWISE if len(case.inputs) == 1])
def test_the_result_and_the_gradient_have_the_shape_of_the_input(case, shape):
    x = np.resize(case.inputs[0], shape)
    x = x if shape else float(x)
    assert np.shape(case.call(x)) == shape
    assert np.shape(tg.grad(lambda x: total(case.call(x)))(x)) == shape


# ── precision ────────────────────────────────────────────────────────────────────────────────────────────────────────
DIGITS = {"float32": 1e-4, "float16": 1e-1}


def dtype_of(x):
    return x.dtype if np.ndim(x) else None


@pytest.mark.parametrize(("case", "precision"), [(c, p) for c in CASES for p in c.precisions], ids=str)
def test_a_precision_stays_what_it_is(case, precision):
    inputs = [np.asarray(x, precision) if np.ndim(x) else x for x in case.inputs]
    results = case.call(*inputs)
    expected = {np.dtype(precision), None}
    if case.numpy:  # in some rows a number or a float64 constant takes part
        expected |= {dtype_of(theirs) for theirs in parts(case.numpy(*inputs))}
    assert {dtype_of(mine) for mine in parts(results)} <= expected
    weights = weights_for(results)
    found = tg.grad(lambda *xs: projected(case.call(*xs), weights), tuple(range(len(inputs))))(*inputs)
    for x, mine, exact in zip(inputs, found, gradients(case)(*case.inputs), strict=True):
        assert dtype_of(mine) == dtype_of(x)
        close(mine, exact, DIGITS[precision])
    for mine, exact in zip(parts(results), parts(case.call(*case.inputs)), strict=True):
        close(mine, exact, DIGITS[precision])


@every(ELEMENTWISE)
def test_no_derivative_computes_in_a_higher_precision_than_its_inputs(case):
    inputs = [x.astype(np.float32) for x in np.broadcast_arrays(*case.inputs)]
    y = case.call(*[tg.Value(x) for x in inputs])
    data = [x.data if isinstance(x, tg.Value) else x for x in y.inputs]
    g = np.ones_like(y.data)
    for rule, x in zip(y.op.rules, data, strict=True):
        assert x.dtype == bool or np.result_type(rule(g, y.data, *data)) == np.float32


# ── pieces that a table cannot hold ──────────────────────────────────────────────────────────────────────────────────
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6))
@settings(max_examples=50)
def test_a_softmax_is_a_distribution_and_the_slope_of_logsumexp(numbers):
    p = tg.softmax(np.array(numbers))
    assert np.all(p >= 0.0)
    close(p.sum(), 1.0, 1e-13)
    close(tg.grad(tg.logsumexp)(np.array(numbers)), p, 1e-11)
