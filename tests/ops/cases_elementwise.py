"""The cases of what treats every entry alone, and of what adds, multiplies, compares and normalises along axes."""

from __future__ import annotations

import math

import numpy as np

import tinygrad_edu as tg
from tests.ops.case import Case, case, numbers
from tinygrad_edu.calculus.recorded import identity
from tinygrad_edu.ops.kinks import gate
from tinygrad_edu.ops.op import TABLE

X = numbers(2, 3)
T = numbers(2, 3, 4, seed=1)
ROW = numbers(4, seed=2)
MASK = np.array([[True, False, True], [False, False, True]])


def drawn(name: str, *shapes: tuple[int, ...]) -> list:
    """One array per input of the primitive, from the domain it states."""
    op = TABLE[name]
    domains = op.domain if isinstance(op.domain, dict) else dict.fromkeys(op.inputs, op.domain)
    rng = np.random.default_rng(list(name.encode()))
    return [domains[x].sample(rng, shape) for x, shape in zip(op.inputs, shapes, strict=True)]


# ── one input, NumPy's name ──────────────────────────────────────────────────────────────────────────────────────────
ONE_INPUT = (
    *("negative", "absolute", "abs", "sign", "reciprocal", "square", "sqrt", "cbrt"),
    *("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sinc"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan"),
    *("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"),
    *("floor", "ceil", "round", "trunc"),
)
UNARY = [case(name, *drawn(TABLE.get(name, tg.absolute).name, (2, 3))) for name in ONE_INPUT]

# ── two inputs, NumPy's name ─────────────────────────────────────────────────────────────────────────────────────────
TWO_INPUTS = (
    *("add", "subtract", "multiply", "divide", "power", "logaddexp", "maximum", "minimum"),
    *("arctan2", "hypot"),
)
BINARY = [case(name, *drawn(name, (2, 3), (2, 3)), title="") for name in TWO_INPUTS]
A, B = np.array([[-1.7, -0.4, 0.3], [0.9, 1.4, 2.3]]), np.array([[0.6, -0.9, 0.8], [-0.7, 0.5, -1.1]])
BINARY += [case(name, A, B, title="") for name in ("floor_divide", "mod", "remainder")]  # a / b is nearly whole nowhere

# ── neural names, PyTorch's meaning ──────────────────────────────────────────────────────────────────────────────────
erf = np.vectorize(math.erf)
ACTIVATIONS = [
    case("erf", X, reference=erf),
    case("relu", X, reference=lambda x: np.maximum(x, 0)),
    case("leaky_relu", X, reference=lambda x: np.where(x > 0, x, 0.01 * x)),
    case("leaky_relu", X, negative_slope=0.3, reference=lambda x: np.where(x > 0, x, 0.3 * x)),
    case("elu", X, reference=lambda x: np.where(x > 0, x, np.exp(x) - 1)),
    case("elu", X, alpha=0.5, reference=lambda x: np.where(x > 0, x, 0.5 * np.exp(x) - 0.5)),
    case("sigmoid", X, reference=lambda x: 1 / (1 + np.exp(-x))),
    case("softplus", X, reference=lambda x: np.log(1 + np.exp(x))),
    case("silu", X, reference=lambda x: x / (1 + np.exp(-x))),
    case("gelu", X, reference=lambda x: x * (1 + erf(x / 2**0.5)) / 2),
    case("gelu", X, approximate="tanh",
         reference=lambda x: x / 2 * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3)))),
]  # fmt: skip

# ── choosing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
CHOOSING = [
    Case("where", lambda a, b: tg.where(MASK, a, b), (X, numbers(2, 3, seed=3)),
         numpy=lambda a, b: np.where(MASK, a, b)),
    Case("where", lambda a, b: tg.where(MASK, a, b), (X, numbers(2, 1, seed=4)), title="a column",
         numpy=lambda a, b: np.where(MASK, a, b)),
    Case("gate", lambda x: gate(x, MASK), (X,), reference=lambda x: x * MASK),
    case("clip", X, a_min=-0.5, a_max=0.5, covers=("maximum", "minimum")),
    case("clip", X, a_min=None, a_max=0.5, covers=("minimum",)),
    case("clip", X, min=-0.5, covers=("maximum",), numpy=lambda x: np.clip(x, -0.5, None)),  # min= came with NumPy 2.1
    case("clip", X, np.array([-1.0, -0.5, 0.0]), 1.0, covers=("maximum", "minimum"), title="bounds are inputs, too"),
    case("round", X, decimals=1),
]  # fmt: skip

# ── derivatives that are primitives themselves ───────────────────────────────────────────────────────────────────────
HELPERS = [
    Case("identity", identity, (X,), reference=lambda x: x),
    case("sinc_derivative", X, reference=lambda x: np.cos(np.pi * x) / x - np.sinc(x) / x),
    case("sinc_derivative", numbers(2, 3, low=0.8), order=2,
         reference=lambda x: -np.pi**2 * np.sinc(x) - 2 * (np.cos(np.pi * x) - np.sinc(x)) / x**2),
    case("ties", X, numbers(2, 1), axis=1, reference=lambda x, y: np.ones((2, 1))),
    case("recurrence", ROW, numbers(4, seed=5),
         reference=lambda a, b: np.array([a[0], a[1] + b[1] * a[0], a[2] + b[2] * (a[1] + b[1] * a[0]),
                                          a[3] + b[3] * (a[2] + b[2] * (a[1] + b[1] * a[0]))])),
    case("recurrence", X, numbers(2, 3, seed=5), axis=-1,
         reference=lambda a, b: np.stack([a[:, 0], a[:, 1] + b[:, 1] * a[:, 0],
                                          a[:, 2] + b[:, 2] * (a[:, 1] + b[:, 1] * a[:, 0])], 1)),
    case("sum_to", T, shape=(3, 1), reference=lambda x: x.sum((0, 2)).reshape(3, 1)),
    case("broadcast_to", numbers(3, 1), shape=(2, 3, 4)),
    case("cast", X, dtype=np.float64, precisions=(), reference=lambda x: x),
]  # fmt: skip

# ── along axes ───────────────────────────────────────────────────────────────────────────────────────────────────────
AXES = [{}, {"axis": 0}, {"axis": -1}, {"axis": (0, 2)}, {"axis": 1, "keepdims": True}, {"keepdims": True}]
ZERO, ZEROS = T.copy(), T.copy()
ZERO[0, 1, 2] = 0.0
ZEROS[0, 1, 2] = ZEROS[0, 1, 3] = ZEROS[1, 1, 2] = 0.0
REDUCTIONS = [
    *[case(name, T, **axes) for name in ("sum", "mean", "max", "min", "var", "std", "prod") for axes in AXES],
    *[case(name, T, axis=[0, 1], numpy=None) for name in ("sum", "mean", "max", "var", "prod")],  # NumPy wants tuples
    *[case(name, T, axis=0, ddof=1) for name in ("var", "std")],
    *[case("prod", x, title=title) for x, title in ((ZERO, "a zero"), (ZEROS, "three zeros"))],
    *[case("prod", x, axis=-1, title=title) for x, title in ((ZERO, "a zero in a row"), (ZEROS, "two in a row"))],
    *[case(name, T, **axes) for name in ("cumsum", "cumprod") for axes in ({}, {"axis": 0}, {"axis": -1})],
    *[case("cumprod", x, axis=2, title=title) for x, title in ((ZERO, "a zero"), (ZEROS, "two zeros"))],
    case("trace", X),
    case("trace", X, offset=1),
    case("trace", T, offset=-1, axis1=2, axis2=0),
    *[case("norm", x, numpy_name="linalg.norm", **settings) for x, settings in (
        (T, {}), (X, {"ord": "fro"}), (T, {"axis": (0, 1)}), (T, {"axis": 1, "keepdims": True}), (ROW, {"ord": 2}),
        (T, {"ord": 1, "axis": 0}), (T, {"ord": math.inf, "axis": -1}), (ROW, {"ord": math.inf}),
    )],
]  # fmt: skip


# ── probabilities ────────────────────────────────────────────────────────────────────────────────────────────────────
def normalised(x, axis):
    return np.exp(x) / np.exp(x).sum(axis, keepdims=True)


SOFTMAX = [
    case("softmax", X, reference=lambda x: normalised(x, -1)),
    case("softmax", T, axis=(0, 1), reference=lambda x: normalised(x, (0, 1))),
    case("log_softmax", X, reference=lambda x: np.log(normalised(x, -1))),
    Case(
        "cross_entropy",
        lambda logits: TABLE["cross_entropy"](logits, [2, 0]),
        (X,),
        reference=lambda x: -np.log(normalised(x, -1))[[0, 1], [2, 0]],
        title="classes",
    ),
    case("log_softmax", T, axis=0, reference=lambda x: np.log(normalised(x, 0))),
    case("logsumexp", T, reference=lambda x: np.log(np.exp(x).sum())),
    case("logsumexp", T, axis=1, reference=lambda x: np.log(np.exp(x).sum(1))),
    case("logsumexp", T, axis=(0, -1), keepdims=True,
         reference=lambda x: np.log(np.exp(x).sum((0, -1), keepdims=True))),
]  # fmt: skip

CASES = [*UNARY, *BINARY, *ACTIVATIONS, *CHOOSING, *HELPERS, *REDUCTIONS, *SOFTMAX]
