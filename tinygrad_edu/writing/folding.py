"""What is left out of a long explanation: repetitions first, then the middle.

>>> from tinygrad_edu.engine.value import Value
>>> from tinygrad_edu.writing.lesson import Lesson
>>> x = Value(1.0, "x")
>>> y = x
>>> for _ in range(16):
...     y = y * y
>>> items = folded(Lesson.of(y, [x]).steps, depth=None, lines=40, length=lambda told: 5)
>>> [item.number if isinstance(item, Told) else len(item.steps) for item in items]
[1, 14, 16]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from .lesson import Told
from .wording import count, operation

LONGEST_PERIOD = 12  # steps that make up one repetition
FOLD = 2  # lines that a fold takes


@dataclass(frozen=True, eq=False)
class Fold:
    """Steps that are not told one by one; `period` of them repeat, or 0 if they are just left out."""

    steps: Sequence[Told]
    period: int

    @property
    def words(self) -> str:
        """'the same 2 steps 49,998 times more', '12 more steps: 6 × tanh, 6 × +'."""
        if self.period:
            same = f"the same {count(self.period, 'step') if self.period > 1 else 'step'}"
            return f"{same}, {len(self.steps) // self.period:,} times more"
        kinds = Counter(operation(told.node.op.base) for told in self.steps).most_common()
        layers = list(dict.fromkeys(told.part for told in self.steps))
        where = f" in {layers[0]}" if len(layers) == 1 and layers[0] else ""
        named = ", ".join(f"{times:,} of {what!r}" for what, times in kinds[:3])
        return f"{count(len(self.steps), 'more step')}{where}: {named}{', …' if len(kinds) > 3 else ''}"


def folded(steps: Sequence[Told], depth: int | None, lines: int, length: Callable[[Told], int]) -> list[Told | Fold]:
    """The steps, or so many of them that about `lines` lines are enough; `length` says what a step takes.

    depth   only the first so many steps, from the result backwards, are told at all
    """
    kept, rest = (steps, []) if depth is None else (steps[:depth], steps[depth:])
    ending: list[Told | Fold] = [Fold(rest, 0)] if rest else []
    items: list[Told | Fold] = list(kept)

    def size(items: Sequence[Told | Fold]) -> int:
        return sum(FOLD if isinstance(item, Fold) else length(item) for item in items)

    lines -= size(ending)
    if size(items) > lines:
        items = _repetitions(kept)
    if size(items) > lines:
        items = _layers(items, lines // 3, size)
    if size(items) > lines:
        items = _without_middle(items, lines, size)
    return items + ending


def _repetitions(steps: Sequence[Told]) -> list[Told | Fold]:
    """Where the same few steps come at least four times in a row, only the first and the last time stay."""
    patterns: dict[object, int] = {}
    like = [patterns.setdefault(told.pattern, len(patterns)) for told in steps]
    items: list[Told | Fold] = []
    i = 0
    while i < len(steps):
        period, times = max(((p, _times(like, i, p)) for p in range(1, LONGEST_PERIOD + 1)), key=lambda o: o[0] * o[1])
        if times < 4:
            period, times = next(((p, n) for p in range(1, 4) if (n := _times(like, i, p)) >= 4), (1, 1))
        if times < 4:
            items.append(steps[i])
            i += 1
            continue
        end = i + period * times
        items += [*steps[i : i + period], Fold(steps[i + period : end - period], period), *steps[end - period : end]]
        i = end
    return items


def _times(like: list[int], i: int, period: int) -> int:
    """How often the steps from i to i + period follow each other."""
    end = i + period
    while end < len(like) and like[end] == like[end - period]:
        end += 1
    return (end - i) // period


def _layers(items: list[Told | Fold], ends: int, size: Callable[[Sequence[Told | Fold]], int]) -> list[Told | Fold]:
    """The steps of each layer of a network in one fold, but for about `ends` lines at both ends."""
    first, last = 1, len(items) - 1
    while first < last and size(items[: first + 1]) <= ends:
        first += 1
    while first < last and size(items[last - 1 :]) <= ends:
        last -= 1
    told = [step for item in items[first:last] for step in (item.steps if isinstance(item, Fold) else [item])]
    if not any(step.part for step in told):
        return items
    folds = [Fold(list(steps), 0) for _, steps in groupby(told, key=lambda step: step.part)]
    return [*items[:first], *folds, *items[last:]]


def _without_middle(
    items: list[Told | Fold], lines: int, size: Callable[[Sequence[Told | Fold]], int]
) -> list[Told | Fold]:
    """As many items from both ends as there is room for; those in between become one fold."""
    first, last, room = 0, len(items), lines - FOLD
    while first < last:
        item = items[first] if first <= len(items) - last else items[last - 1]
        room -= size([item])
        if room < 0 and first:
            break
        first, last = (first + 1, last) if item is items[first] else (first, last - 1)
    if first < last:  # a fold next to the gap becomes part of it
        first -= first > 0 and isinstance(items[first - 1], Fold)
        last += last < len(items) and isinstance(items[last], Fold)
    middle = [told for item in items[first:last] for told in (item.steps if isinstance(item, Fold) else [item])]
    return [*items[:first], *([Fold(middle, 0)] if middle else []), *items[last:]]
