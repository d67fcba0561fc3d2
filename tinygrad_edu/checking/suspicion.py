"""What is probably wrong with a rule: what it hands on, what it should, and everything it was given as evidence.

>>> from ..engine.value import Value
>>> from ..ops.op import op
>>> @op(x=lambda g, y, x: g * y, elementwise=True)
... def cubed(x):
...     '''x³, with a derivative that lacks a factor 3 / x'''
...     return x * x * x
>>> entry, numbers, mistake = suspicion(LocalRule(cubed(Value(2.0)), 0, np.random.default_rng(0)))
>>> numbers["finite difference"] / numbers["rule"]
1.5
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import TinygradError
from ..ops.broadcasting import fit, shape_of
from .closeness import alike, same
from .local_rule import ENTRIES, LocalRule, Place, numeric
from .mistakes import Mistake, find_mistake
from .rule_mistakes import fits, one_entry, passed_on, shifted, summed

FEW = 12  # of so few numbers a likely mistake would be a guess: an elementwise rule is also asked nearby

Evidence = tuple[Place, dict[str, float], "Mistake | None"]


def suspicion(local: LocalRule) -> Evidence:
    """The worst entry of a wrong rule, the numbers there, and the likely mistake."""
    found, right, entry = local.compared_with_slopes()
    if np.shape(found[entry]) != ():
        return (), {}, None  # wrong along a direction, and yet no single entry is surely wrong
    numbers = {"rule": float(found[entry]), "finite difference": float(right[entry])}
    numbers |= {"g": local.g} if type(local.g) is float else {}
    return entry, numbers, likely(local, found, right)


def of_wrong_shape(local: LocalRule) -> Evidence:
    """The likely mistake of a rule that returns something of an impossible shape."""
    try:
        found, right = local.handed_on(local.k, fit=False), local.slopes()
    except ValueError:  # the rule does not even run
        return (), {}, None
    plain = isinstance(found, (float, np.ndarray)) and np.isfinite(right).all()
    return (), {}, find_mistake(found, right) if plain else None


def likely(local: LocalRule, found: Any, right: Any) -> Mistake | None:
    """The likely mistake, told from the entries that were measured."""
    known = np.isfinite(right)
    if not known.all():
        return from_some_entries(found, right, known, clues(local, right))
    copies = gradient_of_copies(local)
    if copies is not None and (mistake := find_mistake(found, right, clues={"the gradient of each copy": copies})):
        return mistake
    for mistake in (passed_on(found, local.g), one_entry(found, right), summed(found, right), shifted(found, right)):
        if mistake:
            return mistake
    if local.op.elementwise and found.size < FEW and not local.op.variadic:
        mixed = mixed_up(local, right)
        found, right, given = with_neighbours(local, found, right)
        return find_mistake(found, right, clues=given) or mixed
    return find_mistake(found, right, clues=clues(local, right)) or mixed_up(local, right)


def from_some_entries(found: Any, right: Any, known: Any, given: dict[str, Any]) -> Mistake | None:
    """The same where not every entry was measured."""
    if np.count_nonzero(alike(found, right, 1e-6)[known]) > 0.9 * np.count_nonzero(known):
        return find_mistake(found, np.where(known, right, found))  # a few wrong entries keep their places
    given = {text: np.broadcast_to(c, known.shape)[known] for text, c in given.items() if fits(c, known.shape)}
    return find_mistake(found[known], right[known], clues=given)


def clues(local: LocalRule, right: Any) -> dict[str, Any]:
    """What may have been multiplied in once too often, forgotten, or taken instead."""
    found: dict[str, Any] = {}
    if local.op.elementwise and fits(local.g, right.shape):
        found["the local derivative"] = right / local.g
    found |= {local.name(j): x for j, x in enumerate(local.data) if numeric(x)} | {"y": local.y, "g": local.g}
    for j, x in enumerate(local.data):
        if j != local.k and numeric(x) and not local.op.variadic:
            found[f"the gradient of {local.name(j)}"] = np.asarray(local.handed_on(j, fit=False), dtype=np.float64)
    return found


def gradient_of_copies(local: LocalRule) -> Any:
    """Where broadcasting repeats the input: the measured gradient of every copy, before they are added up."""
    x, shape, whole = local.data[local.k], np.shape(local.data[local.k]), shape_of(local.y)
    for core in range(1 if local.op.elementwise else 3):  # the last axes of a matrix product are not repeated
        full = whole[: len(whole) - core] + shape[len(shape) - core :]
        if not fits(x, full) or full == shape or np.prod(full) > ENTRIES:
            continue
        try:
            local.data[local.k] = np.broadcast_to(x, full).copy()
            if np.array_equal(local.op.compute(*local.data), local.y):
                found = local.slopes()
                return found if np.isfinite(found).all() else None
        except (TinygradError, ValueError, TypeError):  # this operation does not take the input so
            continue
        finally:
            local.data[local.k] = x
    return None


def with_neighbours(local: LocalRule, found: Any, right: Any) -> tuple[Any, Any, dict[str, Any]]:
    """The same for inputs a little further on, all strung together: more evidence for or against a mistake."""
    founds, rights, clued = [found.ravel()], [right.ravel()], [clues(local, right)]
    keep, shape = local.data, found.shape
    for _ in range(max(3, FEW // max(found.size, 1))):
        moved = [x * local.rng.uniform(0.7, 1.3, np.shape(x)) if numeric(x) else x for x in keep]
        local.data = [x if np.ndim(x) else float(x) for x in moved]
        local.set_up()
        more, there, _ = local.compared_with_slopes()
        if np.isfinite(there).all():
            founds.append(more.ravel())
            rights.append(there.ravel())
            clued.append(clues(local, there))
    texts = [text for text in clued[0] if all(text in some and fits(some[text], shape) for some in clued)]
    strung = {text: np.concatenate([np.broadcast_to(c[text], shape).ravel() for c in clued]) for text in texts}
    return np.concatenate(founds), np.concatenate(rights), strung


def mixed_up(local: LocalRule, right: Any) -> Mistake | None:
    """Is the rule right when it is given other arguments? Then its author mixed them up."""
    if local.op.variadic:
        return None
    given = {"g": local.g, "y": local.y} | {local.name(j): x for j, x in enumerate(local.data)}
    for name, x in given.items():
        if np.ndim(x) == 2 and right_with(local, right, {**given, name: x.T}):
            words = f"It is right with {name}.T in the place of {name}: a transpose is missing, or one too much."
            return Mistake("transposed", words)
    for name, x in given.items():
        for other, z in given.items():
            fitting = other != name and numeric(x) and numeric(z) and np.shape(x) == np.shape(z)
            if fitting and right_with(local, right, {**given, name: z}):
                return Mistake("wrong operand", f"It is right with {other} in the place of {name}.")
    return None


def right_with(local: LocalRule, right: Any, given: dict[str, Any]) -> bool:
    """Whether the rule hands on what is right when it is given these arguments."""
    try:
        with np.errstate(all="ignore"):
            return same(fit(local.op.rules[local.k](*given.values()), local.data[local.k]), right, 1e-6)
    except Exception:  # a guess that does not even run is wrong
        return False
