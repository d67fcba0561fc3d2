"""Every public function by its name: what `tg.name`, `np.name(v)` and `v.name()` find.

>>> FUNCTIONS["exp"](0.0)
1.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    activations,
    arithmetic,
    broadcasting,
    cross,
    cumulative,
    determinants,
    diagonals,
    einsum,
    exponentials,
    indexing,
    joining,
    linalg,
    padding,
    powers,
    products,
    reductions,
    repeating,
    rounding,
    selecting,
    shapes,
    softmax,
    sorting,
    special,
    svd,
    symmetric,
    trigonometry,
)

NAMES = {
    arithmetic: "add subtract multiply divide power negative",
    powers: "reciprocal square sqrt cbrt",
    exponentials: "exp exp2 expm1 log log2 log10 log1p logaddexp",
    trigonometry: "sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh arctan2 hypot",
    special: "erf sinc",
    selecting: "absolute abs sign where maximum minimum clip",
    rounding: "floor ceil round trunc floor_divide mod remainder",
    activations: "relu leaky_relu elu sigmoid softplus gelu silu",
    softmax: "softmax log_softmax logsumexp",
    reductions: "sum mean max min var std norm trace argmax argmin count_nonzero",
    cumulative: "prod cumsum cumprod",
    broadcasting: "broadcast_to",
    shapes: "reshape ravel transpose swapaxes moveaxis expand_dims squeeze flip roll",
    joining: "array concatenate stack vstack hstack split",
    repeating: "repeat tile",
    padding: "pad",
    indexing: "take take_along_axis",
    sorting: "sort",
    diagonals: "diag diagonal triu tril",
    products: "matmul dot inner outer vdot tensordot kron",
    einsum: "einsum",
    cross: "cross",
    linalg: "inv solve matrix_power",
    determinants: "det slogdet",
    symmetric: "cholesky eigh eigvalsh",
    svd: "svd pinv",
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(module, name) for module, names in NAMES.items() for name in names.split()
}
