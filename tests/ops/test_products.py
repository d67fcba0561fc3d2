"""Products: exact small numbers, one product per gradient, any batch and any subscripts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.errors import AxisError, ShapeError, UnsupportedError

A, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])


def slopes(f, xs, g):
    """The gradient of Σ g · f by every entry of every input, from central differences: exact for products."""
    found = []
    for k, x in enumerate(xs):
        gradient = np.zeros(np.shape(x))
        for i in np.ndindex(gradient.shape):
            step = np.zeros(np.shape(x))
            step[i] = 0.5
            ends = [f(*xs[:k], x + sign * step, *xs[k + 1 :]) for sign in (1, -1)]
            gradient[i] = np.sum(g * (ends[0] - ends[1]))
        found.append(gradient)
    return found


# ── matmul ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_gradient_of_a_matrix_product_is_the_product_with_the_other_factor_transposed():
    g = np.array([[1.0, 0.0], [0.0, 10.0]])
    by_a, by_b = tg.vjp(tg.matmul, A, B)[1](g)
    assert by_a.tolist() == [[5, 7], [60, 80]]  # g Bᵀ
    assert by_b.tolist() == [[1, 30], [2, 40]]  # Aᵀ g


class Counted(np.ndarray):
    """An array that counts the products and the copies it takes part in."""

    products = 0

    def __matmul__(self, other):
        Counted.products += 1
        return (np.asarray(self) @ np.asarray(other)).view(Counted)

    def __array_ufunc__(self, ufunc, method, *inputs, **settings):
        raise AssertionError(f"{ufunc.__name__} is no part of the gradient of a matrix product")

    def copy(self, order="C"):
        raise AssertionError("a transposed matrix is a view")


@pytest.mark.parametrize("rule", tg.matmul.rules)
def test_each_gradient_of_a_matrix_product_is_one_product_of_views(rule):
    g, a, b = (np.ones(shape).view(Counted) for shape in [(2, 4), (2, 3), (3, 4)])
    Counted.products = 0
    assert rule(g, None, a, b).shape in ((2, 3), (3, 4))
    assert Counted.products == 1


def test_the_rows_of_a_batch_that_met_one_matrix_give_its_gradient_in_one_product():
    x, w = np.random.default_rng(0).normal(size=(5, 2, 3)), np.ones((3, 4))
    g = np.random.default_rng(1).normal(size=(5, 2, 4))
    gradient = tg.matmul.rules[1](g, None, x, w)
    assert gradient.shape == (3, 4)
    np.testing.assert_allclose(gradient, np.einsum("bij,bik->jk", x, g), rtol=1e-13)


sides = st.integers(0, 3)


@st.composite
def factors(draw):
    """Two shapes whose matrix product exists, of one to four axes."""
    m, n, k = draw(sides), draw(sides), draw(sides)
    batch = draw(st.lists(st.integers(1, 3), max_size=2))
    left, right = ([1 if draw(st.booleans()) else size for size in batch[draw(st.integers(0, 2)) :]] for _ in "ab")
    a = (n,) if draw(st.integers(0, 4)) == 0 else (*left, m, n)
    b = (n,) if draw(st.integers(0, 4)) == 0 else (*right, n, k)
    return a, b


@given(factors())
@settings(max_examples=100)
def test_any_two_shapes_that_fit_have_numpys_product_and_its_gradients(shapes):
    rng = np.random.default_rng(0)
    xs = [rng.integers(-3, 4, shape).astype(float) for shape in shapes]
    y, pull = tg.vjp(tg.matmul, *xs)
    assert np.array_equal(y, np.matmul(*xs))
    g = rng.integers(-3, 4, np.shape(y)).astype(float) if np.ndim(y) else 2.0
    for mine, truth in zip(pull(g), slopes(np.matmul, xs, g), strict=True):
        assert np.array_equal(mine, truth)


def test_float32_products_stay_float32_in_every_branch():
    for m, n in [((2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4))]:
        a, b = tg.Value(np.ones(m, np.float32)), tg.Value(np.ones(n, np.float32))
        y = a @ b
        data = (np.ones(y.shape, np.float32), y.data, a.data, b.data)
        assert y.dtype == np.float32
        assert [rule(*data).dtype for rule in tg.matmul.rules] == [np.float32, np.float32]


# ── the other products ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("function", "expected", "by_a", "by_b"),
    [
        (tg.dot, [19, 22, 43, 50], [11, 15, 11, 15], [4, 4, 6, 6]),
        (tg.inner, [17, 23, 39, 53], [12, 14, 12, 14], [4, 6, 4, 6]),
        (tg.vdot, [70], [5, 6, 7, 8], [1, 2, 3, 4]),
        (tg.outer, [5, 6, 7, 8, 10, 12, 14, 16, 15, 18, 21, 24, 20, 24, 28, 32], [26] * 4, [10] * 4),
        (tg.kron, [5, 6, 10, 12, 7, 8, 14, 16, 15, 18, 20, 24, 21, 24, 28, 32], [26] * 4, [10] * 4),
        (tg.tensordot, [70], [5, 6, 7, 8], [1, 2, 3, 4]),
    ],
)
def test_the_sum_of_a_product_of_small_matrices_has_these_gradients(function, expected, by_a, by_b):
    assert np.ravel(function(A, B)).tolist() == expected
    gradients = tg.grad(lambda a, b: tg.sum(function(a, b)), (0, 1))(A, B)
    assert [x.ravel().tolist() for x in gradients] == [by_a, by_b]


def test_the_gradient_of_a_cross_product_is_a_cross_product():
    a, b, g = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])
    y, pull = tg.vjp(tg.cross, a, b)
    assert y.tolist() == [-3, 6, -3]
    by_a, by_b = pull(g)
    assert by_a.tolist() == [5 * 10 - 6 * 8, 6 * 7 - 4 * 10, 4 * 8 - 5 * 7]  # b × g
    assert by_b.tolist() == [8 * 3 - 10 * 2, 10 * 1 - 7 * 3, 7 * 2 - 8 * 1]  # g × a


def test_the_triple_product_is_the_determinant_and_its_gradients_the_cofactors():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])
    gradients = tg.grad(lambda a, b, c: tg.dot(a, tg.cross(b, c)), (0, 1, 2))(*x)
    np.testing.assert_allclose(np.stack(gradients), tg.grad(tg.det)(x), atol=1e-12)


# ── einsum ───────────────────────────────────────────────────────────────────────────────────────────────────────────
SIZES = {"i": 2, "j": 3, "k": 2, "l": 1}


@st.composite
def subscripts(draw):
    """Any subscripts over four letters: repeated within an operand, in one operand only, transposed, `...`."""
    terms = draw(st.lists(st.text("ijkl", max_size=3), min_size=1, max_size=3))
    dots = [draw(st.integers(0, 2)) if draw(st.booleans()) else None for _ in terms]
    shown = []
    for term, count in zip(terms, dots, strict=True):
        at = draw(st.integers(0, len(term)))
        shown.append(term if count is None else f"{term[:at]}...{term[at:]}")
    shapes = []
    for term, count in zip(shown, dots, strict=True):
        before, _, after = term.partition("...")
        batch = [(2, 3)[2 - count + i] if draw(st.booleans()) else 1 for i in range(count or 0)]
        shapes.append((*(SIZES[x] for x in before), *batch, *(SIZES[x] for x in after)))
    text = ",".join(shown)
    if draw(st.booleans()):
        known = sorted(set("".join(terms)))
        result = "".join(draw(st.permutations(known))[: draw(st.integers(0, len(known)))])
        text += f"->{'...' if any(count is not None for count in dots) else ''}{result}"
    return text, shapes


@given(subscripts(), st.booleans())
@example(("...i,,...->...", [(1, 2), (), (3,)]), False)  # i is nobody else's, and ... is stretched
@settings(max_examples=150)
def test_any_subscripts_give_numpys_result_and_its_gradients(asked, optimize):
    text, shapes = asked
    rng = np.random.default_rng(0)
    xs = [rng.integers(-2, 3, shape).astype(float) if shape else 2.0 for shape in shapes]
    y, pull = tg.vjp(lambda *xs: tg.einsum(text, *xs, optimize=optimize), *xs)
    assert np.array_equal(y, np.einsum(text, *xs))
    assert np.shape(y) == np.einsum(text, *xs).shape
    g = rng.integers(-2, 3, np.shape(y)).astype(float) if np.ndim(y) else -1.0
    for mine, truth in zip(pull(g), slopes(lambda *xs: np.einsum(text, *xs), xs, g), strict=True):
        assert np.array_equal(mine, truth)


def test_a_letter_that_only_one_operand_names_receives_the_same_gradient_everywhere():
    assert tg.grad(lambda x: tg.einsum("ij->", x * x))(A).tolist() == (2 * A).tolist()
    assert tg.grad(lambda x: tg.einsum("ij,k->k", x, np.array([3.0, 4.0])).sum())(A).tolist() == [[7, 7], [7, 7]]


def test_a_trace_by_einsum_has_the_identity_as_its_gradient():
    assert tg.grad(lambda x: tg.einsum("ii", x))(A).tolist() == [[1, 0], [0, 1]]


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
EINSUM = "  Each letter names one axis of an operand; equal letters run together, so their lengths must agree.\n"
WIDE = np.ones((2, 3))
MESSAGES = [
    (
        lambda: tg.matmul(WIDE, np.ones((5, 3))),
        ShapeError,
        "(2, 3) @ (5, 3): the inner sizes 3 and 5 differ.\n"
        "  A matrix product pairs rows on the left with columns on the right; both need equal length.\n"
        "  Did you mean x @ w.T?",
    ),
    *(
        (
            call,
            ShapeError,
            f"{shapes}: a single number is no matrix.\n"
            "  A matrix product pairs rows on the left with columns on the right; a number has neither.\n"
            "  Write a * b to scale by a number.",
        )
        for call, shapes in [
            (lambda: tg.matmul(2.0, WIDE), "() @ (2, 3)"),
            (lambda: tg.Value(2.0) @ tg.Value(3.0), "() @ ()"),
            (lambda: tg.Value(WIDE) @ 3, "(2, 3) @ ()"),
        ]
    ),
    (
        lambda: tg.tensordot(WIDE, WIDE, 1),
        ShapeError,
        "tensordot: axes (1,) of (2, 3) and (0,) of (2, 3) have the lengths (3,) and (2,).\n"
        "  Entries are multiplied in pairs along these axes, so the lengths must be equal.\n"
        "  Write axes=([axes of a], [axes of b]) in pairs of equal length.",
    ),
    (
        lambda: tg.tensordot(WIDE, WIDE, 3),
        ShapeError,
        "tensordot: axes=3 for the shapes (2, 3) and (2, 3).\n"
        "  As a number, axes says how many of the last axes of a meet the first axes of b.\n"
        "  Write a number from 0 to 2, or axes=([axes of a], [axes of b]).",
    ),
    (
        lambda: tg.tensordot(WIDE, WIDE, ([2], [0])),
        AxisError,
        "tensordot: there is no axis 2 for x of shape (2, 3).\n"
        "  x has 2 axes, numbered 0, 1; negative numbers count from the end.\n"
        "  Write axis 1 or -1 for the last one.",
    ),
    (
        lambda: tg.cross([1.0, 2.0], [3.0, 4.0]),
        UnsupportedError,
        "cross: vectors with 2 and 2 entries.\n"
        "  NumPy gives up cross products in the plane (deprecated since 2.0), and so does this function.\n"
        "  Write a[0] * b[1] - a[1] * b[0] for the area, or append a 0 to make the vectors three-dimensional.",
    ),
    (
        lambda: tg.cross(np.ones((3, 4)), np.ones((3, 4))),
        ShapeError,
        "cross: vectors with 4 and 4 entries.\n"
        "  The cross product is defined for vectors with 3 entries.\n"
        "  Write axis=... to say which axis holds them.",
    ),
    (
        lambda: tg.einsum(WIDE, [0, 1]),
        UnsupportedError,
        "einsum: the first argument is no string.\n"
        "  NumPy's other form, einsum(x, [0, 1], ...), names the axes by numbers and is not offered here.\n"
        '  Write the letters in a string, for example einsum("ij,jk->ik", a, b).',
    ),
    *(
        (lambda s=s, xs=xs: tg.einsum(s, *xs), ShapeError, f'einsum("{s}"): {told}.\n{EINSUM}  {write}')
        for s, xs, told, write in [
            ("ij", (WIDE, WIDE), "1 terms for 2 operands", "Write one term per operand."),
            (
                "i->i",
                (WIDE,),
                "the term 'i' for an operand of shape (2, 3)",
                "Write one letter per axis, and `...` for those that are broadcast.",
            ),
            (
                "i1->i",
                (WIDE,),
                "the term 'i1' for an operand of shape (2, 3)",
                "Write one letter per axis, and `...` for those that are broadcast.",
            ),
            (
                "...j->j",
                (WIDE,),
                "a result that leaves the broadcast axes out",
                "Write `...` in the result as well.",
            ),
            ("ij->ii", (WIDE,), "the result 'ii'", "Write each letter once, and only letters of the operands."),
            ("ij->k", (WIDE,), "the result 'k'", "Write each letter once, and only letters of the operands."),
            (
                "ij,jk",
                (WIDE, WIDE),
                "the letter 'j' for lengths 3 and 2",
                "Give axes of different lengths different letters.",
            ),
            ("ii", (WIDE,), "the letter 'i' for lengths 2 and 3", "Give axes of different lengths different letters."),
        ]
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), MESSAGES)
def test_factors_that_do_not_fit_are_told_in_three_parts(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
