"""The pictures of graphs on these pages, drawn anew: `python docs/draw_pictures.py` writes docs/pictures/*.svg.

Each function returns a drawing; its name is the file's. The last five are one sample of each of the five networks, with
the functions of its example.
"""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import Value

ROOT = Path(__file__).parents[1]
if str(ROOT / "examples") not in sys.path:
    sys.path.append(str(ROOT / "examples"))


def graph_values():
    a, b, c = Value(2.0, name="a"), Value(-3.0, name="b"), Value(6.5, name="c")
    y = tg.name(tg.tanh(a * b + c), "y")
    y.backward()
    return tg.draw(y)


def graph_chain_rule():
    a, b, c = Value(2.0, name="a"), Value(-3.0, name="b"), Value(6.5, name="c")
    return tg.draw(tg.name(tg.tanh(a * b + c), "y"), show="chain rule")


def graph_formulas():
    a, b, c = Value(2.0, name="a"), Value(-3.0, name="b"), Value(6.5, name="c")
    return tg.draw(tg.name(tg.tanh(a * b + c), "y"), show="formulas")


def graph_square():
    x = Value(3.0, name="x")
    return tg.draw(tg.name(x * x, "y"), show="chain rule")


def graph_shapes():
    rng = np.random.default_rng(0)
    X, W, b = (Value(rng.normal(size=shape), name) for shape, name in (((4, 3), "X"), ((3, 2), "W"), (2, "b")))
    return tg.draw(tg.name(tg.sum(tg.relu(X @ W + b)), "y"), show="shapes")


def graph_unrolled():
    x, W, b = Value([1.0, 2.0], "x"), Value([[1.0, -1.0], [0.5, 2.0]], "W"), Value([0.1, 0.2], "b")
    y = tg.name(x @ W + b, "y")
    y.backward(np.ones(2))
    return tg.draw(y, unroll=True, parameters=[W, b])


def small_network():
    """A network with one dead neuron, and the loss of one point."""
    net = tg.nn.MLP(2, [2, 1])
    for p, number in zip(net.parameters(), [1.0, -0.5, -0.3, -1.0, 0.7, 0.2, 0.8, -0.6, 0.1]):
        p.data = number
    x1, x2 = Value(1.0, name="x1"), Value(-2.0, name="x2")
    return net, tg.name((net([x1, x2]) - 1.0) ** 2, "loss")


def graph_network():
    net, loss = small_network()
    return tg.draw(loss, parameters=net, show="chain rule")


def graph_folded():
    net, loss = small_network()
    loss.backward()
    return tg.draw(loss, parameters=net, depth=2, show="gradients")


def graph_repeated():
    w, h = Value(0.9, name="w"), Value(0.1, name="h0")
    for _ in range(100):
        h = tg.tanh(w * h)
    return tg.draw(h, max_nodes=50)


def r1_graph():
    r1 = importlib.import_module("r1_adding_perceptron")
    w1, w2, b = (Value(number, name) for number, name in ((0.2, "w1"), (0.4, "w2"), (0.1, "b")))
    y = tg.name(r1.loss(w1, w2, b, 0.5, 0.3, 0.8), "L")
    return tg.draw(y, parameters=[w1, w2, b], show="chain rule")


def r2_graph():
    net = tg.nn.MLP(2, [4, 1], "sigmoid", "sigmoid", rng=random.Random(0), init=lambda rng: rng.random() - 0.5)
    loss = tg.name((net([Value(0.4, name="x"), Value(-0.8, name="y")]) - 1.0) ** 2, "L")
    loss.backward()
    return tg.draw(loss, parameters=net, depth=2, show="gradients")


def r3_graph():
    r3 = importlib.import_module("r3_height_and_weight")
    p = {name: Value(0.0 if name[0] == "b" else 1.0, name) for name in r3.NAMES[:9]}
    o1 = r3.network(**p, x1=-2.0, x2=-1.0)[-1]
    return tg.draw(tg.name((1 - o1) ** 2, "L"), parameters=p, path=p["w1"], show="chain rule")


def r4_graph():
    r4 = importlib.import_module("r4_vanilla_network")
    rng = np.random.default_rng(4)
    (X, Y), start = r4.two_blobs(rng, 5), r4.initialise([2, 4, 1], rng)
    p = {name: Value(array, name) for name, array in start.items()}
    cost = tg.name(r4.objective()(p, X, Y), "cost")
    cost.backward()
    return tg.draw(cost, parameters=p)


def r5_graph():
    r5 = importlib.import_module("r5_published_mistake")
    net = {name: Value(array, name) for name, array in r5.create(0).items()}
    L = tg.name(r5.loss(net, r5.POINTS[0], r5.DATA[1][0]), "L")
    L.backward()
    return tg.draw(L, parameters=net, path=net["W1"])


PICTURES = [graph_values, graph_chain_rule, graph_formulas, graph_square, graph_shapes, graph_unrolled, graph_network,
            graph_folded, graph_repeated, r1_graph, r2_graph, r3_graph, r4_graph, r5_graph]  # fmt: skip


def main(out: Path = ROOT / "docs" / "pictures") -> None:
    for picture in PICTURES:
        print(picture().save(out / f"{picture.__name__}.svg"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
