"""The C that is printed compiles, and computes the same."""

from __future__ import annotations

import ctypes
import itertools
import math
import shutil
import subprocess

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.test_native import OPS, TRICKY, bits_apart
from tinygrad_edu.compiler.native.c_source import c_text
from tinygrad_edu.compiler.recording.masks import MASKS
from tinygrad_edu.compiler.recording.program import record

COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler")


def library_of(files, level="-O2"):
    options = ["-std=c99", "-pedantic", "-Wall", "-Werror", level, "-ffp-contract=off", "-shared", "-fPIC"]
    library = files[0].with_suffix(".so")
    subprocess.run([COMPILER, *options, *map(str, files), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library))


def compiled(text, folder):
    (folder / "f.c").write_text(text)
    return library_of([folder / "f.c"])


def called(function, given, results):
    y = (ctypes.c_double * results)()
    keep = [np.ascontiguousarray(x) if np.ndim(x) else ctypes.c_double(x) for x in given]
    function(*[x.ctypes.data_as(ctypes.c_void_p) if isinstance(x, np.ndarray) else x for x in keep], y)
    return list(y)


@needs_compiler
def test_every_primitive_of_numbers_on_tricky_numbers(tmp_path):
    files = []
    for k, op in enumerate(OPS):
        files.append(tmp_path / f"f{k}.c")
        files[k].write_text(c_text(record(op, (0.5,) * len(op.inputs)), f"f{k}"))
    library = library_of(files, "-O1")
    wrong = []
    for k, op in enumerate(OPS):
        count = len(op.inputs)
        for given in itertools.product(TRICKY if count < 3 else TRICKY[:17:4], repeat=count):
            with np.errstate(all="ignore"):
                expected = op.compute(*given)
            found = called(getattr(library, f"f{k}"), given, 1)[0]
            if bits_apart(found, expected) > (8 if op.name in ("power", "sinc_derivative") else 2):
                wrong.append((op.name, given, found, expected))
    assert not wrong


@needs_compiler
def test_a_training_step_with_arrays(tmp_path):
    def step(w, b, x, t):
        loss, (dw, db) = tg.value_and_grad(lambda w, b: tg.relu(1.0 - t * (tg.tanh(w @ x).sum() + b)), (0, 1))(w, b)
        return loss, w - 0.1 * dw, b - 0.1 * db, (loss > 0.0)

    given = np.array([[0.5, -0.2], [0.1, 0.3]]), 0.25, np.array([1.0, 2.0]), -1.0
    text = c_text(record(step, given, names=["w", "b", "x", "t"]))
    assert "void step(const double *w, double b, const double *x, double t, double *y)" in text
    loss, w, b, active = step(*given)
    np.testing.assert_allclose(called(compiled(text, tmp_path).step, given, 7), [loss, *w.flat, b, active], rtol=1e-14)


@needs_compiler
def test_parentheses_stand_where_they_are_needed(tmp_path):
    def f(a, b, c):
        return (a - (b - c)) / (a * (b / c)) - tg.negative(-a * (b + c)), a - (b + tg.where(a > b, b, c)), a / (b / c)

    text = c_text(record(f, (1.0, 2.0, 3.0), names=["a", "b", "c"]))
    assert called(compiled(text, tmp_path).f, (0.7, 5.0, -3.0), 3) == list(f(0.7, 5.0, -3.0))


@needs_compiler
def test_conditions_constants_and_names_that_c_has_taken(tmp_path):
    def f(double, exp):
        both = MASKS_AND(double > 0.0, exp < 1.0)
        return (
            tg.where(both, -(-double) * 1e-300, math.inf) - (-2.0),
            tg.where(exp, double, 3.0),
            tg.name(exp * exp, "int"),
        )

    text = c_text(record(f, (1.0, 2.0), names=["double", "exp"]))
    found = called(compiled(text, tmp_path).f, (2.0, 0.5), 3)
    assert found == [2.0 * 1e-300 + 2.0, 2.0, 0.25]
    assert "double double_2, double exp_2" in text


def MASKS_AND(a, b):
    return a.book.write(MASKS["and"], (a, b))


def test_many_inputs_come_in_one_array():
    text = c_text(record(lambda xs: sum(xs), ([1.0] * 50,)), "total")
    assert "void total(const double *x, double *y)" in text and "x[49]" in text
    assert "/* x: the 50 numbers that total is given */" in text
