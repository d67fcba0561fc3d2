"""einsum: sums of products, told by letters. Its gradient is an einsum again, with result and input exchanged.

>>> einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]]), einsum("ii", [[1.0, 2.0], [3.0, 4.0]])
(array([[11.]]), 5.0)
"""

from __future__ import annotations

from collections import Counter
from string import ascii_letters

import numpy as np

from ..errors import ShapeError, UnsupportedError
from .arguments import given
from .broadcasting import broadcast_to, shape_of
from .diagonals import diagonal
from .op import op


def einsum(subscripts, *operands, optimize=False):
    """The products of all entries, summed over every letter that the result does not name.

    subscripts  "ij,jk->ik": one letter per axis; `...` stands for axes that are broadcast; a letter twice in one
                operand takes its diagonal; without "->", the result names the letters that occur once, sorted
    optimize    as in NumPy: True looks for a good order and uses matrix products where it can
    raises      ShapeError if letters and axes do not fit

    >>> einsum("ij->j", [[1.0, 2.0], [3.0, 4.0]])
    array([4., 6.])
    """
    if not isinstance(subscripts, str):
        raise UnsupportedError(
            "einsum: the first argument is no string.",
            "NumPy's other form, einsum(x, [0, 1], ...), names the axes by numbers and is not offered here.",
            'Write the letters in a string, for example einsum("ij,jk->ik", a, b).',
        )
    xs = [given(x) for x in operands]
    terms, result = _spelled_out(subscripts, [shape_of(x) for x in xs])
    for i, term in enumerate(terms):
        for letter in [letter for letter, times in Counter(term).items() for _ in range(times - 1)]:
            first = term.index(letter)
            second = term.index(letter, first + 1)
            xs[i] = diagonal(xs[i], axis1=first, axis2=second)  # which stands last
            term = term[:first] + term[first + 1 : second] + term[second + 1 :] + letter
        terms[i] = term
    return contraction(*xs, subscripts=f"{','.join(terms)}->{result}", optimize=optimize)


@op(
    xs=lambda g, y, *xs, subscripts, optimize: [_to_input(i, g, xs, subscripts, optimize) for i in range(len(xs))],
    latex=r"\sum {xs}",
)
def contraction(*xs, subscripts="", optimize=False):
    """`einsum` for spelled-out subscripts: an explicit result, no `...`, no letter twice in an operand.

    source   S. Laue, M. Mitterreiter, J. Giesen, A simple and efficient tensor calculus, AAAI 2020, theorem 8

    >>> contraction([1.0, 2.0], [3.0, 4.0], subscripts="i,i->")
    11.0
    """
    kind = np.result_type(*[x for x in xs if type(x) is not float] or [float])
    return np.einsum(subscripts, *[kind.type(x) if type(x) is float else x for x in xs], optimize=optimize)


def _to_input(i, g, xs, subscripts, optimize):
    """The gradient of input i: the product of g and all other inputs, summed over what input i does not name."""
    left, result = subscripts.split("->")
    terms = left.split(",")
    mine, others = terms[i], [*terms[:i], *terms[i + 1 :], result]
    named = "".join(letter for letter in mine if any(letter in term for term in others))
    g = contraction(*xs[:i], *xs[i + 1 :], g, subscripts=f"{','.join(others)}->{named}", optimize=optimize)
    if not named or named == mine:
        return g
    g = g[tuple(slice(None) if letter in named else None for letter in mine)]  # nobody else named it: all alike
    lengths = zip(mine, g.shape, xs[i].shape)
    return broadcast_to(g, shape=tuple(n if letter in named else own for letter, n, own in lengths))


def _spelled_out(subscripts, shapes):
    """One term per operand and the result, without `...` and without what is left to be understood."""
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise _wrong(subscripts, f"{len(terms)} terms for {len(shapes)} operands", "Write one term per operand.")
    used = left.replace("...", "") + result.replace("...", "")
    spare = [letter for letter in ascii_letters if letter not in used]
    axes = 0
    for term, shape in zip(terms, shapes, strict=True):
        names = term.replace("...", "", 1)
        free = len(shape) - len(names)
        if free < 0 or (free and "..." not in term) or not set(names) <= set(ascii_letters):
            told = f"the term {term!r} for an operand of shape {shape}"
            raise _wrong(subscripts, told, "Write one letter per axis, and `...` for those that are broadcast.")
        axes = max(axes, free)
    dots = "".join(spare[:axes])
    terms = [
        term.replace("...", dots[axes - (len(shape) - len(term) + 3) :]) if "..." in term else term
        for term, shape in zip(terms, shapes, strict=True)
    ]
    times = Counter("".join(terms))
    if not arrow:
        result = dots + "".join(sorted(letter for letter, n in times.items() if n == 1 and letter not in dots))
    if arrow and dots and "..." not in result:
        raise _wrong(subscripts, "a result that leaves the broadcast axes out", "Write `...` in the result as well.")
    result = result.replace("...", dots, 1)
    if len(set(result)) < len(result) or not set(result) <= set(times):
        raise _wrong(subscripts, f"the result {result!r}", "Write each letter once, and only letters of the operands.")
    _check_lengths(subscripts, terms, shapes)
    return terms, result


def _check_lengths(subscripts, terms, shapes):
    """Every letter has one length (or 1, which is broadcast; not within one operand)."""
    lengths = {}
    for term, shape in zip(terms, shapes, strict=True):
        own = {}
        for letter, n in zip(term, shape, strict=True):
            known = lengths.get(letter, 1)
            if own.setdefault(letter, n) != n or (known != n and 1 not in (known, n)):
                told = f"the letter {letter!r} for lengths {max(known, own[letter])} and {n}"
                raise _wrong(subscripts, told, "Give axes of different lengths different letters.")
            lengths[letter] = max(known, n) if n else 0


def _wrong(subscripts, told, write):
    """The error for subscripts that do not fit the operands."""
    return ShapeError(
        f'einsum("{subscripts}"): {told}.',
        "Each letter names one axis of an operand; equal letters run together, so their lengths must agree.",
        write,
    )
