"""Which of a program's numbers have to be looked at, so that everything that is no plain float is noticed.

Looking at the type of every number would cost a fifth of a small program. Two facts save most of it:

An int behaves as the float of the same value wherever it meets a float; only where two ints meet do they stay ints.
And whatever else may be given instead of a float (an array, a NumPy number, a Value) turns what it meets into its own
kind: it shows in the type of a result, unless a function such as math.exp stands on the way.

>>> from tinygrad_edu.compiler.recording.program import record
>>> program = record(lambda w, x: w * x - 0.1 * x, (2.0, 3.0), names=["w", "x"])
>>> [line.name for line in looked_at(program)]
['w']
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..ops import arithmetic, powers
from ..ops.kinks import gate
from .recording.line import Line
from .recording.program import Program

BETWEEN_TWO = {arithmetic.add, arithmetic.subtract, arithmetic.multiply, arithmetic.divide}
FEW = 8  # arrays: looking at one takes a microsecond
ARITHMETIC = {*BETWEEN_TWO, arithmetic.negative, powers.square}


def looked_at(program: Program) -> list[Line]:
    """The inputs whose type has to be asked for, in order; the type of the results tells the rest."""
    given = [x for x in (*program.arguments, *program.values) if not x.shape]
    meetings = [pair for line in program.lines if (pair := two_inputs(line))]
    often = Counter(x for pair in meetings for x in pair)
    chosen = set(given) - shown_in_results(program)
    chosen.update(
        x for line in program.lines if not meets_float(line) for x in line.inputs if type(x) is Line and x.op is None
    )
    for pair in meetings:
        if not chosen.intersection(pair) and not any(type(x.origin) is not int for x in pair):
            chosen.add(max(pair, key=lambda x: often[x]))
    return [x for x in given if x in chosen]


def two_inputs(line: Line) -> tuple[Any, ...] | None:
    """The two inputs of the program that meet in this line, if it is their arithmetic."""
    pair = line.inputs
    together = line.op in BETWEEN_TWO and all(type(x) is Line and x.op is None for x in pair)
    return pair if together else None


def meets_float(line: Line) -> bool:
    """Whether this is arithmetic between two numbers."""
    return line.op in BETWEEN_TWO and not line.shape and all(type(x) is float or not x.shape for x in line.inputs)


def shown_in_results(program: Program) -> set[Line]:
    """The lines whose kind shows in the kind of a number among the results."""
    shown = {y for y in program.results if type(y) is Line and y.op is not None and not y.shape and not y.is_mask}
    for line in reversed(program.lines):
        if line in shown and line.op in ARITHMETIC:
            shown.update(x for x in line.inputs if type(x) is Line)
    return shown


def derived(program: Program) -> set[Line]:
    """The lines that are part of a derivative, or computed from one."""
    found: set[Line] = set()
    for line in program.lines:
        if line.about is not None or any(type(x) is Line and x in found for x in line.inputs):
            found.add(line)
    return found


# where a nan among the inputs is a nan among the results, or is left out, as an entry that getitem does not take
NAN_IF_NAN = """
add subtract multiply divide negative square sqrt cbrt reciprocal exp exp2 expm1 log log1p log2 log10 sin cos tan sinh
cosh tanh arcsin arccos arctan arcsinh arccosh arctanh sigmoid softplus absolute matmul affine affine_of_row sum mean
sum_to broadcast_to reshape ravel transpose swapaxes moveaxis expand_dims squeeze flip roll tile repeat pad joined
stacked getitem gathered scatter scattered put_diagonal diag diagonal cast filled cumsum trace dot inner outer tensordot
kron einsum gate where var std cross_rows softmax log_softmax logsumexp convolution transposed_convolution
window_correlation sum_pool to_windows to_largest from_largest
"""
PASSES_NAN_ON = {*NAN_IF_NAN.split()}
DECIDE = {"gate": (1,), "where": (0,), "to_largest": (1, 2), "from_largest": (1, 2)}  # inputs that are only compared


# what a derivative asks of the numbers of the way forward, to decide: it multiplies nothing, so nan is not made here
HARMLESS = """
equal not_equal eq ne lt le gt ge logical_and logical_or logical_not isnan isinf isfinite number_of getitem reshape
ravel transpose swapaxes expand_dims squeeze broadcast_to cast absolute sign max min ties where
"""
ONLY_ASKS = {*HARMLESS.split()}


def doubtful(program: Program) -> set[Line]:
    """The lines that may be nan where a gradient of 0 has met an infinite slope."""
    found: set[Line] = set()
    for line in program.lines if any(line.about is not None for line in program.lines) else ():
        asks = line.op is not None and line.op.name in ONLY_ASKS
        if (line.about is not None and not asks) or any(type(x) is Line and x in found for x in line.inputs):
            found.add(line)
    return found


def hides_nan(program: Program) -> bool:
    """Whether a nan in a derivative might not show in the results.

    A gradient of 0 that meets an infinite slope is nan here, and 0 in truth; when a result is nan, it is computed
    again with care. But where a gradient is compared with something, or a maximum is taken, nan is lost: such a
    program is written with care from the start.
    """
    lines = doubtful(program)
    for line in program.lines if lines else ():
        from_gradient = [type(x) is Line and x in lines for x in line.inputs]
        if any(from_gradient):
            name = line.op.name  # type: ignore[union-attr]
            if name not in PASSES_NAN_ON or any(from_gradient[k] for k in DECIDE.get(name, ())):
                return True
    return False


def to_ask(program: Program, whole: set[Line]) -> dict[Line, set[Line]]:
    """For each doubtful line, where to look for its nan: at itself, or at what it was made of, where that is less.

    A nan that care would avoid begins where the derivative of an elementwise operation multiplies, or at a gate.
    Products and sums hand it on: the gradient of a matrix of 784 · 256 weights is nan if one of 64 · 256 numbers is.

    whole   the lines that can be looked at; the results always can
    """
    lines, places = doubtful(program), {}  # type: set[Line], dict[Line, set[Line]]
    for line in program.lines:
        if line not in lines:
            continue
        before = [places[x] for x in line.inputs if type(x) is Line and x in lines]
        found = set().union(*before)
        begins = line.op is gate or (line.about is not None and (elementwise(line.about) or not line.about.shape))
        less = found <= whole and len(found) <= FEW and sum(x.size for x in found) < line.size
        places[line] = found if less and not begins else {line}
    return places


def elementwise(line: Line) -> bool:
    """Whether the line treats every entry alone."""
    return line.op is not None and line.op.elementwise
