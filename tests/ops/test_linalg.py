"""Linear algebra: closed forms of small matrices, published formulas, singular and degenerate matrices."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import DataError, ShapeError, UnknownNameError, UnsupportedError
from tinygrad_edu.ops.matrices import DEFINITE, DISTINCT, REGULAR, SYMMETRIC, MatrixError

SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])
NAN = np.full((2, 2), np.nan)


def drawn(domain, *shape):
    return domain.sample(np.random.default_rng(list(shape)), shape)


def close(mine, truth, tolerance=1e-12):
    np.testing.assert_allclose(mine, truth, rtol=tolerance, atol=tolerance)


def slope(f, h=1e-3):
    """The derivative at 0 from four evaluations."""
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)


# ── inverses ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_inverse_of_a_number_in_brackets_has_the_slope_of_one_over_x():
    assert tg.grad(lambda x: tg.sum(tg.inv(x)))(np.array([[4.0]])).tolist() == [[-1 / 16]]


def test_the_gradient_of_the_inverse_is_minus_inverse_times_gradient_times_inverse_transposed():
    x, g = np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([[1.0, 8.0], [16.0, 32.0]])
    assert tg.vjp(tg.inv, x)[1](g)[0].tolist() == [[-1 / 4, -1], [-2, -2]]  # -g_ij / (x_ii x_jj)


@pytest.mark.parametrize(("m", "n"), [((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (3,)), ((2, 3, 3), (2, 3, 2))])
def test_solving_has_the_gradients_of_multiplying_by_the_inverse(m, n):
    a, b = drawn(REGULAR, *m), np.random.default_rng(1).normal(size=n)
    y, pull = tg.vjp(tg.solve, a, b)
    z, pull_inverse = tg.vjp(lambda a, b: tg.inv(a) @ b, a, b)
    g = np.random.default_rng(2).normal(size=y.shape)
    close(y, z)
    for mine, truth in zip(pull(g), pull_inverse(g), strict=True):
        close(mine, truth)


@pytest.mark.parametrize("n", [-3, -2, -1, 0, 1, 2, 3, 7])
def test_the_power_of_a_matrix_has_the_gradient_of_repeated_multiplication(n):
    x = drawn(REGULAR, 3, 3)

    def multiplied(x):
        factor, y = (tg.inv(x) if n < 0 else x), np.eye(3)
        for _ in range(abs(n)):
            y = y @ factor
        return y

    g = np.random.default_rng(0).normal(size=(3, 3))
    close(tg.vjp(lambda x: tg.matrix_power(x, n), x)[1](g)[0], tg.vjp(multiplied, x)[1](g)[0])


def test_the_power_of_a_number_in_brackets_has_the_slope_of_a_power():
    assert tg.grad(lambda x: tg.sum(tg.matrix_power(x, 5)))(np.array([[2.0]])).tolist() == [[5 * 2.0**4]]


def test_a_thousandth_power_needs_no_thousand_products():
    shear = tg.Value(np.array([[1.0, 1.0], [0.0, 1.0]]))
    y = tg.matrix_power(shear, 1000)
    assert y.inputs == (shear,)
    y[0, 1].backward()
    close(shear.grad, [[1000 * 999 / 2, 1000], [1000 * 999 * 998 / 6, 1000 * 999 / 2]])


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5), (2, 4, 3)])
def test_the_pseudo_inverse_of_full_rank_has_the_gradient_of_its_formula(shape):
    x = drawn(DISTINCT, *shape)
    t = lambda x: tg.swapaxes(x)  # noqa: E731
    tall = shape[-2] >= shape[-1]
    formula = (lambda x: tg.inv(t(x) @ x) @ t(x)) if tall else (lambda x: t(x) @ tg.inv(x @ t(x)))
    g = np.random.default_rng(0).normal(size=np.shape(formula(x)))
    close(tg.pinv(x), formula(x), 1e-11)
    close(tg.vjp(tg.pinv, x)[1](g)[0], tg.vjp(formula, x)[1](g)[0], 1e-11)


def test_the_pseudo_inverse_of_lower_rank_has_the_right_slope_as_long_as_the_rank_stays():
    rng = np.random.default_rng(0)
    u, v, du, dv = rng.normal(size=(4, 4, 2))
    g = rng.normal(size=(4, 4))
    moved = lambda t: (u + t * du) @ (v + t * dv).T  # noqa: E731  (of rank 2 for every t)
    gradient = tg.vjp(lambda x: tg.pinv(x, 1e-10), moved(0.0))[1](g)[0]
    expected = slope(lambda t: np.sum(g * np.linalg.pinv(moved(t), 1e-10)), 1e-4)
    assert np.sum(gradient * (du @ v.T + u @ dv.T)) == pytest.approx(expected, rel=1e-8)


# ── determinants ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("x", "cofactors"),
    [
        ([[5.0]], [[1]]),
        ([[0.0]], [[1]]),
        ([[1.0, 2.0], [3.0, 4.0]], [[4, -3], [-2, 1]]),
        (SINGULAR, [[4, -2], [-2, 1]]),
        (np.zeros((2, 2)), [[0, 0], [0, 0]]),
        (np.diag([1.0, 0.0, 2.0]), [[0, 0, 0], [0, 2, 0], [0, 0, 0]]),
        (np.diag([1.0, 0.0, 0.0]), np.zeros((3, 3))),
        ([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]], [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]]),
    ],
)
def test_the_gradient_of_the_determinant_is_the_cofactor_matrix_also_of_singular_matrices(x, cofactors):
    close(tg.grad(tg.det)(np.array(x)), cofactors, 1e-13)


def test_the_second_derivative_of_the_determinant_is_right_at_zero():
    hessian = tg.hessian(tg.det)(np.zeros((2, 2))).reshape(4, 4)
    close(hessian, [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]])  # det = ad - bc


def test_the_third_derivative_of_the_determinant_of_three_rows_is_the_permutation_symbol():
    x, rng = drawn(REGULAR, 3, 3), np.random.default_rng(0)
    a, b, c = rng.normal(size=(3, 3, 3))

    def along(f, d):
        return lambda x: tg.sum(tg.grad(f)(x) * d)

    third = along(along(along(tg.det, a), b), c)(x)
    six = [np.linalg.det(i * a + j * b + k * c) * (i * j * k) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)]
    assert third == pytest.approx(sum(six) / 8, rel=1e-9)  # the part of det(ia + jb + kc) that is odd in all of them


def test_the_logarithm_of_a_determinant_that_underflows_has_the_gradient_of_the_inverse():
    x = 1e-80 * drawn(REGULAR, 5, 5)
    assert np.linalg.det(x) == 0.0
    sign, log = tg.slogdet(x)
    assert sign == 1.0
    assert log == pytest.approx(5 * np.log(1e-80) + np.log(np.linalg.det(1e80 * x)), rel=1e-14)
    close(tg.grad(lambda x: tg.slogdet(x)[1])(x) * 1e-80, np.linalg.inv(1e80 * x).T)


def test_the_sign_of_the_determinant_has_no_gradient():
    x = tg.Value([[0.0, 1.0], [1.0, 0.0]])
    result = tg.slogdet(x)
    assert result.sign.data == -1.0
    result.sign.backward()
    assert x.grad.tolist() == [[0, 0], [0, 0]]


# ── symmetric matrices ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_cholesky_factor_of_two_rows_has_the_gradient_of_its_closed_form():
    # with x = [[a, .], [b, c]]: L = [[√a, 0], [b / √a, √(c - b² / a)]] at a = 4, b = 2, c = 5
    gradient = tg.grad(lambda x: tg.sum(tg.cholesky(x)))(np.array([[4.0, 2.0], [2.0, 5.0]]))
    close(gradient, [[1 / 4 - 2 / 16 + 4 / 16 / 4, 0], [1 / 2 - 2 / 4 / 2, 1 / 4]])


def test_the_eigenvalues_of_two_rows_have_the_gradient_of_their_closed_form():
    # of [[2, 1], [1, 2]]: 1 and 3, with the vectors (1, -1) / √2 and (1, 1) / √2
    x = np.array([[2.0, 1.0], [1.0, 2.0]])
    for which, entry in ((0, -1.0), (1, 1.0)):
        close(tg.grad(lambda x, i=which: tg.eigh(x)[0][i])(x), [[0.5, 0], [entry, 0.5]])
        close(tg.grad(lambda x, i=which: tg.eigvalsh(x, "u")[i])(x), [[0.5, entry], [0, 0.5]])


@pytest.mark.parametrize("UPLO", ["L", "U", "l"])
def test_only_the_triangle_that_is_read_has_an_effect(UPLO):
    x = np.random.default_rng(0).normal(size=(3, 3))
    values, vectors = tg.eigh(x, UPLO)
    truth = np.linalg.eigh(x, UPLO)
    assert np.array_equal(values, truth[0])
    assert np.array_equal(vectors, truth[1])
    gradient = tg.grad(lambda x: tg.sum(tg.eigh(x, UPLO)[0] * np.arange(3.0)))(x)
    unread = np.triu(gradient, 1) if UPLO in "Ll" else np.tril(gradient, -1)
    assert not unread.any()


@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (lambda x: tg.sum(tg.eigvalsh(x)), lambda x: np.eye(3)),
        (lambda x: tg.sum(tg.log(tg.eigvalsh(x))), lambda x: np.linalg.inv(x)),
        (lambda x: tg.sum(tg.eigvalsh(x) ** 3), lambda x: 3 * x @ x),
        (lambda x: 2.0 * tg.sum(tg.log(tg.diag(tg.cholesky(x)))), lambda x: np.linalg.inv(x)),
    ],
)
@pytest.mark.parametrize("x", [drawn(DEFINITE, 3, 3), 2.0 * np.eye(3), np.diag([2.0, 2.0, 5.0])], ids=str)
def test_symmetric_functions_of_eigenvalues_have_their_matrix_as_gradient_also_when_some_are_equal(
    function, formula, x
):
    gradient = tg.grad(function)(x)
    close(gradient + gradient.T, 2 * formula(x), 1e-11)  # the lower triangle counts for both
    assert np.isfinite(tg.grad(lambda x: tg.sum(tg.grad(function)(x) * x))(x)).all()


def test_the_projection_on_a_plane_of_equal_eigenvalues_has_the_right_slope():
    rng = np.random.default_rng(1)
    q, c, d = np.linalg.qr(rng.normal(size=(3, 3)))[0], *(m + m.T for m in rng.normal(size=(2, 3, 3)))
    x = q @ np.diag([1.0, 1.0, 3.0]) @ q.T

    def inside(x, eigh):
        plane = eigh(x)[1][:, :2]
        return ((plane @ plane.T) * c).sum()

    gradient = tg.grad(lambda x: inside(x, tg.eigh))(x)
    expected = slope(lambda t: inside(x + t * d, np.linalg.eigh))
    assert np.sum(gradient * np.tril(d)) == pytest.approx(expected, rel=1e-8)


# ── singular values ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (3, 5), (5, 3), (1, 4), (4, 1), (2, 3, 2), (2, 2, 4)])
def test_what_was_taken_apart_and_put_together_again_has_the_gradient_of_the_identity(shape):
    x, g = drawn(DISTINCT, *shape), np.random.default_rng(0).normal(size=shape)

    def again(x):
        u, s, v = tg.svd(x, full_matrices=False)
        return (u * s[..., None, :]) @ v

    close(again(x), x, 1e-11)
    close(tg.vjp(again, x)[1](g)[0], g, 1e-11)
    second = tg.grad(lambda x: tg.sum(tg.grad(lambda x: tg.sum(again(x) * g))(x) * g))(x)
    close(second, np.zeros(shape), 1e-10)


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
def test_eigenvectors_put_together_again_have_the_gradient_of_the_identity(shape):
    x, g = drawn(SYMMETRIC, *shape), np.random.default_rng(0).normal(size=shape)

    def again(x):
        w, v = tg.eigh(x)
        return (v * w[..., None, :]) @ tg.swapaxes(v)

    gradient = tg.vjp(again, x)[1](g)[0]
    close(gradient + gradient.swapaxes(-2, -1), g + g.swapaxes(-2, -1), 1e-11)


def test_the_nuclear_norm_of_an_orthogonal_matrix_has_the_matrix_itself_as_gradient():
    q = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0]  # all singular values are 1
    close(tg.grad(lambda x: tg.sum(tg.svd(x, compute_uv=False)))(q), q)


@pytest.mark.parametrize("shape", [(4, 3), (3, 4)])
def test_the_largest_singular_value_of_a_matrix_of_rank_1_has_a_finite_gradient(shape):
    a, b = np.ones((shape[0], 1)), np.arange(1.0, shape[1] + 1)[None]
    gradient = tg.grad(lambda x: tg.svd(x, full_matrices=False).S[0])(a @ b)
    close(gradient, a @ b / np.sqrt(np.sum(a * a) * np.sum(b * b)))
    first = tg.grad(lambda x: tg.sum(tg.svd(x, full_matrices=False).U[:, 0]))(a @ b)
    assert np.isfinite(first).all()


# ── what holds for all of them ───────────────────────────────────────────────────────────────────────────────────────
ALL = {
    "inv": (tg.inv, REGULAR),
    "solve": (lambda x: tg.solve(x, x[..., :2]), REGULAR),
    "det": (tg.det, REGULAR),
    "slogdet": (lambda x: tg.slogdet(x)[1], REGULAR),
    "matrix_power": (lambda x: tg.matrix_power(x, 3), REGULAR),
    "cholesky": (tg.cholesky, DEFINITE),
    "eigh": (lambda x: tg.eigh(x)[1], SYMMETRIC),
    "eigvalsh": (tg.eigvalsh, SYMMETRIC),
    "svd": (lambda x: tg.svd(x)[2], DISTINCT),
    "pinv": (tg.pinv, DISTINCT),
}


@pytest.mark.parametrize("name", ALL)
def test_a_batch_is_computed_matrix_by_matrix(name):
    function, domain = ALL[name]
    batch = drawn(domain, 2, 2, 3, 3)
    y, pull = tg.vjp(function, batch)
    g = np.random.default_rng(0).normal(size=y.shape)
    gradient = pull(g)[0]
    for i in np.ndindex(2, 2):
        single, pull_single = tg.vjp(function, batch[i])
        close(y[i], single)
        close(gradient[i], pull_single(g[i] if np.ndim(g[i]) else float(g[i]))[0])


@pytest.mark.parametrize("name", ALL)
def test_a_batch_of_no_matrices_gives_no_results(name):
    function, _ = ALL[name]
    gradient = tg.grad(lambda x: tg.sum(function(x)))(np.zeros((0, 3, 3)))
    assert gradient.shape == (0, 3, 3)


@pytest.mark.parametrize(
    ("name", "call", "domain"),
    [
        ("eigh", lambda x: sum(tg.sum(part) for part in tg.eigh(x)), SYMMETRIC),
        ("svd", lambda x: sum(tg.sum(part) for part in tg.svd(x)), DISTINCT),
        ("slogdet", lambda x: sum(tg.slogdet(x)), REGULAR),
    ],
)
def test_a_decomposition_is_computed_once_for_all_its_parts(name, call, domain, monkeypatch):
    x, calls, computed = drawn(domain, 3, 3), [], getattr(np.linalg, name)
    monkeypatch.setattr(np.linalg, name, lambda *xs, **settings: calls.append(1) or computed(*xs, **settings))
    tg.grad(call)(x)
    assert len(calls) == 1


@pytest.mark.parametrize("name", ALL)
def test_float32_stays_float32_on_the_way_back(name):
    function, domain = ALL[name]
    x = tg.Value(drawn(domain, 2, 3, 3).astype(np.float32))
    y = function(x)
    tg.sum(y).backward()
    assert y.dtype == x.grad.dtype == np.float32
    exact = tg.grad(lambda x: tg.sum(function(x)))(x.data.astype(float))
    np.testing.assert_allclose(x.grad, exact, rtol=2e-3, atol=2e-3)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
WIDE = np.ones((2, 3))
UNDONE = (
    "\n  Its rows depend on each other, so it maps different vectors to the same one and nothing can undo that."
    "\n  Write pinv(x) for the best substitute of the inverse, or x + 1e-6 * np.eye(2) for a regular one."
)
INVERSE = "An inverse undoes a map of a space to itself: as many equations as unknowns, so a square matrix."
VOLUME = "The determinant is the factor by which a map of a space to itself scales volumes."
SYMMETRY = "This decomposition is one of symmetric matrices, and those are square."
MESSAGES = [
    *(
        (call, MatrixError, f"{name}: the matrix is singular: its determinant is 0.{UNDONE}")
        for name, call in {
            "inv": lambda: tg.inv(SINGULAR),
            "solve": lambda: tg.solve(SINGULAR, np.ones(2)),
            "matrix_power": lambda: tg.matrix_power(SINGULAR, -2),
        }.items()
    ),
    (
        lambda: tg.inv(np.stack([np.eye(2), SINGULAR])),
        MatrixError,
        f"inv: a matrix of the batch is singular: its determinant is 0.{UNDONE}",
    ),
    (
        lambda: tg.grad(lambda x: tg.slogdet(x)[1])(SINGULAR),
        MatrixError,
        f"inv: the matrix is singular: its determinant is 0.{UNDONE}",
    ),
    *(
        (call, ShapeError, f"{name}: the matrix of shape (2, 3) is not square.\n  {why}\n  {write}")
        for name, call, why, write in [
            ("inv", lambda: tg.inv(WIDE), INVERSE, "Write pinv(x) for the pseudo-inverse of any matrix."),
            (
                "solve",
                lambda: tg.solve(WIDE, np.ones(2)),
                INVERSE,
                "Write pinv(a) @ b for the solution that fits best.",
            ),
            *(
                (name, call, why, f"Write {name}(x.T @ x) for the square matrix of the products of its columns.")
                for name, call, why in [
                    ("det", lambda: tg.det(WIDE), VOLUME),
                    ("slogdet", lambda: tg.slogdet(WIDE), VOLUME),
                    ("cholesky", lambda: tg.cholesky(WIDE), SYMMETRY),
                    ("eigh", lambda: tg.eigh(WIDE), SYMMETRY),
                    (
                        "matrix_power",
                        lambda: tg.matrix_power(WIDE, 2),
                        "A power multiplies a matrix with itself: its rows must be as long as its columns.",
                    ),
                ]
            ),
        ]
    ),
    (
        lambda: tg.pinv(np.ones(3)),
        ShapeError,
        "pinv: x of shape (3,) is no matrix.\n"
        "  A matrix has rows and columns, so two axes; more axes in front make a batch of matrices.\n"
        "  Write x[:, None] for a column, or [[x]] for a matrix with one entry.",
    ),
    (
        lambda: tg.solve(np.eye(3), np.ones(2)),
        ShapeError,
        "solve: a of shape (3, 3) and b of shape (2,) do not fit.\n"
        "  a has 3 equations, so b needs 3 right-hand sides: one entry or row per equation.\n"
        "  Write b with the shape (3,), or (3, k) for k systems at once.",
    ),
    (
        lambda: tg.det(np.eye(2, dtype=np.float16)),
        DataError,
        "det: x has the precision float16.\n"
        "  Inverses and decompositions need more than three digits, and LAPACK offers none below float32.\n"
        "  Write det(x.astype(np.float32)) for an array.",
    ),
    (
        lambda: tg.matrix_power(np.eye(2), 0.5),
        DataError,
        "matrix_power: n = 0.5 is not a whole number.\n"
        "  A matrix can be multiplied with itself a whole number of times.\n"
        "  Write an int; a negative one takes powers of the inverse.",
    ),
    (
        lambda: tg.cholesky(np.array([[1.0, 2.0], [2.0, 1.0]])),
        MatrixError,
        "cholesky: the matrix is not positive definite: its smallest eigenvalue is -1.\n"
        "  L @ L.T has no negative eigenvalues, and L would need a zero or imaginary diagonal for this one.\n"
        "  Write x + 1.1 * np.eye(2) to lift all eigenvalues above 0.",
    ),
    (
        lambda: tg.eigh(np.eye(2), "X"),
        UnknownNameError,
        "There is no triangle named 'X'.\n  The names are: L, U.\n  Write one of them, for example 'L'.",
    ),
    (
        lambda: tg.svd(WIDE),
        UnsupportedError,
        "svd: full_matrices=True for a matrix of shape (2, 3).\n"
        "  The vectors that would fill up the longer side are arbitrary, so they have no derivative.\n"
        "  Write svd(x, full_matrices=False).",
    ),
    (
        lambda: tg.svd(NAN),
        MatrixError,
        "svd: the matrix has no decomposition: 4 of its entries are nan, 0 are infinite.\n"
        "  Decompositions are found by iteration, which does not end without finite numbers.\n"
        "  Look for the operation that made them, for example a division by 0 or a log of 0.",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), MESSAGES)
def test_a_matrix_that_cannot_be_used_is_told_in_three_parts(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text


def test_a_singular_matrix_is_also_numpys_error():
    with pytest.raises(np.linalg.LinAlgError):
        tg.inv(SINGULAR)
