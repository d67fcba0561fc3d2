"""What is kept of a training run: as many moments as fit in a film, evenly spread, however long it takes.

>>> reel = Reel(most=4)
>>> for step in range(1, 11):
...     reel.add(step)
>>> reel.kept()
[1, 5, 9, 10]
"""

from __future__ import annotations

from typing import Any


class Reel:
    """Keeps every moment, then every second one, then every fourth, never more than `most`; and always the last one."""

    def __init__(self, most: int):
        self.most, self.stride, self.count = most, 1, 0
        self._kept: list[Any] = []
        self._last: Any = None

    def add(self, moment: Any) -> None:
        """Keep this moment if its turn has come; it is the last one in any case, until there is another."""
        if self.count % self.stride == 0:
            self._kept.append(moment)
        self.count, self._last = self.count + 1, moment
        if len(self._kept) >= self.most:
            self._kept, self.stride = self._kept[::2], 2 * self.stride

    def kept(self) -> list[Any]:
        """The moments of the film, oldest first; it ends with the last one there was."""
        last = [self._last] if self.count and self._kept[-1] is not self._last else []
        return self._kept + last


def thinned(points: list[Any], most: int) -> list[Any]:
    """At most about so many of the points, evenly spread, the last one among them.

    >>> thinned([1, 2, 3, 4, 5, 6], most=3)
    [1, 3, 5, 6]
    """
    stride = -(-len(points) // most)
    return points[::stride] + ([points[-1]] if (len(points) - 1) % max(1, stride) else []) if points else []
