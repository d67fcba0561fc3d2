"""Straight edges that would pass behind a box are bent around it: above or below, whichever is nearer.

A quick layout draws an edge as a straight line. Boxes stand in columns; where a line would cross a box of a column on
its way, it leads through the nearest gap of that column instead.

>>> behind = [(0, 0, 40, 20), (100, 0, 40, 20), (200, 0, 40, 20)]
>>> bent([(40.0, 10.0), (200.0, 10.0)], columns(behind))
[(40.0, 10.0), (94, -6), (146, -6), (200.0, 10.0)]
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width, height
Column = tuple[float, float, list[float], list[float]]  # left, right, upper and lower ends of its boxes, from above
CLEAR = 6  # points between a line and a box


def columns(boxes: Iterable[Box]) -> list[Column]:
    """Boxes that stand below each other, from left to right."""
    standing: list[tuple[float, float, list[tuple[float, float]]]] = []
    for left, top, wide, high in sorted(boxes):
        if standing and left < standing[-1][1]:
            first, last, ends = standing[-1]
            standing[-1] = first, max(last, left + wide), [*ends, (top, top + high)]
        else:
            standing.append((left, left + wide, [(top, top + high)]))
    return [(left, right, *map(list, zip(*sorted(ends)))) for left, right, ends in standing]  # type: ignore[misc]


def bent(line: list[Point], standing: list[Column]) -> list[Point]:
    """The line with a detour for each column on its way in which it would pass behind a box."""
    (x0, y0), (x1, y1) = line
    points = [(x0, y0)]
    if x1 < x0:  # to a box in the same column, or in one before it: out to the right, and back through gaps
        for left, right, tops, bottoms in reversed(standing):
            if right <= x0 + CLEAR and left >= x1 - CLEAR:
                through = gap(y1 + (1 if y0 > y1 else -1), tops, bottoms)
                points += [(right + CLEAR, through), (left - CLEAR, through)]
        return [*points, (x1, y1)]
    straight = True
    for left, right, tops, bottoms in standing[bisect_left(standing, x0, key=lambda column: column[0]) :]:
        if right + CLEAR >= x1:
            break
        x, y = points[-1]
        slope = (y1 - y) / (x1 - x)
        enters, leaves = y + slope * (left - CLEAR - x), y + slope * (right + CLEAR - x)
        low, high = min(enters, leaves), max(enters, leaves)
        if any(top - 1 < high and low < bottom + 1 for top, bottom in zip(tops, bottoms)):
            enters = leaves = gap((enters + leaves) / 2, tops, bottoms)
            straight = False
        points += [
            (left - CLEAR, enters),
            (right + CLEAR, leaves),
        ]  # where it is free, too: a later detour turns none
    return [(x0, y0), (x1, y1)] if straight else [*points, (x1, y1)]


def gap(y: float, tops: list[float], bottoms: list[float]) -> float:
    """The place nearest to y between, above or below the boxes of a column."""
    above, below = [float("-inf"), *bottoms], [*tops, float("inf")]
    free = [(low + CLEAR, high - CLEAR) for low, high in zip(above, below) if high - low > CLEAR]
    middle = [((low + high) / 2,) * 2 if low > high else (low, high) for low, high in free]
    return min((min(max(y, low), high) for low, high in middle), key=lambda place: abs(place - y))
