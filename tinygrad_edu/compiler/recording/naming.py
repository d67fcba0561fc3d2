"""Names for a program: of its arguments, of what it reads from outside, of what is stored in variables.

>>> argument_names(lambda p, x: p, ({"W1": 1.0, "b1": 2.0}, [3.0, 4.0]))
['W1', 'b1', 'x[0]', 'x[1]']
>>> identifier("layers.0.w"), identifier("h₁"), identifier("lambda"), identifier("2nd"), identifier("; del x")
('layers_0_w', 'h1', 'lambda_', 'x2nd', 'del_x')
"""

from __future__ import annotations

import inspect
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.value import Value
from ...nn.module import Module
from ...protocols.places import users
from .signature import is_number

if TYPE_CHECKING:
    from .line import Line
    from .program import Program

LONGEST = 40  # characters of a name


def identifier(text: str) -> str:
    """The text as a name in Python; letters of any alphabet are letters, everything else becomes an underscore."""
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST])  # Python compares names in this form
    plain = "".join(c if f"x{c}".isidentifier() else "_" for c in plain)
    plain = unicodedata.normalize("NFKC", re.sub("__+", "_", plain).strip("_")[:LONGEST]).strip("_") or "x"
    plain = plain if plain.isidentifier() else f"x{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) else plain


# ── arguments ────────────────────────────────────────────────────────────────────────────────────────────────────────
def argument_names(f: Any, args: Sequence[Any], settings: dict[str, Any] | None = None) -> list[str]:
    """A name for every number and array among the arguments: a parameter, a key, or the way there, 'p[0]'."""
    ways = [way for name, x in zip(parameters(f, args), args) for way in ways_to(name, x)]
    ways += [way for name, x in (settings or {}).items() for way in ways_to(name, x)]
    keys = Counter(way[-1] for way in ways)
    return [short(way) if keys[way[-1]] == 1 else written(way) for way in ways]


def parameters(f: Any, args: Sequence[Any]) -> list[str]:
    """What f calls its positional arguments, whatever transforms stand around it.

    >>> from tinygrad_edu.calculus.grad import grad
    >>> parameters(grad(lambda w, *xs: w), (1, 2, 3))
    ['w', 'xs_1', 'xs_2']
    """
    try:
        given = list(inspect.signature(inner(f)).parameters.values())
    except (TypeError, ValueError):
        given = []
    names = [p.name for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in given if p.kind is p.VAR_POSITIONAL), "x")
    return [*names, *(f"{rest}_{k}" for k in range(1, len(args) - len(names) + 1))][: len(args)]


def inner(f: Any) -> Any:
    """The user's function inside grad(f), value_and_grad(f), ..."""
    for _ in range(9):
        code = getattr(f, "__code__", None)
        cells = dict(zip(code.co_freevars, f.__closure__ or ())) if code is not None else {}
        cell = cells.get("f") or cells.get("both")
        if code is None or users(code.co_filename) or cell is None:
            break
        f = cell.cell_contents
    return f


def title(f: Any) -> str:
    """What the function is called in the program's text.

    >>> from tinygrad_edu.calculus.grad import grad
    >>> def loss(w): return w * w
    >>> title(loss), title(grad(loss)), title(lambda x: x)
    ('loss', 'grad_of_loss', 'f')
    """
    own, code = inner(f), getattr(f, "__code__", None)
    name = getattr(own, "__name__", None) or type(own).__name__
    name = identifier(name) if isinstance(name, str) and name.isidentifier() else "f"
    if own is f or code is None:
        return name
    return f"{identifier(getattr(f, '__qualname__', 'derivative').split('.')[0])}_of_{name}"


Way = tuple[Any, ...]


def ways_to(name: str, x: Any) -> Iterator[Way]:
    """The way to every number inside an argument: its name, then keys and places."""
    if isinstance(x, dict):
        for key, part in x.items():
            yield from ((name, ("[", key), *way[1:]) for way in ways_to(name, part))
    elif isinstance(x, tuple) and hasattr(x, "_fields"):
        for field, part in zip(x._fields, x):
            yield from ((name, (".", field), *way[1:]) for way in ways_to(name, part))
    elif isinstance(x, (tuple, list)):
        for k, part in enumerate(x):
            yield from ((name, ("[", k), *way[1:]) for way in ways_to(name, part))
    elif is_number(x):
        yield (name,)


def short(way: Way) -> str:
    """The last key, if it may be a name, or all of the way."""
    last = way[-1]
    if type(last) is tuple and type(last[1]) is str and last[1].isidentifier() and not keyword.iskeyword(last[1]):
        return str(last[1])
    return written(way)


def written(way: Way) -> str:
    """The way as Python writes it: p["W1"][0]."""
    from ..source.layout import quoted

    return way[0] + "".join(f".{key}" if sign == "." else f"[{quoted(key)}]" for sign, key in way[1:])


# ── what is read from outside ────────────────────────────────────────────────────────────────────────────────────────
def outside_names(f: Callable[..., Any]) -> dict[int, str]:
    """Names for the Values and arrays that f takes from around it: id -> variable, key, or attribute of a module.

    >>> from tinygrad_edu.nn import Linear, Sequential
    >>> net = Sequential(Linear(2, 3), Linear(3, 1))
    >>> sorted(outside_names(lambda x: net(x)).values())
    ['W1', 'W2', 'b1', 'b2']
    """
    found: dict[int, str] = {}
    for name, x in around(inner(f)):
        if isinstance(x, Module):
            pairs = x.named_parameters()
            found.update((id(p), shown) for (_, p), shown in zip(pairs, layer_names([path for path, _ in pairs])))
        elif isinstance(x, (Value, np.ndarray)):
            found.setdefault(id(x), name)
        elif isinstance(x, (list, tuple)) and len(x) <= 1000:
            found.update((id(p), f"{name}_{k}") for k, p in enumerate(x) if isinstance(p, Value))
        elif isinstance(x, dict) and len(x) <= 1000:
            found.update((id(p), str(key)) for key, p in x.items() if isinstance(p, Value))
    return found


def around(f: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """What a function can see: its object, its closure, the global names it uses; and what those functions can see."""
    if isinstance(f, Module):
        yield "", f
    if hasattr(f, "__self__"):
        yield "", f.__self__
        f = getattr(f, "__func__", f)
    code = getattr(f, "__code__", None)
    if code is None:
        return
    cells = inspect.getclosurevars(f).nonlocals if inspect.isfunction(f) else {}
    seen = list(cells.items())
    seen += [(name, f.__globals__[name]) for name in code.co_names if name in f.__globals__]
    for name, x in seen:
        yield name, x
        if depth < 2 and hasattr(x, "__code__") and users(x.__code__.co_filename):
            yield from around(x, depth + 1)


def layer_names(paths: Sequence[str]) -> list[str]:
    """'layers.0.weight' as W1 where all are of this kind; else with underscores.

    >>> layer_names(["layers.0.weight", "layers.0.bias", "layers.2.weight"])
    ['W1', 'b1', 'W2']
    >>> layer_names(["layers.0.neurons.2.w.0", "layers.0.neurons.2.b"])
    ['w1_3_1', 'b1_3']
    >>> layer_names(["slope", "layers.0.weight"])
    ['slope', 'layers_0_weight']
    """
    neurons = [re.fullmatch(r"layers\.(\d+)\.neurons\.(\d+)\.(?:(b)|(w)\.(\d+))", path) for path in paths]
    if all(neurons):
        places = [[str(int(n) + 1) for n in part.group(1, 2, 5) if n] for part in neurons if part]
        return [(part[3] or part[4]) + "_".join(place) for part, place in zip(neurons, places) if part]
    parts = [re.fullmatch(r"(?:\w+\.)?(\d+)\.(weight|bias)", path) for path in paths]
    if not all(parts):
        return [path.replace(".", "_") for path in paths]
    ranks = {layer: k for k, layer in enumerate(dict.fromkeys(part[1] for part in parts if part), 1)}
    return [f"{'W' if part[2] == 'weight' else 'b'}{ranks[part[1]]}" for part in parts if part]


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────
UNROLLED = 24  # values of one variable, beyond which a loop wrote them and they need no lines of their own


def chosen_names(program: Program) -> dict[Line, str]:
    """What each step is called: Z1, Z2, Z3 for a variable that got several values one after the other."""
    named: dict[str, list[Line]] = {}
    for line in program.lines:
        if line.name is not None:
            named.setdefault(line.name, []).append(line)
    given = Counter(line.name for line in (*program.arguments, *program.values))
    chosen: dict[Line, str] = {}
    for name, lines in named.items():
        if len(lines) == 1:
            chosen[lines[0]] = name
        elif len(lines) <= UNROLLED:
            base = identifier(name)
            base = f"{base}_" if base[-1].isdigit() else base
            first = 1 if not given[name] else 2
            chosen.update((line, f"{base}{k}") for k, line in enumerate(lines, first))
    return chosen
