"""An autograd engine to read, trust and use: one class, `Value`, for numbers and arrays.

>>> import tinygrad_edu as tg
>>> a, b = tg.Value(2.0), tg.Value(-3.0)
>>> y = tg.tanh(a * b + 7.0)
>>> y.backward()
>>> round(a.grad, 4), round(b.grad, 4)
(-1.2599, 0.8399)
"""

import typing

from . import losses as losses
from . import nn as nn
from . import optim as optim
from .calculus.derivatives import hessian, hvp, jacobian, jvp
from .calculus.grad import grad, value_and_grad, vjp
from .doors import later as _later
from .engine.value import Value
from .ops.activations import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus
from .ops.arithmetic import add, divide, multiply, negative, power, subtract
from .ops.broadcasting import broadcast_to
from .ops.cross import cross
from .ops.cumulative import cumprod, cumsum, prod
from .ops.determinants import det, slogdet
from .ops.diagonals import diag, diagonal, tril, triu
from .ops.einsum import einsum
from .ops.exponentials import exp, exp2, expm1, log, log1p, log2, log10, logaddexp
from .ops.indexing import take, take_along_axis
from .ops.joining import array, concatenate, hstack, split, stack, vstack
from .ops.linalg import inv, matrix_power, solve
from .ops.op import op
from .ops.padding import pad
from .ops.powers import cbrt, reciprocal, sqrt, square
from .ops.products import dot, inner, kron, matmul, outer, tensordot, vdot
from .ops.reductions import argmax, argmin, count_nonzero, max, mean, min, norm, std, sum, trace, var
from .ops.repeating import repeat, tile
from .ops.rounding import ceil, floor, floor_divide, mod, remainder, round, trunc
from .ops.scratch import keep_freed_memory as _keep_freed_memory
from .ops.selecting import abs, absolute, clip, maximum, minimum, sign, where
from .ops.shapes import expand_dims, flip, moveaxis, ravel, reshape, roll, squeeze, swapaxes, transpose
from .ops.softmax import log_softmax, logsumexp, softmax
from .ops.sorting import sort
from .ops.special import erf, sinc
from .ops.svd import pinv, svd
from .ops.symmetric import cholesky, eigh, eigvalsh
from .ops.trigonometry import (
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cos,
    cosh,
    hypot,
    sin,
    sinh,
    tan,
    tanh,
)
from .protocols.modes import no_grad

_keep_freed_memory()  # large arrays are made again and again; W4 compiled: 29 instead of 35 ms

if typing.TYPE_CHECKING:
    from . import data as data
    from . import lab as lab
    from . import metrics as metrics
    from . import plot as plot
    from . import train as train
    from .calculus.naming import name
    from .calculus.steps import backward_steps
    from .checking.check_formula import check_formula
    from .checking.gradcheck import gradcheck
    from .compiler.compiled import compile
    from .compiler.source.backprop import write_backprop
    from .doctor.debug import debug
    from .drawing.drawing import draw
    from .filming.film import film
    from .onnx.export import export_onnx
    from .saving.load import load
    from .saving.save import save
    from .train.fit import fit
    from .training_film.recording import film_training
    from .writing.explain import explain
    from .writing.formula import formula

__version__ = "0.1.0"

_LATER = {  # name -> where it is: loaded when it is asked for, because a training run needs none of them
    "name": "calculus.naming",
    "backward_steps": "calculus.steps",
    "check_formula": "checking.check_formula",
    "gradcheck": "checking.gradcheck",
    "compile": "compiler.compiled",
    "write_backprop": "compiler.source.backprop",
    "debug": "doctor.debug",
    "draw": "drawing.drawing",
    "film": "filming.film",
    "film_training": "training_film.recording",
    "fit": "train.fit",
    "save": "saving.save",
    "load": "saving.load",
    "export_onnx": "onnx.export",
    "train": "train",
    "plot": "plot",
    "explain": "writing.explain",
    "formula": "writing.formula",
    "lab": "lab",
    "data": "data",
    "metrics": "metrics",
}

__getattr__, __dir__ = _later(__name__, _LATER)


__all__ = [
    # the engine and what one can ask
    "Value", "no_grad", "debug", "op", "grad", "value_and_grad", "vjp", "jvp", "jacobian", "hessian", "hvp",
    "gradcheck", "check_formula", "name", "explain", "formula", "backward_steps", "lab", "draw", "film",
    "film_training", "plot", "compile", "write_backprop", "nn", "optim", "losses", "metrics", "data", "fit",
    "train", "save", "load", "export_onnx",
    # primitives
    "add", "subtract", "multiply", "divide", "power", "negative", "reciprocal", "square", "sqrt", "cbrt", "exp",
    "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "arctan2", "hypot", "erf", "sinc",
    "absolute", "abs", "sign", "where", "maximum", "minimum", "clip", "floor", "ceil", "round", "trunc",
    "floor_divide", "mod", "remainder", "relu", "leaky_relu", "elu", "sigmoid", "softplus", "gelu", "silu",
    "softmax", "log_softmax", "logsumexp", "sum", "mean", "max", "min", "var", "std", "norm", "trace", "argmax",
    "argmin", "count_nonzero", "prod", "cumsum", "cumprod", "broadcast_to", "reshape", "ravel", "transpose",
    "swapaxes", "moveaxis", "expand_dims", "squeeze", "flip", "roll", "array", "concatenate", "stack", "vstack",
    "hstack", "split", "repeat", "tile", "pad", "take", "take_along_axis", "sort", "diag", "diagonal", "triu",
    "tril", "matmul", "dot", "inner", "outer", "vdot", "tensordot", "kron", "einsum", "cross", "inv", "solve",
    "matrix_power", "det", "slogdet", "cholesky", "eigh", "eigvalsh", "svd", "pinv",
]  # fmt: skip
