"""Numbers, text and arrays in lists and dicts, as JSON beside a dict of arrays, and back: never as a pickle.

>>> arrays = {}
>>> packed = pack({"epoch": 3, "best": math.inf, "loss": np.array([2.0, 1.0])}, "extra", arrays)
>>> packed, arrays
({'epoch': 3, 'best': {'$float': 'inf'}, 'loss': {'$array': 'extra/loss'}}, {'extra/loss': array([2., 1.])})
>>> unpack(packed, arrays)
{'epoch': 3, 'best': inf, 'loss': array([2., 1.])}

JSON has neither arrays nor tuples nor infinity nor NumPy's numbers; they are dicts with one key that begins with "$".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.value import Value
from .arrays import KNOWN, checked_array, plain_dtype, wrong_name
from .messages import not_saved

DEEP = 64  # containers in containers
LONG = 10_000  # bits of a whole number: Python reads no longer ones
MARK = "$"
NUMBERS = sorted(dtype.name for dtype in KNOWN)


def pack(tree: Any, where: str, arrays: dict[str, np.ndarray], depth: int = 0) -> Any:
    """The tree as JSON can hold it; its arrays are added to `arrays`, under the way that leads to them.

    raises   DataError for what is no number, text, array, None, list, tuple or dict of them
    """
    if depth > DEEP:
        raise not_saved(
            where,
            f"more than {DEEP} containers deep",
            "A container that contains itself has no end.",
            "Save what is in it under names of its own.",
        )
    if tree is None or isinstance(tree, (bool, str)):
        return tree if tree is None or isinstance(tree, bool) else text(tree, where)
    if isinstance(tree, np.generic) and plain_dtype(tree.dtype):
        return {"$number": [tree.dtype.name, pack(tree.item(), where, arrays, depth + 1)]}
    if isinstance(tree, np.ndarray):
        name = unused(where, arrays)
        arrays[name] = checked_array(where, tree)
        return {"$array": name}
    if isinstance(tree, int) and tree.bit_length() < LONG:
        return int(tree)
    if isinstance(tree, float):
        return float(tree) if math.isfinite(tree) else {"$float": repr(float(tree))}
    step = "." if depth else "/"
    if isinstance(tree, (list, tuple)):
        parts = [pack(part, f"{where}{step}{k}", arrays, depth + 1) for k, part in enumerate(tree)]
        return {"$tuple": parts} if isinstance(tree, tuple) else parts
    if isinstance(tree, dict):
        if wrong := next((key for key in tree if not isinstance(key, str)), None):
            raise not_saved(
                f"The key {wrong!r} of {where}",
                f"a {type(wrong).__name__}",
                "Names in a file are text.",
                f"Write {str(wrong)!r}.",
            )
        packed = {text(key, where): pack(x, f"{where}{step}{key}", arrays, depth + 1) for key, x in tree.items()}
        return {"$dict": packed} if any(key.startswith(MARK) for key in packed) else packed
    raise no_plain(where, tree)


def no_plain(where: str, x: Any) -> Exception:
    """For a thing that is neither number nor text nor a container of them."""
    write = "Save the numbers it is made of."
    if isinstance(x, int):
        write = "Write it as text: hex(x)."
    elif isinstance(x, Value):
        write = f"Write {x.name or 'value'}.data, or save it as the model."
    elif isinstance(x, np.random.Generator):
        write = "Write rng.bit_generator.state, and set it again after loading."
    return not_saved(
        where,
        f"a {type(x).__name__}",
        "A file holds numbers, text, None, arrays, and lists, tuples and dicts of them; everything else is a program.",
        write,
    )


def text(x: str, where: str) -> str:
    """x, if it can be written as UTF-8."""
    try:
        x.encode()
    except UnicodeEncodeError:
        why = "It has half of a letter in it, as broken file names do."
        raise not_saved(where, "no text that can be written", why, "Write x.encode(errors='replace').") from None
    return str(x)


def unused(where: str, arrays: dict[str, np.ndarray]) -> str:
    """The way to an array as its name, made harmless and different from all that are there."""
    name = where if not wrong_name(where) else f"{where.split('/')[0]}/array"
    k = 2
    while name in arrays:
        name, k = f"{name.rsplit('#', 1)[0]}#{k}", k + 1
    return name


def unpack(packed: Any, arrays: dict[str, np.ndarray]) -> Any:
    """What was packed; every array is taken out of `arrays`, so that none can be asked for twice.

    raises   ValueError, KeyError for what `pack` would never have written
    """
    if isinstance(packed, list):
        return [unpack(part, arrays) for part in packed]
    if not isinstance(packed, dict):
        return packed
    if len(packed) != 1 or not next(iter(packed)).startswith(MARK):
        if any(key.startswith(MARK) for key in packed):
            raise ValueError(f"its notes have the keys {', '.join(packed)[:80]} together")
        return {key: unpack(part, arrays) for key, part in packed.items()}
    ((mark, x),) = packed.items()
    if mark == "$array" and isinstance(x, str):
        if x not in arrays:
            raise ValueError(f"its notes speak of an array {x[:80]!r} that is not in it")
        return arrays.pop(x)
    if mark == "$number" and isinstance(x, list) and len(x) == 2 and x[0] in NUMBERS:
        value = unpack(x[1], arrays)
        if isinstance(value, (bool, int, float)):
            with np.errstate(all="ignore"):
                return np.dtype(x[0]).type(value)
    if mark == "$float" and x in ("nan", "inf", "-inf"):
        return float(x)
    if mark == "$tuple" and isinstance(x, list):
        return tuple([unpack(part, arrays) for part in x])
    if mark == "$dict" and isinstance(x, dict):
        return {key: unpack(part, arrays) for key, part in x.items()}
    raise ValueError(f"its notes have an unknown mark {mark[:80]!r}")
