"""Wrong engines that ask the wrong node next: it hands on before everything has arrived, or more than once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..engine.value import Value
from .engine import Engine
from .graph import results


class DepthFirst(Engine):
    """Into the depth at once: a node hands on as soon as the first contribution has reached it.

    As recursion: `def back(v): if v not in seen: seen.add(v); hand_on(v); for x in v.inputs: back(x)`. With a list of
    what waits instead of calls, it visits the same nodes in the same order, however deep the graph is.
    """

    name = "no order"

    def order(self) -> Iterator[Value]:
        waiting = [self.graph.result]
        seen: set[Value] = set()
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                yield node
                waiting += reversed(results(node))


class BreadthFirst(Engine):
    """Level by level: first whatever is one step away from the result, then two steps, and so on."""

    name = "breadth first"

    def order(self) -> Iterator[Value]:
        waiting = deque([self.graph.result])
        seen: set[Value] = set()
        while waiting:
            node = waiting.popleft()
            if node not in seen:
                seen.add(node)
                yield node
                waiting += results(node)


class Recursion(Engine):
    """Recursion through every use: `def back(v): hand_on(v); for x in v.inputs: back(x)`.

    A node that is reached twice hands on twice, the second time with what it had already handed on the first time.
    The number of visits doubles with each value that is used twice, so the pass is stopped after some thousand.
    """

    name = "recursion"

    def order(self) -> Iterator[Value]:
        waiting = [self.graph.result]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(results(node))
