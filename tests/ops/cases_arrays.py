"""The rows for shapes, joining, indexing, products and linear algebra: every axis, every mode, every batch."""

from __future__ import annotations

import numpy as np

import tinygrad_edu as tg
from tests.ops.case import Case, case, numbers
from tinygrad_edu.ops.cross import cross_rows
from tinygrad_edu.ops.determinants import cofactors, cofactors_moved, sign_and_log
from tinygrad_edu.ops.diagonals import put_diagonal
from tinygrad_edu.ops.einsum import contraction
from tinygrad_edu.ops.indexing import getitem, scatter
from tinygrad_edu.ops.joining import joined, stacked
from tinygrad_edu.ops.matrices import DEFINITE, DISTINCT, REGULAR, SYMMETRIC
from tinygrad_edu.ops.padding import fold_border
from tinygrad_edu.ops.repeating import sum_runs
from tinygrad_edu.ops.sorting import sort_like, unsort_like
from tinygrad_edu.ops.svd import singular_triples
from tinygrad_edu.ops.symmetric import eigenpairs

ROW, MATRIX, CUBE = numbers(4), numbers(3, 4), numbers(2, 3, 4)
MASK = np.array([[True, False, True, False], [False] * 4, [True] * 4])


def both(name, call, numpy, *inputs, title="", covers=None, **changes):
    """A row for a function whose call looks different from NumPy's, or that is no method."""
    return Case(name, call, inputs, numpy=numpy, title=title, covers=covers, **changes)


def precisions(x):
    """A number has no precision of its own, so the array made of it is float64."""
    return ("float32", "float16") if np.ndim(x) else ()


def matrices(domain, *shape):
    """Matrices in the domain of an op of linear algebra."""
    return domain.sample(np.random.default_rng([7, *shape]), shape)


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────
SHAPES = [
    *(
        both(
            "reshape",
            lambda x, s=s, o=o: tg.reshape(x, s, o),
            lambda x, s=s, o=o: np.reshape(x, s, o),
            x,
            title=f"{np.shape(x)} to {s}, {o}",
            precisions=precisions(x),
        )
        for x, s, o in [
            (CUBE, (6, 4), "C"),
            (CUBE, (-1, 2), "C"),
            (CUBE, 24, "C"),
            (CUBE, (4, 3, 2), "F"),
            (ROW, (2, 1, 2), "C"),
            (numbers(0, 3), (3, 0), "C"),
            (1.5, (1, 1), "C"),
            (numbers(1, 1), (), "C"),
        ]
    ),
    *(case("ravel", x, precisions=precisions(x)) for x in (CUBE, 1.5, numbers(0, 2))),
    case("ravel", MATRIX, order="F"),
    *(case("transpose", x) for x in (MATRIX, CUBE, ROW, 1.5, numbers(0, 2))),
    *(case("transpose", CUBE, axes=axes) for axes in [(0, 1, 2), (1, 2, 0), (2, 0, 1), (-1, 0, -2)]),
    *(case("swapaxes", CUBE, axis1=i, axis2=j) for i, j in [(0, 1), (0, -1), (1, 1), (-2, 2)]),
    *(
        case("moveaxis", CUBE, source=i, destination=j)
        for i, j in [(0, -1), (-1, 0), ((0, 1), (2, 0)), ((), ()), ([2], [1])]
    ),
    *(case("expand_dims", MATRIX, axis=axis) for axis in [0, 1, 2, -1, -3, (0, 3), (1, -1)]),
    case("expand_dims", 1.5, axis=0, precisions=()),
    *(case("squeeze", numbers(1, 3, 1), axis=axis) for axis in [None, 0, -1, (0, 2), ()]),
    case("squeeze", numbers(1, 1)),
    *(case("flip", CUBE, axis=axis) for axis in [None, 0, 1, -1, (0, 2)]),
    *(
        case("roll", CUBE, shift=shift, axis=axis)
        for shift, axis in [(1, None), (-7, None), (2, 1), (-1, -1), ((1, 2), (0, 2)), (1, (0, 1)), ((1, 2), (1, 1))]
    ),
]

# ── joining and repeating ────────────────────────────────────────────────────────────────────────────────────────────
A, B = numbers(2, 3, seed=1), numbers(2, 3, seed=2)
JOINING = [
    *(
        both(
            "concatenate",
            lambda a, b, axis=axis: tg.concatenate([a, b, a], axis),
            lambda a, b, axis=axis: np.concatenate([a, b, a], axis),
            A,
            B,
            title=f"axis={axis}",
            covers=("joined",),
        )
        for axis in (0, 1, -1, -2, None)
    ),
    both("concatenate", lambda a, b: tg.concatenate([a, b]), lambda a, b: np.concatenate([a, b]), numbers(0), ROW,
         title="nothing and something", covers=("joined",)),
    both("concatenate", lambda a: tg.concatenate([a, a], 1), lambda a: np.concatenate([a, a], 1), A,
         title="twice the same", covers=("joined",)),
    both("concatenate", lambda a: tg.concatenate([MATRIX, a], 0), lambda a: np.concatenate([MATRIX, a], 0), MATRIX[:1],
         title="with a constant", covers=("joined",), precisions=()),
    Case("concatenate", lambda a, b: joined(a, b, axis=1), (A, numbers(2, 1)), title="joined", covers=("joined",),
         reference=lambda a, b: np.concatenate([a, b], 1)),
    *(
        both(
            "stack",
            lambda a, b, axis=axis: tg.stack([a, b, a], axis),
            lambda a, b, axis=axis: np.stack([a, b, a], axis),
            A,
            B,
            title=f"axis={axis}",
            covers=("stacked",),
        )
        for axis in (0, 1, 2, -1, -3)
    ),
    both("stack", lambda a, b: tg.stack([a, b, 3]), lambda a, b: np.stack([a, b, 3.0]), 1.5, -2.0,
         title="numbers", covers=("stacked",), precisions=()),
    Case("stack", lambda a, b: stacked(a, b, axis=-1), (A, B), title="stacked", covers=("stacked",),
         reference=lambda a, b: np.stack([a, b], -1)),
    Case("array", lambda a, b: tg.array([[a, b], [b, 2.0]]), (1.5, -2.0), title="numbers", covers=("stacked",),
         reference=lambda a, b: np.array([[a, b], [b, 2.0]]), precisions=()),
    Case("array", lambda a, b: tg.array([[a, b], [b, a]]), (numbers(2), numbers(2, seed=1)), title="arrays",
         covers=("stacked",), reference=lambda a, b: np.array([[a, b], [b, a]])),
    both("vstack", lambda a, b: tg.vstack([a, b]), lambda a, b: np.vstack([a, b]), numbers(3), A, covers=("joined",)),
    both("vstack", lambda a, b: tg.vstack([a, b]), lambda a, b: np.vstack([a, b]), CUBE, CUBE,
         title="3 axes", covers=("joined",)),
    both("hstack", lambda a, b: tg.hstack([a, b]), lambda a, b: np.hstack([a, b]), A, numbers(2, 1),
         covers=("joined",)),
    both("hstack", lambda a, b: tg.hstack([a, b]), lambda a, b: np.hstack([a, b]), ROW, 1.5,
         title="rows", covers=("joined",), precisions=()),
    *(
        both(
            "split",
            lambda x, p=places, axis=axis, i=i: tg.split(x, p, axis)[i],
            lambda x, p=places, axis=axis, i=i: np.split(x, p, axis)[i],
            CUBE,
            title=f"{places}, axis={axis}, part {i}",
            covers=("getitem",),
        )
        for places, axis, i in [(2, 0, 1), (3, 1, 0), (2, -1, 1), ([1, 1, 3], 2, 2), ([1, 1, 3], 2, 1), ([1, 9], -2, 2)]
    ),
    *(case("tile", x, reps=reps, precisions=precisions(x))
      for x in (A, 1.5) for reps in [2, (2, 1), (1, 3), (2, 1, 2), (), (0, 2)]),
    *(
        case("repeat", A, repeats=repeats, axis=axis)
        for repeats, axis in [(2, None), (2, 0), (3, -1), (0, 1), ([2, 0, 1], 1), ([0, 0], 0), ([2], 1),
                              ((0, 1, 2, 0, 1, 1), None)]
    ),
    case("repeat", 1.5, repeats=3, precisions=()),
    Case("sum_runs", lambda x: sum_runs(x, shape=(2, 3), repeats=(2, 0, 1), axis=-1), (A,), covers=("sum_runs",),
         reference=lambda x: np.stack([x[:, 0] + x[:, 1], 0 * x[:, 0], x[:, 2]], 1)),
    *(
        case("pad", MATRIX, pad_width=width, mode=mode)
        for mode in ("constant", "edge", "reflect", "symmetric", "wrap")
        for width in (1, (0, 2), ((1, 0), (5, 2)), 0)
    ),
    *(case("pad", MATRIX, pad_width=1, constant_values=c) for c in (3, -0.5, ((1, 2), (3, 4)))),
    Case("fold_border", lambda x: fold_border(x, shape=(3,), pad_width=(1, 2), mode="reflect"), (numbers(6),),
         covers=("fold_border",), reference=lambda x: np.array([x[1] + x[5], x[0] + x[2] + x[4], x[3]])),
]  # fmt: skip

# ── indexing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
INDICES = {
    "1": 1,
    "-1, 2": (-1, 2),
    ":": np.s_[:],
    "::-2": np.s_[::-2],
    "1:, :-1": np.s_[1:, :-1],
    "5:": np.s_[5:],
    "...": ...,
    "..., 1": np.s_[..., 1],
    "None, :, None, 0": np.s_[None, :, None, 0],
    "mask": MASK,
    "mask of rows, 1:": (np.array([True, False, True]), slice(1, None)),
    "empty mask": np.zeros((3, 4), bool),
    "True": True,
    "rows twice": np.array([2, 0, 2, -1]),
    "list": [0, 0, 1],
    "pairs": ([0, 0, 2], [1, 1, 3]),
    "pairs, broadcast": (np.array([[0], [2]]), np.array([1, 1, 0])),
    "columns": np.s_[:, [1, 1, -1]],
    "table of columns": (slice(0, 2), np.array([[0, 1], [1, 1]])),
    "ix_": np.ix_([0, 2, 0], [3, 1]),
    "nothing": [],
    "row, columns": (1, [0, 0, 3]),
}
INDEXING = [
    *(
        both("getitem", lambda x, i=i: getitem(x, index=i), lambda x, i=i: x[i], MATRIX, title=title)
        for title, i in INDICES.items()
    ),
    *(
        both("getitem", lambda x, i=i: getitem(x, index=i), lambda x, i=i: x[i], CUBE, title=f"3 axes, {title}")
        for title, i in {
            "apart": ([0, 1, 1], slice(None), [0, 0, 3]),
            "together": (slice(None), [0, 2], [3, 3]),
            "mask of 2": (np.array([[True, False, True], [True, True, False]]), slice(1, 3)),
            "ints and list": (0, slice(None), [1, 1]),
        }.items()
    ),
    both("getitem", lambda x: getitem(x, index=[1, 1, 0]), lambda x: x[[1, 1, 0]], numbers(50, 2), title="few of many"),
    both("getitem", lambda x: getitem(x, index=([1, 1], slice(None), [0, 0])),
         lambda x: x[[1, 1], :, [0, 0]], numbers(30, 2, 3), title="few of many, apart"),
    Case("getitem", lambda x: getitem(x, index=(None, ...)), (1.5,), title="of a number", precisions=(),
         reference=lambda x: np.array([x])),
    Case("scatter", lambda x: scatter(x, shape=(3,), index=[0, 2, 0, 0]), (ROW,), title="repeated",
         reference=lambda x: np.array([x[0] + x[2] + x[3], 0.0 * x[0], x[1]])),
    Case("scatter", lambda x: scatter(x, shape=(2, 4), index=1), (ROW,), title="a row",
         reference=lambda x: np.stack([0 * x, x])),
    *(case("take", MATRIX, indices=i, axis=axis, mode=mode, covers=("getitem",))
      for i, axis, mode in [(5, None, "raise"), ([0, 0, 11], None, "raise"), ([[1, 1], [0, 2]], 0, "raise"),
                            ([3, -1], -1, "raise"), ([7, -9], 1, "wrap"), ([7, -9, 1], 0, "clip"), ([], 0, "raise")]
      if np.size(i)),
    *(case("take_along_axis", MATRIX, indices=np.array(i), axis=axis, covers=("getitem",))
      for i, axis in [([[0, 0], [3, 1], [2, 2]], 1), ([[0, 2, 1, 1]], 0), ([[0, 1, 0, 1]], -2), ([0, 0, 7], None)]),
    *(case("sort", x, axis=axis) for x, axis in [(ROW, -1), (CUBE, 0), (CUBE, 1), (CUBE, -1), (MATRIX, None)]),
    *(
        Case("sort_like", lambda x, a=a: sort_like(x, -MATRIX, axis=a), (numbers(3, 4, seed=5),), title=f"axis={a}",
             reference=lambda x, a=a: np.take_along_axis(x.ravel() if a is None else x,
                                                         np.argsort(-MATRIX, a), -1 if a is None else a))
        for a in (0, 1, None)
    ),
    Case("unsort_like", lambda x: unsort_like(x, np.array([3.0, 1.0, 2.0])), (numbers(3),),
         reference=lambda x: np.array([x[2], x[0], x[1]])),
    *(case("diag", x, k=k) for x in (ROW, MATRIX, numbers(4, 3)) for k in (0, 1, -2)),
    case("diag", MATRIX, k=9),
    *(case("diagonal", CUBE, offset=o, axis1=i, axis2=j)
      for o, i, j in [(0, 0, 1), (1, 0, 1), (-1, 1, 2), (2, -2, -1), (0, 2, 0), (7, 0, 1)]),
    Case("put_diagonal", lambda x: put_diagonal(x, shape=(2, 3), offset=1), (numbers(2),),
         reference=lambda x: np.array([[0.0, x[0], 0.0], [0.0, 0.0, x[1]]])),
    *(case(name, x, k=k) for name in ("triu", "tril") for x in (MATRIX, CUBE, numbers(4, 3), ROW) for k in (0, 1, -1)),
]  # fmt: skip

# ── products ─────────────────────────────────────────────────────────────────────────────────────────────────────────
PAIRS = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((1, 3), (3, 1)), ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
]  # fmt: skip
BATCHES = [
    ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
    ((5, 1, 2, 3), (4, 3, 2)), ((1, 2, 3), (5, 3, 1)), ((2, 2, 2, 3), (3, 2)), ((2, 2, 2, 3), (3,)),
    ((3,), (2, 2, 3, 2)),
]  # fmt: skip


def pair(m, n):
    return numbers(*m, seed=11) if m else 1.5, numbers(*n, seed=12) if n else -0.5


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), (" i j , j -> i ", (2, 3), (3,)),
    ("ba", (2, 3)), ("ij->", (2, 3)), ("ij->j", (2, 3)), ("i,j->ij", (2,), (3,)), ("i,j->i", (2,), (3,)),
    ("ii", (3, 3)), ("ii->i", (3, 3)), ("iij,j", (2, 2, 3), (3,)), ("ijji->", (2, 3, 3, 2)), ("iii->i", (2, 2, 2)),
    ("i,i,i->", (3,), (3,), (3,)), ("ij,jk,kl->il", (2, 3), (3, 2), (2, 2)), ("bi,ij,bj->b", (4, 2), (2, 3), (4, 3)),
    ("...ij,...jk->...ik", (2, 1, 3, 2), (4, 2, 3)), ("...a,...b->...ab", (1, 3, 2), (4, 1, 2)),
    ("...i->...", (2, 3)), ("i...,i...", (2, 3), (2, 3)), ("...", (2, 3)), (",i->i", (), (3,)), (",", (), ()),
    ("ij,ij->ij", (1, 3), (2, 3)), ("ij,ij->j", (1, 3), (2, 3)), ("i,i->", (1,), (3,)), ("ij,j->i", (2, 0), (0,)),
]  # fmt: skip

PRODUCTS = [
    *(case("matmul", *pair(m, n)) for m, n in [*PAIRS, *BATCHES]),
    *(case("affine", *pair(m, (4, 3)), numbers(4)) for m in [(3,), (2, 3), (2, 5, 3)]),
    *(case("affine_of_row", *pair(m, (16,))) for m in [(3,), (2, 3), (2, 5, 3)]),
    *(
        case("dot", *pair(m, n), covers=(op,))
        for op, pairs in {
            "multiply": [((), (3,)), ((2, 3), ()), ((), ())],
            "matmul": [*PAIRS[:4], ((2, 2, 3), (3,)), ((2, 2, 3), (4, 3, 2)), ((3,), (2, 3, 2))],
        }.items()
        for m, n in pairs
    ),
    *(
        case("inner", *pair(m, n), covers=(op,))
        for op, pairs in {
            "multiply": [((), (3,)), ((2, 3), ())],
            "matmul": [((3,), (3,)), ((2, 3), (4, 3)), ((2, 2, 3), (3,)), ((3,), (4, 2, 3))],
        }.items()
        for m, n in pairs
    ),
    *(case("outer", *pair(m, n), covers=("multiply",))
      for m, n in [((3,), (2,)), ((2, 2), (3,)), ((), (2,)), ((0,), (2,))]),
    *(case("vdot", *pair(m, n), covers=("matmul",)) for m, n in [((3,), (3,)), ((2, 3), (3, 2)), ((), ())]),
    *(
        case("tensordot", *pair(m, n), axes=axes, covers=("matmul",))
        for m, n, axes in [
            ((2, 3, 4), (3, 4, 5), 2),
            ((2, 3), (2,), 0),
            ((2, 3), (3, 2), 1),
            ((4, 2, 3), (3, 4, 2), ([0, 2], [1, 0])),
            ((2, 3), (4, 3), (-1, 1)),
            ((2, 3), (3, 2), ((0, 1), (1, 0))),
        ]
    ),
    *(
        case("kron", *pair(m, n), covers=("multiply",))
        for m, n in [((2,), (3,)), ((2, 3), (3, 2)), ((2,), (3, 2)), ((2, 3, 2), (2,)), ((), (2,)), ((1, 2), (0, 2))]
    ),
    *(
        both(
            "einsum",
            lambda *xs, s=s, o=o: tg.einsum(s, *xs, optimize=o),
            lambda *xs, s=s, o=o: np.einsum(s, *xs, optimize=o),
            *(numbers(*shape, seed=i) if shape else 1.5 for i, shape in enumerate(shapes)),
            title=f"{s}, {o}",
            covers=("contraction",),
        )
        for s, *shapes in EINSUMS
        for o in (False, True)
    ),
    Case("einsum", lambda a, b: contraction(a, b, subscripts="ij,j->i"), pair((2, 3), (3,)), title="contraction",
         covers=("contraction",), reference=lambda a, b: a @ b),
    *(
        case("cross", *pair(m, n), covers=("cross_rows",), **axes)
        for m, n, axes in [
            ((3,), (3,), {}),
            ((3,), (4, 3), {}),
            ((2, 1, 3), (4, 3), {}),
            ((3, 4), (3, 4), {"axis": 0}),
            ((3, 4), (4, 3), {"axisa": 0, "axisc": 0}),
        ]
    ),
    Case("cross", cross_rows, pair((3,), (2, 3)), title="cross_rows", covers=("cross_rows",), reference=np.cross),
]  # fmt: skip

# ── linear algebra ───────────────────────────────────────────────────────────────────────────────────────────────────
SQUARES, ALL = [(1, 1), (3, 3), (2, 3, 3)], [(1, 1), (3, 3), (3, 5), (5, 3), (1, 3), (3, 1), (2, 3, 2), (2, 2, 3)]
WIDE = {"precisions": ("float32",)}  # LAPACK has no float16


def part(name, number, x, **settings):
    """A row for one of several results."""
    return Case(
        name,
        lambda x: getattr(tg, name)(x, **settings)[number],
        (x,),
        numpy=lambda x: getattr(np.linalg, name)(x, **settings)[number],
        title=", ".join([f"part {number}", f"{np.shape(x)}", *(f"{k}={v!r}" for k, v in settings.items())]),
        covers={"slogdet": ("sign_and_log",), "eigh": ("eigenpairs",), "svd": ("singular_triples",)}[name],
        tolerance=1e-7,
        **WIDE,
    )


LINALG = [
    *(case("inv", matrices(REGULAR, *s), numpy_name="linalg.inv", title=f"{s}", **WIDE) for s in SQUARES),
    *(
        case("solve", matrices(REGULAR, *m), numbers(*n), numpy_name="linalg.solve", title=f"{m}, {n}", **WIDE)
        for m, n in [((1, 1), (1,)), ((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (3,)), ((2, 3, 3), (2, 3, 2)),
                     ((3, 3), (2, 3, 1)), ((2, 3, 3), (3, 3))]
    ),
    *(case("det", x, numpy_name="linalg.det", title=f"{np.shape(x)}", **WIDE) for x in [numbers(*s) for s in SQUARES]),
    *(
        case("det", np.array(x), numpy_name="linalg.det", title=title, **WIDE)
        for title, x in {
            "rank 2 of 3": np.diag([1.0, 0.0, 2.0]),
            "rank 1 of 3": np.outer([1.0, 2.0, 3.0], [1.0, 0.0, -1.0]),
            "zero": np.zeros((2, 2)),
            "rank 2 of 4": np.diag([1.0, 0.0, 0.0, 2.0]),
        }.items()
    ),
    *(part("slogdet", 1, sign * matrices(REGULAR, *s)) for s in SQUARES for sign in (1, -1)),
    *(Case("slogdet", sign_and_log, (matrices(REGULAR, *s),), title=f"packed, {s}", covers=("sign_and_log",), **WIDE,
           reference=lambda x: np.stack(np.linalg.slogdet(x))) for s in SQUARES),
    *(Case("cofactors", cofactors, (matrices(REGULAR, *s),), title=f"{s}", **WIDE, tolerance=1e-7,
           reference=lambda x: np.linalg.det(x)[..., None, None] * np.linalg.inv(x).swapaxes(-2, -1)) for s in SQUARES),
    Case("cofactors_moved", lambda d, x: cofactors_moved(d, x), (numbers(2, 2), numbers(2, 2, seed=4)), **WIDE,
         reference=lambda d, x: np.array([[d[1, 1], -d[1, 0]], [-d[0, 1], d[0, 0]]])),
    *(case("cholesky", matrices(DEFINITE, *s), numpy_name="linalg.cholesky", title=f"{s}", **WIDE) for s in SQUARES),
    *(part("eigh", i, matrices(SYMMETRIC, *s), UPLO=u) for s in SQUARES for i in (0, 1) for u in "LU"),
    *(case("eigvalsh", matrices(SYMMETRIC, *s), numpy_name="linalg.eigvalsh", covers=("eigenpairs",), title=f"{s}",
           **WIDE) for s in SQUARES),
    Case("eigh", eigenpairs, (matrices(SYMMETRIC, 3, 3),), title="packed", covers=("eigenpairs",), **WIDE,
         tolerance=1e-7, reference=lambda x: np.vstack([(wv := np.linalg.eigh(x))[0][None], wv[1]])),
    *(part("svd", i, matrices(DISTINCT, *s), full_matrices=False) for s in ALL for i in (0, 1, 2)),
    part("svd", 0, matrices(DISTINCT, 3, 3)),
    case("svd", matrices(DISTINCT, 2, 3), numpy_name="linalg.svd", compute_uv=False, covers=("singular_triples",),
         **WIDE),
    Case("svd", singular_triples, (np.array([[2.0]]),), title="packed", covers=("singular_triples",), **WIDE,
         reference=lambda x: np.array([[1.0, x[0, 0], 1.0]])),
    *(case("pinv", matrices(DISTINCT, *s), numpy_name="linalg.pinv", title=f"{s}", **WIDE) for s in ALL),
    *(
        case("matrix_power", matrices(REGULAR, *s), numpy_name="linalg.matrix_power", n=n, title=f"{s}, n={n}",
             tolerance=1e-7, **WIDE)
        for s in SQUARES for n in (-2, -1, 0, 1, 2, 3, 6)
    ),
]  # fmt: skip

CASES = [*SHAPES, *JOINING, *INDEXING, *PRODUCTS, *LINALG]
